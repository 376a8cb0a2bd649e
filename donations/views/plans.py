"""A plan for whoever holds a link to it from a mail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.network import network_of
from donations import defence
from donations.plans import finding, links
from donations.views.pauses import resting

# In ten minutes from one network: against the load alone, tokens are signed.
RESENDS = 10


@never_cache
@require_GET
def show(request: HttpRequest, token: str) -> HttpResponse:
    """The terms and where they stand; an expired link offers a fresh one by mail."""
    opened = links.open_link(token)
    context = {
        "state": opened.state,
        "plan": opened.plan if opened.state == "ready" else None,
        "resend_url": reverse("plan_resend", args=[token]),
    }
    code = {"ready": 200, "expired": 410}.get(opened.state, 404)
    response = render(request, "donations/plan.html", context, status=code)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response


@never_cache
@require_POST
def resend(request: HttpRequest, token: str) -> HttpResponse:
    """A fresh link to the plan's own address. The answer is the same for a token nobody knows."""
    if not defence.is_allowed("plan_resend", network_of(request), RESENDS):
        return resting(request, 10)
    finding.send_link(token)
    return render(request, "donations/plan_resent.html")
