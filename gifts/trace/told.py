"""Things that releases told of in their kind and region, for figures that are published.

What was told of more widely is in no figure. What things cost and how long they took is told by
those that were ready first, whichever of them reached people: see docs/reports.md.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Min, OuterRef, Q, Subquery

from gifts.models import Region, Unit, UnitShare
from gifts.trace import calendar

Cell = tuple[str, str]


@dataclass(frozen=True)
class ToldThing:
    """One thing of a cell (kind and region), and the quarter it was first told of."""

    kind: str
    region: str
    quarter: date


@dataclass(frozen=True)
class ReadyThing:
    """One thing of a cell that could have reached somebody, since which quarter, and its costs."""

    kind: str
    region: str
    since: date
    cost_minor: int | None = None
    # The day of the last gift that paid for it; none for what no gift paid for.
    paid_on: date | None = None


def things(*, last: date) -> list[ToldThing]:
    """All that was told of up to this quarter, the first ones first; one query."""
    rows = (
        Unit.objects.filter(
            released__cell__kind__isnull=False, released__cell__release__quarter__lte=last
        )
        .exclude(released__cell__region=Region.WORLD)
        .values_list(
            "pk", "kind__code", "released__cell__region", "released__cell__release__quarter"
        )
        .order_by("released__cell__release__quarter", "pk")
    )
    found: dict[int, ToldThing] = {}
    for pk, kind, region, quarter in rows:
        # A thing that came on to "in use" is one thing.
        found.setdefault(pk, ToldThing(kind, region, quarter))
    return list(found.values())


def ready(*, last: date) -> list[ReadyThing]:
    """What could have reached somebody by the end of a quarter, the first ones first; one query.

    Those that were once checked and ready: that is how far donors see, each of hers on its day.
    """
    paid = (
        UnitShare.objects.filter(unit=OuterRef("pk"))
        .order_by("-line__donation__paid_at")
        .values("line__donation__paid_at")[:1]
    )
    rows = (
        Unit.objects.filter(wish__isnull=False)
        .annotate(ready_at=Min("steps__at", filter=Q(steps__state=Unit.State.READY)))
        .filter(ready_at__lt=calendar.end_of(last))
        .annotate(last_paid=Subquery(paid))
        .values_list("kind__code", "wish__region", "ready_at", "cost_minor", "last_paid")
        .order_by("ready_at", "pk")
    )
    return [
        ReadyThing(
            kind,
            region,
            calendar.start_of(calendar.day_of(at)),
            cost,
            calendar.day_of(given) if given else None,
        )
        for kind, region, at, cost, given in rows
    ]
