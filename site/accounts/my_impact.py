"""My giving: what became of a year's gifts, as a page and as a PDF."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.views import organisation_of, paid_with_year
from campaigns.impact_statements import gathering, paper
from campaigns.impact_statements.gathering import Year
from campaigns.impact_statements.views import page_of
from core.headers import as_file
from donations.plans import finding


@never_cache
@login_required
@require_GET
def my_impact(request: HttpRequest, year: int) -> HttpResponse:
    """Hers alone; a year in which she gave nothing says so, whoever else did."""
    found = _of(request, year)
    context: dict[str, Any] = {"asked": str(year)} | (page_of(found) if found else {})
    return render(request, "accounts/my_impact.html", context, status=200 if found else 404)


@never_cache
@login_required
@require_GET
def my_impact_paper(request: HttpRequest, year: int) -> HttpResponse:
    found = _of(request, year)
    if found is None:
        return render(request, "accounts/my_impact.html", {"asked": str(year)}, status=404)
    gift = found.gifts[-1]
    sheet = paper.sheet(
        found,
        entity=organisation_of(),
        name=gift.receipt_name or gift.name,
        size=paper.size_of(request.GET.get("size")),
    )
    return as_file(paper.draw(sheet), paper.file_name(found))


def _of(request: HttpRequest, year: int) -> Year | None:
    entity = organisation_of()
    if entity is None:
        return None
    mine = finding.own_addresses(request.user)
    gifts = list(paid_with_year(mine, entity).filter(year=year).order_by("paid_at", "pk"))
    if not gifts:
        return None
    return gathering.year(gifts, first=date(year, 1, 1), last=date(year, 12, 31))
