"""The one door to the partners' pages; behind it `request.worker` is who works there now.

Asked on every request: does she still work there, does her partner take part, is she still at the
desk? What a step brings after its session ended is kept sealed in its draft, shown to nobody before
she has signed in again.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from gifts.vault import needs, stating, workers
from gifts.vault.models import Need, PartnerUser

PREFIX = "/partners/"
IDLE_SECONDS = 20 * 60
# How often the session notes that she is there.
NOTED_SECONDS = 60
SEEN, LANGUAGE = "partners_seen", "partners_language"
# Thai stands here and not in the settings: no public page speaks it.
LANGUAGES = {"en": "English", "es": "Español", "th": "ไทย"}
LARGEST_KEPT = 20_000


class PartnerRequest(HttpRequest):
    worker: PartnerUser
    # Where the pages' own form signs out.
    sign_out: str


class Door:
    """Middleware of the staff role, after the second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        worker = workers.of(request.user)
        with translation.override(_language(request, worker)):
            request.sign_out = _of_the_library("account_logout")  # type: ignore[attr-defined]
            if worker:
                request.worker = worker  # type: ignore[attr-defined]
                response = self.get_response(request)
                if response.status_code == 404:
                    response = render(request, "gifts/partners/not_found.html", status=404)
            else:
                response = _closed(request)
            response["Content-Language"] = translation.get_language() or "en"
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def process_view(
        self, request: HttpRequest, view: Any, arguments: Any, named: dict[str, Any]
    ) -> HttpResponse | None:
        """After the check of the form's origin, and before any view."""
        if not request.path.startswith(PREFIX):
            return None
        now = time.time()
        seen = request.session.get(SEEN, 0)
        if seen and now - seen > IDLE_SECONDS:
            if request.method == "POST":
                _keep(request, **named)
            logout(request)
            where = urlencode({"next": request.path})
            return redirect(f"{_of_the_library('account_login')}?{where}")
        if now - seen > NOTED_SECONDS:
            request.session[SEEN] = now
        if request.GET.get("language") in LANGUAGES:
            request.session[LANGUAGE] = request.GET["language"]
            return redirect(request.path)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What changed between the door and the rule behind it."""
        if isinstance(error, workers.AccessEnded):
            return _closed(request)
        if isinstance(error, stating.TooLate | needs.CannotMove):
            return render(request, "gifts/partners/too_late.html", status=409)
        if isinstance(error, stating.NotHers):
            return HttpResponse(status=404)
        return None


def _language(request: HttpRequest, worker: PartnerUser | None) -> str:
    chosen = request.session.get(LANGUAGE) or (worker and worker.partner.language)
    return chosen if chosen in LANGUAGES else "en"


def _of_the_library(name: str) -> str:
    """A page around signing in; those speak the languages of the public site alone."""
    language = translation.get_language() or "en"
    known = language in dict(settings.LANGUAGES)
    with translation.override(language if known else "en"):
        return reverse(name)


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "gifts/partners/closed.html", status=403)


def _keep(request: HttpRequest, code: str = "", step: str = "", **named: Any) -> None:
    """Keep what a step brought too late; anything else is simply asked for again."""
    typed = {
        name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"
    }
    if step not in stating.STEPS or len(str(typed)) > LARGEST_KEPT:
        return
    worker: PartnerUser = request.worker  # type: ignore[attr-defined]
    need = Need.objects.filter(code=code, partner=worker.partner_id).first()
    if need:
        with suppress(stating.TooLate, workers.AccessEnded):
            stating.keep_typed(need, step, typed, by=worker)
