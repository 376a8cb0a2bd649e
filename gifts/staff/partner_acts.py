"""What staff do with a partner: enter, change, assess, sign, let it take part, suspend, close."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from donations import postal
from donations.staff.asking import Ask
from donations.staff.cells import Section, Text, day
from donations.staff.desk import Act, NotPossible
from donations.staff.period_forms import DayInput
from gifts.delivery import closing
from gifts.models import Region
from gifts.staff.need_acts import AnswerForm
from gifts.staff.reading import Read
from gifts.vault import partners
from gifts.vault.models import Partner
from gifts.vault.models.partners import STEPS

State = Partner.State
SEALED = ("office", "contact", "phone")
# What an assessment asks; all of it, or there is nothing to sign. Kept as it was asked.
QUESTIONS = (
    _("It is registered where it works, and we saw the papers"),
    _("Two people outside it whom we know speak for it"),
    _("It has written rules for protecting those it looks after, and says who watches over them"),
    _("No service there depends on what somebody tells, asks for or refuses"),
    _("Its case workers are checked before they begin"),
    _("Its records lie under lock, and its phones and computers have codes"),
    _("Things are sent to a public office, never to a home or a shelter"),
    _("It knows whom to tell within a day when something goes wrong"),
)
LANGUAGES = (("en", _("English")), ("es", _("Spanish")), ("th", _("Thai")))
VOLTAGES = (("", _("Not known")), ("110", "110 V"), ("230", "230 V"))
MOVED = _("Nothing was changed: the partner moved meanwhile.")


class PlainForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    region = forms.ChoiceField(
        label=_("Region"),
        choices=[one for one in Region.choices if one[0] != Region.WORLD],
        help_text=_("It stays: what is told of its needs is counted by it."),
    )
    country = forms.ChoiceField(label=_("Country"), widget=postal.CountrySelect)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=LANGUAGES,
        help_text=_("What its case workers' pages begin in."),
    )
    voltage = forms.ChoiceField(label=_("Mains voltage"), choices=VOLTAGES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        country.choices = [("", "---------"), *postal.countries(get_language() or "en")]


class SealedForm(PlainForm):
    office = forms.CharField(
        label=_("Office"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Public, where things are sent: never a home or a shelter. Kept confidential."),
    )
    contact = forms.CharField(label=_("Contact"), max_length=120, help_text=_("Kept confidential."))
    phone = forms.CharField(label=_("Telephone"), max_length=40, help_text=_("Kept confidential."))


class AmendForm(SealedForm):
    """What is confidential is not shown: left empty it stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["region"]
        for name in SEALED:
            self.fields[name].required = False
            self.fields[name].help_text = _("Kept confidential. Left empty, it stays as it is.")


class EnterPartner(Ask):
    page_title = _("New partner")
    header_icon = "group"
    permission = "vault.add_partner"
    namespace, desk_title = "partners", _("Partners")
    form_class = SealedForm
    button = _("Enter")

    def question(self) -> Text:
        return _(
            "An organisation that looks after people and would state what they need. It takes "
            "part after an assessment that two people signed."
        )

    def make(self, data: dict[str, Any]) -> Partner:
        sealed = {name: data.pop(name) for name in SEALED}
        partner = partners.apply(by=self.request.user, sealed=sealed, **data)
        messages.success(self.request, _("The partner is entered. Two people assess it next."))
        return partner


class ReadPartner(Read):
    permission = "vault.view_partner"


class Amend(Act):
    name = "amend"
    title = _("Change details")
    permission = "vault.change_partner"
    form_class = AmendForm

    def get_initial(self) -> dict[str, Any]:
        return {
            name: getattr(self.row, name) for name in ("name", "country", "language", "voltage")
        }

    def question(self) -> Text:
        return _("What changes is put on record with your name; what it said is not.")

    def perform(self, form: Any) -> Text:
        data = dict(form.cleaned_data)
        sealed = {name: data.pop(name) for name in SEALED}
        sealed = {name: text for name, text in sealed.items() if text}
        partners.amend(self.row, by=self.request.user, sealed=sealed, **data)
        return _("The partner was changed.")


class AssessForm(forms.Form):
    made_on = forms.DateField(label=_("Assessed on"), widget=DayInput)
    agreement_on = forms.DateField(
        label=_("Data agreement of"),
        widget=DayInput,
        help_text=_("The day on which both signed how confidential records are handled."),
    )
    review_on = forms.DateField(
        label=_("Next review"),
        widget=DayInput,
        help_text=_("Within two years. From that day on its review is due."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place, question in enumerate(QUESTIONS):
            self.fields[f"q{place}"] = forms.BooleanField(
                label=question,
                error_messages={"required": _("Without this, it cannot take part.")},
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        today = timezone.localdate()
        for name in ("made_on", "agreement_on"):
            if data.get(name) and data[name] > today:
                self.add_error(name, _("Please choose a day that has been."))
        review = data.get("review_on")
        if review and not today < review <= today + timedelta(days=731):
            self.add_error("review_on", _("Please choose a day within the next two years."))
        return data


class Assess(Act):
    name = "assess"
    title = _("Assess")
    permission = "vault.assess_partner"
    icon = "clipboard-list"
    form_class = AssessForm

    @classmethod
    def is_possible(cls, row: Partner) -> bool:
        return row.state != State.CLOSED

    def question(self) -> Text:
        return _("What you found there, with the first signature. Somebody else signs second.")

    def get_initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {"made_on": today, "review_on": today + timedelta(days=365)}

    def perform(self, form: Any) -> Text:
        data = form.cleaned_data
        dates = {name: data[name] for name in ("made_on", "agreement_on", "review_on")}
        # In English whoever asked: the words of the day, to be read years later.
        checklist = {english(question): True for question in QUESTIONS}
        try:
            partners.assess(self.row, by=self.request.user, checklist=checklist, **dates)
        except partners.CannotMove:
            raise NotPossible(MOVED) from None
        return _("Signed first. It waits for a second signature.")


class Sign(Act):
    name = "sign"
    title = _("Sign second")
    permission = "vault.assess_partner"
    icon = "check"

    @classmethod
    def is_possible(cls, row: Partner) -> bool:
        return partners.unsigned(row) is not None

    def question(self) -> Text:
        return _("You looked into it yourself, and vouch for every answer below.")

    def summary(self, form: Any) -> list[Section]:
        waiting = partners.unsigned(self.row)
        assert waiting is not None  # else the button is not there
        rows: list[list[Any]] = [
            [_("Assessed on"), day(waiting.made_on)],
            [_("Data agreement of"), day(waiting.agreement_on)],
            [_("Next review"), day(waiting.review_on)],
            [_("First signature"), waiting.first_who],
        ]
        answers = [[gettext(question), gettext("Yes")] for question in waiting.checklist]
        return [Section(_("The assessment"), rows), Section(_("What was found"), answers)]

    def perform(self, form: Any) -> Text:
        try:
            partners.sign(self.row, by=self.request.user)
        except partners.SamePerson:
            raise NotPossible(gettext("It takes a second person: you signed first.")) from None
        except partners.NotAssessed:
            raise NotPossible(MOVED) from None
        return _("The assessment is signed by two.")


class Activate(Act):
    name = "activate"
    title = _("Let it take part")
    permission = "vault.assess_partner"
    icon = "view"

    @classmethod
    def is_possible(cls, row: Partner) -> bool:
        return row.state in (State.ASSESSED, State.SUSPENDED)

    def question(self) -> Text:
        if self.row.state == State.SUSPENDED:
            return _(
                "Its case workers may enter again, and its needs are matched again. It takes an "
                "assessment made since it was suspended, signed by two."
            )
        return _("From now on its case workers may enter, and its needs are matched.")

    def perform(self, form: Any) -> Text:
        try:
            partners.activate(self.row, by=self.request.user)
        except partners.NotAssessed:
            raise NotPossible(
                gettext("It takes an assessment signed by two, and a new one after a suspension.")
            ) from None
        except partners.CannotMove:
            raise NotPossible(MOVED) from None
        return _("The partner takes part.")


class WhyForm(forms.Form):
    note = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("For colleagues. Name no survivor.")
    )


class Suspend(Act):
    name = "suspend"
    title = _("Suspend")
    permission = "vault.assess_partner"
    icon = "warning"
    serious = True
    form_class = WhyForm

    @classmethod
    def is_possible(cls, row: Partner) -> bool:
        return (row.state, State.SUSPENDED) in STEPS

    def question(self) -> Text:
        return _(
            "At once: its needs leave matching, and none of its case workers can enter. It comes "
            "back after a new assessment."
        )

    def perform(self, form: Any) -> Text:
        try:
            partners.move(
                self.row, to=State.SUSPENDED, by=self.request.user, note=form.cleaned_data["note"]
            )
        except partners.CannotMove:
            raise NotPossible(MOVED) from None
        return _("The partner is suspended.")


class WindUp(Act):
    name = "wind_up"
    title = _("Withdraw its needs")
    permission = "vault.assess_partner"
    icon = "undo"
    serious = True
    form_class = AnswerForm

    @classmethod
    def is_possible(cls, row: Partner) -> bool:
        return row.state != State.CLOSED and partners.left(row).needs.exists()

    def question(self) -> Text:
        return _(
            "Every need of this partner that is under way ends, with your answer beside it. What "
            "had not left us is free for others at once; the rest is to come back."
        )

    def perform(self, form: Any) -> Text:
        count = closing.wind_up(self.row, because=form.cleaned_data["answer"], by=self.request.user)
        return gettext("Needs withdrawn: %(count)s.") % {"count": count}


class Close(Act):
    name = "close"
    title = _("Close")
    permission = "vault.assess_partner"
    icon = "cross"
    serious = True
    form_class = WhyForm

    @classmethod
    def is_possible(cls, row: Partner) -> bool:
        return (row.state, State.CLOSED) in STEPS

    def question(self) -> Text:
        return _("For good. It takes that no need is under way and nothing of ours is with it.")

    def perform(self, form: Any) -> Text:
        try:
            closing.close(self.row, by=self.request.user, note=form.cleaned_data["note"])
        except partners.HasLeft:
            raise NotPossible(
                gettext("It still has needs or things under way. Bring them to their end first.")
            ) from None
        except partners.CannotMove:
            raise NotPossible(MOVED) from None
        return _("The partner is closed.")


def english(text: Any) -> str:

    with override("en"):
        return str(text)
