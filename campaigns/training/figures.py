"""How many people began, finished and hold certificates, by sector and month. Counts alone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from campaigns.models import Sector, TrainingStep, Workplace

Kind = TrainingStep.Kind


@dataclass(frozen=True)
class SectorFigures:
    """A sector in a span of days; each person counts once for each course."""

    sector: Sector
    # Confirmed, as of today, closed ones too.
    workplaces: int
    began: int
    finished: int
    certificates: int


@dataclass(frozen=True)
class MonthFigures:
    month: date
    began: int
    finished: int
    certificates: int


def finished_by_sector(*, first: date, last: date) -> dict[Sector, int]:
    """People who passed the check of a course for the first time, both days included.

    Somebody who finishes two courses counts for each. Sectors nobody finished in are there with 0.
    """
    return {row.sector: row.finished for row in by_sector(first=first, last=last)}


def by_sector(*, first: date, last: date) -> list[SectorFigures]:
    """Every sector in its order: two queries besides."""
    steps = TrainingStep.objects.filter(on__gte=first, on__lte=last)
    counted = _counts(steps.values_list("sector_id", "kind").annotate(Count("pk")))
    signed = Workplace.objects.filter(confirmed_at__isnull=False).order_by()
    places = dict(signed.values_list("sector_id").annotate(Count("pk")))
    return [
        SectorFigures(
            sector,
            places.get(sector.pk, 0),
            *(counted[sector.pk][kind] for kind in (Kind.BEGAN, Kind.FINISHED, Kind.CERTIFIED)),
        )
        for sector in Sector.objects.all()
    ]


def by_month(*, first: date, last: date, sector: Sector | None = None) -> list[MonthFigures]:
    """Every month from the first day's to the last day's, those with nothing too."""
    which = Q(on__gte=first.replace(day=1), on__lte=last)
    if sector:
        which &= Q(sector=sector)
    steps = TrainingStep.objects.filter(which).annotate(month=TruncMonth("on"))
    counted = _counts(steps.values_list("month", "kind").annotate(Count("pk")))
    return [
        MonthFigures(
            month, *(counted[month][kind] for kind in (Kind.BEGAN, Kind.FINISHED, Kind.CERTIFIED))
        )
        for month in months(first, last)
    ]


def months(first: date, last: date) -> Sequence[date]:
    """The first day of each month of a span."""
    begin, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(begin, end + 1)]


def _counts(rows: Iterable[tuple[Any, str, int]]) -> dict[Any, dict[str, int]]:
    counted: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for key, kind, number in rows:
        counted[key][kind] = number
    return counted
