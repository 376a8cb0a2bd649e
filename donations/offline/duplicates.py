"""Hints that a gift was entered before: people decide, nothing is refused for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q

from donations.donors import searchable
from donations.models import Donation, GiftBatch, OfflineGift
from donations.offline.facts import Facts

# The same donor and amount so near each other.
NEAR = timedelta(days=3)


@dataclass(frozen=True)
class Known:
    """Something that a gift may be the same as: a row of a batch, or a donation."""

    amount_minor: int
    day: date
    who: frozenset[str]
    check_number: str
    batch: int | None = None
    gift: int | None = None
    donation: int | None = None


@dataclass(frozen=True)
class Hint:
    """`code` is same_gift or same_check."""

    code: str
    known: Known


def identity(*, donor_id: int | None, name: str, email: str) -> frozenset[str]:
    """By any of these two gifts are from the same giver."""
    marks = {f"donor:{donor_id}" if donor_id else "", f"name:{searchable(name)}" if name else ""}
    marks.add(f"mail:{email.lower()}" if email else "")
    return frozenset(marks - {""})


class Duplicates:
    """What rows of one batch may repeat; asks the database twice, for any number of rows."""

    def __init__(self, batch: GiftBatch, rows: list[tuple[int, date, str]]) -> None:
        """
        Args:
            rows: amount, day and check number of each row to be asked about.
        """
        self.known = list(_known(batch, rows)) if rows else []

    def of(
        self, *, amount_minor: int, day: date, who: frozenset[str], check_number: str, gift: int = 0
    ) -> list[Hint]:
        found = []
        for one in self.known:
            if gift and one.gift == gift:
                continue
            same_giver = bool(one.who & who)
            same_amount = one.amount_minor == amount_minor
            if same_giver and same_amount and abs(one.day - day) <= NEAR:
                found.append(Hint("same_gift", one))
            elif check_number and one.check_number == check_number and (same_giver or same_amount):
                found.append(Hint("same_check", one))
        return found


def of_batch(batch: GiftBatch) -> dict[int, list[Hint]]:
    """Hints about the gifts of a batch, by primary key; those without are left out."""
    gifts = list(batch.gifts.all())
    asked = Duplicates(batch, [(one.amount_minor, one.given_on, one.check_number) for one in gifts])
    hints = {
        one.pk: asked.of(
            amount_minor=one.amount_minor,
            day=one.given_on,
            who=identity(donor_id=one.donor_id, name=one.name, email=one.email),
            check_number=one.check_number,
            gift=one.pk,
        )
        for one in gifts
    }
    return {pk: found for pk, found in hints.items() if found}


def of_facts(batch: GiftBatch, rows: list[Facts]) -> list[list[Hint]]:
    """Hints about rows that are not entered yet, in their order."""
    days = [one.postmarked_on or one.received_on for one in rows]
    asked = Duplicates(
        batch,
        [(one.amount_minor, day, one.check_number) for one, day in zip(rows, days, strict=True)],
    )
    return [
        asked.of(
            amount_minor=one.amount_minor,
            day=day,
            who=identity(donor_id=one.donor_id, name=one.name, email=one.email),
            check_number=one.check_number,
        )
        for one, day in zip(rows, days, strict=True)
    ]


def _known(batch: GiftBatch, rows: list[tuple[int, date, str]]) -> Iterator[Known]:
    amounts = {amount for amount, _day, _number in rows}
    days = [day for _amount, day, _number in rows]
    numbers = {number for _amount, _day, number in rows if number}
    first, last = min(days) - NEAR, max(days) + NEAR
    near: dict[str, Any] = {"amount_minor__in": amounts}
    # Rows of this batch and of others that are not let go, posted ones among them.
    entered = OfflineGift.objects.filter(
        Q(**near, received_on__gte=first - timedelta(days=366), received_on__lte=last + NEAR)
        | Q(check_number__in=numbers),
        batch__legal_entity=batch.legal_entity_id,
    ).exclude(batch__state=GiftBatch.State.DISCARDED)
    entered = entered.exclude(donation__refunded_minor__gte=F("amount_minor"))
    for row in entered:
        yield Known(
            row.amount_minor,
            row.given_on,
            identity(donor_id=row.donor_id, name=row.name, email=row.email),
            row.check_number,
            batch=row.batch_id,
            gift=row.pk,
            donation=row.donation_id,
        )
    paid = Donation.objects.filter(
        **near,
        source=Donation.Source.CARD,
        currency=batch.currency,
        paid_at__date__gte=first,
        paid_at__date__lte=last,
    )
    for gift in paid:
        assert gift.paid_at is not None  # asked for
        yield Known(
            gift.amount_minor,
            gift.paid_at.date(),
            identity(donor_id=gift.donor_id, name=gift.name, email=gift.email),
            "",
            donation=gift.pk,
        )
