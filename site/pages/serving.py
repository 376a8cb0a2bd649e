"""Pages that are the same for every visitor: found by one query, and kept ready for half a second.

What a page tells is at most two seconds old: a second where it is read for all visitors together
(the page here, figures in `gifts.pages.board` and `campaigns.progress`), and less than one where
its answer is kept. So nothing has to be cleared when an editor publishes, takes down, translates or
changes a setting: two seconds later every process shows it.
"""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import wraps
from threading import Lock
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import caches
from django.core.handlers.wsgi import get_path_info
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONObject
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    parse_cookie,
)
from django.template.response import TemplateResponse
from django.utils.http import parse_etags
from django.utils.translation import get_language
from wagtail import views
from wagtail.models import Page, PageViewRestriction, get_page_models
from wagtail.url_routing import RouteResult

from core import logs
from core.tokens import sha256
from pages.context import SECONDS, facts

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
# As PEP 3333 has them.
Environ = dict[str, Any]
Application = Callable[[Any, Any], Iterable[bytes]]


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
        if not _is_plain(request.META):
            return self.get_response(request)
        if _has_session(request.META):
            answer = self.get_response(request)
            answer.setdefault("Cache-Control", "private, no-cache")
            return answer
        key = _key(request.META, request.path_info)
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


class AtOnce:
    """Around Django: answers what `KeptPages` has fresh, before Django makes a request of it.

    Everything else goes on to Django, and to `KeptPages` there.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        started, kept = time.perf_counter(), None
        path = get_path_info(environ)
        if _is_plain(environ) and "HTTP_IF_NONE_MATCH" not in environ and not _has_session(environ):
            kept = caches["local"].get(_key(environ, path))
        if kept is None or kept.age >= FRESH:
            return self.application(environ, start_response)
        start_response("200 OK", list(kept.headers.items()))
        logs.told("GET", path, 200, started)
        return [kept.body]


def _is_plain(environ: Environ) -> bool:
    return environ["REQUEST_METHOD"] == "GET" and not environ.get("QUERY_STRING")


def _has_session(environ: Environ) -> bool:
    return settings.SESSION_COOKIE_NAME in parse_cookie(environ.get("HTTP_COOKIE", ""))


def _key(environ: Environ, path: str) -> str:
    """By fingerprint: an address may be long, and some hold a token."""
    proxy = settings.SECURE_PROXY_SSL_HEADER
    scheme = f"{environ['wsgi.url_scheme']}:{environ.get(proxy[0]) if proxy else None}"
    place = f"{environ.get('HTTP_HOST')}:{environ.get('SCRIPT_NAME', '')}{path}"
    return f"page:{sha256(f'{scheme}:{place}')}"


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
    """The page, or the one above that answers for it, as it stood at most a second ago."""
    home = facts().homes.get(get_language() or settings.LANGUAGE_CODE)
    if home is None:
        return None
    key = f"found:{sha256(home + '/'.join(parts))}"
    known: RouteResult | None = caches["local"].get(key)
    if known is None and (known := _read(request, home, parts)):
        caches["local"].set(key, known, SECONDS)
    return known


def _read(request: HttpRequest, home: str, parts: list[str]) -> RouteResult | None:
    """The same with all pages on the way, by one query."""
    ways = ["/", *(home + "".join(f"{part}/" for part in parts[:n]) for n in range(len(parts) + 1))]
    locks = PageViewRestriction.objects.filter(page=OuterRef("pk"))
    # The slugs stand in an index, the ways do not.
    slugs = ["root", home.strip("/"), *parts]
    known = KNOWN_KINDS.get(ways[-1])
    kinds = [known] if known else get_page_models()
    chain = list(
        Page.objects.filter(slug__in=slugs, url_path__in=ways)
        .annotate(is_locked=Exists(locks), translated=_translated())
        .select_related(*(name for kind in kinds for name in _told_with(kind)))
        .order_by("depth")
    )
    if len(chain) < 2 or any(page.is_locked for page in chain):
        return None
    kind = chain[-1].specific_class or Page
    # Asks anew if another kind stood there the last time.
    page = chain[-1] if kind is Page else getattr(chain[-1], kind._meta.model_name)
    page.above = chain[1:-1]
    page.translated = {one["code"]: one["path"] for one in chain[-1].translated}
    try:
        result: RouteResult = page.route(request, parts[len(chain) - 2 :])
    except Http404:
        return None
    if len(KNOWN_KINDS) >= MOST_KINDS:
        KNOWN_KINDS.clear()
    KNOWN_KINDS[ways[-1]] = kind
    return result


def _translated() -> ArraySubquery:
    """Of each page its live translations: code of the language, and path."""
    others = Page.objects.live().filter(translation_key=OuterRef("translation_key"))
    told = JSONObject(code="locale__language_code", path="url_path")
    return ArraySubquery(others.exclude(pk=OuterRef("pk")).values(told=told))


def _told_with(kind: type[Page]) -> list[str]:
    """The joins that bring a page of this kind with all it tells."""
    if kind is Page:
        return []
    name = kind._meta.model_name
    return [name, *(f"{name}__{told}" for told in getattr(kind, "TOLD_WITH", ()))]
