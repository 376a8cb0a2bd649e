"""The purpose prompt: before a confidential field is shown, one page asks what for; then once."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db import DatabaseError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donations.staff.cells import Cell, Section, Text, moment
from donations.staff.desk import Act, NotPossible
from gifts.vault import sealing
from gifts.vault.access import Reader
from gifts.vault.models import BreakGlass, Purpose, Sealed

# Who may say that she looks for this; in an emergency whoever opened one.
MAY: dict[Purpose, str] = {
    Purpose.VERIFY: "vault.verify_need",
    Purpose.SUPPORT: "vault.change_partner",
    Purpose.CONSENT: "vault.change_consent",
    Purpose.SUBJECT: "vault.erase_recipient",
}
LABELS: dict[str, Text] = {
    "office": _("Office"),
    "contact": _("Contact"),
    "phone": _("Telephone"),
    "name": _("Name"),
    "note": _("Note"),
    "what_for": _("What it is for"),
    "who": _("Who"),
    "interpreter": _("Interpreter"),
}
# What each purpose takes: nothing more of a record is opened for it.
TAKES: dict[str, dict[Purpose, tuple[str, ...]]] = {
    "partner": {
        Purpose.SUPPORT: ("office", "contact", "phone"),
        Purpose.EMERGENCY: ("office", "contact", "phone"),
    },
    "need": {
        Purpose.VERIFY: ("what_for", "note"),
        Purpose.SUPPORT: ("what_for", "note"),
        Purpose.EMERGENCY: ("what_for", "note"),
    },
    "recipient": {
        Purpose.SUBJECT: ("name", "contact", "note"),
        Purpose.EMERGENCY: ("name", "contact", "note"),
    },
    "consent": {
        Purpose.CONSENT: ("who", "contact", "interpreter"),
        Purpose.EMERGENCY: ("who", "contact", "interpreter"),
    },
}


UNREADABLE = _("It cannot be read: it was erased, your hour is over, or the log does not take it.")
# A title, a row, and which of its fields are opened.
Part = tuple[Text, Sealed, tuple[str, ...]]


def emergency_of(user: Any) -> BreakGlass | None:
    """The emergency under which this person may read now."""
    return BreakGlass.objects.filter(user_id=user.pk, until__gt=timezone.now()).first()


def purposes(user: Any, model_name: str) -> list[Purpose]:
    """What she may look for at such a record, by her roles and now."""
    return [
        purpose
        for purpose in TAKES[model_name]
        if (
            emergency_of(user) is not None
            if purpose == Purpose.EMERGENCY
            else user.has_perm(MAY[purpose])
        )
    ]


def signers(
    permission: str, *, without: Iterable[int | None] = (), roots: bool = True
) -> list[Any]:
    """Who can do the step of a second person: everybody with this right but those.

    Args:
        roots: superusers too, who hold every right without a role.
    """
    app, codename = permission.split(".")
    right = {"content_type__app_label": app, "codename": codename}
    holds = Q(is_superuser=True) if roots else Q(pk=None)
    for way in ("user_permissions", "groups__permissions"):
        holds |= Q(**{f"{way}__{name}": value for name, value in right.items()})
    people = get_user_model()._default_manager.filter(holds, is_active=True).distinct()
    return list(people.exclude(pk__in=[pk for pk in without if pk]).order_by("email"))


def names(people: Iterable[Any]) -> str:
    return ", ".join(str(person) for person in people)


def rows_of(opened: dict[str, str]) -> list[list[Any]]:
    return [[LABELS[name], Cell(text or "")] for name, text in opened.items()]


class PurposeForm(forms.Form):
    purpose = forms.ChoiceField(label=_("What for"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, offered: Sequence[Purpose], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["purpose"]
        field.choices = [(one.value, one.label) for one in offered]


class Read(Act):
    """Asks what for, then shows it once. Looking again is another look, asked for again."""

    name = "read"
    title = _("Read the confidential part")
    icon = "lock-open"
    form_class = PurposeForm

    @classmethod
    def is_possible(cls, row: Sealed) -> bool:
        return row.sealed is not None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = super().dispatch(request, *args, **kwargs)
        answer["Cache-Control"] = "no-store, private"
        return answer

    def offered(self) -> list[Purpose]:
        return purposes(self.request.user, self.model._meta.model_name)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "offered": self.offered()}

    def question(self) -> Text:
        if not self.offered():
            return _(
                "Your roles read nothing here. If somebody is in danger, declare an emergency: two "
                "privacy leads hear of it at once, and for an hour you may read."
            )
        return _(
            "Before anything is shown: what do you need it for? Your name, the time, the fields "
            "and this purpose are put on record with the look, and reviewed each month."
        )

    def parts(self, purpose: Purpose) -> list[Part]:
        """What is opened for a purpose: a title, a row and fields of it."""
        title = self.model._meta.verbose_name.capitalize()
        return [(title, self.row, TAKES[self.model._meta.model_name][purpose])]

    def form_valid(self, form: forms.Form) -> HttpResponse:
        purpose = Purpose(form.cleaned_data["purpose"])
        emergency = emergency_of(self.request.user) if purpose == Purpose.EMERGENCY else None
        reader = Reader.of(self.request.user, purpose, emergency)
        try:
            sections = [
                Section(title, rows_of(sealing.unseal(row, *fields, reader=reader)))
                for title, row, fields in self.parts(purpose)
            ]
        except (sealing.Erased, sealing.Unreadable, DatabaseError):
            form.add_error(None, UNREADABLE)
            return self.form_invalid(form)
        context = self.get_context_data(form=form, sections=sections, shown_for=purpose.label)
        context["at"] = moment(timezone.now())
        self.template_name = "gifts/staff/opened.html"
        return self.render_to_response(context)

    def perform(self, form: Any) -> Text:
        raise NotPossible  # what it shows goes nowhere else
