"""How finely a wish may tell what is needed: no finer than eleven people stand behind.

kind, purpose and region  →  kind and region  →  kind  →  the education fund, which tells nothing
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gifts import needs
from gifts.models import ItemKind, Purpose, Region, Wish

# Never lowered, neither for a demonstration nor in tests.
K = 11
LIVE = (Wish.State.PUBLISHED, Wish.State.FUNDED)


@dataclass(frozen=True)
class Level:
    """A rung: a kind in a region for a purpose; without a kind it is the education fund."""

    kind: ItemKind | None = None
    region: str = Region.WORLD
    purpose: str = Purpose.ANY

    def __str__(self) -> str:
        if self.kind is None:
            return _("the education fund")
        return name(self.kind, self.purpose, self.region)


def name(kind: ItemKind, purpose: str, region: str) -> str:
    """As in "Laptops for university, Latin America", in the language of the moment."""
    return f"{kind.public_plural} {Purpose(purpose).label}, {Region(region).label}"


def rungs(wish: Wish) -> list[Level]:
    """From the wish as it is up to the kind alone, each once."""
    kind = wish.kind
    steps = [
        Level(kind, wish.region, wish.purpose),
        Level(kind, wish.region, Purpose.ANY),
        Level(kind, Region.WORLD, Purpose.ANY),
    ]
    return list(dict.fromkeys(steps))


def passing(wish: Wish) -> Level:
    """The finest rung that may be published, the wish's own if it may."""
    people = _asked(wish)
    return next((level for level in rungs(wish) if _is_behind(wish, level, people)), Level())


def is_behind(wish: Wish, level: Level) -> bool:
    """Whether enough people with a verified need stand behind a wish on this rung.

    Eleven of its own, whom no other wish needs for its eleven: now beside the open ones, and over
    all time beside every one that was ever published. A person counts for one wish only, also if
    she needs several things.
    """
    return _is_behind(wish, level, _asked(wish))


def _asked(wish: Wish) -> needs.People | None:
    """Of a kind that is always of use nobody is asked who needs it."""
    return None if wish.kind.general_stock else needs.people()


def _is_behind(wish: Wish, level: Level, people: needs.People | None) -> bool:
    if level.kind is None or level.kind.general_stock:
        return True
    if people is None:
        return False
    own = (level.kind.code, level.region, level.purpose)
    others = Wish.objects.filter(kind__general_stock=False, designation__isnull=False)
    told = others.exclude(pk=wish.pk).values_list("kind__code", "region", "purpose")
    return _is_left(people.now, own, told.filter(state__in=LIVE)) and _is_left(
        people.ever, own, told
    )


def _is_left(crowd: needs.Crowd, own: needs.Cell, others: Iterable[needs.Cell]) -> bool:
    """Are eleven left for one wish when the others have as many of theirs as there are?"""
    wishes = [own, *others]
    fitting = {
        cell: {n for n, wish in enumerate(wishes) if _fits(cell, wish)}
        for cell in set().union(*crowd)
    }
    # How many people could be given to which of the wishes.
    people: Counter[frozenset[int]] = Counter()
    for cells, count in crowd.items():
        people[frozenset().union(*map(fitting.__getitem__, cells))] += count
    return _most(people, range(len(wishes))) - _most(people, range(1, len(wishes))) >= K


def _most(people: Mapping[frozenset[int], int], wishes: Collection[int]) -> int:
    """How many people can be given to these wishes, each to one, up to eleven to each.

    A maximum flow from people who could be given to the same wishes to the eleven places of each.
    """
    # 40 MB that the public side, which never asks, can do without.
    from ortools.graph.python.max_flow import SimpleMaxFlow  # noqa: PLC0415

    flow, source, sink = SimpleMaxFlow(), 0, 1
    for wish in wishes:
        flow.add_arc_with_capacity(2 + wish, sink, K)
    for node, (fit, count) in enumerate(people.items(), start=3 + max(wishes, default=0)):
        flow.add_arc_with_capacity(source, node, count)
        for wish in fit.intersection(wishes):
            flow.add_arc_with_capacity(node, 2 + wish, K)
    assert flow.solve(source, sink) == flow.OPTIMAL
    found: int = flow.optimal_flow()
    return found


def _fits(cell: needs.Cell, wish: needs.Cell) -> bool:
    """Is a need of this cell one of those that a wish asks for?"""
    kind, region, purpose = wish
    return (
        cell[0] == kind and region in (Region.WORLD, cell[1]) and purpose in (Purpose.ANY, cell[2])
    )
