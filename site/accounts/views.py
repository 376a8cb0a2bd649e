"""My giving: what a donor sees of her gifts, found by the addresses she has verified."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from core.headers import as_file
from donations import tracing
from donations.gift_aid import declarations
from donations.models import Donation, LegalEntity, Receipt
from donations.plans import finding
from donations.plans.showing import Facts
from donations.receipts import book

Status = Donation.Status
MANY = 200


@dataclass(frozen=True)
class Year:
    """What was given in one calendar year of the organisation, in one currency."""

    year: int
    currency: str
    count: int
    given_minor: int
    # Refunded, or taken back by a bank.
    returned_minor: int

    @property
    def kept_minor(self) -> int:
        return max(0, self.given_minor - self.returned_minor)


@never_cache
@login_required
@require_GET
def my_giving(request: HttpRequest) -> HttpResponse:
    """Regular gifts first, then every gift, then the years."""
    mine = finding.own_addresses(request.user)
    gifts = (
        own_gifts(mine)
        .prefetch_related("lines__designation", "receipts")
        .order_by("-created_at")[:MANY]
    )
    own = sorted(finding.plans_of(mine), key=lambda plan: not plan.is_live)
    plans = [(plan, Facts.of(plan)) for plan in own]
    traced = [(gift, _trace(gift)) for gift in gifts]
    context = {"gifts": traced, "plans": plans, "years": _years(mine)}
    context["declarations"] = declarations.of_addresses(mine)
    return render(request, "accounts/my_giving.html", context)


@never_cache
@login_required
def my_declaration(request: HttpRequest, pk: int) -> HttpResponse:
    """A Gift Aid declaration of hers, to read and, by a press, to cancel."""
    mine = declarations.of_addresses(finding.own_addresses(request.user))
    row = next((one for one in mine if one.pk == pk), None)
    if row is None:
        raise Http404
    if request.method == "POST":
        declarations.cancel(row)
        return redirect("my_giving")
    return render(request, "accounts/my_declaration.html", {"declaration": row})


def _trace(gift: Donation) -> str:
    """Where what became of it is shown."""
    return tracing.new_link(gift) if gift.status == Status.PAID else ""


@never_cache
@login_required
@require_GET
def my_year(request: HttpRequest, year: int) -> HttpResponse:
    """A year's gifts on one page, made to be printed; each receipt stands for itself."""
    entity, mine = organisation_of(), finding.own_addresses(request.user)
    totals = [row for row in _years(mine) if row.year == year]
    if entity is None or not totals:
        raise Http404
    gifts = (
        paid_with_year(mine, entity)
        .filter(year=year)
        .prefetch_related("lines__designation", "receipts")
        .order_by("paid_at")
    )
    context = {"year": str(year), "gifts": gifts, "totals": totals, "entity": entity}
    return render(request, "accounts/my_year.html", context)


@never_cache
@login_required
@require_GET
def my_receipt(request: HttpRequest, label: str) -> HttpResponse:
    """One of the donor's own receipts; anybody else's is not found."""
    gifts = own_gifts(finding.own_addresses(request.user))
    receipt = get_object_or_404(
        Receipt.objects.filter(donation__in=gifts, sha256__isnull=False), label=label
    )
    return as_file(book.stored_bytes(receipt), f"receipt-{receipt.label}.pdf")


def own_gifts(own: Q) -> QuerySet[Donation]:
    """Gifts typed with one of these addresses, as far as money moved."""
    return Donation.objects.filter(own, status__in=[Status.PAID, Status.PROCESSING])


def organisation_of() -> LegalEntity | None:
    return LegalEntity.objects.filter(is_default=True).first()


def paid_with_year(mine: Q, entity: LegalEntity) -> QuerySet[Any]:
    """A tax year is the calendar year where the organisation is."""
    zone = ZoneInfo(entity.time_zone)
    return (
        own_gifts(mine)
        .filter(status=Status.PAID)
        .annotate(year=ExtractYear("paid_at", tzinfo=zone))
    )


def _years(mine: Q) -> list[Year]:
    entity = organisation_of()
    if entity is None:
        return []
    rows = (
        paid_with_year(mine, entity)
        .values("year", "currency")
        .annotate(
            count=Count("pk"),
            given=Sum("amount_minor"),
            returned=Sum(F("refunded_minor") + F("lost_minor")),
        )
        .order_by("-year", "currency")
    )
    return [
        Year(row["year"], row["currency"], row["count"], row["given"], row["returned"])
        for row in rows
    ]
