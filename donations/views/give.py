"""The form of one gift. Rules are in the form and in checkout; paying.py leads on from here."""

from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core import money
from core.forms import LONGEST_SECONDS
from core.network import network_of
from donations import appeals, checkout, defence, postal
from donations.forms import OTHER, TYPED, DonationForm
from donations.gift_aid import forms as gift_aid
from donations.models import Donation, GivingOptions, LegalEntity, Plan
from donations.plans import finding
from donations.views.pauses import resting

Status = Donation.Status
ONCE = GivingOptions.Frequency.ONCE
INTERVALS: dict[str, str] = {
    GivingOptions.Frequency.MONTHLY: Plan.Interval.MONTH,
    GivingOptions.Frequency.YEARLY: Plan.Interval.YEAR,
}
# Ten minutes' worth from one network; a full hall stays far below, a flood does not.
FORMS = 600


@never_cache
def give(request: HttpRequest) -> HttpResponse:
    """The form. Its query may choose beforehand:

    ?frequency=&amount=&designation=&appeal=&currency=
    """
    earlier = earlier_try(request)
    offered = _offered(request)
    options = _options(request, offered, earlier)
    if options is None:
        return render(request, "donations/unavailable.html", {"retry_url": ""}, status=503)
    if rest := turned_away(request):
        return rest
    if request.method == "POST":
        data = request.POST.copy()
        form = DonationForm(data, options=options)
        if form.is_valid():
            return redirect("give_review", _begin(form, earlier).reference)
        # A page that stood open too long is simply sent once more; any other keeps its age.
        if form.seconds_open >= LONGEST_SECONDS:
            data["started"] = DonationForm.marks()["started"]
    else:
        values = DonationForm.fresh_values(options)
        values |= of_the_signed_in(request)
        values |= _earlier_values(earlier, options) if earlier else _from_query(request, options)
        form = DonationForm(initial=values, options=options)
    context = _form_context(form, options, bool(earlier))
    appeal = str(form["appeal"].value() or "")
    context["remarks"] = appeals.remarks(appeal, options.currency)
    context["frequencies"] = [] if earlier else _frequencies(request, offered, options)
    if options.frequency != ONCE and request.method == "GET" and not earlier:
        context["plan"] = finding.live_plan_of(request.user)
    return render(request, "donations/give.html", context, status=422 if form.errors else 200)


def turned_away(request: HttpRequest) -> HttpResponse | None:
    """The answer to a network that has to wait; said before anybody types."""
    network = network_of(request)
    if minutes := defence.assess(network).minutes:
        return resting(request, minutes)
    # What was typed already is kept by the browser.
    if request.method == "POST" and not defence.is_allowed("form", network, FORMS):
        return resting(request, 10)
    return None


def _begin(form: DonationForm, earlier: Donation | None) -> Donation:
    data = form.cleaned_data
    donation = checkout.begin(
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
    gift_aid.declare(form, donation, lines=postal.lines_of(donation))
    return donation


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


def earlier_try(request: HttpRequest) -> Donation | None:
    """The try that is being changed; one that is paid cannot be."""
    reference = request.POST.get("replaces") or request.GET.get("change") or ""
    known = Donation.objects.select_related("plan").filter(reference=reference)
    donation = known.first() if reference else None
    if donation and donation.status in (Status.PAID, Status.PROCESSING):
        return None
    return donation


def _earlier_values(donation: Donation, options: GivingOptions) -> dict[str, Any]:
    line = donation.lines.select_related("designation").first()
    values = typed_earlier(donation) | _amount_values(donation.gift_minor, options)
    values["designation"] = line.designation.code if line else ""
    return values


def typed_earlier(donation: Donation) -> dict[str, Any]:
    """What the donor typed about herself at the try that is being changed."""
    values: dict[str, Any] = {name: getattr(donation, name) for name in TYPED}
    if not postal.lines_of(donation):
        del values["country"]  # none was given: the usual one stays chosen
    values["cover_fee"] = donation.fee_cover_minor > 0
    values["replaces"] = donation.reference
    return values


def of_the_signed_in(request: HttpRequest) -> dict[str, str]:
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
