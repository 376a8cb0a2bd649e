"""People who come for a time, as auditors: until which day; nobody of them enters without one."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets import AdminDateInput

from accounts.models import User
from donations.staff.cells import Cell, Notice, Section, Text, day
from donations.staff.desk import Act, Desk, Listing, Reading

FOR_A_TIME = "accounts.view_for_a_time"


def has_ended(user: User) -> bool:
    """Is this person's time over, or was none set for somebody who enters only for a time?"""
    if user.access_until:
        return user.access_until < timezone.localdate()
    return not user.is_superuser and user.has_perm(FOR_A_TIME)


def ending(user: User | AnonymousUser) -> list[Notice]:
    """What somebody who comes for a time should see on the first page."""
    until: date | None = getattr(user, "access_until", None)
    if until is None:
        return []
    text = _("Your access ends after %(day)s.") % {"day": day(until)}
    return [Notice(text, tone="warn")]


@transaction.atomic
def allow_until(person: User, *, until: date) -> User:
    """Set the last day on which somebody may enter; a day that is over ends it at once."""
    person = User.objects.select_for_update().get(pk=person.pk)
    person.access_until = until
    person.save(update_fields=["access_until"])
    return person


def state(row: User) -> Any:
    if row.access_until is None:
        return _("No day is set: nobody enters")
    return _("Ended") if has_ended(row) else _("May enter")


class Auditors(Listing):
    page_title = _("Auditors")
    any_permission_required: ClassVar[list[str]] = ["change"]

    def get_base_queryset(self) -> QuerySet[User]:
        rows: QuerySet[User] = super().get_base_queryset()
        return rows.filter(groups__permissions__codename="view_for_a_time").distinct()

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("email", str),
            Column(lambda row: day(row.access_until), label=_("Access until")),
            Column(state, label=_("State")),
        ]

    def notices(self) -> list[Notice]:
        return [Notice(_("The role Auditor is given under Settings, Users; the day here."))]


class Auditor(Reading):
    any_permission_required: ClassVar[list[str]] = ["change"]

    def get_page_subtitle(self) -> str:
        return str(self.object)

    def sections(self) -> list[Section]:
        row: User = self.object
        tone = "bad" if has_ended(row) else "good"
        facts = [
            [_("Who"), row.email],
            [_("Access until"), day(row.access_until)],
            [_("State"), Cell(state(row), tone=tone)],
        ]
        return [Section(_("The auditor"), facts)]


class UntilForm(forms.Form):
    until = forms.DateField(label=_("Last day"), widget=AdminDateInput)


class SetEnd(Act):
    name = "until"
    title = _("Set the last day")
    permission = "accounts.change_user"
    icon = "date"
    form_class = UntilForm

    @classmethod
    def is_possible(cls, row: User) -> bool:
        return row.has_perm(FOR_A_TIME)

    def get_initial(self) -> dict[str, Any]:
        return {"until": self.row.access_until}

    def question(self) -> Text:
        return _("After this day no page of the staff opens to this person, also where signed in.")

    def perform(self, form: Any) -> Text:
        allow_until(self.row, until=form.cleaned_data["until"])
        return _("The last day is set.")


class AuditorsDesk(Desk):
    model = User
    name = "auditors"
    menu_label = _("Auditors")
    icon = "user"
    ordering: ClassVar[list[str]] = ["email"]
    index_view_class = Auditors
    inspect_view_class = Auditor
    acts = [SetEnd]
