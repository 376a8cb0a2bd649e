"""The programme's pages: figures told in charts, tables and a file; who left and why."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from donations import programme
from donations.models import PlanStep
from donations.staff.charts import Series, columns
from tests.roles import STAFF, acting_as

pytestmark = pytest.mark.role(STAFF)
# Two of its own; the rest Wagtail's frame asks for around any page: session, rights, menu.
DASHBOARD_QUERIES = 12


def url(name):
    with acting_as(STAFF):
        return reverse(name)


def text_of(answer):
    assert answer.status_code == 200
    text = " ".join(answer.content.decode().split())
    return re.sub(r" ?(</?t[dhr]\b[^>]*>) ?", r"\1", text)


@pytest.fixture
def months(make_plan):
    """Two plans since spring; one was raised, one left."""
    first = make_plan(started_at=datetime(2026, 3, 10, tzinfo=UTC))
    other = make_plan(started_at=datetime(2026, 4, 10, tzinfo=UTC), interval="year")
    steps = [
        (first, "raised", 5, 2500, 4000, {"old": 2500, "new": 4000}),
        (first, "payment_failed", 6, 4000, 4000, {"tries": 1}),
        (first, "recovered", 6, 4000, 4000, {}),
        (other, "canceled", 7, 208, 0, {"whose": "donor", "reason": "money"}),
    ]
    for plan, kind, month, before, after, detail in steps:
        PlanStep.objects.create(
            plan=plan, kind=kind, at=datetime(2026, month, 2, tzinfo=UTC), channel="stripe",
            status=plan.status, monthly_before_minor=before, monthly_after_minor=after,
            detail=detail,
        )  # fmt: skip
    programme.rebuild()


def test_the_dashboard_tells_what_stands_and_what_changed_in_few_queries(
    months, finance, django_assert_max_num_queries
):
    finance.get(url("programme:index"))  # the user's rights are remembered after this
    with django_assert_max_num_queries(DASHBOARD_QUERIES) as few:
        page = text_of(finance.get(url("programme:index") + "?months=24"))
    assert sum("donations_" in query["sql"] for query in few.captured_queries) == 2
    for told in ("What regular gifts bring a month", "Mar 2026</th><td>1</td>", "$27.08",
                 "Apr 2026, New: $2.08", "Jul 2026, Lost: -$2.08", "Cannot afford it now",
                 "Jun 2026, Recovered: 1", "Counted at"):  # fmt: skip
        assert told in page
    # Each drawing has a table that says the same.
    assert page.count('role="img"') == page.count("ns-figures") == 5


def test_an_empty_programme_says_so(finance, db):
    assert "No regular gift has begun" in text_of(finance.get(url("programme:index")))
    assert "Nobody left." in text_of(finance.get(url("leaving:index") + "?days=none"))


def test_the_file_has_every_figure(months, finance):
    answer = finance.get(url("programme:figures"))
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    told = {(row["month"], row["figure"], row["reason"]): row for row in rows}
    assert told["2026-04", "active_at_end", ""]["amount"] == "27.08"
    assert told["2026-05", "raised", ""]["amount"] == "15.00"
    assert told["2026-07", "lost", "money"]["count"] == "1"
    assert told["2026-07", "active_at_end", ""]["count"] == "1"
    assert all(row["currency"] == "USD" for row in rows)


def test_who_left_is_counted_by_reason_and_by_whose_wish(make_plan, finance):
    now = timezone.now()
    gone = {"status": "canceled", "canceled_at": now, "ended_at": now, "next_charge_at": None}
    make_plan(canceled_by="donor", cancel_reason="money", cancel_note="My rent <rose>", **gone)
    make_plan(canceled_by="staff", cancel_reason="money", interval="year", **gone)
    make_plan(canceled_by="stripe", **gone)
    make_plan(canceled_by="donor", **gone | {"ended_at": now - timedelta(days=31)})
    page = text_of(finance.get(url("leaving:index")))
    row = "Cannot afford it now</th><td>1</td><td>1</td><td>0</td><td>2</td><td>67 %</td>"
    assert row in page
    assert "$27.08" in page
    assert "My rent &lt;rose&gt;" in page
    assert "No reason given" in text_of(finance.get(url("leaving:index") + "?days=365"))


def test_columns_stand_on_zero_and_reach_as_far_as_their_values():
    made = columns(
        "Gained and lost", ["a", "b"], [Series("up", 1, [100, 0]), Series("down", 2, [0, -50])],
        table=((), ()), words=str,
    )  # fmt: skip
    up, down = made.bars
    assert up.y + up.height == pytest.approx(made.zero, abs=0.2)
    assert down.y == pytest.approx(made.zero, abs=0.2)
    assert up.height == pytest.approx(2 * down.height, abs=0.2)
    assert [tick.text for tick in made.ticks] == ["-50", "0", "50", "100"]
    assert (up.title, down.title) == ("a, up: 100", "b, down: -50")


def test_stacked_columns_lie_on_each_other():
    made = columns("x", ["a"], [Series("one", 1, [30]), Series("two", 2, [70])],
                   table=((), ()), words=str)  # fmt: skip
    lower, upper = made.bars
    assert upper.y + upper.height == pytest.approx(lower.y, abs=0.2)
    beside = columns("x", ["a"], [Series("one", 1, [30]), Series("two", 2, [70])],
                     table=((), ()), words=str, beside=True)  # fmt: skip
    assert [bar.y + bar.height for bar in beside.bars] == pytest.approx([made.zero] * 2, abs=0.2)
