"""Which things may be told of together, and what a donor then reads of hers.

Pure grouping: who a thing is for is known to the caller alone, for the moment of the call
(`gifts/delivery/releasing.py`), and nothing of it is kept.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from gifts.ladder import K
from gifts.models import Region
from gifts.models.releases import ReleasedUnit, Stage
from gifts.trace import calendar


@dataclass(frozen=True)
class Thing:
    """One thing that came to a stage and was not told of at all so far."""

    unit: int
    kind: int
    region: str
    # Whoever it is for: the same for all her things, and no more than that.
    person: Hashable
    stage: str


@dataclass(frozen=True)
class Told:
    """Things of one cell that were told to be with the partner, and are still told of as that."""

    cell: int
    kind: int | None
    region: str
    things: int
    # Those of them that are in use now, the first ones first.
    in_use: tuple[int, ...]


@dataclass(frozen=True)
class Group:
    """At least eleven things of different people, to be told of as one."""

    stage: str
    units: tuple[int, ...]
    kind: int | None = None
    region: str = Region.WORLD
    earlier: int | None = None


def groups(things: Iterable[Thing], told: Iterable[Told] = ()) -> list[Group]:
    """The groups of a release. They are disjoint; what is too few waits for the next one.

    Kind and region, then kind, then everything: as fine as eleven different people allow. A person
    counts once in a group, so that a guess at one of its things is right once in eleven at most.
    """
    found = [group for one in told if (group := _come_on(one))]
    waiting = list(things)
    for stage in (Stage.CONFIRMED, Stage.HANDED_OVER):
        # What is in use has been with the partner: it helps others to be told of that at least.
        pool = [one for one in waiting if stage in (one.stage, Stage.HANDED_OVER)]
        made = _of_stage(pool, stage)
        found += made
        gone = {unit for group in made for unit in group.units}
        waiting = [one for one in waiting if one.unit not in gone]
    return found


def _come_on(told: Told) -> Group | None:
    """What of an earlier cell is in use now: all of it, or eleven, with eleven left behind."""
    count = len(told.in_use)
    if count < told.things:
        count = min(count, told.things - K)
    if count < K:
        return None
    return Group(Stage.CONFIRMED, told.in_use[:count], told.kind, told.region, told.cell)


def _of_stage(pool: list[Thing], stage: str) -> list[Group]:
    rungs: tuple[Callable[[Thing], tuple[int | None, str] | None], ...] = (
        lambda one: (one.kind, one.region) if one.region != Region.WORLD else None,
        lambda one: (one.kind, Region.WORLD),
        lambda one: (None, Region.WORLD),
    )
    found: list[Group] = []
    for rung in rungs:
        cells: defaultdict[tuple[int | None, str], dict[Hashable, int]] = defaultdict(dict)
        for one in pool:
            if cell := rung(one):
                cells[cell].setdefault(one.person, one.unit)
        for (kind, region), people in cells.items():
            if len(people) >= K:
                found.append(Group(stage, tuple(people.values()), kind, region))
        gone = {unit for group in found for unit in group.units}
        pool = [one for one in pool if one.unit not in gone]
    return found


@dataclass(frozen=True)
class News:
    """What one line's donor reads of one stage: how many of hers, and in which month and region."""

    name: str
    done: int
    of: int
    # Month (its last day) and region, each once, the newest first.
    told: tuple[tuple[Any, str], ...]

    @property
    def is_whole(self) -> bool:
        return self.done == self.of > 0


def of_units(units: Iterable[int]) -> dict[int, dict[str, ReleasedUnit]]:
    """What was published of things, by unit and stage; one query."""
    rows = ReleasedUnit.objects.filter(unit__in=list(units)).select_related("cell__release")
    found: defaultdict[int, dict[str, ReleasedUnit]] = defaultdict(dict)
    for row in rows:
        found[row.unit_id][row.stage] = row
    return found


def news(units: Iterable[int], published: dict[int, dict[str, ReleasedUnit]]) -> list[News]:
    """Both stages of one line's things. What is in use was with the partner before."""
    units = list(units)
    found = []
    for stage in Stage:
        rows = [published.get(unit, {}) for unit in units]
        hits = [row.get(stage) or row.get(Stage.CONFIRMED) for row in rows]
        there = [hit for hit in hits if hit]
        told = {
            (calendar.last_day(hit.cell.release.quarter), str(Region(hit.cell.region).label))
            for hit in there
        }
        found.append(News(stage, len(there), len(units), tuple(sorted(told, reverse=True))))
    return found
