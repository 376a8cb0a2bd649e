"""Offering a thing, and the page behind the link in each mail about it."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.forms import LONGEST_SECONDS
from core.headers import as_file
from core.network import network_of
from donations import defence
from donations.views.pauses import resting
from gifts.models import Acknowledgment, Offer, StatementFile, WipeStatement
from gifts.offers import acknowledgments, deciding, links
from gifts.offers.forms import OfferForm

# In ten minutes: from one network, and to one mailbox, which may belong to somebody else.
FORMS, MAILBOX, RESENDS = 60, 5, 10


@never_cache
def offer(request: HttpRequest) -> HttpResponse:
    """The form. Sent twice it is one offer."""
    if request.method == "POST" and not defence.is_allowed("offer", network_of(request), FORMS):
        return resting(request, 10)
    if request.method == "POST":
        data = request.POST.copy()
        form = OfferForm(data, request.FILES)
        if form.is_valid():
            return _begin(request, form)
        # A page that stood open too long is simply sent once more; any other keeps its age.
        if form.seconds_open >= LONGEST_SECONDS:
            data["started"] = OfferForm.marks()["started"]
    else:
        form = OfferForm(initial=OfferForm.fresh_values())
    status = 422 if form.errors else 200
    return render(request, "gifts/offers/offer.html", {"form": form}, status=status)


@never_cache
@require_GET
def thanks(request: HttpRequest, reference: str) -> HttpResponse:
    """Names nobody: the address stays in the history of a shared computer."""
    row = get_object_or_404(Offer.objects.select_related("kind"), reference=reference)
    response = render(request, "gifts/offers/thanks.html", {"offer": row})
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def at_offer(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view gets the offer behind the link; a link that leads nowhere says why."""

    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, token: str, **named: int) -> HttpResponse:
        opened = links.open_link(token)
        if opened.state == "ready":
            response = view(request, opened.row, token, **named)
        else:
            context = {"state": opened.state, "token": token}
            code = 410 if opened.row else 404
            response = render(request, "gifts/offers/no_link.html", context, status=code)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Cache-Control"] = "no-store"
        return response

    return answer


@at_offer
@require_GET
def page(request: HttpRequest, row: Offer, token: str) -> HttpResponse:
    """Where the offer stands, its papers, and a way to withdraw it. Looking changes nothing."""
    return _page(request, row, token)


@at_offer
def withdraw(request: HttpRequest, row: Offer, token: str) -> HttpResponse:
    """Asked once more, then done."""
    if request.method != "POST":
        may = row.state in (Offer.State.OFFERED, Offer.State.ACCEPTED)
        context = {"offer": row, "token": token}
        if may:
            return render(request, "gifts/offers/withdraw.html", context)
        return redirect("offer_page", token)
    try:
        deciding.withdraw(row)
    except deciding.TooLate:
        row.refresh_from_db()
        return _page(request, row, token, too_late=True, status=409)
    return redirect("offer_page", token)


@at_offer
@require_POST
def acknowledgment(request: HttpRequest, row: Offer, token: str, pk: int) -> HttpResponse:
    """A POST downloads, so that the scanners of mailboxes do not."""
    papers = Acknowledgment.objects.filter(offer=row, state="issued", sha256__isnull=False)
    paper = get_object_or_404(papers, pk=pk)
    return as_file(acknowledgments.stored_bytes(paper), f"gift-{paper.label}.pdf")


@at_offer
@require_POST
def statement(request: HttpRequest, row: Offer, token: str, pk: int) -> HttpResponse:
    paper = get_object_or_404(WipeStatement, offer=row, pk=pk)
    kept = StatementFile.objects.filter(statement=paper).first()
    if kept is None:
        raise Http404
    return as_file(bytes(kept.data), f"gift-{paper.label}.pdf")


@never_cache
@require_POST
def again(request: HttpRequest, token: str) -> HttpResponse:
    """A fresh link to the offer's own address. The answer is the same for a token nobody knows."""
    if not defence.is_allowed("offer_link", network_of(request), RESENDS):
        return resting(request, 10)
    found = links.open_link(token).row
    if found:
        deciding.tell(found, "link", f"{timezone.now():%Y%m%d%H}")
    return render(request, "gifts/offers/sent.html")


def _begin(request: HttpRequest, form: OfferForm) -> HttpResponse:
    data = form.cleaned_data
    known = Offer.objects.filter(form_token=data["token"]).first()
    if known is None and not defence.is_allowed("offer_mail", data["email"].lower(), MAILBOX):
        return resting(request, 10)
    row = known or deciding.begin(
        data["kind"],
        form_token=data["token"],
        photo=data["photo"],
        language=get_language() or settings.LANGUAGE_CODE,
        **form.typed(),
    )
    return redirect("offer_thanks", row.reference)


def _page(
    request: HttpRequest, row: Offer, token: str, *, too_late: bool = False, status: int = 200
) -> HttpResponse:
    papers = [
        (paper.label, "acknowledgment", reverse("offer_acknowledgment", args=[token, paper.pk]))
        for paper in row.acknowledgments.filter(state="issued", sha256__isnull=False)
    ]
    papers += [
        (paper.label, "statement", reverse("offer_statement", args=[token, paper.pk]))
        for paper in row.statements.filter(file__isnull=False)
    ]
    context = {
        "offer": row,
        "token": token,
        "papers": papers,
        "too_late": too_late,
        "may_withdraw": row.state in (Offer.State.OFFERED, Offer.State.ACCEPTED),
    }
    return render(request, "gifts/offers/page.html", context, status=status)
