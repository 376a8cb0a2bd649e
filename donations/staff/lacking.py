"""The page of paid gifts without a receipt: why each has none, and issuing those that can be."""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from donations.receipts import lacking
from donations.receipts.lacking import Lack
from donations.staff.cells import Cell, Notice, Section, Text, amount, clock, link, moment
from donations.staff.pages import ForReaders, Page

PERMISSION = "donations.issue_receipt"
# The newest of those that nothing is to be done about at once.
MOST = 100
WHY: dict[str, tuple[Text, str]] = {
    "due": (_("Nothing speaks against it: it can be issued."), "good"),
    "lacks": (_("Something that must be printed is missing: %(detail)s."), "bad"),
    "void": (_("Receipt %(detail)s was declared void; “Replace” there issues another."), "warn"),
    "yearly": (_("The donor wishes one receipt a year: it comes with the annual receipts."), ""),
    "none": (_("The rule gives none for such a gift: %(detail)s."), ""),
    "going_back": (_("A part of it is on its way back; the receipt follows by itself."), ""),
}


class SetForm(forms.Form):
    """What the page showed, so that exactly that is issued."""

    shown = forms.CharField(widget=forms.HiddenInput)

    def clean_shown(self) -> list[str]:
        try:
            lines = json.loads(self.cleaned_data["shown"])
        except ValueError:
            lines = None
        if not isinstance(lines, list) or len(lines) > lacking.MOST:
            raise forms.ValidationError("not a set")
        if not all(str(line).partition(":")[0].isdecimal() for line in lines):
            raise forms.ValidationError("not a set")
        return [str(line) for line in lines]


class LackingPage(Page):
    permission = PERMISSION
    template_name = "donations/staff/lacking.html"
    page_title = _("Gifts without a receipt")
    header_icon = "warning"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        live = settings.STRIPE_LIVE
        due = lacking.set_to_issue(livemode=live)
        shown = {lack.donation.pk for lack in due}
        rows = lacking.known(lacking.gifts(livemode=live)).exclude(pk__in=shown)
        others = [lacking.why(gift) for gift in rows.order_by("-paid_at", "-pk")[:MOST]]
        more = [Notice(_("Of those that wait, only the newest are shown."))]
        if len(others) < MOST:
            more = []
        return context | {
            "due": len(due),
            "form": SetForm(initial={"shown": json.dumps([lack.line for lack in due])}),
            "fingerprint": lacking.fingerprint(due)[:16] if due else "",
            "sections": [
                _section(
                    _("Can be issued now"), due, _("None: every gift that can have one has it.")
                ),
                _section(_("Wait, and why"), others, _("None.")),
            ],
            "notices": more,
            "clock": clock(),
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SetForm(request.POST)
        if form.is_valid():
            try:
                count = lacking.issue(
                    livemode=settings.STRIPE_LIVE,
                    shown=form.cleaned_data["shown"],
                    actor=request.user,
                )
            except lacking.SetChanged as changed:
                text = gettext("Nothing was issued: these gifts changed meanwhile: %(rows)s.")
                messages.error(request, text % {"rows": ", ".join(changed.rows)})
            else:
                text = ngettext(
                    "%(n)d receipt is numbered; it is drawn and mailed now.",
                    "%(n)d receipts are numbered; they are drawn and mailed now.",
                    count,
                )
                messages.success(request, text % {"n": count})
        return redirect("unreceipted:index")


def _section(title: Text, found: list[Lack], empty: Text) -> Section:
    rows = [
        [
            link("gifts", lack.donation, lack.donation.reference[:8].upper()),
            lack.donation.receipt_name or lack.donation.name,
            amount(lack.donation.kept_minor, lack.donation.currency),
            moment(lack.donation.paid_at),
            Cell(
                str(WHY[lack.why][0]) % {"detail": lack.detail},
                link("receipts", lack.receipt).url,
                WHY[lack.why][1],
            ),
        ]
        for lack in found
    ]
    headings = [_("Donation"), _("In the name of"), _("Amount"), _("Paid"), _("Why")]
    return Section(title, rows, headings, empty=empty)


class ForIssuers(ForReaders):
    permission = PERMISSION


class LackingDesk(ViewSet):
    name = "unreceipted"
    menu_label = _("Without a receipt")
    icon = "warning"
    menu_item_class = ForIssuers

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", LackingPage.as_view(), name="index")]
