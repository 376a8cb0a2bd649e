"""The finance dashboard: what it tells, to whom, where its figures lead, in how many queries."""

import html
import re
from datetime import UTC, date, datetime

import pytest

from donations import months
from donations.ledger import Account
from donations.models import Designation, LegalEntity, Payout
from donations.staff.finance_spans import months_shown, spans
from tests.donations.staff.test_books_desks import text
from tests.donations.staff.test_desks import url
from tests.donations.test_months import book
from tests.people import person
from tests.roles import STAFF

pytestmark = pytest.mark.role(STAFF)
MOST_QUERIES = 10
OCTOBER = "?period=2026-10"


@pytest.fixture
def booked(make_gift):
    """A gift of today, and an October: given, refunded, spent, promised more than there is."""
    make_gift(appeal="spring")
    at, fund = datetime(2026, 10, 15, tzinfo=UTC), Designation.objects.get(code="education")
    book("a", (Account.CASH, 9000, "USD"), (Account.CONTRIBUTIONS, -9000, "USD", fund), at=at)
    book("b", (Account.CASH, -500, "USD"), (Account.REFUNDS, 500, "USD", fund), at=at)
    book("c", (Account.FEES, 260, "USD"), (Account.CASH, -260, "USD"), at=at)
    book("d", (Account.COMMITTED, 9900, "USD", fund), (Account.COMMITTED, -9900, "USD"), at=at)
    Payout.objects.create(
        stripe_id="po_1", legal_entity=LegalEntity.objects.get(), amount_minor=4321,
        currency="USD", livemode=False, created_at=at,
    )  # fmt: skip
    months.rebuild()
    return fund


def links(page):
    """Where each figure of the page leads."""
    found = re.findall(r'<a href="([^"]+)">(-?[$\d][\d,.]*)</a>', page)
    return [(html.unescape(address), figure) for address, figure in found if address[0] == "/"]


def test_each_figure_leads_to_the_list_that_makes_it(booked, finance):
    page = text(finance.get(url("finance:index") + OCTOBER))
    for told in (
        *("$90.00", "$85.00", "$2.60", "Education fund", "Shortfalls", "$14.00"),
        *("Oct 2026, Refunds: $5", "0 of 1 months are closed", "Counted at"),
    ):
        assert told in page
    found = links(page)
    told = {"90.00": "credits $90.00", "5.00": "debits $5.00", "2.60": "debits $2.60"}
    for address, figure in found:
        answer = finance.get(address)
        assert answer.status_code == 200, address
        if (words := told.get(figure.removeprefix("$"))) and "account=" in address:
            assert words in text(answer), address
    assert {figure for _address, figure in found} >= {"$90.00", "$5.00", "$2.60", "$43.21"}
    # Each drawing has a table that says the same.
    assert page.count('role="img"') == page.count("ns-figures") >= 6


def test_a_gift_without_a_receipt_is_counted_and_listed(booked, make_gift, finance):
    gift = make_gift(name="Nobody Receipted")
    receipt = gift.receipts.get()
    from donations.receipts import book as receipts  # noqa: PLC0415

    receipts.void(receipt, reason="other", note="x", actor=person(factor=False))
    months.rebuild()
    page = text(finance.get(url("finance:index") + f"?period={gift.paid_at:%Y-%m}"))
    (address,) = {one for one, figure in links(page) if "unreceipted" in one and figure == "1"}
    listed = text(finance.get(address))
    assert "Nobody Receipted" in listed
    assert "José Núñez" not in listed


def test_the_dashboard_takes_few_queries_whatever_there_is(
    booked, finance, django_assert_max_num_queries
):
    finance.get(url("finance:index"))  # the user's rights are remembered after this
    with django_assert_max_num_queries(2 * MOST_QUERIES) as few:
        assert finance.get(url("finance:index")).status_code == 200
    own = [query["sql"] for query in few.captured_queries if "donations_" in query["sql"]]
    assert len(own) <= MOST_QUERIES, own
    # The large tables are left alone: gifts, entries and postings.
    large = ("donations_donation", "donations_entry", "donations_posting")
    assert not [sql for sql in own if any(f'"{name}"' in sql for name in large)]


def test_without_books_it_says_so_and_only_readers_of_the_journal_come_in(db, finance, care):
    assert "Nothing was booked yet" in text(finance.get(url("finance:index")))
    assert care.get(url("finance:index")).status_code in (302, 403)
    assert "finance" not in care.get("/admin/").content.decode().lower().split("sidebar")[0]


def test_spans_are_fiscal_years_and_months_the_newest_first():
    entity = LegalEntity(fiscal_year_begins=7)
    found = spans(entity, date(2025, 5, 1), date(2026, 8, 1))
    assert [one.code for one in found[:4]] == ["fy2027", "fy2026", "fy2025", "2026-08"]
    assert (found[0].first, found[0].end) == (date(2026, 7, 1), date(2027, 7, 1))
    assert months_shown(found[0])[0] == date(2026, 7, 1)
    assert [months_shown(found[3])[at] for at in (0, -1)] == [date(2025, 9, 1), date(2026, 8, 1)]
    assert len(found) == 3 + 16
