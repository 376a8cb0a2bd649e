"""Another card, the bank's own step and one more try: where Stripe's pages are gone to and left."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from donations import gateway
from donations.plans import cards, showing
from donations.plans.refresh import Busy
from donations.views.plans import Visit, at_plan, plan_page

AWAY = gettext_lazy(
    "Our payment provider did not answer. Nothing was changed and nothing is lost: please try "
    "again in a moment."
)


@at_plan
@require_POST
def new_card(request: HttpRequest, visit: Visit) -> HttpResponse:
    """To Stripe's page for another card."""
    plan = visit.plan
    if not plan.is_live:
        messages.warning(request, _("This gift has ended; no card is needed any more."))
        return redirect(visit.url)
    back = cards.return_url(plan, visit.key)
    return _to_stripe(request, visit, lambda: cards.open_page(plan, return_url=back))


@at_plan
@require_GET
def card_back(request: HttpRequest, visit: Visit, before: str) -> HttpResponse:
    """From Stripe's page: only what Stripe itself says by now. Its event does the same as this."""
    plan = visit.plan
    try:
        cards.follow(plan)
    except (gateway.GatewayError, Busy):
        return plan_page(request, visit, "card_back", unknown=True)
    plan.refresh_from_db()
    return plan_page(
        request,
        visit,
        "card_back",
        outcome=cards.outcome(plan, before),
        facts=showing.Facts.of(plan),
        trouble=showing.trouble_of(plan),
    )


@at_plan
@require_POST
def bank(request: HttpRequest, visit: Visit) -> HttpResponse:
    """To Stripe's page of the open payment, where a bank's question is answered."""
    return _to_stripe(request, visit, lambda: cards.bank_page(visit.plan))


@at_plan
@require_POST
def pay(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Try the open payment once more with the same card."""
    try:
        arrived = cards.pay_now(visit.plan)
    except (gateway.GatewayError, Busy):
        messages.warning(request, AWAY)
        return redirect(visit.url)
    visit.plan.refresh_from_db()
    if arrived:
        messages.success(request, _("The payment has arrived. Thank you."))
    elif trouble := showing.trouble_of(visit.plan):
        messages.warning(
            request, _("It did not go through this time either.") + " " + trouble.reason
        )
    else:
        messages.success(request, _("No payment is open any more."))
    return redirect(visit.url)


def _to_stripe(request: HttpRequest, visit: Visit, address: Callable[[], str]) -> HttpResponse:
    try:
        url = address()
    except gateway.GatewayError:
        messages.warning(request, AWAY)
        return redirect(visit.url)
    if not url:
        messages.warning(request, _("No payment is open any more."))
        return redirect(visit.url)
    return HttpResponseRedirect(url)
