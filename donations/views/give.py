"""Giving: the form, the review, the way to Stripe and back. Rules are in the form and checkout."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core import money
from core.network import network_of
from donations import checkout, defence, gateway, payments, postal, proof, room
from donations.forms import LONGEST_SECONDS, OTHER, TYPED, DonationForm
from donations.models import Donation, GivingOptions, LegalEntity, Plan
from donations.plans import calendar, finding
from donations.views.confirm import ask_by_mail
from donations.views.pauses import resting

Status = Donation.Status
ONCE = GivingOptions.Frequency.ONCE
INTERVALS: dict[str, str] = {
    GivingOptions.Frequency.MONTHLY: Plan.Interval.MONTH,
    GivingOptions.Frequency.YEARLY: Plan.Interval.YEAR,
}
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
FORMS, PRESSES = 600, 600
# A receipt that takes longer comes by mail alone; the page no longer waits for its number.
RECEIPT_TIME = timedelta(minutes=1)
# What the review page sends in place of a proof until the browser has found one: no JavaScript.
NOT_SOLVED = "by-mail"


@never_cache
def give(request: HttpRequest) -> HttpResponse:
    """The form. Its query may choose beforehand:

    ?frequency=&amount=&designation=&appeal=&currency=
    """
    earlier = _earlier(request)
    offered = _offered(request)
    options = _options(request, offered, earlier)
    if options is None:
        return render(request, "donations/unavailable.html", {"retry_url": ""}, status=503)
    network = network_of(request)
    # Said before anybody types; what was typed already is kept by the browser.
    if minutes := defence.assess(network).minutes:
        return resting(request, minutes)
    if request.method == "POST" and not defence.is_allowed("form", network, FORMS):
        return resting(request, 10)
    if request.method == "POST":
        data = request.POST.copy()
        form = DonationForm(data, options=options)
        if form.is_valid():
            return redirect("give_review", _begin(form, earlier).reference)
        # A page that stood open too long is simply sent once more; any other keeps its age.
        if form.age >= LONGEST_SECONDS:
            data["started"] = DonationForm.fresh_values(options)["started"]
    else:
        values = DonationForm.fresh_values(options)
        values |= _of_the_signed_in(request)
        values |= _earlier_values(earlier, options) if earlier else _from_query(request, options)
        form = DonationForm(initial=values, options=options)
    context = _form_context(form, options, bool(earlier))
    context["frequencies"] = [] if earlier else _frequencies(request, offered, options)
    if options.frequency != ONCE and request.method == "GET" and not earlier:
        context["plan"] = finding.live_plan_of(request.user)
    return render(request, "donations/give.html", context, status=422 if form.errors else 200)


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


def _begin(form: DonationForm, earlier: Donation | None) -> Donation:
    data = form.cleaned_data
    return checkout.begin(
        [checkout.Part(data["designation"], data["gift_minor"])],
        form_token=data["token"],
        entity=LegalEntity.objects.get(is_default=True),
        currency=form.options.currency,
        fee_cover_minor=data["fee_cover_minor"],
        replaces=earlier,
        interval=INTERVALS.get(form.options.frequency, ""),
        language=get_language() or settings.LANGUAGE_CODE,
        **form.typed(),
    )


def _offered(request: HttpRequest) -> list[GivingOptions]:
    """What staff offer in the wanted currency, else in the organisation's: once first."""
    wanted = (request.POST.get("currency") or request.GET.get("currency") or "").upper()
    rows = list(GivingOptions.objects.all())
    of_entity = LegalEntity.objects.filter(is_default=True).values_list("currency", flat=True)
    currencies = {row.currency for row in rows if row.frequency == ONCE}
    entity_currency = of_entity.first()
    if not currencies or entity_currency is None:
        return []
    usual = entity_currency if entity_currency in currencies else min(currencies)
    chosen = wanted if wanted in currencies else usual
    rhythm = list(GivingOptions.Frequency)
    return sorted(
        (row for row in rows if row.currency == chosen),
        key=lambda row: rhythm.index(GivingOptions.Frequency(row.frequency)),
    )


def _options(
    request: HttpRequest, offered: list[GivingOptions], earlier: Donation | None
) -> GivingOptions | None:
    wanted = request.POST.get("frequency") or request.GET.get("frequency") or ONCE
    if earlier and request.method == "GET":
        interval = earlier.plan.interval if earlier.plan else ""
        wanted = next((name for name, i in INTERVALS.items() if i == interval), ONCE)
    by_frequency = {row.frequency: row for row in offered}
    return by_frequency.get(wanted) or by_frequency.get(ONCE)


def _frequencies(
    request: HttpRequest, offered: list[GivingOptions], options: GivingOptions
) -> list[dict[str, Any]]:
    """Links between once, monthly and yearly, where there is a choice; they keep the query."""
    if len(offered) < 2:
        return []
    links = []
    for row in offered:
        query = request.GET.copy()
        query["frequency"] = row.frequency
        query.pop("amount", None)
        links.append(
            {
                "label": row.get_frequency_display(),
                "url": f"?{query.urlencode()}",
                "current": row == options,
            }
        )
    return links


def _earlier(request: HttpRequest) -> Donation | None:
    """The try that is being changed; one that is paid cannot be."""
    reference = request.POST.get("replaces") or request.GET.get("change") or ""
    known = Donation.objects.select_related("plan").filter(reference=reference)
    donation = known.first() if reference else None
    if donation and donation.status in (Status.PAID, Status.PROCESSING):
        return None
    return donation


def _earlier_values(donation: Donation, options: GivingOptions) -> dict[str, Any]:
    line = donation.lines.select_related("designation").first()
    values: dict[str, Any] = {name: getattr(donation, name) for name in TYPED}
    if not postal.lines_of(donation):
        del values["country"]  # none was given: the usual one stays chosen
    values |= _amount_values(donation.gift_minor, options)
    values["cover_fee"] = donation.fee_cover_minor > 0
    values["designation"] = line.designation.code if line else ""
    values["replaces"] = donation.reference
    return values


def _of_the_signed_in(request: HttpRequest) -> dict[str, str]:
    """Her address if she has verified it, and the name of her newest gift with it."""
    if not request.user.is_authenticated:
        return {}
    own = EmailAddress.objects.filter(user_id=request.user.pk, verified=True)
    address = own.order_by("-primary").first()
    if address is None:
        return {}
    gifts = Donation.objects.filter(email__iexact=address.email, status=Status.PAID)
    newest = gifts.order_by("-created_at").values_list("name", flat=True).first()
    return {"email": address.email, "name": newest or request.user.get_full_name()}


def _from_query(request: HttpRequest, options: GivingOptions) -> dict[str, Any]:
    """Choices made by a link, as far as they make sense; nonsense is left out silently."""
    values: dict[str, Any] = {}
    try:
        amount = money.parse(request.GET.get("amount", ""), options.currency)
        if options.minimum_minor <= amount <= money.LARGEST_MINOR // 2:
            values |= _amount_values(amount, options)
    except ValueError:
        pass
    for name in ("designation", "appeal"):
        if request.GET.get(name):
            values[name] = request.GET[name][:40]
    return values


def _amount_values(amount_minor: int, options: GivingOptions) -> dict[str, str]:
    if amount_minor in options.amounts_minor:
        return {"amount_choice": str(amount_minor)}
    typed = f"{money.to_decimal(amount_minor, options.currency):f}"
    return {"amount_choice": OTHER, "amount": typed}


def _form_context(form: DonationForm, options: GivingOptions, replaces: bool) -> dict[str, Any]:
    language = get_language() or "en"
    chosen = options.preselected_minor or options.amounts_minor[0]
    hint = money.display(options.fee_cover(chosen), options.currency, language)
    return {
        "form": form,
        "frequency": options.frequency,
        "currency": options.currency,
        "digits": money.exponent(options.currency),
        "fee_hint": _("For example %(fee)s on a gift of %(gift)s.")
        % {"fee": hint, "gift": money.display_short(chosen, options.currency, language)},
        "fee_rate": options.fee_basis_points,
        "fee_fixed": options.fee_fixed_minor,
        "minimum": money.display_short(options.minimum_minor, options.currency, language),
        "replaces": replaces,
    }


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
            "lines__designation"
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
            "lines__designation"
        ),
        reference=reference,
    )
    if timezone.now() - donation.created_at > NAMED_FOR:
        donation.name = donation.email = ""
    return donation
