"""What a case worker fills in, a few fields a page. Shown errors mend; nothing typed is lost."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.findable import findable
from gifts.models import ItemKind
from gifts.partners import words
from gifts.vault import stating
from gifts.vault.models import Need, PartnerUser, Recipient

LONGEST, LONGEST_NAME = 400, 120
MOST_PEOPLE = 150
TWO_YEARS = timedelta(days=730)


class Written(forms.CharField):
    """Free text, held back if it tells who or where somebody is."""

    def __init__(
        self, *, longest: int = LONGEST, harmless: tuple[str, ...] = (), **named: Any
    ) -> None:
        super().__init__(**named)
        self.longest, self.harmless = longest, harmless

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if len(text) > self.longest:
            words_ = {"longest": self.longest, "length": len(text)}
            raise forms.ValidationError(
                gettext("Please say it in %(longest)s signs; these are %(length)s.") % words_
            )
        found = findable(text)
        if found and found.kind not in self.harmless:
            raise forms.ValidationError(found.sentence)
        return text


class StepForm(forms.Form):
    """One step of a draft. `step` is its name in `stating.STEPS`."""

    step = ""
    title: Any = ""
    # Does it ask for anything that is kept sealed, and so opened on record to be shown again?
    sealed = False

    def __init__(self, *args: Any, need: Need, **named: Any) -> None:
        self.need = need
        super().__init__(*args, **named)
        self.prepare()
        # Read by others on a shared computer, and browsers cut what is too long without a word.
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")
            field.widget.attrs.pop("maxlength", None)

    def prepare(self) -> None:
        """What depends on the draft."""

    @classmethod
    def values_of(cls, need: Need, opened: dict[str, str]) -> dict[str, Any]:
        """What the draft says already."""
        plain, sealed = stating.STEPS[cls.step]
        return {name: getattr(need, name) for name in plain} | {
            name: opened.get(name, "") for name in sealed
        }

    def save(self, *, by: PartnerUser, typed_by: Any | None = None) -> Need:
        return stating.save_step(
            self.need, self.step, by=by, typed_by=typed_by, **self.cleaned_data
        )


class ThingForm(StepForm):
    step = "thing"
    title = _("What is needed?")
    kind = forms.ChoiceField(
        label=_("What is needed?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what is needed.")},
    )

    def prepare(self) -> None:
        kind: Any = self.fields["kind"]
        kind.choices = open_kinds()


class PurposeForm(StepForm):
    step = "purpose"
    title = _("What is it for?")
    sealed = True
    purpose = forms.ChoiceField(
        label=_("It helps with"),
        choices=list(words.PURPOSES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what it helps with.")},
    )
    band = forms.ChoiceField(
        label=_("What she learns now"),
        choices=list(words.BANDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what she learns now.")},
    )
    what_for = Written(
        label=_("In a few words: what will she do with it?"),
        help_text=_("No names, no places, no dates: “For an evening course in nursing.”"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Please say in a few words what she will do with it.")},
    )


class DetailsForm(StepForm):
    step = "details"
    title = _("Which one fits?")
    sealed = True
    spec_class = forms.TypedChoiceField(
        label=_("How strong must it be?"),
        choices=list(words.CLASSES.items()),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose how strong it must be.")},
    )
    keyboard = forms.ChoiceField(
        label=_("Keyboard"), choices=list(words.KEYBOARDS.items()), required=False
    )
    needed_by = forms.DateField(
        label=_("Needed by"),
        help_text=_("Only if there is such a day, as the beginning of a course."),
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Please write the day like 2027-03-31, or leave it empty.")},
    )
    note = Written(
        label=_("Anything else about the thing?"),
        help_text=_("As “light to carry” or “large letters”. No names, no places."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def prepare(self) -> None:
        """A course has neither keyboard nor strength."""
        if not ItemKind.objects.filter(code=self.need.kind, is_device=True).exists():
            del self.fields["spec_class"], self.fields["keyboard"]

    def clean_needed_by(self) -> Any:
        day, today = self.cleaned_data["needed_by"], timezone.localdate()
        if day and not today <= day <= today + TWO_YEARS:
            raise forms.ValidationError(
                gettext("Please choose a day from today on, at most two years ahead.")
            )
        return day

    def save(self, **named: Any) -> Need:
        self.cleaned_data = {"spec_class": Need.Class.ANY, "keyboard": ""} | self.cleaned_data
        return super().save(**named)


class PersonForm(StepForm):
    step = "person"
    title = _("Who is it for?")
    sealed = True
    known = forms.ChoiceField(
        label=_("Somebody you asked for before"),
        help_text=_("Each person has a code. Her name is shown on the page of a request alone."),
        required=False,
    )
    name = forms.CharField(
        label=_("Or somebody new: her name"),
        help_text=_(
            "Kept under lock. Your team can open it, and our privacy lead when she asks what we "
            "hold; each look is on record."
        ),
        required=False,
    )
    contact = forms.CharField(
        label=_("How you reach her"),
        help_text=_("Such as a telephone number or “through the house mother”. Kept under lock."),
        required=False,
    )

    def prepare(self) -> None:
        known: Any = self.fields["known"]
        known.choices = [("", gettext("Somebody new")), *people(self.need)]

    @classmethod
    def values_of(cls, need: Need, opened: dict[str, str]) -> dict[str, Any]:
        return {"known": need.recipient.code if need.recipient else ""}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        known, named = data.get("known"), data.get("name")
        if known and named:
            self.add_error("known", gettext("Choose a code or write a name, not both."))
        elif not known and not named and not self.errors:
            self.add_error("name", gettext("Please write her name, or choose her code above."))
        return data

    def clean_name(self) -> str:
        return self._short("name")

    def clean_contact(self) -> str:
        return self._short("contact")

    def _short(self, name: str) -> str:
        text = " ".join(self.cleaned_data[name].split())
        if len(text) > LONGEST_NAME:
            raise forms.ValidationError(gettext("Please make this shorter."))
        return text

    def save(self, *, by: PartnerUser, typed_by: Any | None = None) -> Need:
        data = self.cleaned_data
        known = Recipient.objects.filter(code=data["known"], partner=by.partner_id).first()
        return stating.name_person(
            self.need,
            by=by,
            recipient=known,
            name=data["name"],
            contact=data["contact"],
            typed_by=typed_by,
        )


class SayForm(StepForm):
    step = "say"
    title = _("What she said")
    say_asked = forms.BooleanField(
        label=_("She asked for it herself."),
        error_messages={"required": _("A request can go out only if she asked for it.")},
    )
    say_told = forms.BooleanField(
        label=_("She was told what we keep and how it is used."),
        error_messages={"required": _("Please tell her first what we keep and how it is used.")},
    )
    say_may_refuse = forms.BooleanField(
        label=_("She knows that she may say no and loses nothing by it."),
        error_messages={"required": _("Please tell her first that she loses nothing by a no.")},
    )
    say_language = Written(
        label=_("In which language you talked"),
        longest=40,
        # "Karen" is one; and many are written as their country.
        harmless=("name", "place"),
        error_messages={"required": _("Please write the language you talked in.")},
    )
    say_whose = forms.ChoiceField(
        label=_("Whose word it is"),
        choices=list(words.WHOSE.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose whose word it is.")},
    )


FORMS: dict[str, type[StepForm]] = {
    form.step: form for form in (ThingForm, PurposeForm, DetailsForm, PersonForm, SayForm)
}


def open_kinds() -> list[tuple[str, str]]:
    return [(kind.code, words.name_of(kind)) for kind in ItemKind.objects.filter(is_open=True)]


def people(need: Need) -> list[tuple[str, str]]:
    """The partner's people by code, each with what she got asked for; the newest first."""
    rows = (
        Recipient.objects.filter(partner=need.partner_id, erased_at=None)
        .prefetch_related("needs")
        .order_by("-since")[:MOST_PEOPLE]
    )
    named = words.kinds()
    found = []
    for row in rows:
        asked = [named.get(one.kind, "") for one in row.needs.all() if one.kind]
        about = ", ".join(dict.fromkeys(asked)) or gettext("nothing yet")
        found.append((row.code, f"{row.code}: {about}, {date_format(row.since, 'F Y')}"))
    return found
