"""Gifts as they are after Stripe's word, without asking it: the gateway's facts are made here."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from donations import checkout, demo, gateway, payments
from donations.models import CheckoutAttempt, Designation, Donation, Event, LegalEntity
from tests.people import person, signed_in
from tests.roles import RoleClient

_numbers = iter(range(1, 1_000_000))


@pytest.fixture
def make_gift(db: None, run_jobs: Any) -> Callable[..., Donation]:
    """A paid donation with its receipt drawn and mailed; `paid=False` leaves it pending."""
    return _maker(run_jobs)


@pytest.fixture
def make_gift_live(own_database: Any, run_jobs: Any) -> Callable[..., Donation]:
    """The same where commits are real."""
    return _maker(run_jobs)


def _maker(run_jobs: Any) -> Callable[..., Donation]:
    demo.seed()

    def make(
        *, paid: bool = True, amount: int = 5000, last4: str = "4242", **typed: Any
    ) -> Donation:
        number = next(_numbers)
        typed = {"name": "José Núñez", "email": f"jose{number}@example.org", **typed}
        cover = typed.pop("fee_cover_minor", 0)
        gift = checkout.begin(
            [checkout.Part(Designation.objects.get(is_default=True), amount)],
            form_token=f"token-{number}",
            entity=LegalEntity.objects.get(),
            currency="USD",
            fee_cover_minor=cover,
            **typed,
        )
        CheckoutAttempt.objects.create(
            donation=gift,
            reference=f"try-{number}",
            session_id=f"cs_test_{number}",
            state="complete" if paid else "open",
            expires_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        if paid:
            settled = gateway.Charge(
                id=f"ch_{number}", status="succeeded", amount_minor=gift.amount_minor,
                currency="USD", created_at=datetime.now(UTC), brand="visa", last4=last4,
                fingerprint="f", failure_code="", decline_code="", movement=None,
            )  # fmt: skip
            payments.settle(
                Donation.objects.get(pk=gift.pk), charge=settled, payment_intent_id=f"pi_{number}"
            )
            run_jobs()
        gift.refresh_from_db()
        return gift

    return make


@pytest.fixture
def gift(make_gift: Callable[..., Donation]) -> Donation:
    return make_gift()


@pytest.fixture
def make_event(db: None) -> Callable[..., Event]:
    def make(**facts: Any) -> Event:
        number = next(_numbers)
        return Event.objects.create(
            **{
                "id": f"evt_{number}", "kind": "checkout.session.completed",
                "object_id": f"cs_test_{number}", "livemode": False, "status": "failed",
                "problem": "Unreachable", "created_at": datetime.now(UTC), **facts,
            }
        )  # fmt: skip

    return make


@pytest.fixture
def care(db: None) -> RoleClient:
    return signed_in(person("Donor care"))


@pytest.fixture
def finance(db: None) -> RoleClient:
    return signed_in(person("Finance"))


@pytest.fixture
def lead(db: None) -> RoleClient:
    return signed_in(person("Finance lead"))


@pytest.fixture
def editor(db: None) -> RoleClient:
    return signed_in(person("Editor"))


@pytest.fixture
def client_of_root(db: None) -> RoleClient:
    """Who may do everything: what she is refused does not exist."""
    return signed_in(person(is_superuser=True))
