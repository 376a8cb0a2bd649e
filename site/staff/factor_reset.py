"""A lost second factor: asked for by one administrator, done by another, logged either way.

asked ─→ confirmed by somebody else: factors gone, password gone, every session ended;
         the person sets a new password by mail and enrols a new factor
"""

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from accounts.models import User
from donations.staff.cells import Section, Text, moment
from donations.staff.desk import Act, Desk, Listing, MomentColumn, NotPossible, Reading
from staff.models import FactorReset


class TakesTwo(Exception):
    """The one who asked, and the person concerned, cannot confirm."""


def ask(person: User, *, by: User, reason: str) -> FactorReset:
    return FactorReset.objects.create(person=person, asked_by=by, reason=reason)


@transaction.atomic
def confirm(asked: FactorReset, *, by: User) -> None:
    """Do what was asked. Safe to repeat.

    Raises:
        TakesTwo: by the one who asked, or by the person concerned.
    """
    asked = FactorReset.objects.select_for_update().get(pk=asked.pk)
    if asked.confirmed_at:
        return
    if by.pk in (asked.asked_by_id, asked.person_id):
        raise TakesTwo(str(asked.person))
    asked.confirmed_by, asked.confirmed_at = by, timezone.now()
    asked.save(update_fields=["confirmed_by", "confirmed_at"])
    forget(asked.person)


@transaction.atomic
def by_command(person: User, *, reason: str) -> int:
    """For whoever has the server's shell, when no second administrator is left. Returns factors."""
    FactorReset.objects.create(person=person, reason=reason, confirmed_at=timezone.now())
    return forget(person)


def forget(person: User) -> int:
    """Remove factors and password; a changed password ends every session of the person."""
    person.set_unusable_password()
    person.save(update_fields=["password"])
    count, _tables = Authenticator.objects.filter(user=person).delete()
    return int(count)


class Resets(Listing):
    page_title = _("Second factors")

    def get_base_queryset(self) -> QuerySet[FactorReset]:
        rows: QuerySet[FactorReset] = super().get_base_queryset()
        return rows.select_related("person", "asked_by", "confirmed_by")

    @property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("__str__"),
            Column("reason", label=_("Reason")),
            Column("asked_by", label=_("Asked by")),
            MomentColumn("asked_at", label=_("Asked"), sort_key="asked_at"),
            Column("confirmed_by", label=_("Confirmed by")),
            MomentColumn("confirmed_at", label=_("Confirmed"), sort_key="confirmed_at"),
        ]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm("staff.ask_factorreset"):
            return []
        url = reverse("factor_resets:ask")
        return [HeaderButton(_("Ask for a reset"), url=url, icon_name="plus")]


class Reset(Reading):
    def sections(self) -> list[Section]:
        row: FactorReset = self.object
        rows = [
            [_("Person"), str(row.person)],
            [_("Reason"), row.reason],
            [_("Asked"), f"{moment(row.asked_at)} {row.asked_by or ''}"],
            [_("Confirmed"), f"{moment(row.confirmed_at)} {row.confirmed_by or ''}".strip()],
        ]
        return [Section(_("The reset"), rows)]


class Confirm(Act):
    name = "confirm"
    title = _("Confirm the reset")
    permission = "staff.confirm_factorreset"
    icon = "key"
    serious = True

    @classmethod
    def is_possible(cls, row: FactorReset) -> bool:
        return row.confirmed_at is None

    def question(self) -> Text:
        return _(
            "Second factors and password of this person are removed and every session ends. "
            "She sets a new password by mail and enrols a new factor. "
            "Confirm only if you are sure, by your own means, that she lost it."
        )

    def perform(self, form: forms.Form) -> Text:
        try:
            confirm(self.row, by=self.request.user)
        except TakesTwo:
            raise NotPossible(_("It takes somebody else to confirm this.")) from None
        return _("The second factor is reset.")


class AskForm(forms.Form):
    person = forms.ModelChoiceField(label=_("Person"), queryset=get_user_model().objects.none())
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("How you made sure that it is truly this person."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(pk__in=Authenticator.objects.values("user"), is_active=True)
        self.fields["person"].queryset = people.order_by("email")  # type: ignore[attr-defined]


class Ask(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    form_class = AskForm
    page_title = _("Ask for a reset")
    template_name = "donations/staff/act.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm("staff.ask_factorreset"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: AskForm) -> HttpResponse:
        ask(**form.cleaned_data, by=self.request.user)  # type: ignore[arg-type]  # signed in
        messages.success(self.request, _("Another administrator has to confirm it now."))
        return redirect("factor_resets:index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "question": _("Somebody lost the phone or the key? Another administrator confirms."),
            "back": reverse("factor_resets:index"),
            "button": self.page_title,
        }


class FactorResetsDesk(Desk):
    model = FactorReset
    name = "factor_resets"
    menu_label = _("Second factors")
    icon = "key"
    add_to_settings_menu = True
    ordering = ["-asked_at", "-pk"]
    index_view_class = Resets
    inspect_view_class = Reset
    acts = [Confirm]

    def extra_urls(self) -> list[URLPattern]:
        return [path("ask/", Ask.as_view(), name="ask")]
