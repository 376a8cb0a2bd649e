"""The act on a gift that somebody caused without giving it: a letter of thanks to print or mail."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from core.headers import as_file
from donations.models import Donation
from donations.receipts import cases, thanks
from donations.staff.cells import Text
from donations.staff.desk import Act


class LetterForm(forms.Form):
    to = forms.CharField(
        label=_("Addressed to"),
        max_length=200,
        help_text=_("Who advised the fund, works at the company or chose us: the full name."),
    )

    def clean_to(self) -> str:
        return " ".join(self.cleaned_data["to"].split())


class Letter(Act):
    name = "thanks"
    title = _("Letter of thanks")
    permission = "donations.resend_receipt"
    icon = "mail"
    form_class = LetterForm

    @classmethod
    def is_possible(cls, row: Donation) -> bool:
        return row.paid_at is not None and bool(cases.decide(row, credited="?").thanks)

    def question(self) -> Text:
        return _(
            "The donor of this gift is who paid it and has our paper. Whoever caused it may get a "
            "letter that thanks and says nothing about tax. It is drawn now and kept nowhere."
        )

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            data = thanks.letter(self.row, to=form.cleaned_data["to"])
        except thanks.NotDue:
            messages.error(self.request, _("Nothing of this gift is left to thank for."))
            return self.form_invalid(form)
        return as_file(data, f"letter-{self.row.reference[:8].upper()}.pdf")
