"""A standing gift begins by the form's donation; each paid invoice becomes one more, once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from donations import gateway, inbox, jobs
from donations.models import Designation, Donation, Entry, Plan
from donations.plans import renewals, steps
from donations.plans.changes import ask
from donations.plans.refresh import refresh
from tests.donations.plans.conftest import close_to, months_later
from tests.giving import BANK, DECLINED

Status = Plan.Status
TWO_HOURS = timedelta(hours=2)
REFUSED = [
    ("UPDATE donations_plan SET status = 'incomplete'", "(?i)transition"),
    ("UPDATE donations_plan SET subscription_id = 'x'", "frozen"),
    ("UPDATE donations_plan SET currency = 'EUR'", "frozen"),
    ("UPDATE donations_plan SET status = 'canceled'", "plan_"),
    ("DELETE FROM donations_plan", "(?i)cannot delete"),
    ("DELETE FROM donations_planstep", "(?i)cannot (update or )?delete"),
    ("UPDATE donations_planstep SET kind = 'x'", "(?i)cannot update"),
    ("DELETE FROM donations_planchange", "(?i)cannot delete"),
    (
        "UPDATE donations_designation SET closes_at = now() WHERE is_default",
        "standing gifts|takes any amount",
    ),
    (
        "UPDATE donations_plan SET designation_id ="
        " (SELECT id FROM donations_designation WHERE code = 'laptops')",
        "without goal",
    ),
]


def test_the_first_payment_begins_the_plan(standing):
    plan = standing.begun(2500, fee_cover_minor=100)
    first = plan.donations.get()
    assert (plan.status, plan.amount_minor, plan.gift_minor) == (Status.ACTIVE, 2600, 2500)
    assert plan.donor == first.donor == plan.customer.donor
    assert (plan.card_brand, plan.card_last4) == ("visa", "4242")
    assert plan.card_exp_year
    assert close_to(plan.next_charge_at, months_later(first.paid_at, 1))
    assert first.invoice_id
    assert first.receipts.count() == 1
    assert standing.story(plan) == ["started"]
    step = plan.steps.get()
    assert (step.monthly_before_minor, step.monthly_after_minor) == (0, 2600)
    receipt, begun = sorted(standing.mails(), key=lambda text: "has begun" in text)
    assert "$26.00 a month has begun" in begun
    assert "/plan/" in begun
    assert "/plan/" in receipt


def test_each_month_is_booked_and_receipted_once_whatever_is_delivered_twice(standing):
    plan = standing.begun()
    standing.clocks_to(months_later(plan.next_charge_at, 1) + TWO_HOURS)
    events = standing.giving.new_events(*inbox.KINDS)
    for event in [*reversed(events), *events]:
        standing.giving.post(event)
    standing.run_jobs()

    assert plan.donations.filter(status="paid").count() == 3
    assert Entry.objects.filter(kind="charge").count() == 3
    renewal = plan.donations.latest("paid_at")
    assert renewal.amount_minor == 2500
    assert renewal.donor == plan.donor
    assert renewal.receipts.count() == 1
    assert [line.designation for line in renewal.lines.all()] == [plan.designation]
    assert standing.story(plan) == ["started"]
    again = [renewals.book(renewal.invoice_id) for _ in range(2)]
    assert again == [False, False]


def test_a_gift_once_may_ride_along_with_the_first_payment(standing):
    giving = standing.giving
    work = Designation.objects.get(code="work")
    parts = [
        giving.part(Designation.objects.get(is_default=True), 1000),
        giving.part(work, 4000),
    ]
    plan = standing.begun(parts=parts)
    assert plan.amount_minor == 1000
    assert plan.donations.get().amount_minor == 5000
    standing.renew(plan)
    assert list(plan.donations.order_by("pk").values_list("amount_minor", flat=True)) == [
        5000,
        1000,
    ]


def test_a_renewals_fee_is_booked_when_it_becomes_known(standing):
    plan = standing.begun()
    standing.giving.sandbox.fees("held")
    standing.renew(plan)
    assert plan.donations.filter(processor_fee_minor=None).count() == 1
    standing.giving.sandbox.release_fees()
    standing.settle()
    assert all(plan.donations.values_list("processor_fee_minor", flat=True))


def test_news_that_never_came_is_asked_for_each_night(standing):
    plan = standing.begun()
    standing.clocks_to(plan.next_charge_at + TWO_HOURS)
    standing.giving.new_events()  # lost
    renewals.catch_up(plan)
    standing.run_jobs()
    assert plan.donations.filter(status="paid").count() == 2


def test_a_bank_debit_begins_the_plan_when_it_is_settled(standing):
    donation = standing.giving.begin(interval="month")
    session = standing.giving.pay(donation, BANK)
    standing.settle()
    plan = standing.now(donation.plan)
    assert plan.status == Status.INCOMPLETE
    assert plan.subscription_id
    standing.giving.sandbox.settle(session)
    standing.settle()
    plan = standing.now(plan)
    assert plan.status == Status.ACTIVE
    assert standing.story(plan) == ["started"]
    assert plan.donations.filter(status="paid").count() == 1


def test_a_page_nobody_paid_begins_nothing(standing):
    donation = standing.giving.begin(interval="month")
    standing.giving.sandbox.expire(standing.giving.open(donation))
    standing.settle()
    donation.refresh_from_db()
    assert donation.status == "abandoned"
    plan = standing.now(donation.plan)
    assert plan.status == Status.INCOMPLETE
    standing.ahead = timedelta(days=31)
    jobs.forget_unpaid(0)
    assert (standing.now(plan).name, standing.now(plan).email) == ("", "")


def test_cards_that_fail_on_the_page_of_a_plan_are_counted_too(standing):
    donation = standing.giving.begin(interval="month")
    session = standing.giving.pay(donation, DECLINED)
    standing.settle()
    assert donation.failures.count() == 1
    standing.giving.sandbox.pay(session)
    standing.settle()
    assert standing.now(donation.plan).status == Status.ACTIVE
    assert donation.failures.count() == 1


def test_the_same_form_sent_twice_is_one_plan(standing):
    first, second = (
        standing.giving.begin(interval="month", form_token="one form") for _ in range(2)
    )
    assert first.plan == second.plan
    assert Plan.objects.count() == 1


def test_a_second_page_paid_for_one_form_is_a_plan_of_its_own(standing, monkeypatch):
    giving = standing.giving
    donation = giving.begin(interval="month")
    first = giving.open(donation)
    attempt = donation.attempts.get()
    attempt.state = "expired"  # as if Stripe had said so
    attempt.save()
    second = giving.open(donation)
    for session in (first, second):
        giving.sandbox.pay(session)
    standing.settle()
    plans = Plan.objects.order_by("pk")
    assert [plan.status for plan in plans] == [Status.ACTIVE] * 2
    assert len({plan.subscription_id for plan in plans}) == 2
    assert [plan.donations.get().status for plan in plans] == ["paid"] * 2


def test_a_yearly_gift_comes_after_a_year(standing):
    plan = standing.begun(12000, interval="year")
    assert plan.monthly_minor == 1000
    standing.pass_to(months_later(plan.started_at, 11))
    assert plan.donations.count() == 1
    plan = standing.renew(plan)
    assert plan.donations.count() == 2
    assert close_to(plan.next_charge_at, months_later(plan.started_at, 24))


def test_the_database_itself_keeps_plans_in_order(standing):
    plan = standing.begun()
    ask(plan, kind="resume", wanted={}, by=steps.SYSTEM)
    Designation.objects.create(
        code="laptops", name="Laptops", target_minor=1, fallback=plan.designation
    )
    for sql, message in REFUSED:
        with pytest.raises(DatabaseError, match=message), transaction.atomic():
            connection.cursor().execute(sql)


def test_a_purpose_that_ended_before_the_payment_gives_way_to_the_default(standing):
    donation = standing.giving.begin(interval="month", designation="work")
    session = standing.giving.open(donation)
    Designation.objects.filter(code="work").update(closes_at=timezone.now())
    standing.giving.sandbox.pay(session)
    standing.settle()
    assert standing.now(donation.plan).designation.is_default
    assert Donation.objects.get().status == "paid"


def test_an_older_answer_never_overwrites_a_newer_one(standing, monkeypatch):
    plan = standing.begun()
    real = gateway.fetch_subscription
    old = real(plan.subscription_id)
    gateway.change_amount(old, amount_minor=4000, key="a change elsewhere")
    answers = [old]

    def slow(subscription_id):
        if answers:
            # While this answer was on its way, another took over a newer one.
            older = answers.pop()
            refresh(plan)
            return older
        return real(subscription_id)

    monkeypatch.setattr(gateway, "fetch_subscription", slow)
    refresh(plan)
    assert standing.now(plan).amount_minor == 4000
    assert standing.story(plan) == ["started", "raised"]


def test_a_bill_without_a_plan_is_not_that_of_a_plan_still_to_begin(standing):
    plan = standing.begun()
    standing.giving.begin(interval="month")  # waits for its first payment
    bill = gateway.fetch_invoice(plan.donations.get().invoice_id)
    assert renewals.plan_of(bill) == plan
    strangers = replace(bill, subscription_id="", reference="")
    assert renewals.plan_of(strangers) is None
    assert not renewals.is_ours(strangers)
