"""Search over what everybody may read: pages in the language of the moment, and open wishes."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from wagtail.models import Page
from wagtail.query import PageQuerySet

from gifts.models import WishListPage
from gifts.pages import board
from gifts.pages.showing import cards
from pages import findable
from pages.search_words import without_accents

LONGEST, SHOWN = 80, 20
SHORTEST_ROOT = 4


@dataclass(frozen=True)
class Hit:
    title: str
    text: str
    url: str


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    language = get_language() or settings.LANGUAGE_CODE
    asked = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST].strip()
    # Signs alone are no words.
    hits, near = _found(asked, language) if any(map(str.isalnum, asked)) else ([], [])
    context = {"asked": asked, "hits": hits[:SHOWN], "near": near, "longest": LONGEST}
    return render(request, "pages/search.html", context)


def _found(asked: str, language: str) -> tuple[list[Hit], list[Hit]]:
    """What has all these words or a title that begins with them; else what has any of them."""
    # The search filters by few columns, so what is open is asked first.
    open_ones = findable.open_pages(language).values_list("pk", flat=True)
    pages: PageQuerySet = Page.objects.filter(pk__in=list(open_ones))
    exact = list(pages.search(asked, operator="and")[:SHOWN])
    exact = exact or list(pages.autocomplete(asked, operator="and")[:SHOWN])
    if hits := [*_hits(exact), *_wishes(asked, language)]:
        return hits, []
    return [], _hits(pages.search(asked, operator="or")[:SHOWN])


def _hits(found: Iterable[Page]) -> list[Hit]:
    return [
        Hit(page.title, findable.introduction(page), findable.address(page))
        for page in findable.specific(found)
    ]


def _wishes(asked: str, language: str) -> list[Hit]:
    """Wishes are no pages of the tree; there are few, and they lie in memory."""
    page = findable.open_pages(language).type(WishListPage).first()
    if page is None:
        return []
    words, here = [_root(word) for word in asked.split()], board.read()
    told = cards(here.live, findable.address(page), here)
    return [
        Hit(card.name, card.text, card.url)
        for card in told
        if all(word in _told(f"{card.name} {card.wish.public_text}") for word in words)
    ]


def _told(text: str) -> str:
    return without_accents(text.casefold())


def _root(word: str) -> str:
    """What one thing and several have in common, in both languages: "laptops", "libros"."""
    plain = _told(word)
    for ending in ("es", "s"):
        if plain.endswith(ending) and len(plain) - len(ending) >= SHORTEST_ROOT:
            return plain.removesuffix(ending)
    return plain
