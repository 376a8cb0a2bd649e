"""On the pages of a gift and of a donor: what came outside Stripe, and taking it back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from donations.models import Donation, Donor, OfflineGift, Refund
from donations.offline import reversing
from donations.staff.cells import Section, Text, amount, day, link
from donations.staff.desk import Act, NotPossible

WHY_NOT = {
    "by_card": _("Nothing was changed: Stripe gives this back."),
    "not_paid": _("Nothing was changed: the gift has not been paid."),
    "no_reason": _("Nothing was changed: please say why."),
}


class ReverseForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[(code, code.label) for code in reversing.REASONS]
    )
    note = forms.CharField(
        label=_("Note"), max_length=200, help_text=_("It stands in the journal, for auditors.")
    )


class ReverseGift(Act):
    name = "reverse"
    title = _("Reverse")
    permission = "donations.reverse_offlinegift"
    icon = "rotate"
    serious = True
    is_looked_over = True
    form_class = ReverseForm

    @classmethod
    def is_possible(cls, row: Donation) -> bool:
        outside = row.source != Donation.Source.CARD
        return outside and row.status == Donation.Status.PAID and row.kept_minor > 0

    def question(self) -> Text:
        return _(
            "The whole gift is taken out of the books by a new entry, and its receipt becomes "
            "void. The gift and its first entry stay. What was entered wrongly is then entered "
            "anew, in a batch without a day of deposit."
        )

    def summary(self, form: forms.Form) -> list[Section]:
        data = form.cleaned_data
        rows: list[list[Any]] = [
            [_("Amount"), amount(self.row.amount_minor, self.row.currency)],
            [_("Donor"), self.row.name],
            [_("Reason"), Refund.Reason(data["reason"]).label],
            [_("Note"), data["note"]],
        ]
        return [Section(_("Please look it over"), rows)]

    def perform(self, form: forms.Form) -> Text:
        try:
            reversing.reverse(self.row, **form.cleaned_data, by=self.request.user)
        except reversing.NotReversible as refused:
            raise NotPossible(WHY_NOT[refused.code]) from None
        return _("The gift is reversed.")


def section(gift: Donation) -> Section | None:
    """What is kept of a gift that came outside Stripe, as part of its page."""
    row = OfflineGift.objects.filter(donation=gift).select_related("batch", "credited").first()
    if row is None:
        return None
    facts: list[list[Any]] = [
        [_("Kind"), gift.get_source_display()],
        [_("Batch"), link("offline", row.batch)],
        [_("Received on"), day(row.received_on)],
        [_("Postmark"), day(row.postmarked_on)],
        [_("Check number"), row.check_number],
        [_("Soft credit"), link("donors", row.credited)],
        [_("Matches"), link("gifts", row.matches)],
    ]
    if row.symbol:
        facts += [
            [_("Symbol"), row.symbol],
            [_("Number of shares"), row.shares and row.shares.normalize()],
            [_("High and low of the day"), f"{row.high} / {row.low}"],
        ]
    if row.benefit_text:
        worth = amount(row.benefit_minor, gift.currency)
        facts.append([_("Given back"), f"{row.benefit_text} ({worth})"])
    facts.append([_("Note"), row.note])
    return Section(_("How it came"), facts)


def credits(donor: Donor) -> Section | None:
    """Gifts that she caused and others gave, as part of a donor's page."""
    rows = [
        [
            link("gifts", row.donation, day(row.given_on)),
            amount(row.amount_minor, row.batch.currency),
            row.name,
            row.batch.get_source_display(),
        ]
        for row in donor.soft_credits.filter(donation__isnull=False)
        .select_related("batch", "donation")
        .order_by("-received_on", "-pk")
    ]
    headings = [_("Given"), _("Amount"), _("Donor of record"), _("Kind")]
    return Section(_("Soft credit"), rows, headings) if rows else None
