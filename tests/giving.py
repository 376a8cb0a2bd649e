"""Giving in tests: a seeded organisation, donors who pay at the sandbox, events brought by hand.

A plugin: name it in `pytest_plugins`. The product speaks to the sandbox over real HTTP.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
import stripe as stripe_library
from django.conf import settings as django_settings
from django.test import override_settings
from django.utils import timezone

from donations import books, checkout, defence, demo
from donations.checkout import Part
from donations.gateway import client as gateway_client
from donations.models import CheckoutAttempt, Designation, Donation, LegalEntity
from donations.receipts import document
from sandbox.control import CARD, Sandbox
from tests import roles

DECLINED = "4000000000000002"
ASKS_THE_BANK = "4000002500003155"
BANK = "bank"


@dataclass
class Giving:
    """What donors do, and what Stripe tells of it."""

    sandbox: Sandbox
    client: roles.RoleClient = field(default_factory=lambda: roles.RoleClient(roles.PUBLIC))
    # Set by a test that damages rows on purpose.
    books_are_damaged: bool = False
    _last: str | None = None
    _count: int = 0

    def begin(
        self,
        amount_minor: int = 5000,
        *,
        designation: str = "where-needed-most",
        parts: list[Part] | None = None,
        currency: str = "USD",
        fee_cover_minor: int = 0,
        form_token: str = "",
        replaces: Donation | None = None,
        **typed: Any,
    ) -> Donation:
        self._count += 1
        purpose = Designation.objects.get(code=designation)
        return checkout.begin(
            parts or [Part(purpose, amount_minor)],
            form_token=form_token or f"form-{self._count}-{id(self)}",
            entity=LegalEntity.objects.get(is_default=True),
            currency=currency,
            fee_cover_minor=fee_cover_minor,
            replaces=replaces,
            **{"name": "Ruth Osei", "email": "ruth@example.org", "language": "en"} | typed,
        )

    def part(self, designation: Designation, amount_minor: int) -> Part:
        return Part(designation, amount_minor)

    def open(self, donation: Donation) -> str:
        """Go to the payment page; the id of its session."""
        checkout.send_to_stripe(donation)
        return self.session_of(donation)

    def session_of(self, donation: Donation) -> str:
        attempt = CheckoutAttempt.objects.filter(donation=donation).latest("pk")
        assert attempt.session_id
        return attempt.session_id

    def pay(self, donation: Donation, card: str = CARD, **how: Any) -> str:
        session = self.open(donation)
        self.sandbox.pay(session, card, **how)
        return session

    def paid(self, amount_minor: int = 5000, **typed: Any) -> Donation:
        """A gift all the way: paid, and Stripe's events delivered."""
        donation = self.begin(amount_minor, **typed)
        self.pay(donation)
        self.deliver()
        return donation

    def new_events(self, *kinds: str) -> list[dict[str, Any]]:
        """Events since the last call, oldest first; those of other kinds never come."""
        found = self.sandbox.events(since=self._last)
        if found:
            self._last = found[-1]["id"]
        return [event for event in found if not kinds or event["type"] in kinds]

    def deliver(self, *kinds: str) -> list[str]:
        """Bring Stripe's new events to the webhook; their kinds."""
        events = self.new_events(*kinds)
        for event in events:
            assert self.post(event) == 200
        return [event["type"] for event in events]

    def post(self, event: dict[str, Any], *, at: int | None = None) -> int:
        body, signature = self.sandbox.signed(event, at=at)
        return self.post_raw(body, signature)

    def post_raw(self, body: bytes, signature: str, **headers: str) -> int:
        answer = self.client.post(
            "/webhooks/stripe/",
            body,
            content_type="application/json",
            headers={"Stripe-Signature": signature, **headers},
        )
        return int(answer.status_code)

    def sessions(self) -> int:
        """How many payment pages Stripe was made to open."""
        client = gateway_client.client()
        return len(list(client.v1.checkout.sessions.list({"limit": 100}).auto_paging_iter()))

    def charges(self, status: str = "succeeded") -> int:
        """How many charges Stripe holds."""
        found = gateway_client.client().v1.charges.list({"limit": 100})
        return sum(charge.status == status for charge in found.auto_paging_iter())


@pytest.fixture
def stripe(sandbox: Sandbox) -> Iterator[Sandbox]:
    """Points the product at the worker's sandbox; fees come when `release_fees` says so."""
    sandbox.fees("held")
    gateway_client.client.cache_clear()
    # The official client waits half a second and more between its tries.
    quick = mock.patch.multiple(stripe_library.HTTPClient, INITIAL_DELAY=0.01, MAX_DELAY=0.02)
    with (
        quick,
        override_settings(
            STRIPE_API_BASE=sandbox.api_base,
            STRIPE_WEBHOOK_SECRETS=[sandbox.webhook_secret],
            STRIPE_TIMEOUT_SECONDS=5.0,
        ),
    ):
        assert not django_settings.STRIPE_LIVE
        yield sandbox
    gateway_client.client.cache_clear()


def wrong_in_the_books() -> dict[str, list[str]]:
    """Every rule of the money that does not hold, with the rows that break it."""
    return {
        name: [f"{problem.about}: {problem.text}" for problem in found]
        for name, found in books.verify().items()
        if found
    }


@pytest.fixture
def giving(db: None, stripe: Sandbox, quick_drawing: mock.Mock) -> Iterator[Giving]:
    """Donors and Stripe, in the test's own transaction; afterwards the books must be right."""
    demo.seed()
    made = Giving(stripe)
    yield made
    if not made.books_are_damaged:
        assert not wrong_in_the_books()


@pytest.fixture
def giving_for_real(
    own_database: Any, stripe: Sandbox, quick_drawing: mock.Mock
) -> Iterator[Giving]:
    """The same in a database of its own, where commits are real: for threads."""
    demo.seed()
    yield Giving(stripe)
    assert not wrong_in_the_books()


@contextmanager
def later(**wait: float) -> Iterator[None]:
    """The product's clock is ahead by so much; PostgreSQL's and the sandbox's are not."""
    real = timezone.now

    def ahead() -> datetime:
        return real() + timedelta(**wait)

    with mock.patch.object(timezone, "now", ahead):
        yield


@pytest.fixture
def quick_drawing() -> Iterator[mock.Mock]:
    """Receipts get a few bytes instead of a drawn page, where drawing is not the point."""
    with mock.patch.object(
        document, "render", side_effect=lambda snapshot, **_: f"%PDF {snapshot.number}".encode()
    ) as render:
        yield render


@pytest.fixture
def calm() -> Iterator[None]:
    """Nobody is taken for a tester of stolen cards, where declines are not the point."""
    with mock.patch.object(defence, "assess", return_value=defence.Heat(hot=False)):
        yield
