"""Hypothesis tries sequences of whatever donors, banks, Stripe and staff may do."""

import os
from contextlib import suppress
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from donations import checkout, payments, refunds
from donations.models import CheckoutAttempt, Donation, Receipt
from donations.receipts import book
from sandbox.control import CARD, ControlError
from tests.faults.scale import many
from tests.giving import ASKS_THE_BANK, BANK, DECLINED, Giving, wrong_in_the_books
from tests.people import person

EXAMPLES, STEPS = many(30, 300), 30
CARDS = [CARD, DECLINED, ASKS_THE_BANK, BANK]


def machine(giving: Giving, run_jobs: Any) -> type[RuleBasedStateMachine]:
    class Money(RuleBasedStateMachine):
        gifts = Bundle("gifts")

        @initialize()
        def start(self) -> None:
            self.block = transaction.atomic()
            self.block.__enter__()
            giving.sandbox.reset()
            giving.sandbox.fees("held")
            giving._last = None
            self.events: list[dict[str, Any]] = []
            self.ever_paid: set[int] = set()
            self.changed = False  # since the rules were last checked

        def teardown(self) -> None:
            if hasattr(self, "block"):
                transaction.set_rollback(True)
                self.block.__exit__(None, None, None)

        @rule(target=gifts, amount=st.integers(500, 20_000), who=st.sampled_from("ABC"))
        def begin(self, amount: int, who: str) -> int:
            email = f"{who.lower() if amount % 2 else who}@example.org"
            return giving.begin(amount, email=email).pk

        @rule(gift=gifts)
        def press_pay(self, gift: int) -> None:
            with suppress(checkout.AlreadyPaid):
                checkout.send_to_stripe(Donation.objects.get(pk=gift))

        @rule(gift=gifts, card=st.sampled_from(CARDS), passed=st.booleans())
        def pay(self, gift: int, card: str, passed: bool) -> None:
            self._at_stripe(gift, lambda s: giving.sandbox.pay(s, card, authenticate=passed))

        @rule(gift=gifts)
        def bank_pays(self, gift: int) -> None:
            self._at_stripe(gift, giving.sandbox.settle)

        @rule(gift=gifts)
        def bank_refuses(self, gift: int) -> None:
            self._at_stripe(gift, giving.sandbox.fail)

        @rule(gift=gifts)
        def page_ends(self, gift: int) -> None:
            self._at_stripe(gift, giving.sandbox.expire)

        @rule(gift=gifts)
        def change(self, gift: int) -> None:
            giving.begin(7500, replaces=Donation.objects.get(pk=gift))

        @rule(gift=gifts, amount=st.integers(1, 9_000), comes_back=st.booleans())
        def refunded_in_the_dashboard(self, gift: int, amount: int, comes_back: bool) -> None:
            def refund(session: str) -> None:
                made = giving.sandbox.refund(session, amount)
                if comes_back:
                    giving.sandbox.command("fail_refund", refund=made["id"])

            self._at_stripe(gift, refund)

        @rule(gift=gifts, amount=st.integers(1, 9_000))
        def staff_refunds(self, gift: int, amount: int) -> None:
            donation = Donation.objects.get(pk=gift)
            left = refunds.refundable_minor(donation)
            with suppress(refunds.NotRefundable):
                refunds.request(
                    donation,
                    amount_minor=amount,
                    reason="duplicate",
                    actor=person(factor=False),
                    left_minor=left,
                )
            self.changed = True

        @rule(gift=gifts, ending=st.sampled_from(["win", "lose", "escalate", ""]))
        def disputed(self, gift: int, ending: str) -> None:
            kind = "inquiry" if ending == "escalate" else ""

            def dispute(session: str) -> None:
                found = giving.sandbox.dispute(session, kind=kind)["id"]
                if ending:
                    giving.sandbox.command(f"{ending}_dispute", dispute=found)

            self._at_stripe(gift, dispute)

        @rule(back=st.booleans())
        def paid_out(self, back: bool) -> None:
            with suppress(ControlError):  # nothing is there
                made = giving.sandbox.pay_out()
                if back:
                    giving.sandbox.command("fail_payout", payout=made["id"])

        @rule()
        def fees_come(self) -> None:
            giving.sandbox.release_fees()

        @rule(which=st.randoms(use_true_random=False))
        def stripe_tells(self, which: Any) -> None:
            self.events += giving.new_events()
            for event in which.sample(self.events, min(3, len(self.events))):
                giving.post(event)

        @rule()
        def worker_runs(self) -> None:
            run_jobs(may_fail=True)
            self.changed = True

        @rule(gift=gifts)
        def donor_looks(self, gift: int) -> None:
            reference = Donation.objects.get(pk=gift).reference
            assert giving.client.get(f"/give/return/{reference}/").status_code == 200
            self.changed = True

        @rule(gift=gifts)
        def sweep_looks(self, gift: int) -> None:
            for attempt in CheckoutAttempt.objects.filter(donation=gift):
                payments.refresh(attempt)
            self.changed = True

        @rule(reason=st.sampled_from(["name", "duplicate"]), again=st.booleans())
        def staff_takes_a_receipt_back(self, reason: str, again: bool) -> None:
            receipt = Receipt.objects.order_by("pk").first()
            if receipt and again:
                with suppress(book.NotReceiptable):  # all of it went back
                    book.replace(receipt, reason=reason, corrections={"receipt_name": "Other"})
            elif receipt:
                book.void(receipt, reason=reason)
            self.changed = True

        @invariant()
        def every_rule_holds(self) -> None:
            if getattr(self, "changed", False):
                self.changed = False
                assert not wrong_in_the_books()
                paid = set(Donation.objects.filter(status="paid").values_list("pk", flat=True))
                assert paid >= self.ever_paid  # once paid it stays paid
                assert len(paid) <= giving.charges()
                self.ever_paid = paid

        def _at_stripe(self, gift: int, step: Any) -> None:
            attempt = CheckoutAttempt.objects.filter(donation=gift).exclude(session_id=None).last()
            if attempt:
                with suppress(ControlError):  # not possible just now
                    step(attempt.session_id)

    return Money


def test_no_sequence_of_steps_breaks_a_rule_of_the_money(giving, calm, run_jobs):
    run_state_machine_as_test(
        machine(giving, run_jobs),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize="FAULTS" not in os.environ,
            database=None,
        ),
    )
