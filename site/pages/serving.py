"""Pages that are the same for every visitor: found by one query, and kept ready for half a second.

Money on a page is at most two seconds old: a second where figures are read together
(`gifts.pages.board`), and less than one here. So nothing has to be cleared when an editor
publishes, takes down, translates or changes a setting: the next second shows it, in every process.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from threading import Lock

from django.conf import settings
from django.core.cache import caches
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.response import TemplateResponse
from django.utils.http import parse_etags
from django.utils.translation import get_language
from wagtail import views
from wagtail.models import Page, PageViewRestriction, get_page_models
from wagtail.url_routing import RouteResult

from core.tokens import sha256
from pages.context import facts

# Seconds: until one request makes the page anew; until the others get the old one meanwhile.
FRESH, OLDEST = 0.5, 0.9
# How long an address is known to be worth waiting for, and how long anybody waits.
KNOWN, PATIENCE = 600, 5.0
# Whoever makes a page holds the lock that its address falls on.
TURNS = [Lock() for _ in range(64)]
# By address, the kind of page that stood there last, so that the query need not join all kinds:
# putting such a query together takes as long as drawing the page. At most so many.
KNOWN_KINDS: dict[str, type[Page]] = {}
MOST_KINDS = 2_000
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Kept:
    """An answer with all its headers, as the first visitor got it."""

    body: bytes
    headers: dict[str, str]
    made: float = field(default_factory=time.monotonic)

    @property
    def age(self) -> float:
        return time.monotonic() - self.made

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Nothing but the headers for whoever has it already."""
        has = request.META.get("HTTP_IF_NONE_MATCH")
        if has and self.headers["ETag"] in [tag.removeprefix("W/") for tag in parse_etags(has)]:
            return HttpResponseNotModified(headers=self.headers)
        return HttpResponse(self.body, headers=self.headers)


class KeptPages:
    """Middleware: answers from memory what a view has called `same_for_all`.

    An answer is kept only if making it asked nothing about the visitor: no session (so no sign-in
    and no page behind a password), no CSRF token, no cookie, no query string. Whoever carries a
    session gets an answer of her own.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "GET" or request.META.get("QUERY_STRING"):
            return self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            answer = self.get_response(request)
            answer.setdefault("Cache-Control", "private, no-cache")
            return answer
        # By fingerprint: an address may be long, and some hold a token.
        asked = f"{request.scheme}:{request.META.get('HTTP_HOST')}:{request.path}"
        key = f"page:{sha256(asked)}"
        known: Kept | None = caches["local"].get(key)
        if known is None:
            return self._made(request, key)
        if known.age < FRESH:
            return known.answer(request)
        # One makes it anew; the others get the old one, or wait while that is too old.
        turn = TURNS[hash(key) % len(TURNS)]
        if not turn.acquire(timeout=0 if known.age < OLDEST else PATIENCE):
            return known.answer(request) if known.age < OLDEST else self._made(request, key)
        try:
            newer: Kept | None = caches["local"].get(key)
            if newer is not None and newer.age < FRESH:
                return newer.answer(request)
            return self._made(request, key)
        finally:
            turn.release()

    def _made(self, request: HttpRequest, key: str) -> HttpResponse:
        response = self.get_response(request)
        if not getattr(response, "same_for_all", False) or not _is_same_for_all(request, response):
            caches["local"].delete(key)
            return response
        # Always asked about again, so that whoever keeps it elsewhere is never behind either.
        response["Cache-Control"] = "public, no-cache"
        response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        kept = Kept(response.content, dict(response.items()))
        caches["local"].set(key, kept, KNOWN)
        return kept.answer(request)


def _is_same_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not request.session.accessed
        and "CSRF_COOKIE_NEEDS_UPDATE" not in request.META
    )


def same_for_all(view: View) -> View:
    """A view whose answer has nothing of the visitor in it."""

    @wraps(view)
    def marked(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
        response = view(request, *args, **named)
        response.same_for_all = True  # type: ignore[attr-defined]
        return response

    return marked


@same_for_all
def serve(request: HttpRequest, path: str) -> HttpResponse:
    """The page at this path. What is behind a lock, missing or not live is Wagtail's to answer."""
    if found := _found(request, [part for part in path.split("/") if part]):
        page, args, named = found
        response: HttpResponse = page.serve(request, *args, **named)
    else:
        response = views.serve(request, path)
    if isinstance(response, TemplateResponse):
        response.render()
    return response


def _found(request: HttpRequest, parts: list[str]) -> RouteResult | None:
    """The page, or the one above that answers for it, with all pages on the way, by one query."""
    home = facts().homes.get(get_language() or settings.LANGUAGE_CODE)
    if home is None:
        return None
    ways = ["/", *(home + "".join(f"{part}/" for part in parts[:n]) for n in range(len(parts) + 1))]
    locks = PageViewRestriction.objects.filter(page=OuterRef("pk"))
    # The slugs stand in an index, the ways do not.
    slugs = ["root", home.strip("/"), *parts]
    known = KNOWN_KINDS.get(ways[-1])
    kinds = [known] if known else get_page_models()
    chain = list(
        Page.objects.filter(slug__in=slugs, url_path__in=ways)
        .annotate(is_locked=Exists(locks))
        .select_related(*(name for kind in kinds for name in _told_with(kind)))
        .order_by("depth")
    )
    if len(chain) < 2 or any(page.is_locked for page in chain):
        return None
    kind = chain[-1].specific_class or Page
    # Asks anew if another kind stood there the last time.
    page = chain[-1] if kind is Page else getattr(chain[-1], kind._meta.model_name)
    page.above = chain[1:-1]
    try:
        result: RouteResult = page.route(request, parts[len(chain) - 2 :])
    except Http404:
        return None
    if len(KNOWN_KINDS) >= MOST_KINDS:
        KNOWN_KINDS.clear()
    KNOWN_KINDS[ways[-1]] = kind
    return result


def _told_with(kind: type[Page]) -> list[str]:
    """The joins that bring a page of this kind with all it tells."""
    if kind is Page:
        return []
    name = kind._meta.model_name
    return [name, *(f"{name}__{told}" for told in getattr(kind, "TOLD_WITH", ()))]
