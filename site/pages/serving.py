"""Wagtail's pages, kept ready for a minute where the answer is the same for every visitor.

A page whose figures move sooner says how long it may be kept: `response.kept_seconds`.
"""

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from wagtail import views

SECONDS = 60


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """The page at this path; from memory if it was rendered within the last minute.

    An answer is kept only if making it asked nothing about the visitor: no session (so no sign-in
    and no page behind a password), no CSRF token, no cookie, no query string.
    """
    fresh: HttpResponse
    if request.method != "GET" or request.GET:
        fresh = views.serve(request, path)
        return fresh
    key = f"page:{request.get_host()}:{get_language()}:{request.path}"
    kept: bytes | None = caches["local"].get(key)
    if kept is not None:
        return HttpResponse(kept)
    response: HttpResponse = views.serve(request, path)
    if isinstance(response, TemplateResponse):
        response.render()
    if (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not request.session.accessed
        and "CSRF_COOKIE_NEEDS_UPDATE" not in request.META
        and response.headers["Content-Type"].startswith("text/html")
    ):
        caches["local"].set(key, response.content, getattr(response, "kept_seconds", SECONDS))
    return response
