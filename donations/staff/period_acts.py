"""Closing a month of the books, and opening it again by two people."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations import closing, periods
from donations.models import Period
from donations.staff.cells import Cell, Section, Text
from donations.staff.desk import Act, NotPossible
from donations.staff.hindrances import hindrance

State = Period.State
WHY_NOT = {
    "open": _("Nothing was changed: this month is open."),
    "no_reason": _("Please write a reason."),
    "not_asked": _("Nothing was changed: nobody asks for it any more."),
    "same_person": _("It takes a second person: you asked for this yourself."),
}


@contextmanager
def refusing() -> Iterator[None]:
    """Says why a step is not possible, to the person who asked for it."""
    try:
        yield
    except periods.NotPossible as refused:
        raise NotPossible(WHY_NOT[refused.code]) from None


class CloseForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        help_text=_("Needed only if something is overlooked; it stays on record with the closing."),
    )
    # What would have to be overlooked, if anything.
    overlooked = False

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if self.overlooked and not reason:
            raise forms.ValidationError(_("Please write why that is overlooked."))
        return reason


class ClosePeriod(Act):
    name = "close"
    title = _("Close the month")
    permission = "donations.close_period"
    icon = "lock"
    serious = True
    is_looked_over = True
    form_class = CloseForm

    @classmethod
    def is_possible(cls, row: Period) -> bool:
        return not row.is_closed

    def question(self) -> Text:
        return _(
            "Nothing can be booked into a closed month, by anybody; what comes late gets the first "
            "open day and keeps its own date beside it. Opening it again takes two people."
        )

    def get_form(self, form_class: Any = None) -> CloseForm:
        form: CloseForm = super().get_form(form_class)
        musts = [one.must for one in self.hindrances]
        form.overlooked = bool(musts) and not any(musts)
        return form

    @cached_property
    def hindrances(self) -> list[closing.Hindrance]:
        return closing.hindrances(self.row)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"sections": [self._hindering()]}

    def _hindering(self) -> Section:
        words = {"bad": _("must be mended"), "warn": _("may be overlooked")}
        found = [hindrance(one) for one in self.hindrances]
        rows = [[Cell(one.text, one.url), Cell(words[one.tone], tone=one.tone)] for one in found]
        headings = [_("What"), _("So")]
        return Section(_("What hinders it"), rows, headings, empty=_("Nothing hinders it."))

    def summary(self, form: forms.Form) -> list[Section]:
        row: Period = self.row
        rows: list[list[Any]] = [
            [_("Month"), str(row)],
            [_("Entries"), periods.entries(row).count()],
            [_("Reason"), form.cleaned_data["reason"]],
        ]
        return [Section(_("Please look it over"), rows), self._hindering()]

    def perform(self, form: forms.Form) -> Text:
        try:
            closing.close(self.row, by=self.request.user, reason=form.cleaned_data["reason"])
        except closing.NotClosable as refused:
            if any(one.must for one in refused.hindrances):
                raise NotPossible(_("It stays open: see what must be mended.")) from None
            raise NotPossible(_("It stays open: please write why that is overlooked.")) from None
        return _("The month is closed.")


class AskForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("What has to be corrected in it.")
    )


class AskToReopen(Act):
    name = "ask"
    title = _("Ask to open it again")
    permission = "donations.reopen_period"
    icon = "lock-open"
    form_class = AskForm

    @classmethod
    def is_possible(cls, row: Period) -> bool:
        return row.state == State.CLOSED

    def question(self) -> Text:
        return _("It stays closed until a second person agrees.")

    def perform(self, form: forms.Form) -> Text:
        with refusing():
            periods.ask(self.row, by=self.request.user, reason=form.cleaned_data["reason"])
        return _("It waits for a second person.")


class Reopen(Act):
    name = "reopen"
    title = _("Agree and open it")
    permission = "donations.reopen_period"
    icon = "lock-open"
    serious = True

    @classmethod
    def is_possible(cls, row: Period) -> bool:
        return row.state == State.ASKED

    def question(self) -> Text:
        asked = self.row.steps.select_related("by").last()
        text = gettext("Open %(month)s again? %(person)s asked for it: %(why)s")
        return text % {"month": self.row, "person": asked.by, "why": asked.reason}

    def perform(self, form: forms.Form) -> Text:
        with refusing():
            periods.reopen(self.row, by=self.request.user)
        return _("The month is open again. Close it once more when it is corrected.")


class KeepClosed(Reopen):
    name = "keep"
    title = _("Keep it closed")
    icon = "cross"
    serious = False

    def question(self) -> Text:
        return _("Nothing changes, and whoever asked sees that you said no.")

    def perform(self, form: forms.Form) -> Text:
        periods.decline(self.row, by=self.request.user)
        return _("It stays closed.")
