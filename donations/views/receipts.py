"""Receipts for whoever holds the link or the paper: download, check, a fresh link."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.headers import as_file
from core.network import network_of
from donations import defence
from donations.forms import ReceiptCheckForm
from donations.models import Receipt
from donations.receipts import book, links, runs
from donations.views.pauses import resting

# In ten minutes from one network. Codes hold 58 random bits: this is against the load alone.
CHECKS, RESENDS = 60, 10
SHOWN = {"issued": "valid", "replaced": "replaced", "void": "void"}


@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """Is this receipt genuine? State, date and amount for its code; no name."""
    form = ReceiptCheckForm(request.GET if "code" in request.GET else None)
    result = None
    if form.is_bound and not defence.is_allowed("check", network_of(request), CHECKS):
        return resting(request, 10)
    if form.is_valid():
        receipt = book.find_by_code(form.cleaned_data["code"])
        result = _facts(receipt) if receipt else {"state": "unknown"}
    response = render(request, "donations/receipt_check.html", {"form": form, "result": result})
    if result:
        response["X-Robots-Tag"] = "noindex"
        response["Cache-Control"] = "no-store"
    return response


@never_cache
def download(request: HttpRequest, token: str) -> HttpResponse:
    """A link from a mail. Looking changes nothing, so that mail scanners may; POST downloads."""
    opened = links.open_link(token, use=request.method == "POST")
    receipt, statement = opened.receipt, opened.statement
    if opened.state == "ready" and request.method == "POST":
        data, name = b"", ""
        if receipt:
            data, name = book.stored_bytes(receipt), f"receipt-{receipt.label}"
        elif statement:
            data, name = runs.stored_bytes(statement), f"statement-{statement.run.year}"
        response = as_file(data, f"{name}.pdf")
    else:
        context = {
            "state": opened.state,
            "number": receipt.label if receipt else "",
            "year": str(statement.run.year) if statement else "",
            "download_url": reverse("receipt_download", args=[token]),
            "resend_url": reverse("receipt_resend", args=[token]) if receipt else "",
        }
        code = 200 if opened.state == "ready" else 410 if receipt or statement else 404
        response = render(request, "donations/receipt_download.html", context, status=code)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response


@never_cache
@require_POST
def resend(request: HttpRequest, token: str) -> HttpResponse:
    """A fresh link to the address of the gift. The answer is the same for a token nobody knows."""
    if not defence.is_allowed("resend", network_of(request), RESENDS):
        return resting(request, 10)
    receipt = links.open_link(token).receipt
    if receipt:
        book.resend(_newest(receipt))
    return render(request, "donations/receipt_resent.html")


def _newest(receipt: Receipt) -> Receipt:
    """The receipt that stands today in place of this one."""
    while successor := Receipt.objects.filter(replaces=receipt).first():
        receipt = successor
    return receipt


def _facts(receipt: Receipt) -> dict[str, object]:
    entity = receipt.series.legal_entity
    successor = Receipt.objects.filter(replaces=receipt).first()
    return {
        "state": SHOWN[receipt.state],
        "live": receipt.series.livemode,
        "number": receipt.label,
        "issued_on": receipt.issued_at.astimezone(ZoneInfo(entity.time_zone)).date(),
        "amount_minor": receipt.snapshot["amount_minor"],
        "currency": receipt.snapshot["currency"],
        "organisation": entity.name,
        "successor": successor.label if successor else "",
    }
