"""The wish list: filters in the address, one page of cards, open wishes first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from gifts.models import Purpose, Region, Wish
from gifts.pages import board
from gifts.pages.showing import cards, fund_url

BY_PAGE = 24
# What of a wish a filter compares, and how it is called; only what there are wishes for is offered.
FILTERS: dict[str, Callable[[Wish], tuple[str, str]]] = {
    "kind": lambda wish: (wish.kind.code, wish.kind.public_plural),
    "purpose": lambda wish: (wish.purpose, str(Purpose(wish.purpose).label)),
    "region": lambda wish: (wish.region, str(Region(wish.region).label)),
}


@dataclass(frozen=True)
class Filter:
    """A choice of the filter form, in the words of a select; an unknown choice is none."""

    name: str
    chosen: str
    options: list[tuple[str, str]]


def context(request: HttpRequest, base: str) -> dict[str, Any]:
    """What the template of the list needs.

    Args:
        base: the address of the list.
    """
    found = board.read()
    filters = [_filter(request, name, [one.wish for one in found.live]) for name in FILTERS]
    rows = [
        one
        for one in found.live
        if all(f.chosen in ("", FILTERS[f.name](one.wish)[0]) for f in filters)
    ]
    part = Paginator(rows, BY_PAGE).get_page(request.GET.get("p"))
    return {
        "filters": filters,
        "filtered": any(one.chosen for one in filters),
        "cards": cards(part.object_list, base, found),
        "part": part,
        "fund_url": fund_url(),
        "funds": [
            (fund.public_name, fund.public_description, fund_url(fund.code)) for fund in found.funds
        ],
        "previous_url": _turned(request, part.number - 1) if part.has_previous() else "",
        "next_url": _turned(request, part.number + 1) if part.has_next() else "",
    }


def _filter(request: HttpRequest, name: str, wishes: list[Wish]) -> Filter:
    offered = dict(FILTERS[name](wish) for wish in wishes)
    chosen = request.GET.get(name, "")
    options = sorted(offered.items(), key=lambda option: option[1].casefold())
    return Filter(name, chosen if chosen in offered else "", options)


def _turned(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["p"] = str(number)
    return f"?{query.urlencode()}"
