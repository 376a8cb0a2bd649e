"""How finely a wish may tell what is needed: no finer than eleven verified needs stand behind.

kind, purpose and region  →  kind and region  →  kind  →  the education fund, which tells nothing
"""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
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
    return next((level for level in rungs(wish) if is_behind(wish, level)), Level())


def is_behind(wish: Wish, level: Level) -> bool:
    """Whether enough verified needs stand behind a wish on this rung.

    A person counts for one wish only: a cell that other wishes ask in must hold eleven for each,
    now for the open ones, and over all time for every one that was ever published.
    """
    if level.kind is None or level.kind.general_stock:
        return True
    people = needs.people(
        level.kind,
        None if level.region == Region.WORLD else level.region,
        None if level.purpose == Purpose.ANY else level.purpose,
    )
    if people is None:
        return False
    others = _others(wish, level)
    return people.now >= K * (1 + others.filter(state__in=LIVE).count()) and people.ever >= K * (
        1 + others.count()
    )


def _others(wish: Wish, level: Level) -> QuerySet[Wish]:
    """Wishes that were ever published and whose cell shares people with this one."""
    same = Wish.objects.filter(kind=level.kind, designation__isnull=False).exclude(pk=wish.pk)
    if level.region != Region.WORLD:
        same = same.filter(Q(region=level.region) | Q(region=Region.WORLD))
    if level.purpose != Purpose.ANY:
        same = same.filter(Q(purpose=level.purpose) | Q(purpose=Purpose.ANY))
    return same
