"""The desks of the training: who answers for a course, organizations, counts."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.utils import timezone

from campaigns.models import CourseCheck, CoursePage, Sector, TrainingStep, Workplace
from campaigns.training import demo as training_demo
from campaigns.training import figures, marks
from tests.campaigns.training_made import make_course, make_workplace
from tests.people import person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.role("staff")]


@pytest.fixture(autouse=True)
def course(seeded):
    return make_course()


def words(answer):
    return " ".join(answer.content.decode().split())


def test_a_publisher_answers_for_a_course_as_she_read_it(course):
    client = signed_in(person("Publisher"))
    page = f"/admin/courses/inspect/{course.pk}/"
    assert "Sample: to be checked" in words(client.get(page))
    [outline] = marks.outlines([course])
    late = {"digest": outline.digest}
    CoursePage.objects.filter(pk=course.pk).update(summary="Otherwise.")
    client.post(f"/admin/courses/check/{course.pk}/", late)
    assert not CourseCheck.objects.exists()
    [outline] = marks.outlines([CoursePage.objects.get(pk=course.pk)])
    asked = words(client.get(f"/admin/courses/check/{course.pk}/"))
    assert outline.digest in asked
    client.post(f"/admin/courses/check/{course.pk}/", {"digest": outline.digest})
    assert CourseCheck.objects.get().course == course
    assert "Checked by" in words(client.get(page))
    assert signed_in(person("Editor")).get(page).status_code == 200
    answer = signed_in(person("Editor")).post(f"/admin/courses/check/{course.pk}/", late)
    assert answer.status_code in (302, 403)
    assert CourseCheck.objects.count() == 1


def test_donor_care_finds_closes_and_prints_for_an_organization():
    row = make_workplace()
    client = signed_in(person("Donor care"))
    assert row.name in words(client.get("/admin/workplaces/?q=coordinator@"))
    assert row.email in words(client.get(f"/admin/workplaces/inspect/{row.pk}/"))
    poster = client.get(f"/admin/workplaces/poster/{row.pk}/es/a4/")
    assert poster.content.startswith(b"%PDF")
    client.post(f"/admin/workplaces/close/{row.pk}/")
    row.refresh_from_db()
    assert row.closed_at
    assert client.get(f"/admin/workplaces/poster/{row.pk}/es/a4/").status_code == 404


def test_figures_count_each_day_of_the_span_and_no_other(course):
    day = date(2026, 3, 31)
    for on in (day - timedelta(days=1), day, day + timedelta(days=1)):
        for kind in ("began", "finished"):
            TrainingStep.objects.create(
                kind=kind, on=on, course_key=course.translation_key, sector=course.sector
            )
    found = figures.finished_by_sector(first=day, last=day)
    assert found[course.sector] == 1
    assert set(found) == set(Sector.objects.all())
    assert figures.finished_by_sector(first=day, last=day + timedelta(9))[course.sector] == 2
    months = figures.by_month(first=date(2026, 2, 1), last=date(2026, 4, 30))
    assert [(row.month.month, row.finished) for row in months] == [(2, 0), (3, 2), (4, 1)]


def test_the_demo_has_figures_a_chart_with_its_table_and_a_file():
    assert training_demo.seed()
    assert training_demo.seed() == ""
    assert Workplace.objects.count() == 1
    client = signed_in(person("Editor"))
    client.get("/admin/training/")
    page = words(client.get("/admin/training/?months=24"))
    assert "People who finished a course" in page
    assert "<svg" in page
    file = client.get("/admin/training/figures.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(file)))
    finished = sum(int(row["finished"]) for row in rows)
    assert finished == TrainingStep.objects.filter(kind="finished").count() > 100
    month = f"{timezone.localdate():%Y-%m}"
    told = {(row["month"], row["sector"]): row["finished"] for row in rows}
    assert told[month, "hotel"] == "5"
