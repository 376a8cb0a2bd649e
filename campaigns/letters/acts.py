"""What may be done with a letter: tested, sent, paused, taken back, taken off our site."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from campaigns.letters import audience, sending
from campaigns.models import Letter
from donations.staff import words
from donations.staff.cells import Section, Text, moment
from donations.staff.desk import Act, NotPossible

State = Letter.State
CHANGE, SEND = "campaigns.change_letter", "campaigns.send_letter"


def addressees(row: Letter) -> str:
    which = row.campaign or row.wish
    kind = str(row.get_audience_display())
    return f"{kind}: {which}" if which else kind


def how_many(counts: dict[str, int]) -> str:
    """ "310 readers: English 280, Spanish 30"."""
    count = sum(counts.values())
    text = ngettext("%(count)d reader", "%(count)d readers", count) % {"count": count}
    parts = ", ".join(f"{words.language(code)} {number}" for code, number in counts.items())
    return f"{text}: {parts}" if parts else text


class TestMail(Act):
    name = "test"
    title = _("Test mail to me")
    permission = CHANGE
    icon = "mail"

    def question(self) -> Text:
        text = gettext("The letter as it is now, in each of its languages, goes to %(address)s.")
        return text % {"address": self.request.user.email}

    def perform(self, form: Any) -> Text:
        for language in self.row.languages:
            sending.send_test(self.row, to=self.request.user.email, language=language)
        return _("The mail is on its way.")


class SendForm(forms.Form):
    at = forms.DateTimeField(
        label=_("Not before"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=_("Left empty it leaves now. Whoever asks for news after this does not get it."),
    )
    # What was shown: with any other number it is asked again.
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def clean_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["at"]
        if at and at < timezone.now():
            raise forms.ValidationError(_("That is over."))
        return at


class SendLetter(Act):
    name = "send"
    title = _("Send")
    permission = SEND
    icon = "mail"
    serious = True
    is_looked_over = True
    form_class = SendForm

    @classmethod
    def is_possible(cls, row: Letter) -> bool:
        return row.state == State.DRAFT

    @cached_property
    def counts(self) -> dict[str, int]:
        return audience.counts(self.row)

    def get_initial(self) -> dict[str, Any]:
        return {"seen": sum(self.counts.values())}

    def question(self) -> Text:
        return f"{addressees(self.row)}. {how_many(self.counts)}."

    def summary(self, form: SendForm) -> list[Section]:
        at = form.cleaned_data["at"]
        rows: list[list[Any]] = [[_("Leaves"), moment(at) if at else gettext("Now")]]
        for language in self.row.languages:
            subject, preview, _body = self.row.words(language)
            label = words.language(language)
            rows += [[label, f"{subject} · {preview}" if preview else subject]]
            rows += [[label, how_many({language: self.counts[language]})]]
        return [Section(_("Please look it over: a letter that is sent never changes"), rows)]

    def perform(self, form: SendForm) -> Text:
        data = form.cleaned_data
        try:
            sending.queue(self.row, seen=data["seen"], at=data["at"], by=self.request.user)
        except sending.Changed:
            raise NotPossible(
                _("Meanwhile it would go to another number of readers. Please look again.")
            ) from None
        except sending.NotPossible:
            raise NotPossible(_("Nobody would get it, so nothing was sent.")) from None
        return _("It will leave at its time.") if data["at"] else _("It is being sent.")


class Pause(Act):
    name = "pause"
    title = _("Pause")
    permission = SEND
    icon = "pause"

    @classmethod
    def is_possible(cls, row: Letter) -> bool:
        return row.state in (State.WAITING, State.SENDING)

    def question(self) -> Text:
        return _("Nothing more of it leaves until somebody lets it go on.")

    def perform(self, form: Any) -> Text:
        if not sending.pause(self.row):
            raise NotPossible(_("Nothing was changed: it has been done already."))
        return _("It is paused.")


class GoOn(Act):
    name = "resume"
    title = _("Go on")
    permission = SEND
    icon = "resubmit"

    @classmethod
    def is_possible(cls, row: Letter) -> bool:
        return row.state == State.PAUSED

    def question(self) -> Text:
        return _("Those who have not got it yet get it now. Nobody gets it twice.")

    def perform(self, form: Any) -> Text:
        if not sending.go_on(self.row):
            raise NotPossible(_("Nothing was changed: it has been done already."))
        return _("It is being sent.")


class TakeBack(Act):
    name = "back"
    title = _("Take back")
    permission = SEND
    icon = "undo"

    @classmethod
    def is_possible(cls, row: Letter) -> bool:
        return row.state in (State.WAITING, State.PAUSED)

    def question(self) -> Text:
        return _("It becomes a draft again, if nobody has got it yet.")

    def perform(self, form: Any) -> Text:
        try:
            sending.take_back(self.row)
        except sending.NotPossible:
            raise NotPossible(_("Some have got it already, so it stays as it is.")) from None
        return _("It is a draft again.")


class OffTheWeb(Act):
    name = "offline"
    title = _("Take off our site")
    permission = CHANGE
    icon = "view"

    @classmethod
    def is_possible(cls, row: Letter) -> bool:
        return row.is_on_web

    def question(self) -> Text:
        return _("Its page on our site is gone at once. Mails that were sent stay as they are.")

    def perform(self, form: Any) -> Text:
        Letter.objects.filter(pk=self.row.pk).update(is_on_web=False)
        return _("It is off our site.")
