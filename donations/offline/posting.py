"""Posting a batch: its gifts become donations, in the books, all or none, once.

gift      debit  not deposited yet (shares: given shares)    credit  contributions
deposit   debit  bank account                                credit  not deposited yet
"""

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext, override

from core.tokens import new_reference, sha256
from donations import ledger, periods, timeline
from donations.donors import searchable
from donations.models import (
    Donation,
    DonationLine,
    Donor,
    GiftBatch,
    LegalEntity,
    OfflineGift,
)
from donations.offline.entering import NotPossible, standing
from donations.offline.facts import takes
from donations.receipts.book import issue_receipt

Account = ledger.Account
State = GiftBatch.State
Source = Donation.Source
# What of a row goes onto the donation, word for word.
COPIED = (
    *("name", "receipt_name", "email", "address_line1", "address_line2", "city", "region"),
    *("postcode", "country", "language", "benefit_minor", "tribute_kind", "tribute_name"),
    *("appeal", "amount_minor"),
)


def fingerprint(batch: GiftBatch) -> str:
    """Of everything that posting would book: what is looked over is what is posted."""
    facts = [batch.pk, batch.expected_count, batch.expected_minor, str(batch.deposited_on)]
    gifts = list(batch.gifts.order_by("pk").values())
    lines = list(
        batch.gifts.order_by("pk", "lines__pk").values_list(
            "pk", "lines__designation_id", "lines__amount_minor"
        )
    )
    return sha256(json.dumps([facts, gifts, lines], default=str, sort_keys=True))


def hindrance(batch: GiftBatch) -> NotPossible | None:
    """Why it cannot be posted as it stands; None if it can."""
    count, total = standing(batch)
    if count != batch.expected_count:
        return NotPossible("count", str(count - batch.expected_count))
    if total != batch.expected_minor:
        return NotPossible("total", str(total - batch.expected_minor))
    return None


@transaction.atomic
def post(batch: GiftBatch, *, by: Any, seen: str) -> GiftBatch:
    """Make donations of all gifts of a batch, book them and owe their receipts. Safe to repeat.

    Args:
        seen: fingerprint of the batch as the person looked it over.

    Raises:
        NotPossible: not_open, changed, count, total, designation.
    """
    rows = GiftBatch.objects.select_for_update(of=["self"]).select_related("legal_entity")
    batch = rows.get(pk=batch.pk)
    if batch.state == State.POSTED:
        return batch
    if batch.state != State.OPEN:
        raise NotPossible("not_open")
    if fingerprint(batch) != seen:
        raise NotPossible("changed")
    if lacking := hindrance(batch):
        raise lacking
    gifts = batch.gifts.select_related("donor", "credited").prefetch_related("lines__designation")
    made: dict[tuple[str, str], Donor] = {}
    for gift in gifts.order_by("pk"):
        _book(gift, batch, made, by=by)
    batch.state, batch.posted_by, batch.posted_at = State.POSTED, by, timezone.now()
    batch.save(update_fields=["state", "posted_by", "posted_at"])
    if batch.deposited_on:
        _deposit(batch, by=by)
    return batch


@transaction.atomic
def deposit(batch: GiftBatch, *, on: date, bank_reference: str, by: Any) -> GiftBatch:
    """What was posted before it was taken to the bank is there now. Safe to repeat.

    Raises:
        NotPossible: not_posted, shares, future, after_deposit (a gift came later than that).
    """
    rows = GiftBatch.objects.select_for_update(of=["self"]).select_related("legal_entity")
    batch = rows.get(pk=batch.pk)
    if batch.deposited_on:
        return batch
    if batch.state != State.POSTED:
        raise NotPossible("not_posted")
    if batch.source == Source.STOCK:
        raise NotPossible("shares")
    if on > periods.today_of(batch.legal_entity):
        raise NotPossible("future")
    if batch.gifts.filter(received_on__gt=on).exists():
        raise NotPossible("after_deposit")
    batch.deposited_on, batch.bank_reference = on, bank_reference
    batch.save(update_fields=["deposited_on", "bank_reference"])
    _deposit(batch, by=by)
    return batch


def noon(day: date, entity: LegalEntity) -> datetime:
    """Noon of that day where the organisation is: no zone makes another day of it."""
    return datetime.combine(day, time(12), ZoneInfo(entity.time_zone))


def lies_in(source: str) -> Account:
    """Where a gift of this kind lies until it is taken to the bank, or sold."""
    return Account.SECURITIES if source == Source.STOCK else Account.UNDEPOSITED


def _book(
    gift: OfflineGift, batch: GiftBatch, made: dict[tuple[str, str], Donor], *, by: Any
) -> None:
    lines = list(gift.lines.all())
    if not all(takes(line.designation) for line in lines):
        raise NotPossible("designation", gift.name)
    donor = gift.donor or _donor(
        made, gift.name, gift.email, kind=gift.kind, language=gift.language, place=gift
    )
    credited = gift.credited
    if credited is None and gift.credited_name:
        credited = _donor(made, gift.credited_name, gift.credited_email, language=gift.language)
    donation = Donation.objects.create(
        reference=new_reference(),
        form_token=f"offline:{gift.pk}",  # unique: a row gives one donation, whatever happens
        legal_entity=batch.legal_entity,
        livemode=batch.livemode,
        currency=batch.currency,
        source=batch.source,
        benefit=gift.benefit_text,
        given=_shares(gift),
        **{name: getattr(gift, name) for name in COPIED},
    )
    DonationLine.objects.bulk_create(
        DonationLine(
            donation=donation, designation=line.designation, amount_minor=line.amount_minor
        )
        for line in lines
    )
    donation.status, donation.donor = Donation.Status.PAID, donor
    donation.paid_at = noon(gift.given_on, batch.legal_entity)
    donation.save(update_fields=["status", "donor", "paid_at"])
    gift.donation, gift.donor, gift.credited = donation, donor, credited
    gift.save(update_fields=["donation", "donor", "credited"])
    legs = [
        ledger.Leg(Account.CONTRIBUTIONS, -line.amount_minor, batch.currency, line.designation)
        for line in lines
    ]
    ledger.post(
        [ledger.Leg(lies_in(batch.source), gift.amount_minor, batch.currency), *legs],
        source=f"offline:{gift.pk}",
        kind="received",
        entity=batch.legal_entity,
        livemode=batch.livemode,
        occurred_at=donation.paid_at,
        donation=donation,
        actor=by,
    )
    timeline.note(donation, "entered", actor_id=by.pk, batch=batch.pk)
    issue_receipt.defer(donation_id=donation.pk)


def _shares(gift: OfflineGift) -> str:
    """What a receipt says of a gift of stock in place of an amount, else ""."""
    if not gift.symbol or gift.shares is None:
        return ""
    with override(gift.language):
        number = f"{gift.shares.normalize():f}"
        return gettext("%(number)s shares of %(symbol)s") % {
            "number": number,
            "symbol": gift.symbol,
        }


def _donor(
    made: dict[tuple[str, str], Donor],
    name: str,
    email: str,
    *,
    language: str,
    kind: str = Donor.Kind.PERSON,
    place: OfflineGift | None = None,
) -> Donor:
    """Somebody new: one donor for each address, and for each name and postcode of this batch."""
    email = email.lower()
    if email and (known := Donor.objects.filter(email__iexact=email).first()):
        return known
    key = (searchable(name), place.postcode if place else "")
    if not email and key in made:
        return made[key]
    fresh = Donor(
        name=name,
        kind=kind,
        email=email or None,
        language=language,
        search_name=searchable(name),
        country=place.country if place else "",
        region=place.region if place else "",
        postcode=place.postcode if place else "",
    )
    if email:  # somebody may give through the site with it at this moment
        Donor.objects.bulk_create([fresh], ignore_conflicts=True)
        return Donor.objects.get(email__iexact=email)
    fresh.save(force_insert=True)
    made[key] = fresh
    return fresh


def _deposit(batch: GiftBatch, *, by: Any) -> None:
    assert batch.deposited_on is not None  # both callers have set it
    if batch.source == Source.STOCK:
        return
    total = batch.gifts.aggregate(total=Sum("amount_minor"))["total"]
    ledger.post(
        [
            ledger.Leg(Account.CASH, total, batch.currency),
            ledger.Leg(Account.UNDEPOSITED, -total, batch.currency),
        ],
        source=f"batch:{batch.pk}",
        kind="deposit",
        entity=batch.legal_entity,
        livemode=batch.livemode,
        occurred_at=noon(batch.deposited_on, batch.legal_entity),
        reason=batch.bank_reference,
        actor=by,
    )


def to_print(batch: GiftBatch) -> Sequence[OfflineGift]:
    """Gifts of givers without e-mail: their receipts go by post."""
    rows = batch.gifts.filter(donation__email="").select_related("donation")
    return list(rows.prefetch_related("donation__receipts").order_by("pk"))
