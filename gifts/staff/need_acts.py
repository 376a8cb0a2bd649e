"""What staff do with a need: verify, open, answer, refuse, end."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.findable import findable
from donations.staff.cells import Text
from donations.staff.desk import Act, NotPossible
from gifts.delivery.outbox import carried
from gifts.staff.reading import TAKES, Part, Read
from gifts.vault import needs
from gifts.vault.models import Need, Purpose
from gifts.vault.models.needs import STEPS

State = Need.State
LACKING: dict[str, Text] = {
    "sent_at": _("the case worker has not sent it"),
    "recipient_id": _("nobody is named"),
    "kind": _("the kind of thing"),
    "purpose": _("the purpose"),
    "band": _("the education"),
    "say_asked": _("she asked for it"),
    "say_told": _("she was told how it is used"),
    "say_may_refuse": _("she may refuse without losing any service"),
    "say_language": _("in which language she was told"),
    "say_whose": _("whose word it is"),
}


def lacking(row: Need) -> str:
    return ", ".join(str(LACKING[name]) for name in needs.lacking(row))


class ReadNeed(Read):
    permission = "vault.view_need"

    def parts(self, purpose: Purpose) -> list[Part]:
        """In an emergency the person too."""
        found = super().parts(purpose)
        person = self.row.recipient
        if purpose == Purpose.EMERGENCY and person and person.sealed:
            found.append((_("Person"), person, TAKES["recipient"][purpose]))
        return found


class Verify(Act):
    name = "verify"
    title = _("Verify")
    permission = "vault.verify_need"
    icon = "check"

    @classmethod
    def is_possible(cls, row: Need) -> bool:
        return row.state == State.DRAFT and row.sent_at is not None

    def question(self) -> Text:
        return _(
            "You vouch as a second person: what it is for fits the thing, and every tick of the "
            "person's say is there. Read what it is for first, and say so as your purpose. It is "
            "open for matching at once."
        )

    def perform(self, form: Any) -> Text:
        try:
            row = needs.verify(self.row, by=self.request.user)
        except needs.NotReady:
            raise NotPossible(
                gettext("It cannot be verified. Missing: %(what)s.") % {"what": lacking(self.row)}
            ) from None
        except needs.SamePerson:
            raise NotPossible(
                gettext("It takes a second person: you stated or typed this need yourself.")
            ) from None
        except needs.CannotMove:
            raise NotPossible(MOVED) from None
        if row.state == State.OPEN:
            return _("The need is verified and open.")
        return _("The need is verified. It opens when its partner takes part again.")


class Open(Act):
    name = "open"
    title = _("Open")
    permission = "vault.verify_need"
    icon = "view"

    @classmethod
    def is_possible(cls, row: Need) -> bool:
        return row.state == State.VERIFIED and row.partner.takes_part

    def question(self) -> Text:
        return _("From now on it is matched with things that are ready.")

    def perform(self, form: Any) -> Text:
        try:
            needs.move(self.row, to=State.OPEN, by=self.request.user)
        except needs.CannotMove:
            raise NotPossible(MOVED) from None
        return _("The need is open.")


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer to the partner"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 200}),
        help_text=_("In words that name nobody: no name, phone, place or date."),
    )

    def clean_answer(self) -> str:
        text: str = self.cleaned_data["answer"]
        if found := findable(text):
            raise forms.ValidationError(found.sentence)
        return text


class Refuse(Act):
    name = "refuse"
    title = _("Not possible")
    permission = "vault.verify_need"
    icon = "cross"
    serious = True
    form_class = AnswerForm

    @classmethod
    def is_possible(cls, row: Need) -> bool:
        waits = row.state == State.DRAFT and row.sent_at is not None
        return waits or row.state in (State.VERIFIED, State.OPEN)

    def question(self) -> Text:
        return _(
            "The need ends here. The partner reads your answer beside it: say what is not "
            "possible, and what may be."
        )

    def perform(self, form: Any) -> Text:
        text = form.cleaned_data["answer"]
        try:
            needs.refuse(self.row, text=text, by=self.request.user)
        except needs.CannotMove:
            raise NotPossible(MOVED) from None
        return _("The need has ended; the partner reads why.")


class Withdraw(Act):
    name = "withdraw"
    title = _("Withdraw")
    permission = "vault.verify_need"
    icon = "undo"
    serious = True
    form_class = AnswerForm

    @classmethod
    def is_possible(cls, row: Need) -> bool:
        return (row.state, State.WITHDRAWN) in STEPS

    def question(self) -> Text:
        return _(
            "At the word of the person or her partner. What was set aside for it is free for "
            "others at once."
        )

    def perform(self, form: Any) -> Text:
        text = form.cleaned_data["answer"]
        try:
            with carried():
                needs.answer(self.row, text=text)
                needs.move(self.row, to=State.WITHDRAWN, by=self.request.user, note=text)
        except needs.CannotMove:
            raise NotPossible(MOVED) from None
        return _("The need is withdrawn.")


MOVED = _("Nothing was changed: the need moved meanwhile.")
