"""One wish as donors see it: a card in the list, and a page of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import money
from gifts import progress
from gifts.models import Purpose, Wish
from gifts.pages import board
from gifts.pages.board import Board
from gifts.progress import Progress
from gifts.wishes import EDUCATION

# Drawings of our own, under static/img/.
DRAWINGS = {
    Purpose.ANY: "sky",
    Purpose.UNIVERSITY: "books",
    Purpose.VOCATIONAL: "door",
    Purpose.JOB_SEARCH: "path",
    Purpose.LANGUAGE: "desk",
}
SHARES_MINOR = (500, 2500, 5000)
UNSEEN = (Wish.State.DRAFT, Wish.State.REVIEWED)


@lru_cache(1024)
def _shortened(text: str) -> str:
    return Truncator(text).chars(150)


@dataclass(frozen=True)
class Card:
    """What a template says of a wish, without figuring or asking."""

    progress: Progress
    base: str
    # The least that can be given.
    smallest_minor: int = 0

    @property
    def wish(self) -> Wish:
        return self.progress.wish

    @cached_property
    def name(self) -> str:
        return self.wish.public_name

    @property
    def url(self) -> str:
        return f"{self.base}{self.wish.slug}/"

    @property
    def text(self) -> str:
        return _shortened(self.wish.public_text)

    @property
    def art(self) -> str:
        return f"img/{DRAWINGS[Purpose(self.wish.purpose)]}.svg"

    @property
    def state(self) -> str:
        return self.progress.state

    @property
    def takes(self) -> bool:
        return self.progress.takes

    @property
    def badge(self) -> str:
        return {
            "near": _("Nearly there"),
            "covered": _("Covered"),
            "ended": _("Ended"),
        }.get(self.state, "")

    @property
    def tone(self) -> str:
        return "success" if self.state == "covered" else "warning" if self.state == "near" else ""

    @property
    def of_goal(self) -> str:
        """What follows the number of funded things: "7 of 25 funded"."""
        return _("%(wanted)s funded") % {"wanted": self.wish.wanted}

    @property
    def currency(self) -> str:
        return self.wish.currency

    @property
    def price(self) -> str:
        return self._short(self.unit_minor)

    @property
    def each(self) -> str:
        return _("%(price)s each") % {"price": self.price}

    @property
    def smallest(self) -> str:
        return self._short(self.smallest_minor) if self.smallest_minor else ""

    @property
    def unit_minor(self) -> int:
        return self.progress.unit_minor

    def _short(self, minor: int) -> str:
        return money.display_short(minor, self.currency, get_language() or "en")


def cards(shown: Iterable[Progress], base: str, found: Board) -> list[Card]:
    """Cards of these wishes, whose list is at the address `base`."""
    least = found.least_minor
    return [Card(one, base, least.get(one.wish.currency, board.LEAST_MINOR)) for one in shown]


def find(slug: str) -> Progress:
    """A wish that donors may see: open, covered or over.

    Raises:
        Http404: it was never open to donors, or its words are being changed.
    """
    if one := board.read().find(slug):
        return one
    seen = Wish.objects.exclude(designation=None).exclude(state__in=UNSEEN)
    over = seen.select_related("kind").filter(slug=slug).first()
    if over is None:
        raise Http404(slug)
    return progress.of([over])[0]


def context(base: str, slug: str) -> dict[str, Any]:
    """What the template of one wish needs.

    Raises:
        Http404: see `find`.
    """
    one, found = find(slug), board.read()
    (card,) = cards([one], base, found)
    return {
        "card": card,
        "like": next(iter(cards(_likes(one, found), base, found)), None),
        "whole": card.progress.left_minor >= card.unit_minor,
        "shares": _shares(card),
        "basket_url": url_of("basket", "/basket/"),
        "fund_url": fund_url(),
        "share_url": f"{settings.OWN_URL}{card.url}",
        "picture_url": f"{settings.OWN_URL}{card.url}picture/",
    }


def _likes(one: Progress, found: Board) -> list[Progress]:
    """Open wishes to offer beside this one: the one that staff named, then those of its kind."""
    wish = one.wish
    open_ones = [other for other in found.live if other.takes and other.wish.pk != wish.pk]
    near = [other for other in open_ones if other.wish.kind_id == wish.kind_id]
    return [*(other for other in open_ones if other.wish.pk == wish.like_id), *near]


def fund_url(code: str = EDUCATION) -> str:
    """The give page with a fund chosen, the education fund unless another is named."""
    give = url_of("give", "")
    return f"{give}?designation={code}" if give else ""


def url_of(name: str, otherwise: str) -> str:
    """The address of a view, where this side of the site serves it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return otherwise


def _shares(card: Card) -> list[tuple[str, int, bool]]:
    """Amounts below one thing that still fit, half of one among them; or what is left.

    Each as typed, in minor units, and whether it is the half.
    """
    left, least, half = card.progress.left_minor, card.smallest_minor, card.unit_minor // 2
    meant = sorted({*SHARES_MINOR, half})
    offered = [minor for minor in meant if least <= minor < min(left, card.unit_minor)]
    if left < card.unit_minor:
        offered.append(left)
    return [(_typed(minor, card.currency), minor, minor == half) for minor in offered]


def _typed(minor: int, currency: str) -> str:
    return f"{money.to_decimal(minor, currency):f}".removesuffix(".00")
