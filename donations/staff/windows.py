"""The desk for event windows: hours in which many people give from one address, as at a gala."""

from datetime import timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic

from donations import defence
from donations.models import EventWindow
from donations.staff.cells import Section, moment
from donations.staff.desk import Desk, Listing, MomentColumn, Reading


class WindowForm(WagtailAdminModelForm):
    class Meta:
        model = EventWindow
        fields: ClassVar[list[str]] = ["starts_at", "ends_at", "note"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at:
            if not timedelta() < ends_at - starts_at <= defence.LONGEST_WINDOW:
                self.add_error("ends_at", _("Please choose up to 24 hours after the beginning."))
            elif ends_at <= timezone.now():
                self.add_error("ends_at", _("This is over already."))
        return data

    def save(self, commit: bool = True) -> EventWindow:
        data = self.cleaned_data
        return defence.open_window(
            data["starts_at"], data["ends_at"], note=data["note"], opened_by=self.for_user
        )


class OpenWindow(generic.CreateView):
    page_title = _("Open a window")

    def save_instance(self) -> EventWindow:
        window: EventWindow = self.form.save()
        return window

    def get_success_buttons(self) -> list[Any]:
        return []  # it cannot be changed afterwards


class Windows(Listing):
    page_title = _("Event windows")
    add_item_label = _("Open a window")

    def get_base_queryset(self) -> QuerySet[EventWindow]:
        rows: QuerySet[EventWindow] = super().get_base_queryset()
        return rows.select_related("opened_by")

    @property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("note"),
            MomentColumn("starts_at", label=_("From"), sort_key="starts_at"),
            MomentColumn("ends_at", label=_("Until"), sort_key="ends_at"),
            Column("opened_by", label=_("Opened by")),
        ]


class Window(Reading):
    def sections(self) -> list[Section]:
        row: EventWindow = self.object
        rows = [
            [_("What happens then"), row.note],
            [_("From"), moment(row.starts_at)],
            [_("Until"), moment(row.ends_at)],
            [_("Opened"), f"{moment(row.opened_at)}, {row.opened_by}"],
        ]
        return [Section(_("The window"), rows)]


class WindowsDesk(Desk):
    """Opened by a form; afterwards it stands as it is, and ends by itself."""

    model = EventWindow
    name = "windows"
    menu_label = _("Event windows")
    icon = "time"
    ordering = ["-starts_at", "-pk"]
    index_view_class = Windows
    add_view_class = OpenWindow
    inspect_view_class = Window

    def get_form_class(self, for_update: bool = False) -> type[WindowForm]:
        return WindowForm


def open_now() -> list[EventWindow]:
    now = timezone.now()
    return list(EventWindow.objects.filter(starts_at__lte=now, ends_at__gt=now))
