"""A donor's year: what she gave and what became of it, in no more words than her traces have."""

import html
import re
from datetime import date
from io import BytesIO

import pikepdf
import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import User
from campaigns.impact_statements import gathering
from campaigns.models import ImpactIndexPage, ImpactReportPage, ReportEdition
from campaigns.reports import editions
from donations import tracing
from donations.checkout import Part
from donations.models import Designation, Donation
from gifts import units
from gifts.models import ReleasedUnit, Unit, UnitShare
from gifts.trace import calendar, notes, steps
from tests.campaigns.reported import last_quarter, told
from tests.gifts.wishing import UNIT, make_wish, wish
from tests.people import person
from tests.roles import PUBLIC, RoleClient

__all__ = ["make_wish", "wish"]
MOST_QUERIES = 26
WAY = re.compile(r'<ol class="trace">.*?</ol>', re.S)


def somebody(email: str) -> RoleClient:
    """Signed in with an address that is hers for certain."""
    user = User.objects.create_user(email)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    client = RoleClient(PUBLIC)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def ruth(db) -> RoleClient:
    return somebody("ruth@example.org")


@pytest.fixture
def gift(giving, run_jobs, wish):
    """Two things and a part that goes into a fund."""
    fund = Designation.objects.get(is_default=True)
    donation = giving.begin(
        parts=[Part(wish.designation, 2 * UNIT), Part(fund, 2_500)],
        form="basket",
        email="ruth@example.org",
    )
    giving.pay(donation)
    giving.deliver()
    run_jobs()
    return Donation.objects.get(pk=donation.pk)


@pytest.fixture
def quarter(monkeypatch):
    """The quarter that ended last, on the day its news is out."""
    running = calendar.start_of(calendar.today())
    monkeypatch.setattr(calendar, "today", lambda: calendar.published_on(running))
    return last_quarter()


def bought(gift, wish, *states: str) -> Unit:
    """A thing that this gift paid for, walked through these states."""
    (unit,) = units.make(wish.kind, origin=Unit.Origin.BOUGHT, wish=wish, cost_minor=UNIT)
    UnitShare.objects.create(unit=unit, line=gift.lines.first(), amount_minor=UNIT)
    for state in states:
        unit = units.move(unit, to=Unit.State(state), by=None)
    return unit


def reached(gift, wish, quarter) -> Unit:
    """The same, told of as being with the partner beside eleven others."""
    others = told(wish, count=11, ready=22, quarter=quarter, cost_minor=None)
    unit = bought(gift, wish, "received", "ready", "matched", "handed_over")
    cell = ReleasedUnit.objects.get(unit=others[0]).cell
    ReleasedUnit.objects.create(cell=cell, unit=unit, stage="handed_over")
    return unit


@pytest.fixture
def told_gift(gift, wish, quarter):
    """One of its things was told of as being with the partner."""
    reached(gift, wish, quarter)
    return gift


def year_of(gift) -> int:
    return int(gift.paid_at.year)


def page_of(client: RoleClient, year: int, code: int = 200, language: str = "") -> str:
    answer = client.get(f"{language}/account/years/{year}/impact/")
    assert answer.status_code == code, answer.status_code
    return html.unescape(answer.text)


def trace_of(client: RoleClient, gift: Donation) -> str:
    path = re.sub(r"^https?://[^/]+", "", tracing.new_link(gift))
    return html.unescape(client.get(path).text)


def without_links(page: str) -> str:
    """Each link is signed anew and says when."""
    return re.sub(r"/trace/[^/]+/", "", page)


def test_a_year_tells_what_was_given_and_what_became_of_it(ruth, gift, wish, quarter):
    reached(gift, wish, quarter)
    bought(gift, wish, "received", "ready")
    page = page_of(ruth, year_of(gift))
    for words in (
        *("you gave $925.00 in 1 gift", "Toward things", "Single gifts", "Where it is needed most"),
        *("not a receipt", "How far your things are", "Checked and ready"),
        *("have arrived where they are needed", "1 of 2", "To open funds"),
        f"{quarter.year}, Latin America",
    ):
        assert words in page, words
    assert re.search(r'<th scope="row">With the partner</th><td>1</td>', page)
    assert re.search(r'<th scope="row">In use</th><td>0</td>', page)
    assert f"/account/years/{year_of(gift)}/" in page
    assert f"/account/years/{year_of(gift)}/impact/" in ruth.get("/account/").text


def test_it_says_nothing_that_the_traces_of_her_gifts_do_not_say(giving, ruth, gift, wish, quarter):
    reached(gift, wish, quarter)
    hidden = bought(gift, wish, "received", "ready")
    page, trace = page_of(ruth, year_of(gift)), trace_of(ruth, gift)
    assert WAY.findall(page) == WAY.findall(trace)
    first, last = date(year_of(gift), 1, 1), date(year_of(gift), 12, 31)
    year = gathering.year([gift], first=first, last=last)
    assert gathering.learned(year.parts) == gathering.learned(steps.of(gift))
    assert [(one.kind, one.stage, one.things) for one in gathering.learned(year.parts)] == [
        ("laptop", "handed_over", 1)
    ]
    # What no release told of, of hers and of others', changes no letter.
    for unit in [hidden, *Unit.objects.filter(state="ready").exclude(pk=hidden.pk)[:10]]:
        for state in ("matched", "handed_over", "confirmed"):
            units.move(unit, to=Unit.State(state), by=None)
    giving.paid(7_700, email="else@example.org")
    assert without_links(page_of(ruth, year_of(gift))) == without_links(page)


def test_it_names_no_thing_no_partner_and_nobody(ruth, gift, wish, quarter):
    unit = reached(gift, wish, quarter)
    page = page_of(ruth, year_of(gift))
    for secret in (unit.code, gift.reference, gift.name, "survivor", "trafficking"):
        assert secret not in page.partition("<main")[2].partition("</main>")[0], secret


def test_what_is_corrected_or_taken_back_disappears(ruth, gift, wish, quarter):
    release = ReleasedUnit.objects.get(unit=reached(gift, wish, quarter)).cell.release
    note = notes.write(
        release, wish=wish, text="They run every day.", text_es="Andan cada día.", by=person()
    )
    notes.accept(note, by=person())
    ordered = bought(gift, wish)
    page = page_of(ruth, year_of(gift))
    assert "They run every day." in page
    assert re.search(r"Bought with your gifts in all</th><td>2</td>", page)
    notes.take_down(note)
    units.move(ordered, to=Unit.State.CANCELED, by=person())
    page = page_of(ruth, year_of(gift))
    assert "They run every day." not in page
    assert re.search(r"Bought with your gifts in all</th><td>1</td>", page)


def test_another_persons_year_is_not_found_and_nobody_is_let_in_signed_out(
    ruth, gift, public_client
):
    year = year_of(gift)
    other = somebody("else@example.org")
    for path in (f"/account/years/{year}/impact/", f"/account/years/{year}/impact/paper/"):
        assert ruth.get(path).status_code == 200
        answer = other.get(path)
        assert answer.status_code == 404
        assert f"No gifts in {year}" in answer.text
        assert "$" not in answer.text.partition("<main")[2].partition("</main>")[0]
        away = public_client.get(path)
        assert away.status_code == 302
        assert "/account/login/" in away["Location"]
    assert "No gifts in 1999" in page_of(ruth, 1999, 404)


def test_a_year_where_nothing_was_told_of_says_when_news_is_due(ruth, gift):
    page = page_of(ruth, year_of(gift))
    assert "Nothing of it has been told of yet" in page
    assert "as soon as enough for the next one is together" in page
    assert "How far your things are" not in page
    assert f"There is no report of a quarter of {year_of(gift)} yet" in page


def publish(edition: ReportEdition, title: str, **said) -> ImpactReportPage:
    page = ImpactReportPage(title=title, summary="x", edition=edition, **said)
    index = ImpactIndexPage.objects.get(locale__language_code="en")
    index.add_child(instance=page)
    return page


def test_it_shows_frozen_figures_of_reports_that_anybody_can_read(
    ruth, gift, wish, quarter, seeded
):
    ImpactReportPage.objects.all().delete()
    told(wish, count=25, ready=40, quarter=quarter, cost_minor=None)
    year = quarter.year
    with_gift = Donation.objects.filter(pk=gift.pk)
    days = {"first": quarter, "last": calendar.last_day(quarter)}
    whole = editions.draft(**days)
    kinds = editions.draft(**days, kinds=[wish.kind.code])
    whole, kinds = (editions.publish(one, by=person(factor=False)) for one in (whole, kinds))

    def shown() -> list[ReportEdition]:
        told_of = gathering.year(with_gift, first=date(year, 1, 1), last=date(year, 12, 31))
        return [report.edition for report in told_of.reports]

    assert shown() == []  # no page yet
    page = publish(whole, "The summer")
    publish(kinds, "Laptops alone")
    assert shown() == [whole]
    if year == year_of(gift):
        text = page_of(ruth, year)
        assert "things reached people, at least" in text
        assert "<dd>22</dd>" in text
        assert "The summer" in text
    page.unpublish()
    assert shown() == []
    page.live = True
    page.save()
    corrected = editions.draft(**days, corrects=whole)
    corrected = editions.publish(corrected, by=person(factor=False))
    assert shown() == []
    publish(corrected, "The summer, corrected")
    assert shown() == [corrected]


def test_a_year_of_many_gifts_costs_the_same_few_queries(giving, run_jobs, ruth, gift, wish):
    bought(gift, wish)
    year = year_of(gift)
    counts = []
    for _ in range(2):
        page_of(ruth, year)
        with CaptureQueriesContext(connection) as queries:
            page_of(ruth, year)
        counts.append(len(queries))
        for _ in range(3):
            giving.paid(1_000, email="ruth@example.org")
        run_jobs()
    assert counts[0] == counts[1] <= MOST_QUERIES, counts


def test_in_spanish_every_word_is_spanish(ruth, told_gift):
    page = page_of(ruth, year_of(told_gift), language="/es")
    for words in ("Gracias.", "No es un recibo", "Con la organización aliada", "En conjunto"):
        assert words in page, words
    for words in ("Thank you", "Toward things", "This is not", "Together", "How this"):
        assert words not in page, words


@pytest.mark.parametrize(("language", "size"), [("en", "a4"), ("es", "letter")])
def test_the_paper_is_tagged_neutral_and_in_its_readers_language(ruth, told_gift, language, size):
    gift = told_gift
    prefix = "" if language == "en" else f"/{language}"
    answer = ruth.get(f"{prefix}/account/years/{year_of(gift)}/impact/paper/?size={size}")
    assert answer["Content-Disposition"] == f'attachment; filename="gifts-{year_of(gift)}.pdf"'
    assert "no-store" in answer["Cache-Control"]
    with pikepdf.open(BytesIO(answer.content)) as paper:
        assert str(paper.Root.Lang) == language
        assert paper.Root.MarkInfo.Marked
        with paper.open_metadata() as meta:
            assert (meta["pdfaid:part"], meta["pdfuaid:part"]) == ("3", "1")
        assert round(float(paper.pages[0].MediaBox[2])) == (595 if size == "a4" else 612)
        with translation.override(language):
            assert str(year_of(gift)) in str(paper.docinfo["/Title"])
    assert timezone.now().year >= year_of(gift)
