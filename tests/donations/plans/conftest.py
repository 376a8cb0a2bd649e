"""Standing gifts in tests: begun at the sandbox's page, renewed by its clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from donations import inbox
from donations.models import Plan, PlanStep
from donations.plans import calendar
from sandbox.control import CARD
from tests.giving import Giving


@dataclass
class Standing:
    """Months that pass, and what came of them."""

    giving: Giving
    run_jobs: Any
    ahead: timedelta = timedelta()

    def begun(
        self, amount_minor: int = 2500, *, interval: str = "month", card: str = CARD, **typed: Any
    ) -> Plan:
        """A plan whose first gift is paid, with every job and mail of it done."""
        donation = self.giving.begin(amount_minor, interval=interval, **typed)
        self.giving.pay(donation, card, authenticate=True)
        self.settle()
        assert donation.plan is not None
        return self.now(donation.plan)

    def settle(self) -> None:
        """Bring what Stripe told of the kinds we asked for, and do what is due."""
        self.giving.deliver(*inbox.KINDS)
        self.run_jobs()

    def pass_to(self, moment: datetime, *, hours: float = 2) -> None:
        """Time goes to so long after this moment: bills are charged an hour later."""
        self.clocks_to(moment + timedelta(hours=hours))
        self.settle()

    def clocks_to(self, moment: datetime) -> None:
        """Stripe's clock and ours, and nothing delivered yet."""
        self.giving.sandbox.set_clock(now=moment.timestamp())
        self.ahead = moment - datetime.now(UTC)

    def renew(self, plan: Plan, times: int = 1) -> Plan:
        for _ in range(times):
            assert plan.next_charge_at is not None
            self.pass_to(plan.next_charge_at)
            plan = self.now(plan)
        return plan

    def now(self, plan: Plan) -> Plan:
        return Plan.objects.get(pk=plan.pk)

    def story(self, plan: Plan) -> list[str]:
        return list(plan.steps.values_list("kind", flat=True))

    def last(self, plan: Plan) -> PlanStep:
        step = plan.steps.last()
        assert step is not None
        return step

    def mails(self) -> list[str]:
        """Texts of the mails since the last call, oldest first."""
        texts = [str(message.body) for message in mail.outbox]
        mail.outbox.clear()
        return texts


@pytest.fixture
def standing(giving: Giving, run_jobs: Any, monkeypatch: Any) -> Standing:
    giving.sandbox.fees("at_once")
    made = Standing(giving, run_jobs)
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + made.ahead)
    return made


def months_later(moment: datetime, number: int) -> datetime:
    return calendar.charge_at(moment, "month", number)


def close_to(moment: datetime | None, other: datetime) -> bool:
    """Within the seconds between a subscription and its first charge."""
    return moment is not None and abs(moment - other) < timedelta(seconds=30)
