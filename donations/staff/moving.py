"""On a gift's page: money of one of its lines goes to another designation at its donor's wish."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donations import moving, spending
from donations.models import Designation, Donation, DonationLine, LineMove
from donations.staff.cells import Section, Text, amount, day, moment
from donations.staff.desk import Act, NotPossible
from donations.staff.period_forms import DayInput

WHY_NOT = {
    "not_paid": _("Nothing was moved: the gift has not been paid."),
    "no_wish": _("Please write the donor's wish and a reason."),
    "same": _("Nothing was moved: its money is there already."),
    "goal": _("Nothing was moved: money of a wish with a goal stays there, and none is added."),
    "closed": _("Nothing was moved: that designation has ended."),
    "disputed": _("Nothing was moved: the donor's bank disputes this gift."),
    "under_way": _("Nothing was moved: a refund of this gift is under way."),
    "nothing": _("Nothing was moved: nothing is left of this part."),
}


class PartField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.designation.name}, {amount(obj.amount_minor, obj.donation.currency)}"


class MoveForm(forms.Form):
    line = PartField(label=_("Part of the gift"), queryset=DonationLine.objects.none())
    to = forms.ModelChoiceField(
        label=_("Designation"), queryset=Designation.objects.filter(target_minor=None)
    )
    wish = forms.CharField(
        label=_("The donor's wish"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In the donor's words, or where they are kept: a letter, an e-mail, a call."),
    )
    wished_on = forms.DateField(label=_("Wished on"), widget=DayInput)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, gift: Donation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"] = PartField(
            label=_("Part of the gift"),
            queryset=gift.lines.select_related("designation", "donation"),
        )
        self.initial["line"] = gift.lines.first()

    def clean_wished_on(self) -> Any:
        when = self.cleaned_data["wished_on"]
        if when > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return when


class MoveLine(Act):
    name = "move"
    title = _("Move to another designation")
    permission = "donations.add_linemove"
    icon = "redirect"
    is_looked_over = True
    form_class = MoveForm

    @classmethod
    def is_possible(cls, row: Donation) -> bool:
        return row.status == Donation.Status.PAID and row.kept_minor > 0

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "gift": self.row}

    def question(self) -> Text:
        return _(
            "Only because the donor wishes so. The gift, its receipt and what was booked stay; a "
            "new entry moves what is left of this part."
        )

    def summary(self, form: forms.Form) -> list[Section]:
        data = form.cleaned_data
        rows: list[list[Any]] = [
            [_("Part of the gift"), amount(data["line"].amount_minor, self.row.currency)],
            [_("From"), moving.lies_at(data["line"]).name],
            [_("To"), data["to"].name],
            [_("The donor's wish"), data["wish"]],
            [_("Wished on"), day(data["wished_on"])],
            [_("Reason"), data["reason"]],
        ]
        return [Section(_("Please look it over"), rows)]

    def perform(self, form: forms.Form) -> Text:
        data = form.cleaned_data
        try:
            line = data.pop("line")
            moving.move(line, **data, by=self.request.user)
        except moving.NotMovable as refused:
            raise NotPossible(WHY_NOT[refused.code]) from None
        except spending.TooLittle:
            raise NotPossible(_("Nothing was moved: it has been spent already.")) from None
        return _("Moved.")


def section(gift: Donation) -> Section | None:
    """Where money of a gift was moved, as part of its page."""
    moves = LineMove.objects.filter(line__donation=gift)
    rows = [
        [
            amount(row.amount_minor, gift.currency),
            row.origin.name,
            row.destination.name,
            f"{row.wish} ({day(row.wished_on)})",
            row.reason,
            f"{row.moved_by}, {moment(row.moved_at)}",
        ]
        for row in moves.select_related("origin", "destination", "moved_by")
    ]
    headings = [_("Amount"), _("From"), _("To"), _("The donor's wish"), _("Reason"), _("By")]
    return Section(_("Moved to another designation"), rows, headings) if rows else None
