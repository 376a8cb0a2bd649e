"""A plan's own page, reached by the link in any of its mails or signed in; and fresh links."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.network import network_of
from donations import defence
from donations.models import Channel, Plan, PlanChange
from donations.plans import finding, links, showing
from donations.plans.forms import AddressForm
from donations.plans.steps import By
from donations.views.pauses import resting

# In ten minutes from one network: against the load alone, tokens are signed.
RESENDS = 10
REFERENCE_LENGTH = 32


@dataclass(frozen=True)
class Visit:
    """Somebody before a plan: whoever holds a link to it, or its owner signed in."""

    plan: Plan
    # The signed token of a mail, or the plan's reference; part of each address here.
    key: str
    by: By

    @property
    def is_signed_in(self) -> bool:
        return self.by.channel == Channel.ACCOUNT

    @property
    def url(self) -> str:
        return reverse("plan", args=[self.key])


def at_plan(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view gets the visit; who may not come gets the page that says so. Nothing is kept."""

    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, key: str, **named: str) -> HttpResponse:
        visit = _visit(request, key)
        if not isinstance(visit, Visit):
            return visit
        response = view(request, visit, **named)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answer


@at_plan
@require_GET
def show(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Where the plan stands, what may be done, and its story. Looking changes nothing."""
    plan = visit.plan
    return plan_page(
        request,
        visit,
        "show",
        facts=showing.Facts.of(plan),
        trouble=showing.trouble_of(plan),
        story=showing.story_of(plan),
        waits=plan.changes.filter(state=PlanChange.State.ASKED).exists(),
    )


@never_cache
@require_POST
def resend(request: HttpRequest, key: str) -> HttpResponse:
    """A fresh link to the plan's own address. The answer is the same for a token nobody knows."""
    if not defence.is_allowed("plan_resend", network_of(request), RESENDS):
        return resting(request, 10)
    finding.send_link(key)
    return render(request, "donations/plan/sent.html")


@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """No link at hand: one is mailed to whoever has a plan. The answer is the same for anybody."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        code = 422 if form.errors else 200
        return render(request, "donations/plan/find.html", {"form": form}, status=code)
    if not defence.is_allowed("plan_resend", network_of(request), RESENDS):
        return resting(request, 10)
    finding.send_links_to(form.cleaned_data["email"])
    return render(request, "donations/plan/sent.html")


def plan_page(
    request: HttpRequest, visit: Visit, name: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """One of the pages around a plan."""
    given = {"plan": visit.plan, "key": visit.key, "is_signed_in": visit.is_signed_in, **context}
    return render(request, f"donations/plan/{name}.html", given, status=status)


def _plans_of(request: HttpRequest) -> QuerySet[Plan]:
    return finding.plans_of(finding.own_addresses(request.user))


def _visit(request: HttpRequest, key: str) -> Visit | HttpResponse:
    if len(key) == REFERENCE_LENGTH and key.isalnum():
        return _own(request, key)
    opened = links.open_link(key)
    if opened.state != "ready" or opened.row is None:
        context = {"state": opened.state, "key": key}
        code = 410 if opened.row else 404
        return render(request, "donations/plan/no_link.html", context, status=code)
    # Whoever is signed in to whom it belongs may do all, whichever way she came.
    if request.user.is_authenticated:
        own = _plans_of(request).filter(pk=opened.row.pk).first()
        if own:
            return Visit(own, key, By.account(request.user))
    plan = Plan.objects.select_related("designation", "legal_entity").get(pk=opened.row.pk)
    return Visit(plan, key, By.link())


def _own(request: HttpRequest, reference: str) -> Visit | HttpResponse:
    """Signed in: her own plan; anybody else's is not found."""
    if not request.user.is_authenticated:
        if request.method == "GET":
            return redirect_to_login(request.get_full_path())
        return redirect("plan", reference)
    plan = _plans_of(request).filter(reference=reference).first()
    if plan is None:
        raise Http404(_("There is no such gift here."))
    return Visit(plan, reference, By.account(request.user))
