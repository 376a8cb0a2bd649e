"""The board reads published figures, and what is promised and spent: nothing more of people."""

import csv
import io
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.reports import board, editions
from donations.models import Designation, ProgrammeMonth
from gifts.trace import calendar
from staff import roles
from tests.campaigns.reported import last_quarter, told
from tests.gifts.offered import make_offer
from tests.people import person, signed_in
from tests.roles import STAFF
from tests.things_made import make_kind, make_wish

pytestmark = [pytest.mark.django_db, pytest.mark.role(STAFF)]
ADDRESS = "/admin/board/"


@pytest.fixture(autouse=True)
def _later(monkeypatch):
    """Things became ready just now; the report is read after the news of this quarter."""
    quarter = calendar.start_of(calendar.today())
    monkeypatch.setattr(calendar, "today", lambda: calendar.published_on(quarter))


@pytest.fixture
def wish():
    return make_wish(state="published", kind=make_kind(is_device=False), wanted=50)


@pytest.fixture
def member(db):
    return signed_in(person("Board"))


def published():
    first = last_quarter()
    draft = editions.draft(first=first, last=calendar.last_day(first))
    return editions.publish(draft, by=person(factor=False))


def page_of(client, query=""):
    answer = client.get(ADDRESS + query)
    assert answer.status_code == 200
    return answer.content.decode()


def rows(client, key):
    answer = client.get(f"{ADDRESS}{key}.csv")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode())))


def main_of(page):
    return page[page.index('<div class="ns-page') : page.index('<p class="ns-clock">')]


def test_a_member_of_the_board_reads_one_page_and_nothing_else(member, wish):
    assert roles.ROLES["Board"].permissions == ("campaigns.view_board",)
    assert "No impact report of the whole organisation" in page_of(member)
    told(wish, count=25, ready=40)
    edition = published()
    page = page_of(member)
    assert "Board" in member.get("/admin/").content.decode()
    assert wish.kind.plural in page
    for other in ("/admin/impact/", f"/admin/impact/inspect/{edition.pk}/", "/admin/units/",
                  "/admin/gifts/", "/admin/donors/"):  # fmt: skip
        assert member.get(other).status_code in (302, 403), other
        assert "ns-figures" not in member.get(other).content.decode()
    assert signed_in(person("Editor")).get(ADDRESS).status_code in (302, 403)
    assert signed_in(person("Editor")).get(f"{ADDRESS}delivered.csv").status_code in (302, 403)
    assert member.get(f"{ADDRESS}nothing.csv").status_code == 404
    assert member.get(f"{ADDRESS}delivered.csv?report=0").status_code == 404


def test_of_people_it_has_the_published_figures_whatever_happens_meanwhile(member, wish):
    told(wish, count=25, ready=40)
    edition = published()
    before = main_of(page_of(member))
    assert rows(member, "delivered")[1][1:3] == ["22", "100"]
    told(wish, count=30, ready=45)
    other = make_wish(state="published", kind=make_kind(is_device=False), wanted=50)
    told(other, count=15, ready=40)
    assert main_of(page_of(member)) == before
    # A draft is nobody's but its makers'; a report of kinds is no time of its own.
    first = last_quarter()
    editions.draft(first=first, last=calendar.last_day(first), corrects=edition)
    narrow = editions.draft(
        first=calendar.before(first), last=calendar.last_day(first), kinds=[wish.kind.code]
    )
    editions.publish(narrow, by=person(factor=False))
    assert board.times() == [edition]
    assert main_of(page_of(member)) == before


def test_what_is_promised_is_told_in_whole_elevens_as_it_stood(member, wish):
    edition = published()
    month = edition.last.replace(day=1)
    facts = {"livemode": settings.STRIPE_LIVE, "measure": "giving", "computed_at": timezone.now()}
    for currency, count in (("USD", 25), ("EUR", 10)):
        ProgrammeMonth.objects.create(
            month=month, currency=currency, count=count, amount_minor=count * 1_234, **facts
        )
    later = month + timedelta(days=32)
    ProgrammeMonth.objects.create(
        month=later.replace(day=1), currency="USD", count=40, amount_minor=40_000, **facts
    )
    kind = wish.kind
    for quantity in (8, 9):
        make_offer(kind=kind, quantity=quantity, state="accepted")
    [_heads, plans] = rows(member, "promised")
    assert plans[1:] == ["22", "3700.00"]  # 25 plans; 12 times 308.50 by two digits
    assert "EUR" not in main_of(page_of(member))
    assert [row[1] for row in rows(member, "in-kind")[1:]] == ["11"]


def test_a_file_is_disarmed_and_the_page_asks_little(member, giving, run_jobs, wish):
    told(wish, count=25, ready=40, cost_minor=None)
    Designation.objects.filter(code="education").update(name="=1+1")
    for _ in range(11):
        giving.paid(2500, designation="education")
    run_jobs()
    published()
    [line] = rows(member, "purposes-usd")[1:]
    assert line == ["'=1+1", "11", "275.00"]
    page_of(member)
    with CaptureQueriesContext(connection) as asked:
        page = page_of(member)
    assert len(asked) <= 40, len(asked)
    assert page.count('<svg viewBox="0 0 640') == len(board.tables(board.times()[0], board.times()))
