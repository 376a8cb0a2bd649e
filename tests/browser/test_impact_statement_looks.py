"""A donor's year in a real browser: every state without a fault, nothing wider than the screen."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from campaigns.impact_statements import links
from donations.checkout import Part
from donations.models import Designation, Donation, LegalEntity, StatementRun
from donations.receipts import runs
from gifts.trace import calendar
from tests import jobs
from tests.browser.conftest import House
from tests.browser.test_real_pages import Look, signed_in
from tests.campaigns.reported import last_quarter
from tests.campaigns.test_impact_statements import bought, reached
from tests.chromium import NewPage
from tests.gifts.wishing import UNIT, published
from tests.people import person


@pytest.fixture
def gift(house: House, monkeypatch: Any) -> Donation:
    """Two things of hers, one of them told of, and a part for a fund."""
    quarter = calendar.start_of(calendar.today())
    monkeypatch.setattr(calendar, "today", lambda: calendar.published_on(quarter))
    giving, wish = house.giving, published()
    fund = Designation.objects.get(is_default=True)
    parts = [Part(wish.designation, 2 * UNIT), Part(fund, 2_500)]
    begun = giving.begin(parts=parts, form="basket", email="ruth@example.org")
    giving.pay(begun)
    giving.deliver()
    jobs.run()
    gift = Donation.objects.get(pk=begun.pk)
    reached(gift, wish, last_quarter())
    bought(gift, wish, "received", "ready")
    return gift


def test_a_year_in_every_state(
    house: House, gift: Donation, new_page: NewPage, axe: Callable[[Page], list[str]]
) -> None:
    assert gift.paid_at
    year = gift.paid_at.year
    run = StatementRun.objects.create(
        kind="statement", legal_entity=LegalEntity.objects.get(is_default=True), livemode=False,
        year=year, encloses=True, asked_by=person(factor=False),
    )  # fmt: skip
    runs.count_run(run.pk)
    link = links.new_link(run.statements.get(), "en").partition("/your-year/")[2]
    look = Look(house.public, new_page, axe)
    look.at(f"/your-year/{link}")
    look.at("/your-year/nobody-knows-this/", status=404)
    look.sign_in(signed_in("ruth@example.org"))
    for _ in range(4):
        look.at(f"/account/years/{year}/impact/")
    look.at("/account/years/1999/impact/", status=404)
    assert look.faults == []
    assert look.seen == 7
