"""All wishes that are open to donors with their figures, read together once a second.

Every page of the list and of a wish is told from the same reading: three queries a second for all
visitors of a process, and figures that are at most that old.
"""

from dataclasses import dataclass

from django.core.cache import caches
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from donations.forms import open_designations
from donations.models import Designation, GivingOptions
from gifts import progress
from gifts.models import Wish
from gifts.progress import Progress

SECONDS = 1
LEAST_MINOR = 500
_KEY = "wishes:board"


@dataclass(frozen=True, eq=False)
class Board:
    """`live`: open wishes in the order of the list, what is covered last."""

    live: list[Progress]
    # The least that can be given, by currency.
    least_minor: dict[str, int]
    # What takes gifts of any size, always; "where it is needed most" is every page's own choice.
    funds: list[Designation]

    def find(self, slug: str) -> Progress | None:
        return next((one for one in self.live if one.wish.slug == slug), None)


_last: list[Board] = []


def read() -> Board:
    """The board, at most a second old. The cache keeps its age alone: copying it takes longer."""
    token = caches["local"].get(_KEY)
    known = _last[0] if _last else None
    if known is not None and token == id(known):
        return known
    fresh = _read()
    _last[:] = [fresh]
    caches["local"].set(_KEY, id(fresh), SECONDS)
    return fresh


def _read() -> Board:
    live = Wish.objects.filter(state__in=[Wish.State.PUBLISHED, Wish.State.FUNDED])
    open_still = live.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()))
    once = GivingOptions.objects.filter(
        frequency=GivingOptions.Frequency.ONCE, currency=OuterRef("currency")
    )
    rows = list(
        open_still.select_related("kind")
        .annotate(least_minor=Subquery(once.values("minimum_minor")))
        .order_by("position", "-opens_at", "pk")
    )
    return Board(
        live=sorted(progress.of(rows), key=lambda one: not one.takes),
        least_minor={row.currency: row.least_minor or LEAST_MINOR for row in rows},
        funds=[fund for fund in open_designations() if not fund.is_default],
    )
