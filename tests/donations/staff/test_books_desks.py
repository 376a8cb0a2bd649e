"""The desks of the books: months, the journal, the checks, the chart, moved money."""

from datetime import UTC, date, datetime

import pytest

from donations import chart, closing, periods
from donations.books import checking
from donations.models import BooksCheck, ChartAccount, Designation, Entry, LineMove, Period
from donations.staff.periods import balances
from tests.afterwards import settled
from tests.donations.staff.test_desks import url
from tests.donations.test_periods import post, reconciled
from tests.people import person, signed_in
from tests.roles import STAFF

pytestmark = pytest.mark.role(STAFF)
MOST_QUERIES = 12


def text(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def september(giving):
    post("a")
    post("b", amount=700)
    periods.keep_up()
    return Period.objects.get(begins_on=date(2026, 9, 1))


def make_ready():
    reconciled()
    checking.perform(BooksCheck.objects.create())


def test_a_month_says_what_hinders_it_and_is_closed_when_nothing_does(finance, september):
    page = text(finance.get(url("periods:inspect", september.pk)))
    assert "have not been checked since its last entry" in page
    assert url("checks:index") in page
    finance.post(url("periods:close", september.pk), {"reason": "", "confirmed": "1"})
    assert "see what must be mended" in text(finance.get(url("periods:index")))
    make_ready()
    assert "September 2026 can be closed" in text(finance.get(url("periods:index")))
    page = text(finance.get(url("periods:close", september.pk)))
    assert "Nothing hinders it." in page
    assert "Look it over" in page
    look = text(finance.post(url("periods:close", september.pk), {"reason": ""}))
    assert "Please look it over" in look
    assert Period.objects.get(pk=september.pk).state == "open"
    finance.post(url("periods:close", september.pk), {"reason": "", "confirmed": "1"})
    page = text(finance.get(url("periods:inspect", september.pk)))
    for told in ("Closed", "$12.00", "1060", "Cash in transit", "Fingerprint of the closing"):
        assert told in page


def test_what_is_overlooked_in_a_month_is_seen_and_told_before_it_is_closed(finance, september):
    checking.perform(BooksCheck.objects.create())
    close = url("periods:close", september.pk)
    assert "held against Stripe" in text(finance.get(close))
    page = text(finance.post(close, {"reason": " "}))
    assert "Please write why that is overlooked." in page
    assert "Please look it over" not in page
    assert "Please look it over" in text(finance.post(close, {"reason": "Stripe is down."}))
    finance.post(close, {"reason": "Stripe is down.", "confirmed": "1"})
    assert Period.objects.get(pk=september.pk).is_closed


def test_a_month_is_opened_again_by_a_colleague(finance, september):
    make_ready()
    closing.close(september, by=person(factor=False))
    finance.post(url("periods:ask", september.pk), {"reason": "a bill is missing"})
    finance.post(url("periods:reopen", september.pk))
    assert "It takes a second person" in text(finance.get(url("periods:index")))
    ben = signed_in(person("Finance lead"))
    assert "a bill is missing" in text(ben.get(url("periods:reopen", september.pk)))
    ben.post(url("periods:reopen", september.pk))
    assert Period.objects.get(pk=september.pk).state == "reopened"


def test_pages_of_the_books_take_few_queries(finance, september, django_assert_max_num_queries):
    for number in range(30):
        post(f"more-{number}", at=datetime(2026, 9, 20, tzinfo=UTC))
    make_ready()
    finance.get("/admin/")  # who is signed in, and what Wagtail keeps
    check, entry = BooksCheck.objects.get(), Entry.objects.first()
    for address in (
        *(url("journal:index") + "?posted_on_from=2026-09-01", url("checks:index")),
        *(url("periods:inspect", september.pk), url("journal:inspect", entry.pk)),
        *(url("checks:inspect", check.pk), url("chart:index"), url("periods:index")),
    ):
        with django_assert_max_num_queries(MOST_QUERIES + signing_in(finance), info=address):
            assert finance.get(address).status_code == 200


def test_costs_lower_what_is_without_restriction(giving):
    bound = Designation.objects.exclude(restriction="without_donor_restrictions").earliest("pk")
    free = Designation.objects.filter(restriction="without_donor_restrictions").earliest("pk")
    totals = [
        ["contributions", bound.pk, "USD", 0, 50_00],
        ["contributions", free.pk, "USD", 0, 26_06],
        ["processing_fees", None, "USD", 2_81, 0],
        ["processor_balance", None, "USD", 76_06, 2_81],
        ["committed", bound.pk, "USD", 9_00, 0],
    ]
    assert balances(totals)[1].rows == [
        ["With donor restrictions (By purpose)", "$50.00"],
        ["Without donor restrictions", "$23.25"],
    ]


def signing_in(client):
    """What every page of the admin asks, whatever it shows."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as asked:
        client.get(url("checks:new"))
    return len(asked)


def test_the_journal_is_found_by_day_account_and_designation(giving, finance, run_jobs):
    gift = settled(giving, run_jobs)
    other = post("a")
    page = text(
        finance.get(url("journal:index") + "?posted_on_from=2026-09-01&posted_on_to=2026-09-30")
    )
    assert "Listed: debits $5.00, credits $5.00" in page
    line = gift.lines.get().designation
    page = text(finance.get(url("journal:index") + f"?account=contributions&designation={line.pk}"))
    assert "Listed: debits $0.00, credits $50.00" in page
    assert url("journal:inspect", other.pk) not in page
    entry = gift.entries.get(kind="charge")
    page = text(finance.get(url("journal:inspect", entry.pk)))
    for told in (url("gifts:inspect", gift.pk), "4010", "1050", "Without donor restrictions"):
        assert told in page


def test_a_check_is_asked_for_by_a_button_and_shows_how_far_it_is(giving, finance, run_jobs):
    assert url("checks:new") in text(finance.get(url("checks:index")))
    assert "Every rule of the money" in text(finance.get(url("checks:new")))
    answer = finance.post(url("checks:new"))
    check = BooksCheck.objects.get()
    assert answer["Location"] == url("checks:inspect", check.pk)
    waiting = finance.get(url("checks:inspect", check.pk))
    assert "Waits for the next worker" in text(waiting)
    assert waiting["Refresh"] == "4"
    run_jobs()
    done = finance.get(url("checks:inspect", check.pk))
    assert "The books hold" in text(done)
    assert "entries balance" in text(done)
    assert "Refresh" not in done


def test_a_check_names_what_is_wrong(giving, finance):
    giving.books_are_damaged = True
    Entry.objects.bulk_create([_empty()])
    check = checking.perform(BooksCheck.objects.create())
    page = text(finance.get(url("checks:inspect", check.pk)))
    assert "has no postings" in page
    assert "problems" in text(finance.get(url("checks:index")))


def _empty():
    made = post("a")
    made.pk, made.source = None, "empty"
    return made


def test_the_lead_numbers_the_accounts_and_others_read(giving, finance, lead):
    row = ChartAccount.objects.get(account="contributions", designation=None)
    assert "Contributions" in text(finance.get(url("chart:index")))
    assert finance.get(url("chart:edit", row.pk)).status_code == 302
    lead.post(url("chart:edit", row.pk), {"number": "4000", "name": "Gifts", "family": "income"})
    row.refresh_from_db()
    assert (row.number, row.name, row.account) == ("4000", "Gifts", "contributions")
    assert row.account_designation_number_name_family_events.count() == 2
    education = Designation.objects.get(code="education")
    lead.post(
        url("chart:add"),
        {"account": "refunds", "designation": education.pk, "number": "4190",
         "name": "Refunds of gifts for education", "family": "income"},
    )  # fmt: skip
    book = chart.Chart.load()
    assert book.line("contributions", education.pk).number == "4120"
    assert book.line("refunds", education.pk).number == "4190"
    assert book.line("contributions", None).number == "4000"
    assert book.lacking() == []


def test_money_is_moved_after_a_second_look(giving, finance, run_jobs):
    gift = settled(giving, run_jobs)
    typed = {
        "line": gift.lines.get().pk, "to": Designation.objects.get(code="education").pk,
        "wish": "Her letter", "wished_on": "2026-11-03", "reason": "as she asked",
    }  # fmt: skip
    assert "Please look it over" in text(finance.post(url("gifts:move", gift.pk), typed))
    assert not LineMove.objects.exists()
    for _ in range(2):  # pressed twice
        finance.post(url("gifts:move", gift.pk), typed | {"confirmed": "1"})
    assert LineMove.objects.count() == 1
    page = text(finance.get(url("gifts:inspect", gift.pk)))
    for told in ("Her letter", "Moved to another designation", "its money is there already"):
        assert told in page
