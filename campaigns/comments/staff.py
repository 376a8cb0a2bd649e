"""The desk of comments: what waits, each beside its story, and the switch of each story."""

from typing import Any, ClassVar

import django_filters
from django.contrib.admin.utils import quote
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from campaigns.comments import acts, people
from campaigns.comments.many import ApproveMany, plain_ones
from campaigns.models import CommentConcern, StoryComment, StoryTalk
from campaigns.stories import words as story_words
from core.findable import all_findable
from donations.staff import words
from donations.staff.cells import Cell, Notice, Section, day, moment
from donations.staff.desk import Desk, Listing, MomentColumn, Reading

State = StoryComment.State
TONES = {State.APPROVED: "good", State.REPORTED: "bad", State.SAFEGUARDING: "bad"}
DOUBTFUL = ~Q(doubts="", doubted_by=None)
REPORTED = Q(open_reports__gt=0, state__in=StoryComment.SHOWN) | Q(state=State.REPORTED)
SHOW: dict[str, tuple[Any, Q]] = {
    "waiting": (_("Waiting"), Q(state=State.WAITING)),
    "doubtful": (_("Waiting, doubtful"), Q(state=State.WAITING) & DOUBTFUL),
    "reported": (_("Reported by readers"), REPORTED),
    "approved": (_("Shown"), Q(state=State.APPROVED)),
    "declined": (_("Declined"), Q(state=State.DECLINED)),
    "down": (_("Taken down"), Q(state=State.DOWN)),
    "safeguarding": (_("Safeguarding"), Q(state=State.SAFEGUARDING)),
}
# What the kinds of `core.findable` are called where somebody decides.
DOUBTS: dict[str, Any] = {
    "name": _("a name"),
    "phone": _("a telephone number"),
    "address": _("an address on the internet"),
    "place": _("a place"),
    "date": _("a date"),
    "coordinates": _("coordinates"),
    "full_name": _("perhaps the writer's full name"),
}


def visible_to(user: Any) -> QuerySet[StoryComment]:
    """With what was marked as safeguarding for named people alone."""
    rows = StoryComment.objects.annotate(
        open_reports=Count("reports", filter=Q(reports__done_at=None))
    )
    return rows if people.is_named(user) else rows.exclude(state=State.SAFEGUARDING)


class CommentFilter(WagtailFilterSet):
    show = django_filters.ChoiceFilter(
        label=_("Show"),
        method="of_kind",
        choices=[(key, label) for key, (label, _which) in SHOW.items()],
    )
    language = django_filters.ChoiceFilter(
        label=_("Language"), choices=StoryComment._meta.get_field("language").choices
    )

    class Meta:
        model = StoryComment
        fields: ClassVar[list[str]] = ["show", "language"]

    def of_kind(
        self, rows: QuerySet[StoryComment], name: str, value: str
    ) -> QuerySet[StoryComment]:
        return rows.filter(SHOW[value][1])


def standing(row: StoryComment) -> str:
    """The state, and what makes it special."""
    parts = [str(row.get_state_display())]
    if row.state == State.WAITING and row.is_doubtful:
        parts = [gettext("Waiting for a second person") if row.first_by_id else gettext("Doubtful")]
    if row.erased_at:
        parts.append(gettext("erased"))
    count = getattr(row, "open_reports", 0)
    if count and row.state in StoryComment.SHOWN:
        parts.append(ngettext("%(n)d report", "%(n)d reports", count) % {"n": count})
    return ", ".join(parts)


class Comments(Listing):
    page_title = _("Comments")

    def get_base_queryset(self) -> QuerySet[StoryComment]:
        rank = Case(
            When(REPORTED, then=Value(0)),
            When(state=State.SAFEGUARDING, then=Value(1)),
            When(state=State.WAITING, is_proven=True, then=Value(2)),
            When(state=State.WAITING, then=Value(3)),
            default=Value(4),
            output_field=IntegerField(),
        )
        rows = visible_to(self.request.user).annotate(rank=rank)
        return rows.select_related("story").order_by("rank", "-written_at")

    def order_queryset(self, queryset: QuerySet[StoryComment]) -> QuerySet[StoryComment]:
        """Reports first, then what waits, then the rest: no other order is offered."""
        return queryset

    @property
    def columns(self) -> list[Column]:
        words_of_it = self.titled("text", lambda row: row.excerpt or gettext("Erased"))
        words_of_it.sort_key = None
        return [
            words_of_it,
            Column(lambda row: row.story.title, label=_("Story")),
            Column(standing, label=_("State")),
            MomentColumn("written_at", label=_("Written")),
        ]

    def notices(self) -> list[Notice]:
        found = waiting(self.request.user)
        if self.request.user.has_perm(people.DECIDE) and plain_ones().count() > 1:
            text = gettext("Approve several that nothing speaks against")
            found.append(Notice(text, reverse("comments:many")))
        return found


class OneComment(Reading):
    """The comment beside the story, and each thing to do by one press."""

    template_name = "campaigns/comments/one.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = StoryComment.objects.filter(pk=kwargs["pk"]).first()
        if row and request.user.has_perm(people.SEE) and acts.is_hidden_from(request.user, row):
            raise Http404
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """What is rarely done; the rest stands beside the comment."""
        rare = (acts.Erase,)
        return [
            HeaderButton(
                act.title,
                url=reverse(f"comments:{act.name}", args=[quote(self.object.pk)]),
                icon_name=act.icon,
            )
            for act in rare
            if self.request.user.has_perm(act.permission) and act.is_possible(self.object)
        ]

    def possible(self, *offered: type[acts.CommentAct]) -> list[dict[str, Any]]:
        row, user = self.object, self.request.user
        return [
            {"title": act.title, "url": reverse(f"comments:{act.name}", args=[row.pk])}
            for act in offered
            if user.has_perm(act.permission) and act.is_possible(row)
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: StoryComment = self.object
        user = self.request.user
        mine = user.pk in (row.first_by_id, row.written_by_id)
        doubt = [found.text for found in all_findable(row.text)] if row.is_doubtful else []
        own = {
            "comment": row,
            "standing": standing(row),
            "tone": "warn" if row.state == State.WAITING else TONES.get(State(row.state), ""),
            "doubts": [DOUBTS[kind] for kind in row.doubts.split()],
            "doubt_words": doubt,
            "approve": [] if mine else self.possible(acts.Approve),
            "decline": self.possible(acts.Decline),
            "reasons": acts.REASONS,
            "others": self.possible(acts.KeepShown, acts.TakeDown, acts.Again, acts.Doubt),
            "asked": self.possible(acts.MarkSafeguarding, acts.CloseSafeguarding),
            "is_mine": mine and row.state == State.WAITING,
            "second": self.second(row),
            "reports": [
                (one.get_why_display(), one.words, moment(one.at))
                for one in row.reports.filter(done_at=None)
            ],
            "concern": self.concern(row),
            "story_text": story_words.telling(row.story).split("\n\n"),
            "story_url": reverse("wagtailadmin_pages:edit", args=[row.story_id]),
        }
        return super().get_context_data(**kwargs) | own

    def second(self, row: StoryComment) -> str:
        """Who else could approve it, where that takes two."""
        if not (row.state == State.WAITING and row.is_doubtful):
            return ""
        rest = people.deciders(without=[row.first_by_id, row.written_by_id])
        if row.first_by_id is None:
            rest = [one for one in rest if one.pk != self.request.user.pk]
        return ", ".join(map(str, rest)) or gettext("Nobody: another editor is needed.")

    def concern(self, row: StoryComment) -> dict[str, Any] | None:
        if row.state != State.SAFEGUARDING:
            return None
        found = row.concerns.order_by("-pk").first()
        if found is None:
            return None
        return {
            "due": moment(found.due_at),
            "named": ", ".join(map(str, people.named())),
            "outcome": found.get_outcome_display() if found.closed_at else "",
        }

    def sections(self) -> list[Section]:
        row: StoryComment = self.object
        facts = [
            [_("Story"), row.story.title],
            [_("Language"), words.language(row.language)],
            [_("Written"), moment(row.written_at)],
            [_("Name to show"), row.name or gettext("A reader")],
            [_("Proof of work"), words.yes_no(row.is_proven)],
            [_("Why declined"), row.get_why_display()],
            [_("Erased"), day(row.erased_at.date()) if row.erased_at else ""],
        ]
        steps = [
            [str(step), step.get_why_display(), str(step.by or gettext("By itself")),
             moment(step.at)]
            for step in row.steps.select_related("by")
        ]  # fmt: skip
        return [
            Section(_("About it"), facts),
            Section(
                _("What was done"),
                steps,
                [_("What"), _("Why"), _("Who"), _("When")],
                empty=_("Nothing yet."),
            ),
        ]


class CommentsDesk(Desk):
    model = StoryComment
    name = "comments"
    menu_label = _("Comments")
    icon = "comment"
    index_view_class = Comments
    inspect_view_class = OneComment
    filterset_class = CommentFilter
    acts = (
        acts.Approve, acts.Decline, acts.TakeDown, acts.KeepShown, acts.Again, acts.Doubt,
        acts.MarkSafeguarding, acts.CloseSafeguarding, acts.Erase,
    )  # fmt: skip

    def extra_urls(self) -> list[URLPattern]:
        return [path("many/", ApproveMany.as_view(), name="many")]


class Talks(Listing):
    page_title = _("Comments by story")

    def get_base_queryset(self) -> QuerySet[StoryTalk]:
        rows: QuerySet[StoryTalk] = super().get_base_queryset()
        count = "story__readers_comments"
        return rows.select_related("story__locale").annotate(
            shown=Count(count, filter=Q(**{f"{count}__state": State.APPROVED})),
            waits=Count(count, filter=Q(**{f"{count}__state": State.WAITING})),
        )

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("story", lambda row: row.story.title),
            Column(lambda row: words.language(row.story.locale.language_code), label=_("Language")),
            Column(lambda row: row.get_state_display(), label=_("Comments"), sort_key="state"),
            Column("shown", label=_("Shown")),
            Column("waits", label=_("Waiting")),
        ]


class TalkPage(Reading):
    def get_page_subtitle(self) -> str:
        return str(self.object)

    def sections(self) -> list[Section]:
        row: StoryTalk = self.object
        tone = "good" if row.state == StoryTalk.State.OPEN else ""
        edit = reverse("wagtailadmin_pages:edit", args=[row.story_id])
        facts = [
            [_("Story"), Cell(row.story.title, edit)],
            [_("Comments"), Cell(row.get_state_display(), tone=tone)],
            [_("The story is public"), words.yes_no(row.story.live)],
            [_("Changed"), f"{moment(row.changed_at)} {row.changed_by or ''}".strip()],
        ]  # fmt: skip
        return [Section(_("Comments of this story"), facts)]


class TalksDesk(Desk):
    model = StoryTalk
    name = "comments-by-story"
    menu_label = _("By story")
    icon = "list-ul"
    ordering: ClassVar[list[str]] = ["-story_id"]
    index_view_class = Talks
    inspect_view_class = TalkPage
    acts = (acts.Open, acts.Close, acts.Hide)


def waiting(user: Any) -> list[Notice]:
    """For the first page after signing in."""
    found: list[Notice] = []
    index = reverse("comments:index")
    if user.has_perm(people.DECIDE):
        rows = StoryComment.objects.filter(state=State.WAITING).count()
        reported = visible_to(user).filter(REPORTED).count()
        if reported:
            text = ngettext("%(n)d reported comment", "%(n)d reported comments", reported)
            found.append(Notice(text % {"n": reported}, f"{index}?show=reported", "bad"))
        if rows:
            text = ngettext("%(n)d comment waits", "%(n)d comments wait", rows)
            found.append(Notice(text % {"n": rows}, f"{index}?show=waiting", "warn"))
    if user.has_perm(people.HOLD) and people.is_named(user):
        count = CommentConcern.objects.filter(closed_at=None).count()
        if count:
            text = ngettext(
                "%(n)d message marked as safeguarding",
                "%(n)d messages marked as safeguarding",
                count,
            )
            found.append(Notice(text % {"n": count}, f"{index}?show=safeguarding", "bad"))
    return found
