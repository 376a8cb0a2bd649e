"""Confirming a gift by mail, where the browser gives no proof of work."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from core.network import network_of
from core.tokens import keyed_hash
from donations import defence, mails
from donations.models import Donation
from donations.views.pauses import resting

# In ten minutes: to one address, and asked for by one network.
MAILS_TO_ONE, MAILS_BY_ONE = 3, 60


def ask_by_mail(request: HttpRequest, donation: Donation) -> HttpResponse:
    """Send the link, once for each gift. A flooded mailbox gets no more; the answer is the same."""
    if not defence.is_allowed("confirm", network_of(request), MAILS_BY_ONE):
        return resting(request, 10)
    address = keyed_hash(donation.email.lower(), purpose="email")
    if defence.is_allowed("confirm", address, MAILS_TO_ONE):
        mails.queue(
            "confirm_gift",
            to=donation.email,
            language=donation.language,
            cause=f"confirm:{donation.pk}",
            donation=donation,
        )
    return render(request, "donations/confirm_by_mail.html", {"email": donation.email})


@never_cache
def confirm(request: HttpRequest, mailed: str) -> HttpResponse:
    """The link from the mail. Looking changes nothing, so that mail scanners may; POST confirms."""
    donation = mails.confirmable(mailed)
    if donation and donation.status in (Donation.Status.PAID, Donation.Status.PROCESSING):
        return redirect("give_return", donation.reference)
    if donation and request.method == "POST":
        mails.confirm(donation)
        return redirect("give_review", donation.reference)
    response = render(
        request,
        "donations/confirm_gift.html",
        {"donation": donation, "confirm_url": request.path, "give_url": reverse("give")},
        status=200 if donation else 404,
    )
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
