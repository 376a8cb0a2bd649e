"""People and machines that come to give: through the real pages, at a time that the test sets."""

import html
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from unittest import mock

import altcha
import pytest
from django.utils import timezone

from core.tokens import new_token
from donations import proof
from donations.models import PaymentFailure
from sandbox.control import ControlError, Sandbox
from tests.giving import Giving
from tests.jobs import Ran

CHALLENGE = re.compile(r'data-proof="([^"]+)"')
MINUTES = re.compile(r"in about (\d+) minute")
TRIED = ("charge.succeeded", "charge.failed")


@dataclass
class Clock:
    """The time of product and sandbox alike; it stands still until it is moved."""

    sandbox: Sandbox
    at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def move(self, seconds: float) -> None:
        self.move_to(self.at + timedelta(seconds=seconds))

    def move_to(self, at: datetime) -> None:
        self.at = at
        self.sandbox.set_clock(now=at.timestamp())


@pytest.fixture
def clock(giving: Giving) -> Iterator[Clock]:
    clock = Clock(giving.sandbox)
    clock.move(0)
    with mock.patch.object(timezone, "now", side_effect=lambda: clock.at):
        yield clock


class Paused(Exception):
    """The page asked to come back in so many minutes."""

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes)
        self.minutes = minutes


@dataclass
class Visitor:
    """Fills the form as a browser does. `solves`: does the proof of work when asked for one."""

    giving: Giving
    clock: Clock
    address: str = "192.0.2.7"
    solves: bool = True
    proofs: int = 0
    started: str = ""

    def look(self) -> None:
        answer = self._get("/give/")
        self.started = re.search(r'name="started" value="([^"]+)"', answer)[1]

    def fill_in(self, email: str = "ruth@example.org", **typed: str) -> str:
        """Send the form; the address of the payment step."""
        if not self.started:
            self.look()
            self.clock.move(2)
        data = {"token": new_token(), "started": self.started, "amount_choice": "2500"}
        data |= {"name": "Ruth Osei", "email": email} | typed
        answer = self._post("/give/", data)
        assert answer.status_code == 302, answer.content.decode()
        return answer.url.replace("/review/", "/pay/")

    def go_to_payment(self, pay_url: str) -> str:
        """Press "pay", prove if asked; the payment page's id, or "" where a proof is missing."""
        answer = self._post(pay_url, {})
        asked = CHALLENGE.search(answer.content.decode())
        if asked and self.solves:
            self.proofs += 1
            answer = self._post(pay_url, {"proof": solve(html.unescape(asked[1]))})
        return answer.url.rpartition("/")[2] if answer.status_code == 302 else ""

    def open_page(self, email: str = "ruth@example.org") -> str:
        return self.go_to_payment(self.fill_in(email))

    def pay(self, session: str, card: str) -> str:
        """paid, declined, or closed where the page is over."""
        try:
            return str(self.giving.sandbox.pay(session, card)["outcome"])
        except ControlError:
            return "closed"

    def _get(self, url: str) -> str:
        answer = self.giving.client.get(url, REMOTE_ADDR=self.address)
        return self._not_paused(answer).content.decode()

    def _post(self, url: str, data: dict[str, str]):
        return self._not_paused(self.giving.client.post(url, data, REMOTE_ADDR=self.address))

    def _not_paused(self, answer):
        if answer.status_code == 429:
            minutes = MINUTES.search(answer.content.decode())
            assert int(answer["Retry-After"]) == int(minutes[1]) * 60
            raise Paused(int(minutes[1]))
        return answer


def solve(challenge: str) -> str:
    asked = altcha.Challenge.from_dict(json.loads(challenge))
    found = altcha.solve_challenge(asked)
    assert found
    return altcha.Payload(asked, found).to_base64()


@pytest.fixture
def visitor(giving: Giving, clock: Clock, cheap_proof: None) -> Visitor:
    return Visitor(giving, clock)


@pytest.fixture
def cheap_proof() -> Iterator[None]:
    """Proofs that a test solves at once; their rules are the same."""
    with mock.patch.multiple(proof, ROUNDS=2, COUNTERS=range(3, 9)):
        yield


@contextmanager
def no_receipts() -> Iterator[None]:
    """Numbering and drawing receipts is not the point of a crowd."""
    with mock.patch("donations.payments.issue_receipt.defer"):
        yield


def hear(giving: Giving, run_jobs: Callable[..., list[Ran]]) -> None:
    """Stripe's news arrive, and what follows from them is done."""
    giving.deliver("checkout.session.completed", "payment_intent.payment_failed")
    run_jobs(queue="public")


def tried_cards(giving: Giving) -> list[datetime]:
    """When a card was tried at Stripe, oldest first."""
    events = giving.sandbox.events(types=TRIED)
    return [datetime.fromtimestamp(event["created"], UTC) for event in events]


@pytest.fixture
def failures(giving: Giving):
    """Writes down failed cards, each of a card and for a gift of its own."""
    made = iter(range(1_000))

    def fail(
        count: int = 1, *, network="network-of-here", email="", card="", ago=timedelta(), gift=None
    ) -> None:
        for _ in range(count):
            number = next(made)
            PaymentFailure.objects.create(
                charge_id=f"ch_{number}",
                donation=gift or giving.begin(email=email or f"donor{number}@example.org"),
                network=network,
                card=card or f"card-{number}",
                failed_at=timezone.now() - ago,
            )

    return fail
