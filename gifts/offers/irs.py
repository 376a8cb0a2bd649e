"""The forms of the U.S. tax office about given things that donors claim much for."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction

from gifts.models import Disposal, Offer

# IRS Form 8282, "Who Must File" and "When To File": things claimed at more than $5,000 (Form 8283,
# section B) and disposed of within 3 years after they came; due within 125 days.
CLAIM_MINOR = 500_000
YEARS = 3
DAYS = timedelta(days=125)
# Who could not know before: within 60 days after learning of it.
DAYS_AFTER_LEARNING = timedelta(days=60)


class Filed(Exception):
    """A Form 8282 was filed on these facts; they are not changed any more."""


def form_8282_due(offer: Offer, *, received_on: date, disposed_on: date) -> date | None:
    """The day by which Form 8282 is due for a disposal; None where none is."""
    if (offer.claimed_minor or 0) <= CLAIM_MINOR or disposed_on > years_after(received_on):
        return None
    due = disposed_on + DAYS
    if offer.form_8283_signed_on and offer.form_8283_signed_on > disposed_on:
        due = max(due, offer.form_8283_signed_on + DAYS_AFTER_LEARNING)
    return due


@transaction.atomic
def sign_form_8283(offer: Offer, *, claimed_minor: int, signed_on: date, by: Any) -> Offer:
    """The donor claims so much, and we signed that we have the thing. May be corrected.

    What was disposed of before we knew is looked at again.

    Raises:
        Filed: a Form 8282 went out on the claim as it stood.
    """
    offer = Offer.objects.select_for_update(of=["self"]).get(pk=offer.pk)
    disposals = Disposal.objects.filter(thing__offer=offer)
    if disposals.exclude(form_8282_filed_on=None).exists():
        raise Filed
    offer.claimed_minor, offer.form_8283_signed_on = claimed_minor, signed_on
    offer.form_8283_signed_by_id = by.pk
    offer.save(update_fields=["claimed_minor", "form_8283_signed_on", "form_8283_signed_by"])
    for row in disposals.select_related("thing"):
        row.form_8282_due_on = form_8282_due(
            offer, received_on=row.thing.received_on, disposed_on=row.disposed_on
        )
        row.save(update_fields=["form_8282_due_on"])
    return offer


def file_form_8282(disposal: Disposal, *, filed_on: date, by: Any) -> None:
    """The form has gone out. Safe to repeat; the first day counts."""
    Disposal.objects.filter(
        pk=disposal.pk, form_8282_filed_on=None, form_8282_due_on__isnull=False
    ).update(form_8282_filed_on=filed_on, form_8282_filed_by=by)


def years_after(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        day = day.replace(day=28)
    return day.replace(year=day.year + YEARS)
