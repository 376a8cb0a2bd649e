"""Rows that are made in the background: their pages tell how far one is, and offer what came of it.

Some make a file that is kept for some days: each copy taken is on record.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from donations.models import AuditPack, Export
from donations.staff.cells import Section, Text, moment
from donations.staff.desk import Act, Desk, NotPossible, Reading

State = Export.State
TONES = {State.READY: "good", State.FAILED: "bad"}


@dataclass(frozen=True)
class Told:
    """How far it is; `watch` is asked for news while it is not done."""

    state: str
    text: str | Promise
    percent: int
    tone: str = ""
    watch: str = ""


class Made(Reading):
    template_name = "donations/staff/export.html"
    # The same page for the script that watches it.
    news_only = False

    def told(self) -> Told:
        raise NotImplementedError

    def has_file(self) -> bool:
        return False

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.news_only:
            answer: HttpResponse = super().get(request, *args, **kwargs)
            return answer
        told = self.told()
        news = {"state": told.state, "percent": told.percent, "text": str(told.text)}
        return JsonResponse(news, headers={"Cache-Control": "no-store"})

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        buttons: list[HeaderButton] = list(super().header_buttons)
        if self.has_file():
            url = reverse(f"{self.namespace}:download", args=[self.object.pk])
            buttons.append(HeaderButton(_("Download"), url, icon_name="download", priority=-1))
        return buttons

    def state(self) -> Section:
        context = {"told": self.told()}
        return Section(_("State"), template="donations/staff/export_state.html", context=context)


class MadeDesk(Desk):
    def extra_urls(self) -> list[URLPattern]:
        own = self.get_inspect_view_kwargs(news_only=True)
        news = self.construct_view(self.inspect_view_class, **own)
        return [path("progress/<int:pk>/", news, name="progress")]


def state_of(row: Export | AuditPack) -> Told:
    """How far a file is that is kept for some days."""
    state = State(row.state)
    text = str(state.label)
    if state == State.RUNNING:
        text = gettext("Being made: %(percent)s %%") % {"percent": row.percent}
    watch = ""
    if state in (State.WAITING, State.RUNNING):
        namespace = "exports" if isinstance(row, Export) else "audit_packs"
        watch = reverse(f"{namespace}:progress", args=[row.pk])
    return Told(state, text, row.percent, TONES.get(state, ""), watch)


class StateColumn(Column):
    cell_template_name = "donations/staff/export_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | {"told": state_of(instance)}


class KeptFile(Made):
    def told(self) -> Told:
        return state_of(self.object)

    def has_file(self) -> bool:
        return bool(self.object.state == State.READY)

    def downloads(self) -> Section:
        rows = self.object.downloads.select_related("actor")
        return Section(
            _("Downloads"),
            [[moment(one.at), one.actor] for one in rows],
            headings=[_("When"), _("Who")],
            empty=_("Nobody has taken a copy."),
        )


class MakeAgain(Act):
    name = "again"
    title = _("Make it again")
    icon = "rotate"
    ask_again: Callable[[Any], bool]

    @classmethod
    def is_possible(cls, row: Any) -> bool:
        return bool(row.state == State.FAILED)

    def perform(self, form: Any) -> Text:
        if not self.ask_again(self.row):
            raise NotPossible(_("Nothing was changed: it has been done already."))
        return _("It is being made.")


class EraseFile(Act):
    name = "erase"
    title = _("Erase the file")
    icon = "bin"
    serious = True
    erase: Callable[[Any], bool]

    @classmethod
    def is_possible(cls, row: Any) -> bool:
        return bool(row.state == State.READY)

    def question(self) -> Text:
        return _(
            "The file is erased now, before its time. That it was made, and who took a copy, "
            "stays on record."
        )

    def perform(self, form: Any) -> Text:
        if not self.erase(self.row):
            raise NotPossible(_("Nothing was changed: it has been done already."))
        return _("The file was erased.")
