"""Hypothesis tries sequences of whatever becomes of regular gifts, over months that pass."""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from donations import inbox
from donations.models import Designation, Dispute, Donation, Payout, Plan, PlanStep, Refund
from donations.plans import actions
from donations.plans.changes import NotAllowed
from sandbox.control import CARD, ControlError
from tests.donations.plans.conftest import Standing
from tests.faults.scale import many
from tests.faults.stories import DESK, LINK, NO_MONEY
from tests.giving import DECLINED, wrong_in_the_books

EXAMPLES, STEPS = many(4, 100), many(14, 30)
MOST_PLANS, ENOUGH = 3, 30


def to_another_purpose(plan: Plan) -> Plan:
    others = actions.open_purposes().exclude(pk=plan.designation_id)
    to: Designation = others.order_by("pk")[0]
    return actions.change_designation(plan, designation=to, by=DESK)


def skip(plan: Plan) -> Plan:
    return actions.skip(plan, charge_at=actions.preview_skip(plan).left_out[0], by=LINK)


DEEDS: dict[str, Callable[[Plan], object]] = {
    "raised": lambda plan: actions.change_amount(plan, gift_minor=plan.gift_minor + 700, by=DESK),
    "lowered": lambda plan: actions.change_amount(plan, gift_minor=plan.gift_minor - 300, by=LINK),
    "paused": lambda plan: actions.pause(plan, months=2, by=LINK),
    "resumed": lambda plan: actions.resume(plan, by=LINK),
    "skipped": skip,
    "designation": to_another_purpose,
}
# What the product itself wrote down meanwhile: each rule has truly acted.
SEEN = {
    *("started", *DEEDS, "canceled", "restarted", "payment_failed", "recovered", "card_changed"),
    *("renewals", "refunds", "disputes", "payouts"),
}


def machine(standing: Standing, seen: Counter[str]) -> type[RuleBasedStateMachine]:
    giving = standing.giving

    class Months(RuleBasedStateMachine):
        plans = Bundle("plans")

        @initialize(target=plans)
        def start(self) -> int:
            self.block = transaction.atomic()
            self.block.__enter__()
            giving.sandbox.reset()
            giving.sandbox.payouts("manual")
            giving.sandbox.fees("at_once")
            giving._last, standing.ahead = None, timedelta()
            self.events: list[dict[str, Any]] = []
            return self.begin_one(2500)

        def teardown(self) -> None:
            if not hasattr(self, "block"):
                return
            self.hear()
            seen.update(PlanStep.objects.values_list("kind", flat=True))
            paid = Donation.objects.filter(plan__isnull=False, status="paid")
            seen["renewals"] += paid.filter(attempts=None).count()
            for model in (Refund, Dispute, Payout):
                seen[f"{model.__name__.lower()}s"] += model.objects.count()
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

        @rule(target=plans, amount=st.integers(1_000, 20_000))
        def begins(self, amount: int) -> int:
            if Plan.objects.count() < MOST_PLANS:
                return self.begin_one(amount)
            return Plan.objects.latest("pk").pk

        @rule(plan=plans, deeds=st.lists(st.sampled_from(sorted(DEEDS)), min_size=1, max_size=4))
        def is_changed(self, plan: int, deeds: list[str]) -> None:
            for deed in deeds:
                with suppress(NotAllowed):
                    DEEDS[deed](Plan.objects.get(pk=plan))

        @rule(target=plans, plan=plans, again=st.booleans())
        def is_stopped(self, plan: int, again: bool) -> int:
            with suppress(NotAllowed):
                actions.cancel(Plan.objects.get(pk=plan), by=LINK)
            if not again:
                return plan
            with suppress(NotAllowed):
                donation = actions.restart(Plan.objects.get(pk=plan))
                giving.pay(donation)
                self.hear()
                assert donation.plan_id
                return donation.plan_id
            return plan

        @rule(plan=plans, card=st.sampled_from([NO_MONEY, DECLINED]), recovers=st.booleans())
        def its_card_fails(self, plan: int, card: str, recovers: bool) -> None:
            """At the next charge; Stripe tries again three days later."""
            row = Plan.objects.get(pk=plan)
            with suppress(ControlError):  # it has ended
                giving.sandbox.card_of(subscription=row.subscription_id or "", card=card)
                self.move(days=32)
                self.hear()
                if recovers:
                    giving.sandbox.card_of(subscription=row.subscription_id or "", card=CARD)
                    self.move(days=4)
                    self.hear()

        @rule(plan=plans)
        def gets_another_card(self, plan: int) -> None:
            customer = Plan.objects.get(pk=plan).customer_id
            giving.sandbox.give_card(str(customer), "5555555555554444")

        @rule(days=st.sampled_from([3, 32]))
        def time_passes(self, days: int) -> None:
            self.move(days=days)

        @rule(plan=plans, amount=st.integers(1, 3_000))
        def its_last_gift_is_refunded(self, plan: int, amount: int) -> None:
            self.at_stripe("refund", plan, amount=amount)

        @rule(plan=plans, ending=st.sampled_from(["win", "lose", ""]))
        def its_last_gift_is_disputed(self, plan: int, ending: str) -> None:
            made = self.at_stripe("dispute", plan)
            if made and ending:
                giving.sandbox.command(f"{ending}_dispute", dispute=made["dispute"]["id"])

        @rule()
        def is_paid_out(self) -> None:
            with suppress(ControlError):  # nothing is there
                giving.sandbox.pay_out()

        @rule(chance=st.randoms(use_true_random=False))
        def stripe_tells_some(self, chance: Any) -> None:
            self.events += giving.new_events(*inbox.KINDS)
            for event in chance.sample(self.events, min(5, len(self.events))):
                assert giving.post(event) == 200
            standing.run_jobs()

        @rule()
        def stripe_tells_all(self) -> None:
            self.hear()

        # --- what the rules are made of ---------------------------------------------------------

        def begin_one(self, amount: int) -> int:
            plan = standing.begun(amount, email=f"donor{Plan.objects.count()}@example.org")
            return plan.pk

        def hear(self) -> None:
            """Whatever was not told yet, newest first, and every due job: then each rule holds."""
            self.events += giving.new_events(*inbox.KINDS)
            for event in reversed(self.events):
                assert giving.post(event) == 200
            self.events = []
            standing.run_jobs()
            assert not wrong_in_the_books()
            assert Donation.objects.filter(status="paid").count() == giving.charges()

        def move(self, *, days: int) -> None:
            """What passes must have been heard of before it has passed (docs/faults.md)."""
            self.hear()
            standing.clocks_to(timezone.now() + timedelta(days=days))

        def at_stripe(self, command: str, plan: int, **how: Any) -> dict[str, Any] | None:
            paid = Donation.objects.filter(plan=plan, status="paid").order_by("pk").last()
            with suppress(ControlError):  # not possible just now
                return giving.sandbox.command(command, charge=paid.charge_id if paid else "", **how)
            return None

    return Months


def each_rule_once(state: Any) -> None:
    plan = state.start()
    state.its_card_fails(plan, NO_MONEY, recovers=True)
    state.is_changed(plan, ["raised", "lowered", "skipped", "resumed", "designation", "paused"])
    state.its_last_gift_is_refunded(plan, 500)
    state.its_last_gift_is_disputed(plan, "win")
    state.stripe_tells_some(Random(1))
    state.is_paid_out()
    state.gets_another_card(plan)
    state.is_stopped(plan, again=True)
    state.teardown()


def test_no_sequence_of_months_breaks_a_rule_of_plans(giving, calm, run_jobs, monkeypatch):
    standing = Standing(giving, run_jobs)
    seen: Counter[str] = Counter()
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + standing.ahead)
    months = machine(standing, seen)
    each_rule_once(months())
    assert {kind for kind, count in seen.items() if count} >= SEEN, seen
    if EXAMPLES >= ENOUGH:
        seen.clear()  # the sequences reach as far by themselves
    run_state_machine_as_test(
        months,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize="FAULTS" not in os.environ,
            database=None,
        ),
    )
    assert {kind for kind, count in seen.items() if count} >= SEEN, seen
