"""A sponsor's promise: what is left of it is what the books say, and pages never say more."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import progress
from campaigns.challenges import matching
from campaigns.models import Campaign, Challenge
from donations.models import Designation
from tests.giving import Giving
from tests.roles import RoleClient

pytestmark = pytest.mark.django_db
GIFT = {"designation": "education", "appeal": "SCHOOL"}
DAY = timedelta(days=1)


@pytest.fixture
def school(giving: Giving) -> Campaign:
    return Campaign.objects.create(
        name="School", code="SCHOOL", goal_kind="amount", goal=900_00, goal_currency="USD",
        designation=Designation.objects.get(code="education"),
        starts_on=timezone.localdate() - 9 * DAY,
    )  # fmt: skip


def promise(campaign: Campaign, **terms: object) -> Challenge:
    now = timezone.now()
    plain = {"code": f"{campaign.code}-MATCH", "currency": "USD", "cap_minor": 100_00}
    times = {"starts_at": now - DAY, "ends_at": now + DAY}
    return Challenge.objects.create(campaign=campaign, **plain | times | terms)


def told(campaign: Campaign):
    caches["local"].clear()
    return progress.of([campaign])[campaign.pk].matching


def test_what_is_left_follows_the_books_up_and_down(school, giving: Giving, run_jobs) -> None:
    row = promise(school, sponsor="Lamp", agreed_by="x", agreed_on=timezone.localdate())
    assert told(school).text.endswith("Up to $100 of $100 is left for that.")
    first = giving.pay(giving.begin(70_00, **GIFT))
    giving.deliver()
    # Neither another purpose, another appeal nor another currency.
    giving.paid(10_00, appeal="SCHOOL", designation="work")
    giving.paid(10_00, designation="education")
    giving.paid(10_00, currency="EUR", **GIFT)
    run_jobs()
    assert (told(school).matched_minor, told(school).left_minor) == (70_00, 30_00)

    giving.paid(50_00, **GIFT)
    run_jobs()
    assert (told(school).state, told(school).matched_minor) == ("used", 100_00)
    assert told(school).text.startswith("Matched in full: $100 by Lamp. Further gifts")

    giving.sandbox.refund(first, 40_00)
    giving.deliver()
    run_jobs()
    assert (told(school).state, told(school).matched_minor) == ("running", 80_00)
    assert told(school).text.startswith("Until ")
    assert "Up to $20 of $100 is left" in told(school).text
    # Its figure is the donors' alone.
    assert progress.of([school])[school.pk].value == 80_00
    assert row.code == "SCHOOL-MATCH"


def test_the_sponsors_own_money_is_matched_by_nobody(school, giving: Giving, run_jobs) -> None:
    promise(school)
    giving.paid(100_00, designation="education", appeal="SCHOOL-MATCH")
    run_jobs()
    assert told(school).matched_minor == 0
    assert progress.of([school])[school.pk].value == 0


def test_a_ratio_counts_whole_units_of_what_is_given(school, giving: Giving, run_jobs) -> None:
    promise(school, adds=1, per=2)
    giving.paid(25_01, **GIFT)
    run_jobs()
    assert told(school).matched_minor == 12_50
    assert "adds $1 to each $2 given here" in told(school).text


def test_before_and_after_it_says_what_holds_and_nothing_else(
    school, giving: Giving, run_jobs
) -> None:
    giving.paid(30_00, **GIFT)
    run_jobs()
    now = timezone.now()
    row = promise(school, starts_at=now + DAY, ends_at=now + 3 * DAY)
    assert (told(school).state, told(school).matched_minor) == ("before", 0)
    assert told(school).text.startswith("From ")
    assert "a friend of our work adds $1 to each $1 given here, up to $100" in told(school).text
    # Over without one gift: there is nothing to tell.
    Challenge.objects.filter(pk=row.pk).update(starts_at=now - 3 * DAY)
    Challenge.objects.filter(pk=row.pk).update(ends_at=now + timedelta(milliseconds=1))
    assert "30" in told(school).text
    assert told(school).state == "over"
    assert told(school).text.startswith("Matched until ")


def test_the_next_promise_is_told_once_the_first_is_over(school, giving: Giving) -> None:
    now = timezone.now()
    promise(school, starts_at=now - 3 * DAY, ends_at=now - DAY)
    assert told(school) is None
    promise(school, code="SECOND", starts_at=now - DAY, ends_at=now + DAY, cap_minor=7_00)
    assert "$7" in told(school).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency": "EUR"},
        {"code": "SCHOOL"},
        {"cap_minor": 0},
        {"adds": 11},
        {"sponsor": "Named without a word"},
        {"ends_at": timezone.now() - 9 * DAY},
        {"code": "TWICE", "starts_at": timezone.now(), "ends_at": timezone.now() + DAY},
    ],
)
def test_the_database_refuses_a_promise_that_makes_no_sense(school, wrong) -> None:
    if wrong.get("code") == "TWICE":
        promise(school)
    with pytest.raises(DatabaseError), transaction.atomic():
        promise(school, **wrong)


def test_what_donors_gave_on_is_widened_and_never_narrowed(school) -> None:
    row = promise(school)
    rows = Challenge.objects.filter(pk=row.pk)
    for change in (
        {"cap_minor": 99_00},
        {"adds": 2},
        {"starts_at": timezone.now()},
        {"ends_at": timezone.now() - timedelta(hours=1)},
    ):
        with pytest.raises(DatabaseError, match="promise_is_kept"), transaction.atomic():
            rows.update(**change)
    rows.update(cap_minor=200_00, ends_at=row.ends_at + DAY)
    with pytest.raises(DatabaseError, match="if_matched"), transaction.atomic():
        Campaign.objects.filter(pk=school.pk).update(
            designation=Designation.objects.get(code="work")
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


def test_the_give_form_tells_it_to_whoever_comes_by_the_campaign(
    school, public_client: RoleClient
) -> None:
    promise(school)
    path = "/give/?appeal=school&designation=education"
    page = public_client.get(path).content.decode()
    assert "a friend of our work adds $1 to each $1 given here" in page
    assert "It counts for gifts to “Education fund”." in page
    assert matching.remark("SCHOOL", "EUR") == ""
    assert "adds $1" not in public_client.get("/give/?appeal=%00").content.decode()
    Challenge.objects.update(ends_at=timezone.now())
    assert "adds $1" not in public_client.get(path).content.decode()


def test_a_campaigns_page_costs_no_query_more(
    giving: Giving, public_client: RoleClient, seeded: None
) -> None:
    assert Challenge.objects.count() == 1
    for path in ("/campaigns/school-year/", "/es/campanas/un-ano-de-estudios/", "/campaigns/"):
        caches["local"].clear()
        public_client.get(path)
        caches["local"].clear()
        with CaptureQueriesContext(connection) as asked:
            page = public_client.get(path).content.decode()
        assert "Harbor Lamp Foundation" in page
        assert len(asked) <= 9, [one["sql"][:200] for one in asked]


@pytest.mark.role("staff")
def test_an_editor_enters_a_promise_and_reads_what_came_of_it(
    school, editor: RoleClient, giving: Giving, run_jobs
) -> None:
    typed = {
        "campaign": school.pk, "code": "LAMP", "sponsor": "Lamp", "adds": 2, "per": 1,
        "cap_minor": "1,500", "starts_at": "2026-01-01 09:00", "ends_at": "2035-01-01 09:00",
    }  # fmt: skip
    answer = editor.post("/admin/challenges/new/", typed).content.decode()
    assert "Please say who agreed to be named, and when." in answer
    typed |= {"agreed_by": "Its director", "agreed_on": "2026-01-01"}
    answer = editor.post("/admin/challenges/new/", typed).content.decode()
    assert "The campaign begins later." in answer
    typed["starts_at"] = f"{timezone.localdate():%Y-%m-%d} 00:00"
    assert editor.post("/admin/challenges/new/", typed).status_code == 302
    row = Challenge.objects.get()
    assert (row.cap_minor, row.currency) == (1500_00, "USD")
    typed["cap_minor"] = "1000"
    answer = editor.post(f"/admin/challenges/edit/{row.pk}/", typed).content.decode()
    assert "the sum can be raised, not lowered" in answer

    giving.paid(20_00, **GIFT)
    giving.paid(15_00, designation="education", appeal="LAMP")
    run_jobs()
    promise(Campaign.objects.create(
        name="B", code="B", goal_kind="amount", goal=1, goal_currency="USD",
        designation=school.designation,
    ))  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        page = editor.get("/admin/challenges/").content.decode()
    assert "$40.00" in page
    assert "$15.00" in page
    assert sum("donations_posting" in one["sql"] for one in asked) == 1
