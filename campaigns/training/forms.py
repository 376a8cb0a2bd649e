"""What somebody fills in who learns: to begin, the check itself, what her certificate says."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from campaigns.models import CoursePage, Sector, Workplace
from campaigns.training.checking import Question
from core.forms import PublicForm

NAME, WORKPLACE = 80, 120


class BeginForm(PublicForm):
    """One course of those that are offered."""

    SALT = "training-begin"

    course = forms.ChoiceField(
        label=gettext_lazy("Course"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose a course.")},
    )

    def __init__(self, courses: Iterable[CoursePage], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.courses = {str(page.translation_key): page for page in courses}
        self.fields["course"].choices = [  # type: ignore[attr-defined]
            (key, page.title) for key, page in self.courses.items()
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.check_pace()
        return data

    @property
    def chosen(self) -> CoursePage:
        return self.courses[self.cleaned_data["course"]]


class CheckForm(forms.Form):
    """The questions of one attempt, each with its answers to choose from."""

    def __init__(self, questions: Sequence[Question], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place, question in enumerate(questions):
            several = question["several"]
            kind = forms.TypedMultipleChoiceField if several else forms.TypedChoiceField
            missing = gettext("Question %(number)d is not answered yet.") % {"number": place + 1}
            self.fields[f"q{place}"] = kind(
                label=f"{place + 1}. {question['question']}",
                coerce=int,
                choices=[(n, answer["text"]) for n, answer in enumerate(question["answers"])],
                widget=forms.CheckboxSelectMultiple if several else forms.RadioSelect,
                help_text=gettext("Choose every answer that is right.") if several else "",
                error_messages={"required": missing, "invalid_choice": missing},
            )

    @property
    def answers(self) -> list[list[int]]:
        chosen = [self.cleaned_data[name] for name in self.fields]
        return [one if isinstance(one, list) else [one] for one in chosen]


class CertificateForm(forms.Form):
    """Whether it names her, and who else reads the name. Nothing is ticked before she does."""

    name = forms.CharField(
        label=gettext_lazy("Name on the certificate"),
        max_length=NAME,
        required=False,
        help_text=gettext_lazy("Left empty, it names nobody. It cannot be added later."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"max_length": gettext_lazy("Please shorten the name to 80 letters.")},
    )
    shows_name = forms.BooleanField(
        label=gettext_lazy("Show my name to whoever checks the certificate's code"), required=False
    )
    coordinator_sees = forms.BooleanField(
        label=gettext_lazy("Show my name to the coordinator of my organization"), required=False
    )
    names_workplace = forms.BooleanField(
        label=gettext_lazy("Name my organization on the certificate"), required=False
    )

    def __init__(self, *args: Any, has_workplace: bool, may_name: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs.pop("maxlength", None)
        if not has_workplace:
            del self.fields["coordinator_sees"]
        if not may_name:
            del self.fields["names_workplace"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("shows_name") or data.get("coordinator_sees")) and not data.get("name"):
            self.add_error("name", gettext("Type the name that is to be shown, or untick both."))
        return data


class SignUpForm(PublicForm):
    """An organization, its sector and size, and the mailbox of its coordinator."""

    SALT = "training-sign-up"

    name = forms.CharField(
        label=gettext_lazy("Name of the organization"),
        max_length=WORKPLACE,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={
            "required": gettext_lazy("Please type the name of the organization."),
            "max_length": gettext_lazy("Please shorten the name to 120 letters."),
        },
    )
    sector = forms.ModelChoiceField(
        label=gettext_lazy("Sector"),
        queryset=Sector.objects.filter(is_open=True),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": gettext_lazy("Please choose the sector.")},
    )
    size = forms.ChoiceField(
        label=gettext_lazy("How many people work there"),
        choices=Workplace.Size.choices,
        error_messages={"required": gettext_lazy("Please choose the size.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail of the coordinator"),
        max_length=254,
        help_text=gettext_lazy("The link to the coordinator's page goes there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Please type the address the link is to go to."),
            "invalid": gettext_lazy("This does not look like an e-mail address: name@example.org."),
        },
    )
    is_named = forms.BooleanField(
        label=gettext_lazy("Certificates may name the organization"),
        required=False,
        help_text=gettext_lazy("Each person then chooses whether hers does."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.check_pace()
        return data


class ChangeForm(forms.Form):
    name = SignUpForm.base_fields["name"]
    is_named = SignUpForm.base_fields["is_named"]


class MailForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Please type the address the link is to go to."),
            "invalid": gettext_lazy("This does not look like an e-mail address: name@example.org."),
        },
    )


class VerifyForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code on the certificate"),
        max_length=40,
        help_text=gettext_lazy("Sixteen letters, such as KTRD-WXPN-BCHG-MSVZ."),
        error_messages={"required": gettext_lazy("Please type the code from the certificate.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
