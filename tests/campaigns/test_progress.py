"""A campaign's figures: money and people of the books, without what went back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import progress
from campaigns.models import Campaign
from donations.models import Designation, Donation
from tests.giving import Giving

pytestmark = pytest.mark.django_db


def campaign(kind="amount", goal=100_00, code="SCHOOL", **facts):
    purpose = Designation.objects.get(code="education")
    currency = "USD" if kind == "amount" else ""
    plain = {"name": "School", "designation": purpose, "goal_currency": currency}
    return Campaign.objects.create(goal_kind=kind, goal=goal, code=code, **plain | facts)


def told(row):
    return progress.of([row])[row.pk]


def test_an_amount_counts_what_stayed_of_its_own_gifts_alone(giving: Giving, run_jobs) -> None:
    row = campaign()
    assert told(row).state == "first"
    gift = {"designation": "education", "appeal": "SCHOOL"}
    giving.paid(4000, **gift)
    # Neither another purpose nor another appeal, nor what is not paid.
    giving.paid(1000, designation="work", appeal="SCHOOL")
    giving.paid(1000, designation="education")
    giving.begin(1000, **gift)
    run_jobs()
    assert (told(row).value, told(row).state, told(row).shown) == (4000, "running", "$40")

    partly = giving.begin(7000, **gift | {"appeal": "school"})
    session = giving.pay(partly)
    giving.deliver()
    run_jobs()
    assert (told(row).value, told(row).state) == (11000, "reached")
    giving.sandbox.refund(session, 2500)
    giving.deliver()
    run_jobs()

    assert (told(row).value, told(row).is_reached) == (8500, False)


def test_other_currencies_are_named_and_not_converted(giving: Giving, run_jobs) -> None:
    row, people = campaign(), campaign("donors", 3, code="PEOPLE")
    giving.paid(4000, designation="education", appeal="SCHOOL", currency="EUR")
    giving.paid(2000, designation="education", appeal="PEOPLE", currency="EUR")
    giving.paid(2000, designation="education", appeal="PEOPLE")
    run_jobs()

    assert (told(row).value, told(row).has_other_currencies) == (0, True)
    # One and the same donor.
    assert (told(people).value, told(people).has_other_currencies) == (1, False)


def test_a_donor_whose_gift_went_back_whole_is_not_counted(giving: Giving, run_jobs) -> None:
    row = campaign("donors", 2)
    gift = {"designation": "education", "appeal": "SCHOOL"}
    giving.paid(1000, email="ada@example.org", **gift)
    giving.paid(1000, email="ada@example.org", **gift)
    session = giving.pay(giving.begin(2000, email="ben@example.org", **gift))
    giving.deliver()
    run_jobs()
    assert (told(row).value, told(row).of_goal) == (2, "2 donors")

    giving.sandbox.refund(session)
    giving.deliver()
    run_jobs()

    assert told(row).value == 1


def test_monthly_donors_are_those_whose_plan_goes_on(make_plan) -> None:
    row = campaign("monthly", 40)
    purpose = row.designation
    make_plan(designation=purpose, appeal="SCHOOL")
    make_plan(designation=purpose, appeal="SCHOOL", status="paused")
    stopped = dict.fromkeys(("canceled_at", "ended_at"), timezone.now())
    stopped |= {"status": "canceled", "canceled_by": "donor", "next_charge_at": None}
    for other in ({"interval": "year"}, stopped, {"appeal": "OTHER"}):
        make_plan(designation=purpose, **{"appeal": "SCHOOL"} | other)

    assert (told(row).value, told(row).of_goal, told(row).frequency) == (
        2, "40 monthly donors", "monthly",
    )  # fmt: skip


def test_a_campaign_takes_gifts_from_its_first_day_to_its_last(giving: Giving) -> None:
    today, day = timezone.localdate(), timedelta(days=1)
    row = campaign(starts_on=today - 9 * day, ends_on=today)
    assert told(row).toward == {"designation": "education", "appeal": "SCHOOL", "currency": "USD"}
    row.ends_on = today - day
    assert (told(row).state, told(row).toward) == ("closed", {})
    row.after_end = "open"
    assert (told(row).state, told(row).takes) == ("over", True)
    row.starts_on, row.ends_on = today + day, None
    assert (told(row).state, told(row).takes) == ("upcoming", False)
    row.starts_on = today
    Designation.objects.filter(code="education").update(is_public=False)
    assert not told(row).takes


def test_any_number_of_campaigns_costs_three_queries(giving: Giving) -> None:
    rows = [campaign(code=f"C{number}") for number in range(5)]
    with CaptureQueriesContext(connection) as asked:
        progress.of(rows)
    assert len(asked) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"goal": 0},
        {"goal_currency": ""},
        {"designation": None},
        {"code": "small letters"},
        {"kind": "donors", "goal_currency": "USD"},
        {"kind": "wish", "goal_currency": ""},
        {"ends_on": timezone.localdate() - timedelta(days=1)},
    ],
)
def test_the_database_refuses_a_campaign_that_makes_no_sense(giving: Giving, wrong) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        campaign(**wrong)


def test_a_code_that_gifts_carry_is_never_changed(giving: Giving) -> None:
    row = campaign()
    with pytest.raises(ProgrammingError, match="campaign_code_kept"), transaction.atomic():
        Campaign.objects.filter(pk=row.pk).update(code="OTHER")
    assert Donation.objects.count() == 0
