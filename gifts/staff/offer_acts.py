"""What is done with an offer: decided in words the donor reads, taken in, its papers, its end."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from core.discretion import telling
from donations.staff import words
from donations.staff.cells import Text
from donations.staff.desk import Act, NotPossible
from gifts.models import HandoverText, Offer
from gifts.offers import acknowledgments, deciding, intake, irs, paper, wiping
from gifts.staff.money_form import AmountField

State = Offer.State
MEANWHILE = _("Nothing was changed: the offer has moved meanwhile. Please look again.")
OWED = {
    "checks": _("Not yet: things of this offer are still being checked."),
    "statement": _("Not yet: the statement of erasure is to be made."),
    "paper": _("Not yet: the acknowledgment is to be written."),
}


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Our answer, as the donor reads it"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def clean_answer(self) -> str:
        """A mail is read over shoulders."""
        text: str = self.cleaned_data["answer"].strip()
        if word := telling(text):
            raise forms.ValidationError(_("Please say it without “%(word)s”.") % {"word": word})
        return text


class Accept(Act):
    name = "accept"
    title = _("Accept")
    permission = "gifts.decide_offer"
    icon = "check"
    form_class = AnswerForm

    @classmethod
    def is_possible(cls, row: Offer) -> bool:
        return row.state == State.OFFERED

    def get_initial(self) -> dict[str, Any]:
        row = HandoverText.objects.filter(way=self.row.way).first()
        spanish = self.row.language == "es"
        return {"answer": (row.text_es if spanish else row.text) if row else ""}

    def question(self) -> Text:
        text = gettext(
            "Accept %(what)s from %(name)s? The answer goes out by mail, in %(language)s."
        )
        return text % {
            "what": self.row.what,
            "name": self.row.name,
            "language": words.language(self.row.language),
        }

    def perform(self, form: Any) -> Text:
        try:
            deciding.accept(self.row, answer=form.cleaned_data["answer"], by=self.request.user)
        except deciding.TooLate:
            raise NotPossible(MEANWHILE) from None
        return _("Accepted; the donor is told by mail.")


class Decline(Accept):
    name = "decline"
    title = _("Decline")
    icon = "cross"

    def get_initial(self) -> dict[str, Any]:
        with override(self.row.language):
            return {"answer": gettext("We cannot put it to good use just now, and we are sorry.")}

    def question(self) -> Text:
        text = gettext(
            "Decline %(what)s from %(name)s? Please say why in kind words, in %(language)s."
        )
        return text % {
            "what": self.row.what,
            "name": self.row.name,
            "language": words.language(self.row.language),
        }

    def perform(self, form: Any) -> Text:
        try:
            deciding.decline(self.row, answer=form.cleaned_data["answer"], by=self.request.user)
        except deciding.TooLate:
            raise NotPossible(MEANWHILE) from None
        return _("Declined; the donor is told by mail.")


class IntakeForm(forms.Form):
    received_on = forms.DateField(
        label=_("Received on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    description = forms.CharField(
        label=_("What it is, as the acknowledgment says it"),
        max_length=200,
        help_text=_("For one of them: make, model, used or new. No value."),
    )
    count = forms.IntegerField(label=_("How many arrived"), min_value=1, max_value=100)
    serials = forms.CharField(
        label=_("Serial numbers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line. They stand on the statement of erasure and are then forgotten."),
    )
    # As it was when the form was opened: pressed twice, or by two at once, it happens once.
    things_before = forms.IntegerField(widget=forms.HiddenInput)

    def clean_received_on(self) -> Any:
        value = self.cleaned_data["received_on"]
        if value > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return value

    def clean_description(self) -> str:
        text: str = " ".join(self.cleaned_data["description"].split())
        if word := telling(text):
            raise forms.ValidationError(_("Please say it without “%(word)s”.") % {"word": word})
        if any(sign in text for sign in "$€£¥"):
            raise forms.ValidationError(_("The acknowledgment describes and names no value."))
        return text

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        lines = (line.strip()[:80] for line in data.get("serials", "").splitlines())
        serials = data["serials"] = [line for line in lines if line]
        if len(serials) > data.get("count", 100):
            self.add_error("serials", _("There are more numbers than things."))
        if len(set(serials)) < len(serials):
            self.add_error("serials", _("One number stands there twice."))
        return data


class Receive(Act):
    name = "receive"
    title = _("Take in")
    permission = "gifts.receive_offer"
    icon = "download"
    form_class = IntakeForm

    @classmethod
    def is_possible(cls, row: Offer) -> bool:
        return row.state in (State.ACCEPTED, State.RECEIVED)

    def get_initial(self) -> dict[str, Any]:
        there = self.row.things.count()
        return {
            "received_on": timezone.localdate(),
            "description": self.row.description,
            "count": max(1, self.row.quantity - there),
            "things_before": there,
        }

    def question(self) -> Text:
        text = gettext("Offered: %(what)s, %(condition)s. Each becomes a unit with its own code.")
        told = {"what": self.row.what, "condition": self.row.get_condition_display()}
        return text % told

    def perform(self, form: Any) -> Text:
        data = form.cleaned_data
        serials = data["serials"] + [""] * (data["count"] - len(data["serials"]))
        try:
            things = intake.receive(
                self.row,
                [intake.Arrived(data["description"], serial) for serial in serials],
                received_on=data["received_on"],
                things_before=data["things_before"],
                by=self.request.user,
            )
        except (deciding.TooLate, intake.Changed):
            raise NotPossible(MEANWHILE) from None
        return gettext("Taken in: %(codes)s.") % {
            "codes": ", ".join(thing.unit.code for thing in things)
        }


class Acknowledge(Act):
    name = "acknowledge"
    title = _("Write acknowledgment")
    permission = "gifts.receive_offer"
    icon = "doc-full"

    @classmethod
    def is_possible(cls, row: Offer) -> bool:
        return row.things.exists() and not row.acknowledgments.filter(state="issued").exists()

    def question(self) -> Text:
        names = (str(thing) for thing in self.row.things.select_related("unit"))
        text = gettext(
            "An acknowledgment for %(name)s, which describes and never values: %(things)s. It is "
            "numbered, and mailed as a link."
        )
        return text % {"name": self.row.name, "things": "; ".join(names)}

    def perform(self, form: Any) -> Text:
        try:
            made = acknowledgments.issue(self.row, by=self.request.user)
        except acknowledgments.NothingKept:
            raise NotPossible(_("Nothing is acknowledged: nothing was kept.")) from None
        except paper.IncompletePaper as lacking:
            raise NotPossible("; ".join(lacking.missing)) from None
        return gettext("Acknowledgment %(number)s is being drawn and mailed.") % {
            "number": made.label
        }


class VoidForm(forms.Form):
    reason = forms.CharField(label=_("Why it is void"), max_length=200)


class VoidPaper(Act):
    name = "void"
    title = _("Void acknowledgment")
    permission = "gifts.receive_offer"
    icon = "cross"
    serious = True
    form_class = VoidForm

    @classmethod
    def is_possible(cls, row: Offer) -> bool:
        return row.acknowledgments.filter(state="issued").exists()

    def question(self) -> Text:
        return _("Its number, facts and file stay. Another may be written afterwards.")

    def perform(self, form: Any) -> Text:
        for row in self.row.acknowledgments.filter(state="issued"):
            acknowledgments.void(row, reason=form.cleaned_data["reason"], by=self.request.user)
        return _("The acknowledgment is void.")


class StateErasure(Act):
    name = "erasure"
    title = _("Make statement of erasure")
    permission = "gifts.receive_offer"
    icon = "doc-full"

    @classmethod
    def is_possible(cls, row: Offer) -> bool:
        return wiping.waiting(row).exists()

    def question(self) -> Text:
        names = (str(thing) for thing in wiping.waiting(self.row).select_related("unit"))
        text = gettext(
            "It tells %(name)s how each was erased: %(things)s. Afterwards the serial numbers are "
            "kept as fingerprints alone."
        )
        return text % {"name": self.row.name, "things": "; ".join(names)}

    def perform(self, form: Any) -> Text:
        try:
            made = wiping.make(self.row, by=self.request.user)
        except (wiping.NothingErased, wiping.Changed):
            raise NotPossible(MEANWHILE) from None
        except paper.IncompletePaper as lacking:
            raise NotPossible("; ".join(lacking.missing)) from None
        return gettext("Statement %(number)s is made and mailed as a link.") % {
            "number": made.label
        }


class ClaimForm(forms.Form):
    claimed = AmountField(label=_("Value that the donor claims, in US dollars"))
    signed_on = forms.DateField(
        label=_("Signed by us on"), widget=forms.DateInput(attrs={"type": "date"})
    )


class SignForm8283(Act):
    name = "form_8283"
    title = _("Form 8283 signed")
    permission = "gifts.sign_form_8283"
    icon = "edit"
    form_class = ClaimForm

    @classmethod
    def is_possible(cls, row: Offer) -> bool:
        return row.things.exists()

    def question(self) -> Text:
        return _(
            "Above $5,000 a thing that we dispose of within three years is due on Form 8282; the "
            "work list then says until when. The value stands on no paper of ours."
        )

    def perform(self, form: Any) -> Text:
        data = form.cleaned_data
        try:
            irs.sign_form_8283(
                self.row,
                claimed_minor=data["claimed"],
                signed_on=data["signed_on"],
                by=self.request.user,
            )
        except irs.Filed:
            raise NotPossible(
                _("Nothing was changed: a Form 8282 was filed on these facts.")
            ) from None
        return _("Recorded.")


class Close(Act):
    name = "close"
    title = _("Close")
    permission = "gifts.decide_offer"
    icon = "lock"

    @classmethod
    def is_possible(cls, row: Offer) -> bool:
        return row.state in (State.ACCEPTED, State.RECEIVED)

    def question(self) -> Text:
        if self.row.state == State.ACCEPTED:
            return _("It never came? The offer ends, and its picture is erased.")
        return _("Nothing more is to be done? The offer ends, and its picture is erased.")

    def perform(self, form: Any) -> Text:
        try:
            deciding.close(self.row)
        except deciding.TooLate:
            raise NotPossible(MEANWHILE) from None
        except deciding.NotDone as owed:
            raise NotPossible(OWED[owed.what]) from None
        return _("The offer is closed.")
