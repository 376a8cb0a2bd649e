"""The tax of a claim that arrived: looked over, booked, and shown with its bank line."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import money
from donations.bank import matching
from donations.gift_aid import received
from donations.models import Claim, Designation
from donations.staff.cells import Section, Text, amount, day, link
from donations.staff.desk import Act, NotPossible
from donations.staff.gift_aid import DayForm

State = Claim.State
ASK = "donations.add_claim"


def pounds(minor: int) -> str:
    return amount(minor, Claim.CURRENCY)


def arrived(row: Claim, may_see: Callable[[str], bool]) -> tuple[list[list[Any]], list[Section]]:
    """Facts of what was received, and what of it belongs to which designation, as it is booked."""
    minor, entry = row.received_minor or 0, received.booked(row)
    facts: list[list[Any]] = [[_("Tax received"), pounds(minor)]]
    if minor != row.claimed_minor:
        facts.append([_("Why it is not what was claimed"), row.why_other])
    if entry is None:
        return facts, []
    if may_see("entry"):
        facts.append([_("In the books"), link("journal", entry, day(entry.posted_on))])
    if may_see("bankline"):
        line = matching.line_of(claim=row)
        facts.append([_("Bank line"), link("bank_lines", line) if line else _("Not matched")])
    legs = entry.postings.filter(designation__isnull=False).select_related("designation")
    parts = [(leg.designation, -leg.amount_minor) for leg in legs.order_by("pk") if leg.designation]
    return facts, [split(parts, minor)]


def split(parts: Iterable[tuple[Designation, int]], minor: int) -> Section:
    return Section(
        _("What the tax is for"),
        [[purpose.name, pounds(part)] for purpose, part in parts],
        [_("Designation"), _("Tax")],
        totals=[[_("Total"), pounds(minor)]],
    )


class PaidForm(DayForm):
    received = forms.CharField(label=_("Tax received, in pounds"), max_length=20)
    why = forms.CharField(
        label=_("Why it is not what was claimed"),
        max_length=200,
        required=False,
        help_text=_("Only if it is another amount. It stands in the books."),
    )

    def __init__(self, *given: Any, claim: Claim, **options: Any) -> None:
        super().__init__(*given, **options)
        self.claim = claim
        self.fields["received"].initial = money.to_decimal(
            max(0, claim.claimed_minor), Claim.CURRENCY
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        minor = data.get("received", self.claim.claimed_minor)
        if minor != self.claim.claimed_minor and not data.get("why"):
            told = {"amount": pounds(self.claim.claimed_minor)}
            self.add_error("why", gettext("%(amount)s was claimed: please say why.") % told)
        if "on" in data and self.claim.sent_on and data["on"] < self.claim.sent_on:
            self.add_error("on", _("It was sent later."))
        return data

    def clean_received(self) -> int:
        try:
            return money.parse(self.cleaned_data["received"], Claim.CURRENCY)
        except ValueError:
            raise forms.ValidationError(_("Please type amounts such as 25 or 12.50.")) from None


class Paid(Act):
    name = "paid"
    title = _("The tax arrived")
    permission = ASK
    icon = "check"
    form_class = PaidForm
    is_looked_over = True

    @classmethod
    def is_possible(cls, row: Claim) -> bool:
        return row.state == State.SENT

    def question(self) -> Text:
        return _(
            "What HM Revenue and Customs paid goes into the books, to what the gifts of the "
            "claim were for."
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "claim": self.row}

    def summary(self, form: Any) -> list[Section]:
        data = form.cleaned_data
        facts: list[list[Any]] = [
            [_("On"), day(data["on"])],
            [_("Tax received"), pounds(data["received"])],
            [_("Claimed"), pounds(self.row.claimed_minor)],
        ]
        parts = (
            [split(received.shares(self.row, data["received"]), data["received"])]
            if data["received"]
            else []
        )
        return [Section(_("The tax"), facts), *parts]

    def perform(self, form: Any) -> Text:
        data = form.cleaned_data
        try:
            received.pay(
                self.row,
                on=data["on"],
                received_minor=data["received"],
                why=data["why"],
                by=self.request.user,
            )
        except received.NotPossible:
            raise NotPossible(_("Nothing was changed: look at the claim once more.")) from None
        return _("It is in the books.")


WHY_NOT = {
    "not_paid": _("Nothing was changed: it was taken back meanwhile."),
    "banked": _("Nothing was changed: it is on a line of the bank. Take it off that first."),
}


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("It stands in the journal, for auditors.")
    )


class TakeBack(Act):
    name = "take_back"
    title = _("It was typed wrongly")
    permission = ASK
    icon = "rotate"
    serious = True
    form_class = TakeBackForm

    @classmethod
    def is_possible(cls, row: Claim) -> bool:
        return row.state == State.PAID

    def question(self) -> Text:
        return _(
            "What was booked is taken out of the books by a new entry of today, and the claim "
            "waits for its tax again. Both entries stay."
        )

    def perform(self, form: Any) -> Text:
        try:
            received.take_back(self.row, **form.cleaned_data, by=self.request.user)
        except received.NotPossible as refused:
            raise NotPossible(WHY_NOT[refused.code]) from None
        return _("It is taken back. Type what arrived once more.")
