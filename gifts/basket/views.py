"""The basket's page. Looking at it keeps nothing; a cookie comes with the first POST alone."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from core import money
from core.forms import LONGEST_SECONDS
from donations import checkout
from donations.models import Donation, GivingOptions, LegalEntity, Plan
from donations.plans import finding
from donations.views.give import earlier_try, of_the_signed_in, turned_away, typed_earlier
from gifts.basket import contents, discretion
from gifts.basket.forms import BasketForm, Offer
from gifts.models import WishListPage

Frequency = GivingOptions.Frequency


@never_cache
def basket(request: HttpRequest) -> HttpResponse:
    """Everything in one payment. The query puts something in, to be confirmed by sending the page:

    ?wish=<slug>&units=1, or &amount=25; ?change=<reference> takes up an earlier try.
    """
    if rest := turned_away(request):
        return rest
    offer = _offer()
    if offer is None:
        return render(request, "donations/unavailable.html", {"retry_url": ""}, status=503)
    earlier = earlier_try(request)
    kept, own = contents.of_donation(earlier) if earlier else (contents.kept(request), {})
    if request.method == "POST":
        # Rows that the page showed and nobody has kept yet are typed in it.
        kept = dict.fromkeys(request.POST.getlist("rows"), (0, 0)) | kept
        return _sent(request, offer, contents.rows(kept, own), earlier)
    rows = contents.rows(kept | _chosen(request, offer.once), own)
    values = BasketForm.fresh_values(offer.once) | of_the_signed_in(request)
    values |= {"terms": discretion.CURRENT, "if_covered": "like"}
    if earlier:
        values |= typed_earlier(earlier) | _other_parts(earlier)
    return _page(request, BasketForm(initial=values, offer=offer, rows=rows), earlier)


def _sent(
    request: HttpRequest, offer: Offer, rows: list[contents.Row], earlier: Donation | None
) -> HttpResponse:
    """Continue, look on for more, or take one out: whatever was typed stays."""
    data = request.POST.copy()
    if out := data.get("remove"):
        rows = [row for row in rows if row.wish.slug != out]
    form = BasketForm(data, offer=offer, rows=rows)
    if not earlier:
        contents.keep(request, form.contents())
    if "look_on" in data:
        return redirect(wishes_url())
    if out:
        return _page(request, BasketForm(initial=data.dict(), offer=offer, rows=rows), earlier)
    if form.is_valid():
        donation = _begin(form, earlier)
        contents.keep(request, {})
        return redirect("give_review", donation.reference)
    if form.seconds_open >= LONGEST_SECONDS:
        data["started"] = BasketForm.marks()["started"]
    return _page(request, form, earlier)


def wishes_url() -> str:
    """Where there is more to choose, in the language of the moment."""
    pages = WishListPage.objects.live()
    page = pages.filter(locale__language_code=get_language() or "").first() or pages.first()
    return page.address() if page else "/"


def _begin(form: BasketForm, earlier: Donation | None) -> Donation:
    data = form.cleaned_data
    return checkout.begin(
        form.parts,
        form_token=data["token"],
        entity=LegalEntity.objects.get(is_default=True),
        currency=form.options.currency,
        fee_cover_minor=data["fee_cover_minor"],
        replaces=earlier,
        interval=Plan.Interval.MONTH if form.monthly_minor else "",
        language=get_language() or settings.LANGUAGE_CODE,
        form="basket",
        terms=data["terms"] if form.rows else "",
        **form.typed(),
    )


def _offer() -> Offer | None:
    """What staff offer in the organisation's currency; none while they offer nothing."""
    entity = LegalEntity.objects.filter(is_default=True).values_list("currency", flat=True).first()
    rows = {row.frequency: row for row in GivingOptions.objects.filter(currency=entity)}
    once = rows.get(Frequency.ONCE)
    return Offer(once, rows.get(Frequency.MONTHLY)) if once else None


def _chosen(request: HttpRequest, options: GivingOptions) -> contents.Kept:
    """What a wish's page asks to put in; nonsense is left out silently."""
    slug = request.GET.get("wish", "")[:80]
    if not slug:
        return {}
    units = request.GET.get("units", "")
    try:
        share = money.parse(request.GET.get("amount", ""), options.currency)
    except ValueError:
        share = 0
    return {slug: (int(units) if units.isdecimal() and len(units) < 4 else int(not share), share)}


def _other_parts(earlier: Donation) -> dict[str, Any]:
    """The plain and the monthly gift of an earlier try, as they were typed."""
    values: dict[str, Any] = {}
    toward_fee = earlier.fee_cover_minor
    for line in earlier.lines.select_related("designation"):
        if line.designation.target_minor is not None:
            values["if_covered"] = line.if_covered
            continue
        name = "monthly" if earlier.plan and "monthly" not in values else "plain"
        minor = earlier.plan.gift_minor if earlier.plan and name == "monthly" else line.amount_minor
        toward_fee -= line.amount_minor - minor
        if name == "plain":
            minor, toward_fee = minor - min(toward_fee, minor), toward_fee - min(toward_fee, minor)
        if minor:
            typed = money.to_decimal(minor, earlier.currency)
            values[name] = f"{typed:f}".removesuffix(".00")
            values["designation"] = line.designation.code
    return values


def _page(request: HttpRequest, form: BasketForm, earlier: Donation | None) -> HttpResponse:
    options = form.options
    rate, fixed = options.fee_basis_points, options.fee_fixed_minor
    context = {
        "form": form,
        "lines": form.lines(),
        "currency": options.currency,
        "digits": money.exponent(options.currency),
        "fee_rate": rate,
        "fee_fixed": fixed,
        "discretion": discretion.WORDINGS[discretion.CURRENT],
        "wishes_url": wishes_url(),
        "replaces": bool(earlier),
        "plan": finding.live_plan_of(request.user),
    }
    return render(request, "gifts/basket.html", context, status=422 if form.errors else 200)
