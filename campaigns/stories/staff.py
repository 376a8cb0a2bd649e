"""The desk of what is left to people about stories."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.ui.tables import Column

from campaigns.models import StoryTask
from campaigns.stories import tasks
from donations.staff.cells import Cell, Notice, Section, Text, moment
from donations.staff.desk import Act, Desk, Listing, MomentColumn, Reading

SEE, DO = "campaigns.view_storytask", "campaigns.change_storytask"


class Done(Act):
    name = "done"
    title = _("Mark as done")
    permission = DO
    icon = "check"

    @classmethod
    def is_possible(cls, row: StoryTask) -> bool:
        return row.done_at is None

    def question(self) -> Text:
        return _("Did you see to it everywhere, or is there nothing left to see to?")

    def perform(self, form: Any) -> Text:
        tasks.done(self.row, by=self.request.user)
        return _("It is done.")


class Tasks(Listing):
    page_title = _("Stories: to do")

    def get_base_queryset(self) -> QuerySet[StoryTask]:
        rows: QuerySet[StoryTask] = super().get_base_queryset()
        return rows.select_related("story")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("__str__", str),
            Column(lambda row: row.story.title if row.story else "", label=_("Story")),
            MomentColumn("made_at", label=_("Since"), sort_key="made_at"),
            MomentColumn("done_at", label=_("Done"), sort_key="done_at"),
        ]


class TaskPage(Reading):
    def sections(self) -> list[Section]:
        row: StoryTask = self.object
        edit = reverse("wagtailadmin_pages:edit", args=[row.story_id]) if row.story else ""
        facts: list[list[Any]] = [
            [_("What"), row.get_kind_display()],
            [_("Story"), Cell(row.story.title, edit) if row.story else ""],
            [_("Fingerprint of the text"), row.text_sha256[:16]],
            [_("Since"), moment(row.made_at)],
            [_("Done"), f"{moment(row.done_at)} {row.done_by or ''}".strip()],
        ]
        return [Section(_("The task"), facts)]


class TasksDesk(Desk):
    """Opened by the gate and by what clears; closed by people."""

    model = StoryTask
    name = "story-tasks"
    menu_label = _("Stories: to do")
    menu_name = "story-tasks"
    menu_order = 151
    add_to_admin_menu = True
    icon = "tasks"
    ordering: ClassVar[list[str]] = ["done_at", "-made_at"]
    index_view_class = Tasks
    inspect_view_class = TaskPage
    acts = (Done,)


def waiting(user: Any) -> list[Notice]:
    """For the first page after signing in."""
    count = StoryTask.objects.filter(done_at=None).count() if user.has_perm(SEE) else 0
    if not count:
        return []
    text = ngettext("%(n)d task about stories", "%(n)d tasks about stories", count)
    return [Notice(text % {"n": count}, reverse("story-tasks:index"), "warn")]
