"""Entering gifts into an open batch, one row at a time or many at once, and taking rows out."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from donations.donors import searchable
from donations.models import (
    Designation,
    Donation,
    Donor,
    GiftBatch,
    LegalEntity,
    OfflineGift,
    OfflineLine,
    PriorDonor,
)
from donations.offline.facts import Facts, Fault, faults

# Posted in one transaction while a person waits.
MOST_GIFTS = 200
ADDRESS = ("address_line1", "address_line2", "city", "region", "postcode", "country")


class NotPossible(Exception):
    """The batch cannot take this; `code` says why."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.about = about


class Wrong(Exception):
    """A row cannot be entered as it is."""

    def __init__(self, found: Sequence[Fault]) -> None:
        super().__init__(", ".join(f"{one.field}: {one.code}" for one in found))
        self.faults = list(found)


def begin(
    *,
    entity: LegalEntity,
    source: str,
    currency: str,
    expected_count: int,
    expected_minor: int,
    by: Any,
    deposited_on: date | None = None,
    bank_reference: str = "",
    note: str = "",
) -> GiftBatch:
    return GiftBatch.objects.create(
        legal_entity=entity,
        livemode=settings.STRIPE_LIVE,
        source=source,
        currency=currency,
        expected_count=expected_count,
        expected_minor=expected_minor,
        deposited_on=deposited_on,
        bank_reference=bank_reference,
        note=note,
        made_by=by,
    )


@transaction.atomic
def correct(
    batch: GiftBatch,
    *,
    expected_count: int,
    expected_minor: int,
    deposited_on: date | None,
    bank_reference: str,
    note: str,
) -> GiftBatch:
    """Facts of the batch itself were mistaken or came later.

    Raises:
        NotPossible: not_open, after_deposit (a gift came later than that).
    """
    batch = opened(batch)
    late = deposited_on and batch.gifts.filter(received_on__gt=deposited_on).exists()
    if late:
        raise NotPossible("after_deposit")
    batch.expected_count, batch.expected_minor = expected_count, expected_minor
    batch.deposited_on, batch.bank_reference, batch.note = deposited_on, bank_reference, note
    batch.save(
        update_fields=[
            *("expected_count", "expected_minor", "deposited_on", "bank_reference", "note"),
        ]
    )
    return batch


def standing(batch: GiftBatch) -> tuple[int, int]:
    """How many gifts are entered, and their total."""
    found = batch.gifts.aggregate(count=Count("pk"), total=Coalesce(Sum("amount_minor"), 0))
    return int(found["count"]), int(found["total"])


def add(batch: GiftBatch, facts: Facts, *, by: Any) -> OfflineGift:
    """Enter one gift.

    Raises:
        Wrong: something of it cannot be.
        NotPossible: not_open, full.
    """
    return add_all(batch, [facts], by=by)[0]


@transaction.atomic
def add_all(batch: GiftBatch, rows: Sequence[Facts], *, by: Any) -> list[OfflineGift]:
    """Enter gifts, all or none.

    Raises:
        Wrong: of the first that cannot be entered.
        NotPossible: not_open, full.
    """
    batch = opened(batch)
    if batch.gifts.count() + len(rows) > MOST_GIFTS:
        raise NotPossible("full", str(MOST_GIFTS))
    known = _known(rows)
    gifts = []
    for facts in rows:
        if found := faults(facts, batch, designations=known):
            raise Wrong(found)
        gifts.append(OfflineGift(batch=batch, entered_by=by, **_columns(facts)))
    OfflineGift.objects.bulk_create(gifts)
    OfflineLine.objects.bulk_create(
        line for gift, facts in zip(gifts, rows, strict=True) for line in _lines(gift, facts)
    )
    return gifts


@transaction.atomic
def change(gift: OfflineGift, facts: Facts, *, by: Any) -> OfflineGift:
    """Put a row right that is not posted yet.

    Raises:
        Wrong, NotPossible: as `add`.
    """
    batch = opened(gift.batch)
    if found := faults(facts, batch, designations=_known([facts])):
        raise Wrong(found)
    gift = batch.gifts.select_for_update(of=["self"]).get(pk=gift.pk)
    columns = {**_columns(facts), "entered_by": by}
    for name, value in columns.items():
        setattr(gift, name, value)
    gift.save(update_fields=[*(name.removesuffix("_id") for name in columns), "entered_at"])
    gift.lines.all().delete()
    OfflineLine.objects.bulk_create(_lines(gift, facts))
    return gift


@transaction.atomic
def remove(gift: OfflineGift) -> None:
    """Take a row out of an open batch. Safe to repeat.

    Raises:
        NotPossible: not_open.
    """
    batch = opened(gift.batch)
    for row in batch.gifts.filter(pk=gift.pk):
        row.delete()


@transaction.atomic
def discard(batch: GiftBatch) -> GiftBatch:
    """Nothing of this batch will be booked; its rows stay to be read. Safe to repeat.

    Raises:
        NotPossible: not_open (it was posted).
    """
    batch = GiftBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state == GiftBatch.State.DISCARDED:
        return batch
    batch = opened(batch)
    batch.state = GiftBatch.State.DISCARDED
    batch.save(update_fields=["state"])
    return batch


def opened(batch: GiftBatch) -> GiftBatch:
    """The batch, locked and open.

    Raises:
        NotPossible: not_open.
    """
    rows = GiftBatch.objects.select_for_update(of=["self"]).select_related("legal_entity")
    batch = rows.get(pk=batch.pk)
    if batch.state != GiftBatch.State.OPEN:
        raise NotPossible("not_open")
    return batch


def recognise(*, name: str, email: str, postcode: str) -> Donor | None:
    """The donor that this is beyond doubt: her address, or her whole name and postcode."""
    if email:
        return Donor.objects.filter(email__iexact=email).first()
    if not (name and postcode):
        return None
    alike = Donor.objects.filter(search_name=searchable(name), postcode__iexact=postcode)[:2]
    return alike[0] if len(alike) == 1 else None


def last_addresses(donors: Iterable[int]) -> dict[int, dict[str, str]]:
    """Of each donor's last gift that has one, or from the books before these."""
    pks = list(donors)
    prior = PriorDonor.objects.filter(donor__in=pks, address__has_key="address_line1")
    known = {row.donor_id: {**dict.fromkeys(ADDRESS, ""), **row.address} for row in prior}
    gifts = Donation.objects.filter(donor__in=pks).exclude(address_line1="")
    for gift in gifts.order_by("donor_id", "-paid_at", "-pk").distinct("donor_id"):
        if gift.donor_id:
            known[gift.donor_id] = {name: getattr(gift, name) for name in ADDRESS}
    return known


def with_address_of(facts: Facts, donor: Donor, *, last: dict[str, str] | None) -> Facts:
    """Who is known need not be typed again: e-mail, and the address of her last gift."""
    filled: dict[str, Any] = {"donor_id": donor.pk, "kind": donor.kind}
    if not facts.email:
        filled["email"] = donor.email or ""
    if not facts.address_line1 and last:
        filled |= last
    return replace(facts, **filled)


def _known(rows: Sequence[Facts]) -> dict[int, Designation]:
    return Designation.objects.in_bulk({pk for facts in rows for pk, _minor in facts.lines})


def _columns(facts: Facts) -> dict[str, Any]:
    columns = asdict(facts)
    del columns["lines"]
    return columns


def _lines(gift: OfflineGift, facts: Facts) -> list[OfflineLine]:
    return [
        OfflineLine(gift=gift, designation_id=pk, amount_minor=minor) for pk, minor in facts.lines
    ]
