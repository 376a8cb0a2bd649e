"""What became of a thing on its way to a partner, by the code on its label."""

from typing import Any, cast

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from gifts.delivery.confirming import NotExpected, Outcome, confirm
from gifts.partners.door import PartnerRequest

LONGEST_CODE = 20
# The buttons, and what is said once one was pressed.
OUTCOMES: dict[str, tuple[Any, Any]] = {
    "received": (_("It is here and works"), _("Noted: it is here. The request is done.")),
    "not_received": (_("It did not come"), _("Noted: it did not come. We look for it.")),
    "damaged": (_("It is damaged"), _("Noted: it is damaged. We look for another one.")),
}


@require_http_methods(["GET", "POST"])
def arrived(request: PartnerRequest) -> HttpResponse:
    """Another partner's thing answers like none. Pressed twice it is said once."""
    code, outcome = request.POST.get("code", "").strip()[:LONGEST_CODE], request.POST.get("outcome")
    lacking = ""
    if request.method == "POST":
        if not code or outcome not in OUTCOMES:
            lacking = "code"
        else:
            try:
                confirm(
                    code,
                    partner=request.worker.partner,
                    by=request.user,
                    outcome=cast("Outcome", outcome),
                )
                return redirect(f"{reverse('partner_pages:arrived')}?noted={outcome}")
            except NotExpected:
                lacking = "unknown"
    _button, noted = OUTCOMES.get(request.GET.get("noted", ""), ("", ""))
    context = {
        "code": code,
        "lacking": lacking,
        "noted": noted,
        "outcomes": [(name, button) for name, (button, _said) in OUTCOMES.items()],
    }
    status = 422 if lacking else 200
    return render(request, "gifts/partners/arrived.html", context, status=status)
