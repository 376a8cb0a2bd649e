"""A second factor on paper, for case workers who have no telephone: a sheet of one-time codes.

The codes are recovery codes of the sign-in library, which for these people are a factor by itself
(staff/second_factor.py). They are shown once, to be printed.
"""

import secrets
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from accounts.models import User
from donations.staff.cells import Section, moment
from donations.staff.desk import Desk, Listing, MomentColumn, Reading
from staff.models import CodeSheet
from staff.second_factor import ENTER

CODES, DIGITS = 60, 8
CASE_WORKERS = "Case worker"
# The sheet goes to people of many tongues, and nobody knows here which is hers.
LANGUAGES = ("en", "es", "th")


class NotForStaff(Exception):
    """Whoever enters the admin keeps a factor that nobody else has seen."""


@transaction.atomic
def issue(person: User, *, by: User) -> list[str]:
    """A new sheet; the codes of an older one stop working.

    Raises:
        NotForStaff
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.has_perm(ENTER):
        raise NotForStaff
    codes: dict[str, None] = {}
    while len(codes) < CODES:
        codes[f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"] = None
    kind = Authenticator.Type.RECOVERY_CODES
    Authenticator.objects.filter(user=person, type=kind).delete()
    # As if she had looked at them already: the library shows them to nobody again.
    data = {"migrated_codes": [encrypt(code) for code in codes], "viewed_at": time.time()}
    Authenticator.objects.create(user=person, type=kind, data=data)
    CodeSheet.objects.create(person=person, issued_by=by)
    return list(codes)


class Sheets(Listing):
    page_title = _("Sheets of codes")

    def get_base_queryset(self) -> QuerySet[CodeSheet]:
        rows: QuerySet[CodeSheet] = super().get_base_queryset()
        return rows.select_related("person", "issued_by")

    @property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("__str__"),
            Column("issued_by", label=_("Given out by")),
            MomentColumn("issued_at", label=_("Given out"), sort_key="issued_at"),
        ]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm("staff.issue_codesheet"):
            return []
        url = reverse("code_sheets:issue")
        return [HeaderButton(_("New sheet"), url=url, icon_name="plus")]


class Sheet(Reading):
    def sections(self) -> list[Section]:
        row: CodeSheet = self.object
        given = f"{moment(row.issued_at)} {row.issued_by}"
        return [Section(_("The sheet"), [[_("Person"), str(row.person)], [_("Given out"), given]])]


class IssueForm(forms.Form):
    person = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(groups__name=CASE_WORKERS, is_active=True)
        self.fields["person"].queryset = people.order_by("email")  # type: ignore[attr-defined]

    def clean_person(self) -> User:
        person: User = self.cleaned_data["person"]
        if person.has_perm(ENTER):
            raise forms.ValidationError(gettext("Staff use an app or a key, not a sheet."))
        return person


class Issue(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    form_class = IssueForm
    page_title = _("New sheet")
    template_name = "donations/staff/act.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm("staff.issue_codesheet"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: IssueForm) -> HttpResponse:
        """Shown in answer to the form alone: at no address can the codes be seen again."""
        codes = issue(form.cleaned_data["person"], by=self.request.user)  # type: ignore[arg-type]
        context = {
            "codes": [(code[: DIGITS // 2], code[DIGITS // 2 :]) for code in codes],
            "sentences": [(language, _how(language)) for language in LANGUAGES],
        }
        return render(self.request, "staff/code_sheet.html", context)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "question": _(
                "Codes of an older sheet stop working. The new ones are shown once: print the page "
                "and hand it over by a way you trust, never together with a password."
            ),
            "back": reverse("code_sheets:index"),
            "button": self.page_title,
        }


def _how(language: str) -> str:
    with translation.override(language):
        return gettext(
            "Each code works once: cross it out. Keep this sheet apart from your password."
        )


class CodeSheetsDesk(Desk):
    model = CodeSheet
    name = "code_sheets"
    menu_label = _("Sheets of codes")
    icon = "key"
    add_to_settings_menu = True
    ordering = ["-issued_at", "-pk"]
    index_view_class = Sheets
    inspect_view_class = Sheet

    def extra_urls(self) -> list[URLPattern]:
        return [path("issue/", Issue.as_view(), name="issue")]
