"""Things that releases told of in their kind and region, for figures that are published.

What was told of more widely is in no figure: see docs/reports.md.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Min, OuterRef, Q, Subquery

from gifts.models import Region, Unit, UnitShare, UnitStep
from gifts.trace import calendar

Cell = tuple[str, str]


@dataclass(frozen=True)
class ToldThing:
    """One thing of a cell (kind and region), the quarter it was first told of, and its costs."""

    kind: str
    region: str
    quarter: date
    cost_minor: int | None
    # From the last gift that paid for it to the hand-over; none for what no gift paid for.
    days: int | None


def things(*, last: date) -> list[ToldThing]:
    """All that was told of up to this quarter, in the order in which it is printed; one query."""
    paid = (
        UnitShare.objects.filter(unit=OuterRef("pk"))
        .order_by("-line__donation__paid_at")
        .values("line__donation__paid_at")[:1]
    )
    rows = (
        Unit.objects.filter(
            released__cell__kind__isnull=False, released__cell__release__quarter__lte=last
        )
        .exclude(released__cell__region=Region.WORLD)
        .annotate(
            first_told=Min("released__cell__release__quarter"),
            told_in=F("released__cell__region"),
            last_paid=Subquery(paid),
            handed_over_at=Min("steps__at", filter=Q(steps__state=Unit.State.HANDED_OVER)),
        )
        .values_list(
            "pk", "kind__code", "told_in", "first_told", "cost_minor", "last_paid", "handed_over_at"
        )
        .order_by("first_told", "pk")
    )
    found: dict[int, ToldThing] = {}
    for pk, kind, region, quarter, cost, given, came in rows:
        days = max(0, (came - given).days) if given and came else None
        # A thing that came on to "in use" is one thing.
        found.setdefault(pk, ToldThing(kind, region, quarter, cost, days))
    return list(found.values())


def ready(*, quarters: Iterable[date]) -> dict[date, Counter[Cell]]:
    """How many things of each cell could have reached somebody by the end of each quarter.

    Those that were once checked and ready: that is how far donors see, each of hers on its day.
    """
    rows = (
        UnitStep.objects.filter(state=Unit.State.READY, unit__wish__isnull=False)
        .values("unit")
        .annotate(first=Min("at"))
        .values_list("unit__kind__code", "unit__wish__region", "first")
    )
    moments: list[tuple[str, str, datetime]] = list(rows)
    return {
        quarter: Counter(
            (kind, region) for kind, region, at in moments if at < calendar.end_of(quarter)
        )
        for quarter in quarters
    }
