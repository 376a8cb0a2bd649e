"""The list of all public addresses in all languages, for search engines."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from gifts.models import WishListPage
from gifts.pages import board
from pages import findable
from pages.serving import same_for_all

# Of one thing its address in each language.
Addresses = dict[str, str]
ROBOTS = """User-agent: *
Disallow: /account/
Disallow: /*/account/
Sitemap: {url}/sitemap.xml
"""


@dataclass(frozen=True)
class Entry:
    url: str
    changed: datetime | None
    # The same in every language it has, this one included; none where it has one alone.
    others: Addresses = field(default_factory=dict)

    @property
    def otherwise(self) -> str:
        """For readers of any other language."""
        return self.others.get(settings.LANGUAGE_CODE, "")


@same_for_all
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    context = {"entries": [*_views(), *_pages()]}
    return render(request, "pages/sitemap.xml", context, content_type="application/xml")


@same_for_all
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Addresses that hang on a link are not named here: who reads this would learn of them."""
    return HttpResponse(ROBOTS.format(url=settings.PUBLIC_URL), content_type="text/plain")


def _views() -> Iterator[Entry]:
    languages = [code for code, _name in settings.LANGUAGES]
    for view in findable.VIEWS:
        found: Addresses = {}
        for code in languages:
            with translation.override(code):
                found[code] = reverse(view)
        yield from _entries(found, dict.fromkeys(found))


def _pages() -> Iterator[Entry]:
    columns = ("translation_key", "locale__language_code", "url_path", "last_published_at")
    rows = findable.open_pages().order_by("path").values_list("pk", *columns)
    lists = set(WishListPage.objects.values_list("pk", flat=True))
    addresses: dict[object, Addresses] = defaultdict(dict)
    changes: dict[object, dict[str, datetime | None]] = defaultdict(dict)
    for pk, key, code, url_path, changed in rows:
        addresses[key][code] = findable.address_of(code, url_path)
        changes[key][code] = changed
        for one in board.read().live if pk in lists else ():
            wish = f"wish:{one.wish.slug}"
            addresses[wish][code] = f"{addresses[key][code]}{one.wish.slug}/"
            changes[wish][code] = None
    for key, found in addresses.items():
        yield from _entries(found, changes[key])


def _entries(found: Addresses, changed: dict[str, datetime | None]) -> Iterator[Entry]:
    whole = {code: f"{settings.PUBLIC_URL}{path}" for code, path in found.items()}
    for code, url in whole.items():
        yield Entry(url, changed[code], whole if len(whole) > 1 else {})
