"""What is told ahead of time, once; and what the books say of plans."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from donations.books import plans as checks
from donations.models import Plan
from donations.plans import actions, notices
from donations.plans.refresh import refresh
from donations.plans.steps import By

CHECKS = (checks.purposes_are_open, checks.stories_are_whole, checks.charges_are_due)


def test_a_card_that_ends_before_the_next_charge_is_told_once(standing):
    plan = standing.begun()
    now = timezone.now()
    Plan.objects.update(card_exp_month=now.month, card_exp_year=now.year)
    standing.clocks_to(plan.next_charge_at - timedelta(days=20))
    for _ in range(2):
        notices.tell_ahead(0)
    standing.run_jobs()
    assert standing.story(plan) == ["started", "card_expires"]
    assert any(f"ends with {now:%m/%Y}" in text for text in standing.mails())


def test_a_card_that_the_bank_renews_by_itself_is_known(standing):
    plan = standing.begun()
    standing.giving.sandbox.card_of(subscription=plan.subscription_id, expires="11/2040")
    standing.settle()
    refresh(plan)
    plan = standing.now(plan)
    assert (plan.card_exp_month, plan.card_exp_year) == (11, 2040)
    assert standing.last(plan).detail == {"by_the_bank": True}


def test_a_yearly_gift_is_told_two_weeks_ahead(standing):
    plan = standing.begun(12000, interval="year")
    standing.clocks_to(plan.next_charge_at - timedelta(days=15))
    notices.tell_ahead(0)
    assert standing.story(plan) == ["started"]
    standing.clocks_to(plan.next_charge_at - timedelta(days=13))
    for _ in range(2):
        notices.tell_ahead(0)
    standing.run_jobs()
    assert standing.story(plan) == ["started", "yearly_ahead"]
    assert any("Your yearly gift of $120.00 is due on" in text for text in standing.mails())


def test_the_end_of_a_pause_is_told_a_week_ahead(standing):
    plan = actions.pause(standing.begun(), months=2, by=By.link())
    standing.clocks_to(plan.next_charge_at - timedelta(days=6))
    for _ in range(2):
        notices.tell_ahead(0)
    standing.run_jobs()
    assert standing.story(plan) == ["started", "paused", "resume_ahead"]


def test_a_charge_that_no_event_told_of_is_asked_for_at_night(standing):
    plan = standing.begun()
    standing.clocks_to(plan.next_charge_at + timedelta(days=2))
    standing.giving.new_events()  # lost
    notices.look_after_plans(0)
    standing.run_jobs()
    assert plan.donations.filter(status="paid").count() == 2
    assert standing.now(plan).next_charge_at > timezone.now()


DAMAGE = {
    "a status without a step": "UPDATE donations_plan SET status = 'past_due'",
    "an amount without a step": "UPDATE donations_plan SET amount_minor = 1",
    "an overdue charge": "UPDATE donations_plan SET next_charge_at = now() - interval '9 days'",
    "a payment without an invoice": "UPDATE donations_donation SET invoice_id = NULL",
    "a charge after the end": "UPDATE donations_plan SET status = 'lapsed', next_charge_at = NULL,"
    " ended_at = now() - interval '9 days'",
}


def test_the_books_name_a_plan_that_is_not_in_order(standing):
    standing.begun()
    for what, sql in DAMAGE.items():
        with transaction.atomic():
            connection.cursor().execute(sql)
            assert [problem for check in CHECKS for problem in check()], what
            transaction.set_rollback(True)
    assert not [problem for check in CHECKS for problem in check()]
