"""What this floor adds to Wagtail's admin: its desks, and the gate of stories in words."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.log_actions import LogFormatter

from campaigns.challenges.staff import ChallengesDesk
from campaigns.comments.staff import CommentsDesk, TalksDesk
from campaigns.editing import behind
from campaigns.editing.beside import TranslationsDesk
from campaigns.editing.checks_panel import ACTION, ReasonsDesk, lacks_reason
from campaigns.letters.staff import LettersDesk
from campaigns.models import StoryPage
from campaigns.news.staff import ReadersDesk
from campaigns.reports.board_desk import BoardDesk
from campaigns.reports.staff import ReportsDesk
from campaigns.staff import CampaignsDesk
from campaigns.stories import gate
from campaigns.stories.staff import TasksDesk
from campaigns.training.staff import CoursesDesk, FiguresDesk, SectorsDesk, WorkplacesDesk


class News(ViewSetGroup):
    menu_label = _("News")
    menu_name = "news"
    menu_icon = "mail"
    menu_order = 152
    items = (LettersDesk, ReadersDesk)


class Comments(ViewSetGroup):
    menu_label = _("Comments")
    menu_name = "comments-group"
    menu_icon = "comment"
    menu_order = 151
    items = (CommentsDesk, TalksDesk)


@hooks.register("register_admin_viewset")
def comments() -> Comments:
    return Comments()


class Training(ViewSetGroup):
    menu_label = _("Training")
    menu_name = "training"
    menu_icon = "openquote"
    menu_order = 153
    items = (FiguresDesk, CoursesDesk, WorkplacesDesk, SectorsDesk)


@hooks.register("register_admin_viewset")
def training() -> Training:
    return Training()


@hooks.register("register_admin_viewset")
def desks() -> list[ViewSet]:
    return [
        CampaignsDesk(),
        ChallengesDesk(),
        TasksDesk(),
        ReportsDesk(),
        BoardDesk(),
        ReasonsDesk(),
        TranslationsDesk(),
    ]


@hooks.register("register_admin_viewset")
def news() -> News:
    return News()


@hooks.register("before_publish_page")
def sign(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Whoever presses "publish" passes the story; refused, it stays the draft that was saved."""
    if not isinstance(page, StoryPage):
        return None
    try:
        revision = page.latest_revision
        assert revision  # was saved a moment ago
        gate.sign(revision, by=request.user)
        gate.check(revision.as_object())
    except gate.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("wagtailadmin_pages:edit", page.pk)
    return None


@hooks.register("before_publish_page")
def ask_why(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Words that are not the house's are published with a reason; the draft is saved already."""
    return redirect("words:reason", page.pk) if lacks_reason(page) else None


@hooks.register("register_log_actions")
def published_anyway(actions: Any) -> None:
    class Formatter(LogFormatter):
        label = _("Gave a reason")
        message = _("Publish these words all the same")

        def format_message(self, entry: Any) -> str:
            # Of a story that was taken back nothing is left but that it happened.
            kept = (entry.data.get(name, "") for name in ("told", "reason"))
            return " ".join(filter(None, kept)) or str(self.message)

    actions.register_action(ACTION)(Formatter)


@hooks.register("before_edit_page")
def note_what_it_was(request: HttpRequest, page: Any) -> None:
    """Translations that nobody has saved yet: how they stand before something changes."""
    if request.method == "POST":
        behind.learn_before(page)


@hooks.register("after_edit_page")
def note_what_was_translated(request: HttpRequest, page: Any) -> None:
    behind.learn(page)
