"""Who of a partner may enter: confirmed each quarter by somebody who works there."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from gifts.partners.door import PartnerRequest
from gifts.vault import workers
from gifts.vault.models import PartnerUser


@require_http_methods(["GET", "POST"])
def team(request: PartnerRequest) -> HttpResponse:
    """Everybody starts unticked: a list that is only sent on confirms nobody."""
    by = request.worker
    living = PartnerUser.objects.filter(partner=by.partner_id, ended_at=None)
    shown, staying = _numbers(request, "shown"), _numbers(request, "stays")
    lacking = ""
    if request.method == "POST":
        if by.pk not in staying:
            lacking = "yourself"
        else:
            workers.confirm(by, shown=shown, staying=staying)
            return redirect("partner_pages:team")
    context: dict[str, Any] = {
        "people": living.order_by("who"),
        "worker": by,
        "staying": staying,
        "lacking": lacking,
        "overdue": workers.is_overdue(by),
    }
    return render(request, "gifts/partners/team.html", context, status=422 if lacking else 200)


def _numbers(request: PartnerRequest, name: str) -> set[int]:
    return {int(text) for text in request.POST.getlist(name) if text.isascii() and text.isdigit()}
