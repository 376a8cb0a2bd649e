"""What is done with a given thing: checked by name, declined, valued, disposed of."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.discretion import telling
from donations.staff.cells import Text, day
from donations.staff.desk import Act, NotPossible
from gifts import units
from gifts.models import BookValue, DeviceCheck, Disposal, GivenThing, Unit
from gifts.offers import intake, irs, values
from gifts.staff.money_form import AmountField

MEANWHILE = _("Nothing was changed: the thing has moved meanwhile. Please look again.")


class CheckForm(forms.Form):
    kind = forms.ChoiceField(label=_("What you checked"), widget=forms.RadioSelect)
    passed = forms.ChoiceField(
        label=_("Result"),
        choices=[("yes", _("All right")), ("no", _("Not all right"))],
        widget=forms.RadioSelect,
    )
    method = forms.CharField(
        label=_("How it was erased"),
        max_length=120,
        required=False,
        help_text=_("As in “NIST 800-88 purge, then reinstalled”. Only for “Erased”."),
    )
    certificate = forms.CharField(
        label=_("Certificate"),
        max_length=120,
        required=False,
        help_text=_("Its number, or where it is kept. Only for “Erased”."),
    )
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("If not all right: why.")
    )

    def __init__(self, *args: Any, thing: GivenThing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = intake.latest_checks(thing)
        kinds: Any = self.fields["kind"]
        kinds.choices = [
            (kind, f"{kind.label} ✓" if kind in seen and seen[kind].passed else kind.label)
            for kind in DeviceCheck.Check
        ]
        left = (k for k in DeviceCheck.Check if k not in seen or not seen[k].passed)
        kinds.initial = next(left, None)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("passed") == "no" and not data.get("note"):
            self.add_error("note", _("Please say what is wrong."))
        if data.get("kind") == DeviceCheck.Check.ERASED and data.get("passed") == "yes":
            for name in ("method", "certificate"):
                if not data.get(name):
                    self.add_error(name, _("The statement of erasure needs this."))
        return data


class CheckThing(Act):
    name = "check"
    title = _("Note a check")
    permission = "gifts.check_giventhing"
    icon = "check"
    form_class = CheckForm

    @classmethod
    def is_possible(cls, row: GivenThing) -> bool:
        return row.unit.kind.is_device and row.unit.state in intake.CHECKED_IN

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "thing": self.row}

    def question(self) -> Text:
        return _("It is noted with your name and the time. When all six are right, it is ready.")

    def perform(self, form: Any) -> Text:
        data = form.cleaned_data
        try:
            intake.check(
                self.row,
                data["kind"],
                passed=data["passed"] == "yes",
                by=self.request.user,
                method=data["method"],
                certificate=data["certificate"],
                note=data["note"],
            )
        except intake.NotPossible:
            raise NotPossible(MEANWHILE) from None
        unit = Unit.objects.get(pk=self.row.pk)
        return gettext("Noted. The thing is now: %(state)s.") % {"state": unit.get_state_display()}


class MakeReady(Act):
    name = "ready"
    title = _("Ready")
    permission = "gifts.check_giventhing"
    icon = "check"

    @classmethod
    def is_possible(cls, row: GivenThing) -> bool:
        return not row.unit.kind.is_device and Unit.State.READY in units.ways(row.unit)

    def question(self) -> Text:
        return _("It is no device: once you have looked it over, it can go to somebody.")

    def perform(self, form: Any) -> Text:
        try:
            intake.make_ready(self.row, by=self.request.user)
        except intake.NotPossible:
            raise NotPossible(MEANWHILE) from None
        return _("It is ready.")


class RefuseForm(forms.Form):
    reason = forms.CharField(label=_("Why, as the donor reads it"), max_length=200)

    def clean_reason(self) -> str:
        text: str = self.cleaned_data["reason"]
        if word := telling(text):
            raise forms.ValidationError(_("Please say it without “%(word)s”.") % {"word": word})
        return text


class Refuse(Act):
    name = "refuse"
    title = _("Decline this thing")
    permission = "gifts.check_giventhing"
    icon = "cross"
    serious = True
    form_class = RefuseForm

    @classmethod
    def is_possible(cls, row: GivenThing) -> bool:
        return Unit.State.DECLINED in units.ways(row.unit)

    def question(self) -> Text:
        return _(
            "It came and cannot be used, as one that is still locked. The donor is told by mail; "
            "what becomes of it is recorded as its disposal."
        )

    def perform(self, form: Any) -> Text:
        try:
            intake.refuse(self.row, reason=form.cleaned_data["reason"], by=self.request.user)
        except intake.NotPossible:
            raise NotPossible(MEANWHILE) from None
        return _("Declined; the donor is told by mail.")


class ValueForm(forms.Form):
    value = AmountField(label=_("Value of this one"))
    method = forms.ChoiceField(label=_("How it was found"), choices=BookValue.Method.choices)
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        help_text=_("So that an auditor finds it: page and day, dealer and offer, invoice."),
    )


class SetValue(Act):
    name = "value"
    title = _("Book value")
    permission = "gifts.value_giventhing"
    icon = "tag"
    form_class = ValueForm

    @classmethod
    def is_possible(cls, row: GivenThing) -> bool:
        return not values.is_out(row)

    def question(self) -> Text:
        return _(
            "Booked as a contribution in kind; a later value books the difference. It stands on no "
            "paper for the donor."
        )

    def perform(self, form: Any) -> Text:
        data = form.cleaned_data
        try:
            values.set_value(
                self.row,
                amount_minor=data["value"],
                method=data["method"],
                source=data["source"],
                by=self.request.user,
            )
        except values.Gone:
            raise NotPossible(MEANWHILE) from None
        return _("Booked.")


class DisposalForm(forms.Form):
    disposed_on = forms.DateField(label=_("On"), widget=forms.DateInput(attrs={"type": "date"}))
    how = forms.ChoiceField(label=_("How"), choices=Disposal.How.choices)
    to_whom = forms.CharField(label=_("To whom"), max_length=200)
    why = forms.CharField(label=_("Why"), max_length=200)

    def __init__(self, *args: Any, thing: GivenThing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.thing = thing

    def clean_disposed_on(self) -> Any:
        value = self.cleaned_data["disposed_on"]
        if not self.thing.received_on <= value <= timezone.localdate():
            raise forms.ValidationError(
                _("It was here from %(day)s until today.") % {"day": day(self.thing.received_on)}
            )
        return value


class Dispose(Act):
    name = "dispose"
    title = _("Record disposal")
    permission = "gifts.dispose_giventhing"
    icon = "bin"
    serious = True
    form_class = DisposalForm

    @classmethod
    def is_possible(cls, row: GivenThing) -> bool:
        gone = (Unit.State.RETURNED, Unit.State.DISPOSED)
        there = row.unit.state in gone or set(gone) & set(units.ways(row.unit))
        return bool(there) and not Disposal.objects.filter(thing=row).exists()

    def get_initial(self) -> dict[str, Any]:
        return {"disposed_on": timezone.localdate()}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "thing": self.row}

    def question(self) -> Text:
        return _("For what did not go to anybody we serve. Its serial number is forgotten.")

    def perform(self, form: Any) -> Text:
        try:
            done = intake.dispose(self.row, by=self.request.user, **form.cleaned_data)
        except intake.NotPossible:
            raise NotPossible(MEANWHILE) from None
        if done.form_8282_due_on:
            text = gettext("Recorded. Form 8282 is due by %(day)s.")
            return text % {"day": day(done.form_8282_due_on)}
        return _("Recorded.")


class FiledForm(forms.Form):
    filed_on = forms.DateField(label=_("Filed on"), widget=forms.DateInput(attrs={"type": "date"}))


class FileForm8282(Act):
    name = "form_8282"
    title = _("Form 8282 filed")
    permission = "gifts.sign_form_8283"
    icon = "check"
    form_class = FiledForm

    @classmethod
    def is_possible(cls, row: GivenThing) -> bool:
        return Disposal.objects.filter(
            thing=row, form_8282_due_on__isnull=False, form_8282_filed_on=None
        ).exists()

    def question(self) -> Text:
        return _("With a copy to the donor.")

    def perform(self, form: Any) -> Text:
        disposal = Disposal.objects.get(thing=self.row)
        irs.file_form_8282(disposal, filed_on=form.cleaned_data["filed_on"], by=self.request.user)
        return _("Recorded.")
