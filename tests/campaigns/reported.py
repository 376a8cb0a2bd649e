"""Things that releases told of, written as releases would, without the people they are for."""

from datetime import date

from campaigns.models import ReportEdition
from gifts import units
from gifts.models import Release, ReleaseCell, ReleasedUnit, Unit
from gifts.trace import calendar
from tests.deliveries_made import make_unit


def last_quarter() -> date:
    """The one that ended last and whose news is out."""
    quarter = calendar.before(calendar.start_of(calendar.today()))
    return (
        quarter if calendar.today() >= calendar.published_on(quarter) else calendar.before(quarter)
    )


def told(
    wish, *, count: int, ready: int, quarter: date | None = None, cost_minor=45000
) -> list[Unit]:
    """So many things of a wish told of in one quarter, with more that are only ready."""
    quarter = quarter or last_quarter()
    made = [make_unit(wish.kind, wish=wish, cost_minor=cost_minor) for _ in range(ready)]
    for unit in made[:count]:
        for state in ("matched", "handed_over"):
            units.move(unit, to=Unit.State(state), by=None)
    release, _ = Release.objects.get_or_create(quarter=quarter)
    cell = ReleaseCell.objects.create(
        release=release, stage="handed_over", kind=wish.kind, region=wish.region
    )
    ReleasedUnit.objects.bulk_create(
        ReleasedUnit(cell=cell, unit=unit, stage="handed_over") for unit in made[:count]
    )
    return made


def draft() -> ReportEdition:
    """Of a quarter whose figures hold nothing."""
    figures = {"delivered": [], "days": None, "given": [], "training": []}
    return ReportEdition.objects.create(
        first=date(2025, 1, 1), last=date(2025, 3, 31), figures=figures, sha256=""
    )
