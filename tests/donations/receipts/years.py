"""Gifts and refunds on chosen days, booked by the functions that Stripe's word goes through."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from django.db import transaction

from donations import checkout, gateway, payments, refunds
from donations.models import Designation, Donation, LegalEntity, StatementRun
from donations.receipts import runs, yearly
from tests.people import person

_numbers = iter(range(1, 1_000_000))
SUMMER = datetime(2025, 7, 15, 12, tzinfo=UTC)
YEAR = 2025


def given(
    amount: int = 5000, *, at: datetime = SUMMER, yearly_receipt: bool = True, **typed: Any
) -> Donation:
    """A paid gift whose receipt is one of its year, if not said otherwise."""
    number = next(_numbers)
    typed = {
        "name": "Ruth Osei", "email": "ruth@example.org", "language": "en",
        "form_token": f"year-{number}", "entity": LegalEntity.objects.get(is_default=True),
        "currency": "USD", "fee_cover_minor": 0,
    } | typed  # fmt: skip
    purpose = Designation.objects.get(is_default=True)
    gift = checkout.begin([checkout.Part(purpose, amount)], **typed)
    charge = gateway.Charge(
        id=f"ch_y{number}", status="succeeded", amount_minor=amount, currency=gift.currency,
        created_at=at, brand="visa", last4="4242", fingerprint="f", failure_code="",
        decline_code="", movement=None,
    )  # fmt: skip
    with transaction.atomic():
        Donation.objects.filter(pk=gift.pk).update(yearly_receipt=yearly_receipt)
        locked = Donation.objects.select_for_update().get(pk=gift.pk)
        payments.settle(locked, charge=charge, payment_intent_id=f"pi_y{number}")
    gift.refresh_from_db()
    return gift


def goes_back(gift: Donation, minor: int, *, at: datetime = SUMMER + timedelta(days=9)) -> None:
    """So much of a gift was refunded that day."""
    number = next(_numbers)
    movement = gateway.Movement(
        id=f"txn_y{number}", kind="refund", source=f"re_y{number}", amount_minor=-minor,
        fee_minor=0, net_minor=-minor, currency=gift.currency, created_at=at, available_at=at,
    )  # fmt: skip
    refund = gateway.Refund(
        id=f"re_y{number}",
        charge_id=gift.charge_id or "",
        reference="",
        amount_minor=minor,
        currency=gift.currency,
        reason="requested_by_customer",
        status="succeeded",
        problem="",
        created_at=at,
        movements=(movement,),
    )
    with transaction.atomic():
        locked = Donation.objects.select_for_update().get(pk=gift.pk)
        refunds.take_over(locked, [refund])


def counted(kind: str, run_jobs: Any, *, year: int = YEAR) -> StatementRun:
    """A run that is ready to be looked over."""
    entity = LegalEntity.objects.get(is_default=True)
    run = runs.ask(kind, entity=entity, year=year, actor=person(factor=False))
    run_jobs()
    run.refresh_from_db()
    return run


def issued(run: StatementRun, run_jobs: Any) -> StatementRun:
    runs.issue(run, fingerprint=run.fingerprint, actor=person(factor=False))
    run_jobs()
    run.refresh_from_db()
    return run


def quickly() -> Any:
    """Papers get a few bytes instead of drawn pages."""
    return mock.patch.object(
        yearly, "render", side_effect=lambda facts, **_: f"%PDF {facts.number}".encode()
    )
