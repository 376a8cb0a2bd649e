"""What staff do to a receipt: mail it again, void it, replace it; by two where it is much."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations.models import Receipt
from donations.receipts import book, document, voiding
from donations.staff.cells import Section, Text, amount
from donations.staff.desk import Act, NotPossible

State = Receipt.State
VoidReason = Receipt.VoidReason
WAITS = _("A second person has to approve this; it is on their list.")
WHY_NOT = {
    "not_valid": _("Nothing was changed: the receipt is void already."),
    "under_way": _("Nothing was changed: it waits for a second person already."),
    "not_asked": _("Nothing was changed: nobody asks for it any more."),
    "same_person": _("It takes a second person: you asked for this yourself."),
}


@contextmanager
def refusing() -> Iterator[None]:
    """Says why it is not possible, to the person who asked for it."""
    try:
        yield
    except voiding.NotVoidable as refused:
        raise NotPossible(WHY_NOT[refused.code]) from None
    except book.NotReceiptable:
        raise NotPossible(_("Nothing of this gift is left to be receipted.")) from None
    except document.IncompleteReceipt as lacking:
        raise NotPossible(str(lacking)) from None


def may_be(row: Receipt, *, reissue: bool) -> bool:
    return voiding.is_open_to(row, reissue=reissue) and voiding.waiting_for(row) is None


class Resend(Act):
    name = "resend"
    title = _("Mail it again")
    permission = "donations.resend_receipt"
    icon = "mail"

    @classmethod
    def is_possible(cls, row: Receipt) -> bool:
        return row.state == State.ISSUED and row.sha256 is not None

    def question(self) -> Text:
        return gettext("Mail a fresh link to %(address)s? At most once an hour.") % {
            "address": book.contact(self.row).email
        }

    def perform(self, form: forms.Form) -> Text:
        book.resend(self.row)
        return _("The mail is on its way.")


class VoidForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=Receipt.VoidReason.choices)
    note = forms.CharField(
        label=_("Note"),
        max_length=200,
        required=False,
        help_text=_("For the auditors; the donor does not see it."),
    )


class Void(Act):
    name = "void"
    title = _("Declare void")
    permission = "donations.void_receipt"
    icon = "cross"
    serious = True
    form_class = VoidForm

    @classmethod
    def is_possible(cls, row: Receipt) -> bool:
        return may_be(row, reissue=False)

    def question(self) -> Text:
        return _(
            "Number, facts and file stay in the book, marked void; links to it stop working. "
            "It cannot be undone."
        )

    def perform(self, form: forms.Form) -> Text:
        with refusing():
            done = voiding.ask(self.row, **form.cleaned_data, actor=self.request.user)
        return _("The receipt is void.") if done else WAITS


class ReplaceForm(VoidForm):
    # The amount follows from the payment: what is wrong with it, a new receipt does not mend.
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(code, code.label) for code in (VoidReason.NAME, VoidReason.OTHER)],
    )
    receipt_name = forms.CharField(label=_("In the name of"), max_length=200)
    address_line1 = forms.CharField(label=_("Address"), max_length=200, required=False)
    address_line2 = forms.CharField(label=_("Second line"), max_length=200, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    region = forms.CharField(label=_("State or region"), max_length=80, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    country = forms.RegexField(
        "^[A-Za-z]{2}$",
        label=_("Country"),
        required=False,
        help_text=_("Two letters, such as US."),
    )
    field_order = [*book.CORRECTABLE, "reason", "note"]
    # In place of one that is void already.
    may_say_the_same = False

    def clean_country(self) -> str:
        code: str = self.cleaned_data["country"]
        return code.upper()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.may_say_the_same and not self.corrections():
            raise ValidationError(_("Nothing was changed: the new receipt would say the same."))
        return data

    def corrections(self) -> dict[str, str]:
        typed = {name: self.cleaned_data[name] for name in book.CORRECTABLE}
        return {name: value for name, value in typed.items() if value != self.initial[name]}


class Replace(Act):
    name = "replace"
    title = _("Replace")
    permission = "donations.replace_receipt"
    icon = "resubmit"
    is_looked_over = True
    form_class = ReplaceForm

    @classmethod
    def is_possible(cls, row: Receipt) -> bool:
        return may_be(row, reissue=True)

    def get_form(self, form_class: Any = None) -> ReplaceForm:
        form: ReplaceForm = super().get_form(form_class)
        form.may_say_the_same = self.row.state == State.VOID
        return form

    def get_initial(self) -> dict[str, Any]:
        gift = book.contact(self.row)
        values = {name: getattr(gift, name) for name in book.CORRECTABLE}
        return values | {"receipt_name": self.row.snapshot["receipt_name"]}

    def question(self) -> Text:
        if self.row.state == State.VOID:
            return _(
                "This receipt stays void, and a new one with a new number names it. "
                "The amount follows from the payment and cannot be typed."
            )
        return _(
            "This receipt becomes void, and a new one with a new number names it. "
            "The amount follows from the payment and cannot be typed."
        )

    def summary(self, form: ReplaceForm) -> list[Section]:
        rows: list[list[Any]] = [
            [form.fields[name].label, form.initial[name], value]
            for name, value in form.corrections().items()
        ]
        why: list[list[Any]] = [
            [_("Reason"), VoidReason(form.cleaned_data["reason"]).label],
            [_("Note"), form.cleaned_data["note"]],
        ]
        return [
            Section(
                _("Please look it over"),
                rows,
                ["", _("Before"), _("On the new receipt")],
                empty=_("Name and address stay as they were."),
            ),
            Section(_("Why"), why),
        ]

    def perform(self, form: ReplaceForm) -> Text:
        # The receipt of a year has no gift to correct: it takes name and address as a whole.
        whole = {name: form.cleaned_data[name] for name in book.CORRECTABLE}
        with refusing():
            successor = voiding.ask(
                self.row,
                reason=form.cleaned_data["reason"],
                note=form.cleaned_data["note"],
                actor=self.request.user,
                reissue=True,
                corrections=form.corrections() if self.row.donation_id else whole,
            )
        if successor is None:
            return WAITS
        self.row = successor
        return gettext("Receipt %(number)s replaces it. Its PDF is being made and mailed.") % {
            "number": successor.label
        }


class Approve(Act):
    name = "approve"
    title = _("Approve")
    permission = "donations.void_receipt"
    icon = "check"
    serious = True

    @classmethod
    def is_possible(cls, row: Receipt) -> bool:
        return voiding.waiting_for(row) is not None

    def question(self) -> Text:
        found = voiding.waiting_for(self.row)
        assert found is not None  # is_possible says so
        text = (
            gettext("Replace receipt %(number)s of %(amount)s? %(person)s asked for it: %(why)s")
            if found.reissue
            else gettext(
                "Declare receipt %(number)s of %(amount)s void? %(person)s asked for it: %(why)s"
            )
        )
        facts = self.row.snapshot
        return text % {
            "number": self.row.label,
            "amount": amount(facts["amount_minor"], facts["currency"]),
            "person": found.asked_by,
            "why": ". ".join(filter(None, [str(found.get_reason_display()), found.note])),
        }

    def perform(self, form: forms.Form) -> Text:
        found = voiding.waiting_for(self.row)
        if found is None:
            raise NotPossible(WHY_NOT["not_asked"])
        with refusing():
            voiding.approve(found, actor=self.request.user)
        return _("Done, in the name of the person who asked for it.")


class Decline(Approve):
    name = "decline"
    title = _("Decline")
    icon = "cross"
    serious = False

    def question(self) -> Text:
        return _("The receipt stays valid, and whoever asked sees that you declined.")

    def perform(self, form: forms.Form) -> Text:
        found = voiding.waiting_for(self.row)
        if found:
            voiding.decline(found, actor=self.request.user)
        return _("The receipt stays valid.")
