"""Spending what was given: committed when something is ordered, bought when it is invoiced.

What is left of a designation is in the postings alone: given, less what went back, plus or minus
transfers, less what is committed to orders, less what was bought. Money that is committed counts as
gone, so that a gift given back later is borne by the shortfall and never by a supplier.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from donations import ledger
from donations.ledger import Leg
from donations.models import Designation, Entry, LegalEntity, Posting

Account = Posting.Account
Amounts = Mapping[Designation, int]


class TooLittle(Exception):
    """A designation has not enough left; nothing was booked."""

    def __init__(self, designation: Designation, *, wanted_minor: int, left_minor: int) -> None:
        super().__init__(f"{designation.code}: {wanted_minor} wanted, {left_minor} left")
        self.designation = designation
        self.wanted_minor = wanted_minor
        self.left_minor = left_minor

    @property
    def lacking_minor(self) -> int:
        return self.wanted_minor - self.left_minor


class NotAllowed(Exception):
    """Money may not go this way; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Cause:
    """What an entry is about: its source, whose books, and who did it."""

    source: str
    entity: LegalEntity
    actor: Any = None
    reason: str = ""

    def post(self, legs: list[Leg], *, kind: str) -> bool:
        return ledger.post(
            legs,
            source=self.source,
            kind=kind,
            entity=self.entity,
            livemode=settings.STRIPE_LIVE,
            occurred_at=timezone.now(),
            reason=self.reason,
            actor=self.actor,
        )


def left_minor(designations: Iterable[int], *, currency: str) -> dict[int, int]:
    """What each designation, by primary key, has left to spend; one query for any number."""
    pks = list(designations)
    rows = (
        Posting.objects.filter(
            designation__in=pks, currency=currency, entry__livemode=settings.STRIPE_LIVE
        )
        .values("designation_id")
        .annotate(total=Sum("amount_minor"))
    )
    found = {row["designation_id"]: -row["total"] for row in rows}
    return {pk: found.get(pk, 0) for pk in pks}


def locked(designations: Iterable[int]) -> list[Designation]:
    """In one order for everybody: two orders never see the same money, nor wait for each other."""
    rows = Designation.objects.filter(pk__in=list(designations)).order_by("pk")
    return list(rows.select_for_update(no_key=True))


def commit(wanted: Amounts, *, currency: str, cause: Cause) -> bool:
    """Set money aside for an order. Call in its transaction.

    Raises:
        TooLittle: the first designation that has not enough left.
    """
    _check(wanted, currency)
    return cause.post(_committed(wanted, currency), kind="order")


def uncommit(committed: Amounts, *, currency: str, cause: Cause, kind: str) -> bool:
    """What was set aside is free again."""
    return cause.post(_committed(_times(committed, -1), currency), kind=kind)


def buy(
    costs: Amounts, *, committed: Amounts, currency: str, cause: Cause, advanced_minor: int = 0
) -> bool:
    """Book an invoice: what was set aside becomes a purchase, and its restriction is released.

    Spending on what it was given for meets the purpose (FASB ASC 958-205-45-11).

    Args:
        committed: what had been set aside for what is invoiced; a higher price takes more.
        advanced_minor: so much of it was paid before; the rest is owed.

    Raises:
        TooLittle: a designation cannot bear the higher price.
    """
    more = {row: costs.get(row, 0) - committed.get(row, 0) for row in {**costs, **committed}}
    _check({row: minor for row, minor in more.items() if minor > 0}, currency)
    legs = _committed(_times(committed, -1), currency)
    for row, minor in costs.items():
        legs.append(Leg(Account.PURCHASES, minor, currency, row))
        if row.restriction == Designation.Restriction.WITH:
            legs.append(Leg(Account.RELEASED, minor, currency, row))
            legs.append(Leg(Account.RELEASED_TO, -minor, currency, row))
    total = sum(costs.values())
    legs.append(Leg(Account.ADVANCES, -advanced_minor, currency))
    legs.append(Leg(Account.PAYABLE, advanced_minor - total, currency))
    return cause.post(legs, kind="purchase")


def pay(amount_minor: int, *, currency: str, cause: Cause) -> bool:
    """An invoice is paid from the bank account."""
    legs = [
        Leg(Account.PAYABLE, amount_minor, currency),
        Leg(Account.CASH, -amount_minor, currency),
    ]
    return cause.post(legs, kind="payment")


def advance(amount_minor: int, *, currency: str, cause: Cause) -> bool:
    """Money leaves for a partner who will buy; it is ours until the partner's papers come."""
    legs = [
        Leg(Account.ADVANCES, amount_minor, currency),
        Leg(Account.CASH, -amount_minor, currency),
    ]
    return cause.post(legs, kind="advance")


def advance_back(amount_minor: int, *, currency: str, cause: Cause) -> bool:
    """What a partner did not spend is in the bank account again."""
    legs = [
        Leg(Account.CASH, amount_minor, currency),
        Leg(Account.ADVANCES, -amount_minor, currency),
    ]
    return cause.post(legs, kind="advance_returned")


@transaction.atomic
def cover(
    designation: Designation,
    *,
    amount_minor: int,
    origin: Designation,
    currency: str,
    cause: Cause,
) -> bool:
    """General money stands in where a purpose has too little; the same cause twice is done once.

    Raises:
        NotAllowed: no_reason, or restricted (money that has a purpose of its own).
        TooLittle: the general money does not suffice either.
    """
    if not cause.reason:
        raise NotAllowed("no_reason")
    if origin.restriction != Designation.Restriction.WITHOUT or origin.code == ledger.SHORTFALL:
        raise NotAllowed("restricted")
    if Entry.objects.filter(source=cause.source).exists():
        return False
    return _transfer(
        origin,
        to=designation,
        minor=amount_minor,
        currency=currency,
        cause=cause,
        kind="cover",
    )


@transaction.atomic
def pass_on(designation: Designation, *, to: Designation, currency: str, cause: Cause) -> int:
    """What a purpose that has ended has left goes where its rule says; returns how much, minor."""
    locked({designation.pk, to.pk})
    left = left_minor([designation.pk], currency=currency)[designation.pk]
    if left <= 0:
        return 0
    done = _transfer(
        designation, to=to, minor=left, currency=currency, cause=cause, kind="leftover"
    )
    return left if done else 0


def _transfer(
    origin: Designation, *, to: Designation, minor: int, currency: str, cause: Cause, kind: str
) -> bool:
    if minor <= 0 or origin == to:
        raise NotAllowed("nothing")
    _check({origin: minor}, currency, also=[to.pk])
    legs = [
        Leg(Account.TRANSFERS, minor, currency, origin),
        Leg(Account.TRANSFERS, -minor, currency, to),
    ]
    return cause.post(legs, kind=kind)


def _check(wanted: Amounts, currency: str, *, also: Iterable[int] = ()) -> None:
    """Locks what is wanted of, and refuses what is not there."""
    rows = locked({*(row.pk for row in wanted), *also})
    minors = {row.pk: minor for row, minor in wanted.items()}
    left = left_minor(minors, currency=currency)
    for row in rows:
        if minors.get(row.pk, 0) > max(0, left.get(row.pk, 0)):
            raise TooLittle(row, wanted_minor=minors[row.pk], left_minor=max(0, left[row.pk]))


def _committed(amounts: Amounts, currency: str) -> list[Leg]:
    return [
        leg
        for row, minor in amounts.items()
        for leg in (
            Leg(Account.COMMITTED, minor, currency, row),
            Leg(Account.COMMITTED, -minor, currency),
        )
    ]


def _times(amounts: Amounts, factor: int) -> dict[Designation, int]:
    return {row: factor * minor for row, minor in amounts.items()}
