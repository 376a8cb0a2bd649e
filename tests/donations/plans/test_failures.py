"""Renewals that fail: told in words that help, tried as Stripe tries, never two periods at once."""

from datetime import timedelta

import pytest

from donations import gateway
from donations.gateway import subscriptions
from donations.models import Plan
from donations.plans import actions, cards, letters, notices
from donations.plans.refresh import refresh
from donations.plans.steps import By
from tests.donations.plans.conftest import months_later

Status = Plan.Status
NO_MONEY = "4000000000009995"
LOST = "4000000000009987"
ASKS_EACH_TIME = "4000002760003184"
MASTERCARD = "5555555555554444"


@pytest.fixture
def failing(standing):
    """A plan whose second payment has just failed for lack of money."""
    plan = standing.begun()
    standing.mails()
    standing.giving.sandbox.card_of(subscription=plan.subscription_id, card=NO_MONEY)
    return standing.renew(plan)


def test_a_failed_renewal_is_told_with_its_reason_and_the_next_try(standing, failing):
    plan = failing
    assert plan.status == Status.PAST_DUE
    assert (plan.tries, plan.donations.count()) == (1, 1)
    step = standing.last(plan)
    assert step.kind == "payment_failed"
    assert step.detail["code"] == "insufficient_funds"
    assert plan.retry_at.isoformat() == step.detail["retry_at"]
    (text,) = standing.mails()
    assert "There was not enough money" in text
    assert f"We try once more on {letters.day(plan.retry_at, plan)}" in text
    assert "Give another card" in text
    # The day after the money is there, Stripe's own second try.
    standing.giving.sandbox.card_of(subscription=plan.subscription_id, card="4242424242424242")
    standing.pass_to(plan.retry_at)
    plan = standing.now(plan)
    assert (plan.status, plan.tries, plan.retry_at) == (Status.ACTIVE, 0, None)
    assert plan.donations.filter(status="paid").count() == 2
    assert standing.story(plan) == ["started", "payment_failed", "recovered"]
    assert any("has arrived" in text for text in standing.mails())


def test_a_try_that_stripe_only_counts_is_not_told_as_another_failure(standing):
    plan = standing.begun()
    standing.giving.sandbox.card_of(subscription=plan.subscription_id, card=LOST)
    plan = standing.renew(plan)
    standing.pass_to(plan.retry_at)  # a lost card is not charged again
    refresh(standing.now(plan))
    assert standing.story(plan) == ["started", "payment_failed"]
    standing.giving.sandbox.give_card(plan.customer_id, MASTERCARD)
    standing.settle()
    assert standing.story(plan) == ["started", "payment_failed", "card_changed", "recovered"]


def test_a_payment_that_arrives_between_two_questions_is_never_told_as_a_failure(
    standing, monkeypatch
):
    """Stripe is asked for the bill, and then for its payment."""
    plan = standing.begun()
    sandbox = standing.giving.sandbox
    sandbox.card_of(subscription=plan.subscription_id, card=LOST)
    plan = standing.renew(plan)
    standing.clocks_to(plan.retry_at + timedelta(hours=2))  # counted on, and not heard yet
    ask, waiting = subscriptions.fetch_payment_of, [plan.open_invoice_id]

    def paid_meanwhile(bill: dict[str, object]) -> gateway.Intent | None:
        if waiting:
            sandbox.card_of(subscription=plan.subscription_id, card=MASTERCARD)
            gateway.pay_invoice(waiting.pop())
        return ask(bill)

    monkeypatch.setattr(subscriptions, "fetch_payment_of", paid_meanwhile)
    refresh(plan)
    assert not waiting
    assert standing.story(plan) == ["started", "payment_failed", "recovered"]


def test_the_last_failure_is_told_when_stripe_gives_up(standing, failing):
    for _ in range(3):
        failing = standing.now(failing)
        assert failing.retry_at
        standing.pass_to(failing.retry_at)
    plan = standing.now(failing)
    assert plan.status == Status.LAPSED
    assert plan.ended_at
    assert standing.story(plan) == ["started", *["payment_failed"] * 3, "lapsed"]
    texts = standing.mails()
    assert len(texts) == 4
    assert "your gift has ended" in texts[-1]
    assert plan.steps.last().monthly_after_minor == 0
    standing.pass_to(months_later(plan.started_at, 4))
    assert plan.donations.count() == 1


def test_another_card_pays_what_is_open_at_once_and_only_stripe_says_so(standing, failing):
    plan = failing
    page = cards.open_page(plan, return_url="http://localhost:8000/x/")
    assert page.startswith(standing.giving.sandbox.url)
    assert not cards.follow(plan)  # nothing was given yet: nothing is claimed
    standing.giving.sandbox.give_card(plan.customer_id, MASTERCARD)
    assert cards.follow(plan)
    assert not cards.follow(plan)
    standing.settle()
    plan = standing.now(plan)
    assert (plan.status, plan.card_brand, plan.card_last4) == (Status.ACTIVE, "mastercard", "4444")
    assert plan.donations.filter(status="paid").count() == 2
    assert sorted(standing.story(plan)) == [
        *("card_changed", "payment_failed", "recovered", "started"),
    ]


def test_another_card_that_fails_too_is_told_and_changes_nothing_else(standing, failing):
    standing.giving.sandbox.give_card(failing.customer_id, "4000000000000341")
    standing.settle()  # by the event alone
    plan = standing.now(failing)
    assert plan.status == Status.PAST_DUE
    assert plan.card_last4 == "0341"
    assert plan.donations.count() == 1
    assert not cards.pay_now(plan)


def test_a_bank_that_wants_a_confirmation_is_answered_on_stripes_page(standing):
    plan = standing.begun(card=ASKS_EACH_TIME)
    standing.mails()
    plan = standing.renew(plan)
    assert standing.last(plan).detail["code"] == "authentication_required"
    (text,) = standing.mails()
    assert "Your bank wants you to confirm" in text
    assert cards.bank_page(plan).startswith("http")
    standing.giving.sandbox.pay_invoice(plan.open_invoice_id, authenticate=True)
    standing.settle()
    assert standing.now(plan).status == Status.ACTIVE
    assert cards.bank_page(standing.now(plan)) == ""


def test_the_next_period_does_not_open_while_the_old_one_is_tried(standing):
    standing.giving.sandbox.dunning(days=[25, 25, 25])
    plan = standing.begun()
    standing.giving.sandbox.card_of(subscription=plan.subscription_id, card=NO_MONEY)
    plan = standing.renew(plan)
    first = plan.open_invoice_id
    standing.pass_to(plan.retry_at)
    standing.pass_to(months_later(plan.started_at, 2))
    plan = standing.now(plan)
    assert plan.open_invoice_id != first
    assert gateway.fetch_invoice(first).status == "void"
    standing.giving.sandbox.card_of(subscription=plan.subscription_id, card="4242424242424242")
    standing.pass_to(plan.retry_at)
    plan = standing.now(plan)
    assert plan.status == Status.ACTIVE
    assert plan.donations.filter(status="paid").count() == 2


@pytest.mark.parametrize("end", ["unpaid", "past_due"])
def test_a_plan_that_stripe_leaves_unpaid_ends_after_a_month(standing, failing, end):
    standing.giving.sandbox.dunning(days=[], end=end)
    standing.pass_to(failing.retry_at)
    plan = standing.now(failing)
    assert (plan.status, plan.retry_at) == (Status.PAST_DUE, None)
    notices.look_after_plans(0)
    assert standing.now(plan).status == Status.PAST_DUE
    standing.clocks_to(standing.last(plan).at + timedelta(days=31))
    notices.look_after_plans(0)
    plan = standing.now(plan)
    assert plan.status == Status.LAPSED
    assert standing.last(plan).kind == "lapsed"


def test_pausing_or_stopping_lets_the_open_payment_go(standing, failing):
    plan = actions.pause(failing, months=1, by=By.link())
    assert (plan.status, plan.open_invoice_id) == (Status.PAUSED, "")
    plan = actions.cancel(plan, by=By.link())
    standing.pass_to(months_later(plan.started_at, 3))
    assert plan.donations.count() == 1


def test_money_that_arrives_after_the_end_is_booked_and_shown(standing, failing):
    invoice = failing.open_invoice_id
    gateway.cancel_subscription(failing.subscription_id, key="in the dashboard")
    standing.settle()
    standing.clocks_to(standing.now(failing).ended_at + timedelta(days=1))
    standing.giving.sandbox.pay_invoice(invoice, MASTERCARD)
    standing.settle()
    plan = standing.now(failing)
    assert plan.status == Status.CANCELED
    assert plan.donations.filter(status="paid").count() == 2
    assert standing.last(plan).kind == "paid_after_end"
    standing.giving.books_are_damaged = True  # it says so until the money went back


@pytest.mark.parametrize(
    ("code", "word"),
    [("expired_card", "expired"), ("lost_card", "another one"), ("generic_decline", "did not say")],
)
def test_each_reason_has_its_words_and_names_no_stolen_card(code, word):
    assert word in letters.reason(code)
    assert "stolen" not in letters.reason("stolen_card")
