"""From the review to Stripe's page and back: what will be paid, and what became of it."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.network import network_of
from donations import checkout, defence, gateway, payments, postal, proof, room
from donations.models import Donation
from donations.plans import calendar
from donations.views.confirm import ask_by_mail
from donations.views.pauses import resting

Status = Donation.Status
# What a donor reads; several of our states are one to her.
SHOWN = {
    Status.PENDING: "waiting",
    Status.NEEDS_ACTION: "waiting",
    Status.PROCESSING: "processing",
    Status.PAID: "paid",
    Status.FAILED: "failed",
    Status.CANCELED: "canceled",
    Status.ABANDONED: "abandoned",
}
# After a day a link from the history of a shared computer shows no name any more.
NAMED_FOR = timedelta(hours=24)
# Ten minutes' worth from one network; a full hall stays far below, a flood does not.
PRESSES = 600
# A receipt that takes longer comes by mail alone; the page no longer waits for its number.
RECEIPT_TIME = timedelta(minutes=1)
# What the review page sends in place of a proof until the browser has found one: no JavaScript.
NOT_SOLVED = "by-mail"


@never_cache
@require_GET
def review(request: HttpRequest, reference: str) -> HttpResponse:
    donation = _named(reference)
    if donation.status in (Status.PAID, Status.PROCESSING):
        return redirect("give_return", reference)
    heat = defence.assess(network_of(request), donation.email)
    return _review(request, donation, hot=heat.hot and not donation.confirmed_at)


@never_cache
@require_POST
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    """To the payment page. Pressed twice, it leads to the same one."""
    donation, network = _named(reference), network_of(request)
    solution = request.POST.get("proof")
    if not defence.is_allowed("pay", network, PRESSES):
        return resting(request, 10)
    try:
        url = checkout.send_to_stripe(donation, network=network, solution=solution or "")
        return HttpResponseRedirect(url)
    except checkout.AlreadyPaid:
        return redirect("give_return", reference)
    except room.Covered as covered:
        names = ", ".join(row.public_name for row in covered.designations)
        problem = _(
            "Meanwhile others have covered this, or it has ended: %(names)s. Nothing was charged: "
            "please change your gift."
        ) % {"names": names}
        return _review(request, donation, problem=problem, status=409)
    except defence.Resting as pause:
        return resting(request, pause.minutes)
    except defence.Unproved:
        if solution == NOT_SOLVED:
            return ask_by_mail(request, donation)
        # The page was drawn while it was calm, or the proof was used: solve it now and go on.
        return _review(request, donation, hot=True, pressed=True)
    except gateway.Unreachable:
        problem = _(
            "Our payment provider did not answer. Nothing was charged and nothing is lost: "
            "please try again in a moment."
        )
    except checkout.NotPossible:
        problem = _(
            "Our payment provider could not open this payment. Nothing was charged. Please check "
            "the e-mail address and the amount, or write to us."
        )
    return _review(request, donation, problem=problem, status=503)


@never_cache
@require_GET
def came_back(request: HttpRequest, reference: str) -> HttpResponse:
    """From the payment page without paying; if it was paid after all, say that."""
    donation = _current(reference)
    if donation.status in (Status.PAID, Status.PROCESSING):
        return redirect("give_return", reference)
    return render(request, "donations/cancelled.html", _links(donation))


@never_cache
@require_GET
def returned(request: HttpRequest, reference: str) -> HttpResponse:
    """After paying: what holds at the server this moment, never a guess."""
    donation = _current(reference)
    known = _known(donation)
    context = {
        **_links(donation),
        "state": known["state"],
        "status_url": "" if known["done"] else reverse("give_status", args=[reference]),
        "receipt_number": known["receipt"],
    }
    return render(request, "donations/status.html", context)


@never_cache
@require_GET
def status(request: HttpRequest, reference: str) -> HttpResponse:
    """For the page that waits: has anything happened?"""
    return JsonResponse(_known(_current(reference)))


def _known(donation: Donation) -> dict[str, Any]:
    """Where the gift stands, and whether the page may stop asking."""
    state = SHOWN[Status(donation.status)]
    receipt = donation.receipts.filter(state="issued").first()
    done = state not in ("waiting", "processing")
    if donation.paid_at and not receipt:
        done = timezone.now() - donation.paid_at > RECEIPT_TIME
    return {"state": state, "done": done, "receipt": receipt.label if receipt else ""}


def _review(
    request: HttpRequest,
    donation: Donation,
    *,
    problem: str | None = None,
    hot: bool = False,
    pressed: bool = False,
    status: int = 200,
) -> HttpResponse:
    """What will be paid; where it is hot with a proof of work that the browser solves meanwhile.

    Args:
        pressed: the donor wants to pay already, so the browser goes on by itself when done.
    """
    challenge = proof.challenge(donation) if hot else ""
    context = {
        **_links(donation),
        "problem": problem,
        "challenge": challenge,
        "not_solved": NOT_SOLVED,
        "address": postal.lines_of(donation),
        "pressed": pressed,
    }
    return render(request, "donations/review.html", context, status=status)


def _links(donation: Donation) -> dict[str, Any]:
    pay_url = reverse("give_pay", args=[donation.reference])
    return {
        "donation": donation,
        "next_charge_at": _next_charge(donation),
        "has_goals": any(
            line.designation.target_minor is not None for line in donation.lines.all()
        ),
        "statement_descriptor": donation.legal_entity.statement_descriptor,
        "pay_url": pay_url,
        "retry_url": pay_url,
        "change_url": f"{reverse(donation.form)}?change={donation.reference}",
    }


def _next_charge(donation: Donation) -> datetime | None:
    """Of a standing gift: when it comes again, if it begins now or has begun."""
    plan = donation.plan
    if plan is None:
        return None
    now = timezone.now()
    return plan.next_charge_at or calendar.charge_after(now, plan.interval, now)


def _named(reference: str) -> Donation:
    donation = get_object_or_404(
        Donation.objects.select_related("legal_entity", "plan").prefetch_related(
            "lines__designation", "lines__asked_for"
        ),
        reference=reference,
    )
    if not donation.name:
        raise Http404  # what was typed has been forgotten
    return donation


def _current(reference: str) -> Donation:
    """The donation with Stripe's newest word taken over, if the page can get it quickly."""
    donation = get_object_or_404(Donation, reference=reference)
    attempt = donation.attempts.filter(state="open").first()
    if attempt:
        # Without an answer the page says "one moment" and asks again; the webhook tells us anyway.
        with suppress(gateway.GatewayError, payments.Busy):
            payments.refresh(attempt)
    donation = get_object_or_404(
        Donation.objects.select_related("legal_entity", "plan").prefetch_related(
            "lines__designation", "lines__asked_for"
        ),
        reference=reference,
    )
    if timezone.now() - donation.created_at > NAMED_FOR:
        donation.name = donation.email = ""
    return donation
