"""The picture that is shown where somebody shares a page: its title and what it is about."""

import hashlib
from textwrap import shorten

from django.conf import settings
from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from gifts.pages import share_card
from pages import findable
from pages.context import facts

# Others keep it no longer than it may take until words that were taken back are gone.
SECONDS = 600
# As much as fits in two rows.
CHARACTERS = 110


@require_safe
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether the page is public is asked each time; drawn is once."""
    pages = findable.open_pages(get_language() or settings.LANGUAGE_CODE)
    found = findable.specific(pages.filter(pk=pk))
    if not found:
        raise Http404
    words = (
        findable.name(found[0]),
        shorten(findable.introduction(found[0]), CHARACTERS, placeholder="…"),
        facts().name,
    )
    key = "page-picture:" + hashlib.sha256("\n".join(words).encode()).hexdigest()
    drawn: bytes | None = caches["local"].get(key)
    if drawn is None:
        drawn = share_card.draw(*words)
        caches["local"].set(key, drawn, SECONDS)
    answer = HttpResponse(drawn, content_type="image/png")
    answer.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    return answer
