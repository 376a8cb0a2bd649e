"""Things that releases told of, written as releases would, without the people they are for."""

import hashlib
from datetime import date
from io import BytesIO

import pikepdf

from campaigns.models import ImpactIndexPage, ImpactReportPage, ReportEdition, ReportPaper
from campaigns.reports import editions
from gifts import units
from gifts.models import Release, ReleaseCell, ReleasedUnit, Unit
from gifts.trace import calendar
from pages.demo import reports
from tests.deliveries_made import make_unit
from tests.people import person


def last_quarter() -> date:
    """The one that ended last and whose news is out."""
    quarter = calendar.before(calendar.start_of(calendar.today()))
    return (
        quarter if calendar.today() >= calendar.published_on(quarter) else calendar.before(quarter)
    )


def told(
    wish, *, count: int, ready: int, quarter: date | None = None, cost_minor=45000, skipped: int = 0
) -> list[Unit]:
    """So many things of a wish told of in one quarter, with more that are only ready.

    Args:
        cost_minor: of each, or of each by its number.
        skipped: that became ready first and are told of nowhere.
    """
    quarter = quarter or last_quarter()
    costs = [cost_minor(place) if callable(cost_minor) else cost_minor for place in range(ready)]
    made = [make_unit(wish.kind, wish=wish, cost_minor=cost) for cost in costs]
    chosen = made[skipped : skipped + count]
    for unit in chosen:
        for state in ("matched", "handed_over"):
            units.move(unit, to=Unit.State(state), by=None)
    release, _ = Release.objects.get_or_create(quarter=quarter)
    cell = ReleaseCell.objects.create(
        release=release, stage="handed_over", kind=wish.kind, region=wish.region
    )
    ReleasedUnit.objects.bulk_create(
        ReleasedUnit(cell=cell, unit=unit, stage="handed_over") for unit in chosen
    )
    return made


def draft() -> ReportEdition:
    """Of a quarter whose figures hold nothing."""
    figures = {"delivered": [], "days": None, "given": [], "training": []}
    return ReportEdition.objects.create(
        first=date(2025, 1, 1), last=date(2025, 3, 31), figures=figures, sha256=""
    )


def _blank_page() -> bytes:
    written = BytesIO()
    with pikepdf.new() as paper:
        paper.add_blank_page()
        paper.save(written)
    return written.getvalue()


def addresses() -> dict[str, object]:
    """For tests/site/matrix/house.py, after pages.demo: a draft, and a public paper."""
    first = last_quarter()
    edition = editions.draft(first=first, last=calendar.last_day(first))
    edition = editions.publish(edition, by=person(factor=False))
    page = ImpactReportPage(edition=edition, **reports.REPORT["en"])
    ImpactIndexPage.objects.get(locale__language_code="en").add_child(instance=page)
    content = _blank_page()
    paper = ReportPaper.objects.create(
        **{"page": page, "edition": edition, "language": "en", "size": "A4", "content": content},
        **{"source_sha256": "0" * 64, "sha256": hashlib.sha256(content).hexdigest()},
    )
    return {
        **{"impact:pk": draft().pk, "board:key": "reports"},
        "/reports/papers/<int:pk>.pdf": f"/reports/papers/{paper.pk}.pdf",
    }
