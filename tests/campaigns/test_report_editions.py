"""A report's figures: gathered once, frozen, published for ever, equal to the rows."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from campaigns.models import ReportEdition, Sector, TrainingStep
from campaigns.reports import drawing, editions, gather, suppression, verify
from campaigns.reports.suppression import Part
from gifts import units
from gifts.models import Unit
from gifts.trace import calendar
from tests.campaigns.reported import last_quarter, told
from tests.campaigns.training_made import make_sector
from tests.people import person
from tests.things_made import make_kind, make_wish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _later(monkeypatch):
    """Things became ready just now; the report is read after the news of this quarter."""
    quarter = calendar.start_of(calendar.today())
    monkeypatch.setattr(calendar, "today", lambda: calendar.published_on(quarter))


def quarter_of_report():
    return last_quarter()


def drafted(**facts):
    first = quarter_of_report()
    return editions.draft(**{"first": first, "last": calendar.last_day(first)} | facts)


@pytest.fixture
def wish():
    return make_wish(state="published", kind=make_kind(is_device=False), wanted=50)


def test_things_are_told_in_whole_steps_and_the_last_ten_never(wish):
    told(wish, count=25, ready=32)
    (line,) = drafted().figures["delivered"]
    assert (line["count"], line["cost_minor"]) == (22, 22 * 45000)

    other = make_wish(state="published", kind=make_kind(is_device=False), wanted=50)
    told(other, count=25, ready=25)
    found = {one["kind"]: one["count"] for one in drafted().figures["delivered"]}
    assert found == {wish.kind.code: 22, other.kind.code: 11}


def test_which_things_reached_people_is_in_no_figure(wish):
    """Two kinds alike but for what is hidden: which were told of, and how many more."""
    other = make_wish(state="published", kind=make_kind(is_device=False), wanted=50)

    def price(place):
        return 45000 if place < 20 else 20000 + 100 * place

    first = told(wish, count=22, ready=40, cost_minor=price)
    second = told(other, count=27, ready=37, cost_minor=price, skipped=9)
    for unit in second[:5]:  # and what was told of more widely, or waits
        for state in ("matched", "handed_over"):
            units.move(unit, to=Unit.State(state), by=None)
    one, two = drafted().figures["delivered"]
    assert one["kind"] != two["kind"]
    assert {name: one[name] for name in ("count", "cost_minor", "currency", "region")} == {
        name: two[name] for name in ("count", "cost_minor", "currency", "region")
    }
    assert one["cost_minor"] == sum(map(price, range(22)))
    # By what those cost that were really told of, the sum would have told which they are.
    assert sum(unit.cost_minor for unit in first[:22]) != sum(
        unit.cost_minor for unit in second[9:36]
    )


def test_people_who_learned_are_told_by_sector_from_eleven_on_in_both_languages():
    for sector, count in ((make_sector("hotel"), 11), (make_sector("hospital"), 10)):
        TrainingStep.objects.bulk_create(
            TrainingStep(kind="finished", on=quarter_of_report(), course_key=uuid4(), sector=sector)
            for _ in range(count)
        )
    figures = drafted().figures
    assert [(one["sector"], one["count"]) for one in figures["training"]] == [("hotel", 11)]
    (chart,) = (one for one in drawing.exhibits(figures) if one.key == "training")
    assert chart.rows == [[Sector.objects.get(code="hotel").name, "11"]]
    assert "hospital" not in str(figures)


def test_fewer_than_eleven_stand_in_no_line_and_in_no_sum(wish):
    told(wish, count=25, ready=40)
    few = make_wish(state="published", kind=make_kind(is_device=False), wanted=50)
    told(few, count=11, ready=20)
    figures = drafted().figures
    assert [one["kind"] for one in figures["delivered"]] == [wish.kind.code]
    assert few.kind.code not in str(figures)


def test_what_is_published_stays_and_a_draft_may_be_forgotten(wish):
    told(wish, count=22, ready=40)
    by = person(factor=False)
    edition = editions.publish(drafted(), by=by)
    assert editions.publish(edition, by=None).published_by == by
    for change in (
        lambda: ReportEdition.objects.filter(pk=edition.pk).update(figures={"delivered": []}),
        lambda: ReportEdition.objects.filter(pk=edition.pk).update(published_at=None),
        edition.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    draft = drafted()
    with pytest.raises(DatabaseError), transaction.atomic():
        ReportEdition.objects.filter(pk=draft.pk).update(sha256="0" * 64)
    editions.discard(draft)
    assert ReportEdition.objects.count() == 1


def test_the_database_refuses_a_line_that_is_no_whole_step():
    first = quarter_of_report()
    for count in (10, 12):
        line = {"kind": "laptop", "region": "africa", "count": count}
        with pytest.raises(DatabaseError, match="whole steps"), transaction.atomic():
            ReportEdition.objects.create(
                first=first,
                last=calendar.last_day(first),
                figures={"delivered": [line]},
                sha256="",
            )


def test_a_second_report_of_the_same_time_is_a_correction_or_refused(wish):
    told(wish, count=22, ready=40)
    by = person(factor=False)
    first = editions.publish(drafted(), by=by)
    with pytest.raises(editions.Refused) as refused:
        editions.publish(drafted(), by=by)
    assert refused.value.code == "stands"
    again = drafted(corrects=first)
    again = editions.publish(again, by=by)
    assert again.corrects == first
    third = drafted(corrects=again)
    figures = third.figures | {
        "given": [{"currency": "USD", "gifts": 12, "amount_minor": 1, "purposes": [], "ways": []}]
    }
    facts = {"first": third.first, "last": third.last, "corrects": again, "sha256": "x"}
    editions.discard(third)
    closer = ReportEdition.objects.create(figures=figures, **facts)
    assert editions.publish(closer, by=by).is_published  # from nothing to twelve
    near = figures | {"given": [figures["given"][0] | {"gifts": 15}]}
    row = ReportEdition.objects.create(figures=near, **facts | {"corrects": closer})
    with pytest.raises(editions.Refused) as refused:
        editions.publish(row, by=by)
    assert refused.value.code == "too_close"


def test_times_that_overlap_are_refused_with_what_would_pass(wish):
    told(wish, count=22, ready=40)
    by = person(factor=False)
    editions.publish(drafted(), by=by)
    longer = drafted(first=calendar.before(quarter_of_report()))
    with pytest.raises(editions.Refused) as refused:
        editions.publish(longer, by=by)
    assert refused.value.code == "overlaps"
    assert "kinds of things" in str(refused.value)
    longer.published_at = timezone.now()
    with pytest.raises(DatabaseError, match="one time alone"), transaction.atomic():
        longer.save()
    narrow = drafted(first=longer.first, kinds=[wish.kind.code])
    assert editions.publish(narrow, by=by).figures["given"] == []


def test_no_report_of_a_quarter_before_its_news_or_of_half_a_quarter():
    quarter = calendar.start_of(calendar.today())
    for first, last, code in (
        (quarter, calendar.last_day(quarter), "running"),
        (quarter + timedelta(days=1), calendar.last_day(quarter), "quarters"),
        (quarter, calendar.last_day(calendar.before(quarter)), "quarters"),
    ):
        with pytest.raises(editions.Refused) as refused:
            editions.draft(first=first, last=last)
        assert refused.value.code == code


def test_the_next_report_differs_by_nothing_or_a_step(wish):
    first = calendar.before(quarter_of_report())
    told(wish, count=22, ready=40, quarter=first)
    told(wish, count=15, ready=15)

    def count(start):
        lines = gather.delivered(first=start, last=calendar.last_day(start))
        return sum(line.count for line in lines)

    assert gather.delivered(first=first, last=calendar.last_day(quarter_of_report()))[0].count == 33
    assert count(quarter_of_report()) in (11, 22, 33)


def test_the_rows_counted_by_other_means_agree_and_a_changed_figure_is_found(
    wish, giving, run_jobs
):
    told(wish, count=25, ready=40, cost_minor=None)
    for _ in range(11):
        giving.paid(2500, designation="education")
    run_jobs()
    edition = editions.publish(drafted(first=quarter_of_report()), by=person(factor=False))
    assert list(verify.disagreements()) == []
    call_command("verify_reports", stdout=StringIO())

    wrong = edition.figures | {"delivered": []}
    facts = {"first": edition.first, "last": edition.last, "corrects": edition}
    row = ReportEdition.objects.create(figures=wrong, sha256=edition.sha256, **facts)
    ReportEdition.objects.filter(pk=row.pk).update(published_at=timezone.now())
    assert len(list(verify.disagreements())) == 2
    with pytest.raises(CommandError):
        call_command("verify_reports", stdout=StringIO())


def test_gifts_of_few_stand_together_and_leave_ten_values_of_each():
    rows = [Part("a", 30, 300), Part("b", 4, 40), Part("c", 50, 500)]
    found = suppression.together(rows)
    assert [one.key for one in found.parts] == ["c"]
    assert (found.rest.count, found.rest.amount_minor) == (34, 340)
    # With eleven beside them the small ones could be told by the sum: none is told apart.
    alone = suppression.together([Part("a", 11, 1), Part("b", 4, 1), Part("c", 50, 1)])
    assert (alone.parts, alone.rest.count) == ((), 65)
    assert suppression.together([Part("a", 6, 1), Part("b", 4, 1)]) is None
    assert suppression.together([Part("a", 11, 1), Part("b", 12, 1)]).rest is None
    for small in range(1, 11):
        for large in range(11, 60):
            told_of = suppression.together([Part("a", large, 1), Part("b", small, 1)])
            if told_of.parts:
                continue
            whole = told_of.rest.count
            # All that the sum leaves for the small one, if it stands with a larger one alone.
            values = [n for n in range(1, 11) if whole - n >= 11]
            assert len(values) >= 10 or whole < 21
