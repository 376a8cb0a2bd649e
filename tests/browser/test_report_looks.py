"""An impact report with its charts in a real browser: no fault, nothing wider than the screen."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import caches

from campaigns.models import ImpactIndexPage, ImpactReportPage, ReportEdition
from campaigns.reports import editions
from pages.demo.reports import REPORT
from tests.chromium import NewPage
from tests.live import Live
from tests.people import person, signed_in

LAPTOPS = {"en": "Laptops", "es": "Computadoras portátiles"}
FIGURES = {
    "version": 1,
    "delivered": [
        {"kind": "laptop", "name": LAPTOPS, "region": region, "count": count,
         "cost_minor": 45000 * count, "currency": "USD"}
        for region, count in (("latin_america", 66), ("southeast_asia", 22))
    ],
    "days": {"half": 3, "most": 5},
    "given": [{
        "currency": "USD", "gifts": 260, "amount_minor": 2_534_00,
        "purposes": [
            {"key": "education", "name": {"en": "Education fund", "es": "Fondo de educación"},
             "gifts": 200, "amount_minor": 2_000_00},
            {"key": "others", "name": None, "gifts": 60, "amount_minor": 534_00},
        ],
        "ways": [{"key": "card", "name": None, "gifts": 260, "amount_minor": 2_534_00}],
    }],
    "training": [],
}  # fmt: skip


@pytest.fixture
def site(live: Live, seeded: None) -> Iterator[str]:
    facts = {"first": datetime(2025, 1, 1), "last": datetime(2025, 3, 31)}  # noqa: DTZ001 - days
    row = ReportEdition.objects.create(figures=FIGURES, sha256=editions.digest(FIGURES), **facts)
    ReportEdition.objects.filter(pk=row.pk).update(published_at=datetime(2025, 4, 12, tzinfo=UTC))
    row.refresh_from_db()
    for index in ImpactIndexPage.objects.all():
        words = REPORT[index.locale.language_code]
        page = ImpactReportPage(locale=index.locale, edition=row, **words)
        index.add_child(instance=page)
    yield live.public
    caches["local"].clear()


@pytest.mark.parametrize(
    "seen",
    [
        ("phone", "light", "/impact/last-quarter/"),
        ("phone", "dark", "/es/impacto/ultimo-trimestre/"),
        ("desktop", "dark", "/impact/last-quarter/"),
        ("desktop", "light", "/es/impacto/"),
    ],
)
def test_a_report_has_no_accessibility_fault_and_fits(
    site: str, new_page: NewPage, axe: Any, seen: tuple[Any, Any, str]
) -> None:
    size, scheme, path = seen
    page = new_page(size=size, scheme=scheme)
    page.goto(site + path)
    assert axe(page) == []
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    scroll, client = page.evaluate(widths)
    assert scroll <= client


def test_the_boards_page_has_no_accessibility_fault_and_fits(
    site: str, live: Live, new_page: NewPage, axe: Any
) -> None:
    session = signed_in(person("Board")).cookies["staff_session"].value
    for size in ("phone", "desktop"):
        page = new_page(size=size)
        page.context.add_cookies([{"name": "staff_session", "value": session, "url": live.staff}])
        page.goto(f"{live.staff}/admin/board/")
        page.get_by_role("heading", name="Things that reached people, by").wait_for()
        # Faults in what we draw; Wagtail's own frame around it is Wagtail's.
        assert [fault for fault in axe(page) if "ns-" in fault] == []
        widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        scroll, client = page.evaluate(widths)
        assert scroll <= client
        page.context.close()
