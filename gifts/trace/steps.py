"""The way of each part of a gift: paid → ordered → received → checked and ready, on its day.

A thing's code, its label and a partner stay out of here. The person's side is told by releases
alone (`trace/releases.py`): in a month and a region of the world, for whole groups.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from donations.models import Donation, DonationLine
from gifts.models import Unit, UnitShare, UnitStep, Wish
from gifts.models.releases import ReleasedUnit
from gifts.trace import calendar, releases
from gifts.trace.releases import News

State = Unit.State
# What a donor reads; several of our states are one to her. The last one that counts is "ready":
# what comes after it is the person's side.
STAGES = ("ordered", "received", "ready")
# Off their way: replaced, or waited for.
TROUBLE = (State.DAMAGED, State.LOST, State.RETURNED, State.DISPOSED)


@dataclass(frozen=True)
class Stage:
    """How many of a line's things have come so far, and when the newest did."""

    name: str
    done: int
    of: int
    at: datetime | None

    @property
    def is_whole(self) -> bool:
        return self.done == self.of > 0


@dataclass(frozen=True)
class LineTrace:
    """One part of a gift and its way."""

    line: DonationLine
    wish: Wish | None
    stages: tuple[Stage, ...] = ()
    # Things that came to grief on their way.
    in_trouble: int = 0
    spent_minor: int = 0
    # Of the person's side, what was published.
    news: tuple[News, ...] = ()

    @property
    def things(self) -> int:
        return self.stages[0].of if self.stages else 0

    @property
    def waiting_minor(self) -> int:
        """What of it has not been spent on a thing yet."""
        return self.line.amount_minor - self.spent_minor


@dataclass
class _Found:
    units: dict[int, Unit] = field(default_factory=dict)
    spent_minor: int = 0


def of(donation: Donation) -> list[LineTrace]:
    """The parts of one gift in their order; six queries whatever it holds."""
    return of_many([donation])[donation.pk]


def of_many(donations: Iterable[Donation]) -> dict[int, list[LineTrace]]:
    """The same of each gift, by its key, in no more queries."""
    traces: dict[int, list[LineTrace]] = {donation.pk: [] for donation in donations}
    lines = list(
        DonationLine.objects.filter(donation__in=traces).select_related("designation", "asked_for")
    )
    purses = {line.designation_id for line in lines}
    wishes = Wish.objects.filter(designation__in=purses).select_related("kind")
    by_purse = {wish.designation_id: wish for wish in wishes}
    found: defaultdict[int, _Found] = defaultdict(_Found)
    # An order that was canceled gave its money back to its lines.
    shares = UnitShare.objects.filter(line__in=lines).exclude(unit__state=State.CANCELED)
    units = Unit.objects.filter(shares__in=shares).distinct().in_bulk()
    for share in shares:
        found[share.line_id].units[share.unit_id] = units[share.unit_id]
        found[share.line_id].spent_minor += share.amount_minor
    steps = _steps(units)
    published = releases.of_units(units)
    for line in lines:
        wish = by_purse.get(line.designation_id)
        traces[line.donation_id].append(_trace(line, wish, found[line.pk], steps, published))
    return traces


def _steps(units: Iterable[int]) -> dict[tuple[int, str], datetime]:
    """When a unit first came to a state."""
    rows = UnitStep.objects.filter(unit__in=list(units)).order_by("-pk")
    return {(row.unit_id, row.state): row.at for row in rows}


def _trace(
    line: DonationLine,
    wish: Wish | None,
    found: _Found,
    steps: dict[tuple[int, str], datetime],
    published: dict[int, dict[str, ReleasedUnit]],
) -> LineTrace:
    stages = []
    for name in STAGES:
        moments = [at for unit in found.units if (at := steps.get((unit, name)))]
        newest = max(moments, default=None)
        stages.append(Stage(name, len(moments), len(found.units), newest))
    return LineTrace(
        line,
        wish,
        tuple(stages) if found.units else (),
        in_trouble=sum(_is_in_trouble(unit, steps, published) for unit in found.units.values()),
        spent_minor=found.spent_minor,
        news=tuple(releases.news(found.units, published)),
    )


def _is_in_trouble(
    unit: Unit,
    steps: dict[tuple[int, str], datetime],
    published: dict[int, dict[str, ReleasedUnit]],
) -> bool:
    """May a donor read that it came to grief?

    On its day while it is with us; of what had left only by quarter, and never of one that was told
    to be with a partner: those beside it would be fewer.
    """
    if unit.state not in TROUBLE or unit.pk in published:
        return False
    return (unit.pk, State.MATCHED) not in steps or unit.moved_at < calendar.told_until()
