"""The page of one gift's way, by the link from a mail or from my giving."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from donations import tracing
from gifts.trace import steps


@never_cache
@require_GET
def trace(request: HttpRequest, token: str) -> HttpResponse:
    """What became of it so far; neither the donor nor anybody else is named."""
    donation = tracing.open_link(token)
    context: dict[str, Any] = {"donation": donation}
    if donation:
        context |= {"lines": steps.of(donation), "next_release": steps.next_release()}
    response = render(request, "gifts/trace.html", context, status=200 if donation else 404)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
