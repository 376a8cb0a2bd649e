"""Balanced journal entries, written once, and the chain that seals them."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Sum
from django.utils import timezone

from core import money
from core.tokens import sha256
from donations import periods
from donations.gateway import Charge, Movement
from donations.models import (
    Designation,
    Donation,
    DonationLine,
    Entry,
    LegalEntity,
    LineMove,
    PeriodStep,
    Posting,
    Receipt,
    Seal,
    SealItem,
)

Account = Posting.Account
# The designation's code; staff may give it another name.
SHORTFALL = "shortfall"
FIRST_SEAL = "0" * 64
# Entries that book a gift: charged by Stripe, or entered by hand.
OF_GIFTS = ("charge", "received")
SEALING_LOCK = 7_301  # an advisory lock's number: one sealer at a time


@dataclass(frozen=True)
class Leg:
    """One side of an entry: debit above zero, credit below, in minor units."""

    account: str
    amount_minor: int
    currency: str
    designation: Designation | None = None


def post(
    legs: Sequence[Leg],
    *,
    source: str,
    kind: str,
    entity: LegalEntity,
    livemode: bool,
    occurred_at: datetime,
    donation: Donation | None = None,
    reason: str = "",
    actor: Any = None,
    corrects: Entry | None = None,
) -> bool:
    """Write one entry; false if this source already has one of this kind. Call under a row lock.

    It is dated on the day it happened, or if that month is closed on the first open day after it.

    Raises:
        DatabaseError: the legs do not sum to zero per currency (the database's own check).
    """
    if Entry.objects.filter(source=source, kind=kind).exists():
        return False
    entry = Entry(
        source=source,
        kind=kind,
        legal_entity=entity,
        livemode=livemode,
        donation=donation,
        occurred_at=occurred_at,
        posted_on=periods.day_for(entity, livemode=livemode, occurred_at=occurred_at),
        reason=reason,
        actor=actor,
        corrects=corrects,
    )
    postings = [
        Posting(
            entry=entry,
            account=leg.account,
            designation=leg.designation,
            amount_minor=leg.amount_minor,
            currency=leg.currency,
        )
        for leg in legs
        if leg.amount_minor
    ]
    entry.sha256 = digest(entry, postings)
    entry.save(force_insert=True)
    Posting.objects.bulk_create(postings)
    return True


# What of an entry its fingerprint is made of, in this order; then its legs, and who booked it.
SEALED = (
    *("source", "kind", "legal_entity_id", "livemode", "donation_id", "occurred_at", "posted_on"),
    *("corrects_id", "reason"),
)


def digest(entry: Entry, postings: Sequence[Posting]) -> str:
    """Fingerprint of an entry's facts: changes if any figure, date, purpose, reason or person
    does."""
    legs = [[p.account, p.designation_id or 0, p.amount_minor, p.currency] for p in postings]
    return digest_of([getattr(entry, name) for name in SEALED], legs, entry.actor_id)


def digest_of(facts: Sequence[Any], legs: Iterable[Sequence[Any]], actor_id: int | None) -> str:
    """The same of plain values.

    Args:
        facts: as SEALED has them.
        legs: account, designation (0 for none), amount, currency.
    """
    *before, occurred_at, posted_on, corrects, reason = facts
    told = [
        *before,
        occurred_at.astimezone(UTC).isoformat(),
        posted_on.isoformat(),
        corrects,
        reason,
        sorted(map(list, legs)),
        *([actor_id] if actor_id else []),
    ]
    return sha256(json.dumps(told, separators=(",", ":")))


def charge_legs(donation: Donation, charge: Charge) -> list[Leg]:
    """The whole charge lies at the processor; each line is income of its designation."""
    income = [
        Leg(Account.CONTRIBUTIONS, -line.amount_minor, donation.currency, line.designation)
        for line in donation.lines.select_related("designation")
    ]
    return [Leg(Account.PROCESSOR, charge.amount_minor, charge.currency), *income]


def fee_legs(charge: Charge, movement: Movement) -> list[Leg]:
    """Stripe's fee leaves the balance; a charge settled in another currency is exchanged first."""
    return [*own_fee_legs(movement), *_exchanged(charge.currency, charge.amount_minor, movement)]


def given_back_legs(
    donation: Donation, account: str, movement: Movement, amount_minor: int
) -> list[Leg]:
    """Money of a gift leaves the balance (or, below zero, returns), with Stripe's fee on that.

    Args:
        account: Account.REFUNDS or Account.DISPUTES.
        amount_minor: in the gift's own currency.
    """
    legs = [
        Leg(Account.PROCESSOR, -amount_minor, donation.currency),
        *borne_legs(donation, account, amount_minor),
        *_exchanged(donation.currency, -amount_minor, movement),
    ]
    if movement.fee_minor:
        legs += own_fee_legs(movement)
    return legs


def borne_legs(donation: Donation, account: str, amount_minor: int) -> list[Leg]:
    """What goes back of a gift, on the side of its purposes.

    Each designation bears its part of all that was ever given back, by largest remainder: several
    parts of a gift add up to the whole, and what is left are the lines of its receipt. Call under
    the donation's row lock.
    """
    back = Account.REFUNDS, Account.DISPUTES
    lines = list(donation.lines.select_related("designation"))
    borne = {
        row["designation_id"]: int(row["total"])
        for row in Posting.objects.filter(entry__donation=donation, account__in=back)
        .values("designation_id")
        .annotate(total=Sum("amount_minor"))
    }
    kept = donation.amount_minor - sum(borne.values())
    before, shares = kept_of(lines, kept), kept_of(lines, kept - amount_minor)
    change: Counter[Designation] = Counter()
    for line, share in zip(lines, shares, strict=True):
        change[line.designation] += line.amount_minor - share
    for designation in change:
        change[designation] -= borne.get(designation.pk, 0)
    return [
        *(Leg(account, part, donation.currency, purpose) for purpose, part in change.items()),
        *_from_where_it_lies(lines, before, shares, change, donation),
    ]


def kept_of(lines: Sequence[DonationLine], kept_minor: int) -> list[int]:
    """What is left of each line when so much of their donation is left, in minor units.

    Lines that go back as their donor wished bear it first, the others by largest remainder.
    """
    staying = [0 if line.goes_back else line.amount_minor for line in lines]
    if sum(staying) >= kept_minor:
        return money.allocate(kept_minor, staying) if kept_minor else [0] * len(lines)
    going = [line.amount_minor if line.goes_back else 0 for line in lines]
    left = money.allocate(kept_minor - sum(staying), going)
    return [stays + part for stays, part in zip(staying, left, strict=True)]


def own_fee_legs(movement: Movement) -> list[Leg]:
    return [
        Leg(Account.FEES, movement.fee_minor, movement.currency),
        Leg(Account.PROCESSOR, -movement.fee_minor, movement.currency),
    ]


def shortfall() -> Designation:
    """Unrestricted money stands in where a purpose has not enough left to give back."""
    found, _made = Designation.objects.get_or_create(
        code=SHORTFALL,
        defaults={"name": "Shortfalls to be covered", "name_es": "Faltantes por cubrir"},
    )
    return found


def shortfalls() -> dict[str, int]:
    """What the shortfall has borne and nobody has covered yet, by currency."""
    rows = (
        Posting.objects.filter(designation__code=SHORTFALL, entry__livemode=settings.STRIPE_LIVE)
        .values("currency")
        .annotate(total=Sum("amount_minor"))
    )
    return {row["currency"]: row["total"] for row in rows if row["total"] > 0}


def _covered(change: Mapping[Designation, int], donation: Donation) -> list[Leg]:
    """What a designation cannot bear any more, since it was spent, the shortfall bears.

    The designations are locked, so that two refunds do not both see the same money; new gifts to
    them do not wait.
    """
    bearing = [designation.pk for designation, part in change.items() if part > 0]
    locked = Designation.objects.filter(pk__in=bearing).order_by("pk")
    legs: list[Leg] = []
    for designation in locked.select_for_update(no_key=True):
        of = {"designation": designation, "currency": donation.currency}
        postings = Posting.objects.filter(entry__livemode=donation.livemode, **of)
        left = -(postings.aggregate(total=Sum("amount_minor"))["total"] or 0)
        lacking = change[designation] - max(0, left)
        if lacking > 0:
            legs += [
                Leg(Account.TRANSFERS, -lacking, donation.currency, designation),
                Leg(Account.TRANSFERS, lacking, donation.currency, shortfall()),
            ]
    return legs


def _from_where_it_lies(
    lines: Sequence[DonationLine],
    before: Sequence[int],
    shares: Sequence[int],
    change: Mapping[Designation, int],
    donation: Donation,
) -> list[Leg]:
    """A line that was moved gives back from where its money lies now, and the shortfall covers."""
    moves = LineMove.objects.filter(line__donation=donation).select_related("destination")
    lies = {move.line_id: move.destination for move in moves.order_by("pk")}
    bearing, legs = Counter(change), list[Leg]()
    for line, had, has in zip(lines, before, shares, strict=True):
        if (now := lies.get(line.pk)) and now != line.designation:
            bearing.update({line.designation: has - had, now: had - has})
            legs += [
                Leg(Account.TRANSFERS, had - has, donation.currency, now),
                Leg(Account.TRANSFERS, has - had, donation.currency, line.designation),
            ]
    return [*legs, *_covered(bearing, donation)]


def _exchanged(currency: str, amount_minor: int, movement: Movement) -> list[Leg]:
    """A movement settled in another currency than the gift's: both sides meet in the exchange."""
    if movement.currency == currency:
        return []
    return [
        Leg(Account.PROCESSOR, -amount_minor, currency),
        Leg(Account.EXCHANGE, amount_minor, currency),
        Leg(Account.EXCHANGE, -movement.amount_minor, movement.currency),
        Leg(Account.PROCESSOR, movement.amount_minor, movement.currency),
    ]


@transaction.atomic
def seal() -> Seal | None:
    """Append everything new that must never change to the chain; none if nothing is new.

    No personal data enters the chain: digests alone. Kept out of `post()`, where one chain would
    make every payment wait for the one before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALING_LOCK])
    items: list[SealItem] = []
    for kind, rows in _unsealed().items():
        items += [SealItem(kind=kind, row=row, sha256=digest) for row, digest in rows]
    if not items:
        return None
    previous = Seal.objects.order_by("-pk").values_list("sha256", flat=True).first() or FIRST_SEAL
    told = [(item.kind, item.row, item.sha256) for item in items]
    link = Seal.objects.create(
        sealed_at=timezone.now(), previous_sha256=previous, sha256=head(previous, told)
    )
    for item in items:
        item.seal = link
    SealItem.objects.bulk_create(items, batch_size=5_000)
    return link


def head(previous: str, items: Iterable[tuple[str, int, str]]) -> str:
    """The digest of a link: of the link before and of everything newly sealed.

    Args:
        items: kind, row and digest of each.
    """
    lines = sorted(f"{kind}:{row}:{digest}" for kind, row, digest in items)
    return sha256("\n".join([previous, *lines]))


def _unsealed() -> dict[str, list[tuple[int, str]]]:
    def sealed(kind: str) -> Exists:
        return Exists(SealItem.objects.filter(kind=kind, row=OuterRef("pk")))

    kinds = SealItem.Kind
    entries = Entry.objects.filter(~sealed(kinds.ENTRY)).order_by("pk")
    snapshots = Receipt.objects.filter(~sealed(kinds.SNAPSHOT)).order_by("pk")
    files = Receipt.objects.filter(~sealed(kinds.FILE), sha256__isnull=False).order_by("pk")
    steps = PeriodStep.objects.filter(~sealed(kinds.STEP)).order_by("pk")
    return {
        kinds.ENTRY: list(entries.values_list("pk", "sha256")),
        kinds.SNAPSHOT: list(snapshots.values_list("pk", "snapshot_sha256")),
        kinds.FILE: [(pk, digest or "") for pk, digest in files.values_list("pk", "sha256")],
        kinds.STEP: [(step.pk, periods.digest(step)) for step in steps],
    }
