"""My giving: what a donor sees of her gifts, found by the addresses she has verified."""

from allauth.account.models import EmailAddress
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from donations.models import Donation, Receipt
from donations.receipts import book

Status = Donation.Status
MANY = 200


@never_cache
@login_required
@require_GET
def my_giving(request: HttpRequest) -> HttpResponse:
    gifts = (
        own_gifts(request)
        .prefetch_related("lines__designation", "receipts")
        .order_by("-created_at")[:MANY]
    )
    return render(request, "accounts/my_giving.html", {"gifts": gifts})


@never_cache
@login_required
@require_GET
def my_receipt(request: HttpRequest, label: str) -> HttpResponse:
    """One of the donor's own receipts; anybody else's is not found."""
    receipt = get_object_or_404(
        Receipt.objects.filter(donation__in=own_gifts(request), sha256__isnull=False), label=label
    )
    response = HttpResponse(book.stored_bytes(receipt), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="receipt-{receipt.label}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def own_gifts(request: HttpRequest) -> QuerySet[Donation]:
    """Gifts typed with one of her verified addresses; an unverified one opens nothing."""
    addresses = EmailAddress.objects.filter(user_id=request.user.pk, verified=True)
    own = Q(pk=None)
    for email in addresses.values_list("email", flat=True):
        own |= Q(email__iexact=email)
    return Donation.objects.filter(own, status__in=[Status.PAID, Status.PROCESSING])
