"""The wish board, a page for each wish, and what is done with it."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic

from donations.staff.cells import Cell, Notice, Section, amount, link, moment
from donations.staff.desk import Desk, LinesColumn, Listing, MomentColumn, Reading, ShortColumn
from gifts import ladder, progress, wishes
from gifts.models import ItemKind, Purpose, Region, Wish
from gifts.progress import Progress
from gifts.staff.wish_acts import End, Publish, Review, Rewrite, check_words

State = Wish.State
TONES = {State.PUBLISHED: "good", State.FUNDED: "good", State.REVIEWED: "warn"}
SECOND_PERSON = _("Waits for a second person")


class WishForm(WagtailAdminModelForm):
    """What a wish says; the domain decides what may still change."""

    class Meta:
        model = Wish
        fields: ClassVar[list[str]] = [
            *("kind", "purpose", "region", "wanted", "text", "text_es", "like"),
            *("over_funding_percent", "leftover", "ends_at", "position"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kind"]
        kinds.queryset = ItemKind.objects.filter(is_open=True)
        likes: Any = self.fields["like"]
        likes.queryset = Wish.objects.filter(state__in=ladder.LIVE).select_related("kind")
        likes.required = False

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        check_words(self, data)
        return data

    def save(self, commit: bool = True) -> Wish:
        return wishes.write(by=self.for_user, **self.cleaned_data)


class WishFilter(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=forms.CheckboxSelectMultiple
    )
    kind = django_filters.ModelChoiceFilter(
        label=_("Kind of thing"), queryset=ItemKind.objects.all()
    )
    region = django_filters.ChoiceFilter(label=_("Region"), choices=Region.choices)
    purpose = django_filters.ChoiceFilter(label=_("Purpose"), choices=Purpose.choices)

    class Meta:
        model = Wish
        fields: ClassVar[list[str]] = ["state", "kind", "region", "purpose"]


class WriteWish(generic.CreateView):
    page_title = _("Write a wish")

    def save_instance(self) -> Wish:
        wish: Wish = self.form.save()
        return wish

    def get_success_buttons(self) -> list[Any]:
        return []


class Board(Listing):
    page_title = _("Wishes")
    add_item_label = _("Write a wish")
    filterset_class = WishFilter

    def get_base_queryset(self) -> QuerySet[Wish]:
        rows: QuerySet[Wish] = super().get_base_queryset()
        return rows.select_related("kind")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        # One look at the books for all rows of this page of the list.
        for one in progress.of(context["object_list"]):
            one.wish.progress = one  # type: ignore[attr-defined]
        return context

    def notices(self) -> list[Notice]:
        waiting = Wish.objects.filter(state=State.DRAFT).exclude(text="").exclude(text_es="")
        count = waiting.exclude(written_by=self.request.user).count()
        if not count or not self.request.user.has_perm("gifts.review_wish"):
            return []
        text = gettext("%(count)s texts by colleagues wait for you to read them.")
        return [Notice(text % {"count": count}, "?state=draft", "warn")]

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("__str__", lambda row: row.public_name),
            LinesColumn(_state_of, below=_who, label=_("State")),
            LinesColumn(_funded, below=_money, label=_("Funded")),
            ShortColumn(_days, label=_("Days")),
            MomentColumn("ends_at", label=_("Ends"), sort_key="ends_at"),
        ]


def _state_of(row: Wish) -> str:
    return row.get_state_display()


def _who(row: Wish) -> str:
    return str(SECOND_PERSON) if row.state == State.DRAFT else ""


def _funded(row: Any) -> str:
    one: Progress = row.progress
    if not row.unit_minor:
        return gettext("%(wanted)s wanted") % {"wanted": row.wanted}
    return gettext("%(funded)s of %(wanted)s") % {"funded": one.funded, "wanted": row.wanted}


def _money(row: Any) -> str:
    one: Progress = row.progress
    if not one.goal_minor:
        return ""
    percent = 100 * one.given_minor // one.goal_minor
    return f"{amount(one.given_minor, row.currency)} · {percent} %"


def _days(row: Wish) -> str:
    """How long it has been open."""
    if row.opens_at is None:
        return ""
    return str(((row.closed_at or timezone.now()) - row.opens_at).days)


class WishPage(Reading):
    def sections(self) -> list[Section]:
        row: Wish = self.object
        (one,) = progress.of([row])
        said = [
            [_("State"), Cell(row.get_state_display(), tone=TONES.get(State(row.state), ""))],
            [_("Kind of thing"), row.kind.public_name],
            [_("Purpose"), row.get_purpose_display()],
            [_("Region"), row.get_region_display()],
            [_("Wanted"), row.wanted],
            [_("A like wish"), link("wishes", row.like)],
            [_("What is left over"), row.get_leftover_display()],
            [_("Published"), moment(row.opens_at)],
            [_("Ends"), moment(row.ends_at)],
            [_("Closed"), moment(row.closed_at)],
            [_("Why it was closed"), row.close_reason],
        ]
        texts: list[list[Any]] = [
            [_("English"), row.text],
            [_("Spanish"), row.text_es],
            [_("Written by"), row.written_by],
            [_("Passed by"), row.reviewed_by],
            [_("Passed"), moment(row.reviewed_at)],
        ]
        found = [Section(_("The wish"), said), Section(_("Its words"), texts)]
        if row.designation_id:
            found.append(Section(_("Its money"), self._money(row, one)))
        return [*found, self._story()]

    def notices(self) -> list[Notice]:
        row: Wish = self.object
        return [Notice(SECOND_PERSON, tone="warn")] if row.state == State.DRAFT else []

    def _money(self, row: Wish, one: Progress) -> list[list[Any]]:
        def told(minor: int | None) -> str:
            return amount(minor, row.currency)

        return [
            [_("Cost of one"), told(row.unit_minor)],
            [_("Goal"), told(one.goal_minor)],
            [_("Given"), told(one.given_minor)],
            [_("Being paid for now"), told(one.held_minor)],
            [_("Still open"), told(one.left_minor)],
            [_("Whole things funded"), f"{one.funded} / {row.wanted}"],
            [_("Designation"), str(row.designation)],
        ]

    def _story(self) -> Section:
        """Who changed what: the state and the people at each change."""
        events = Wish.pgh_event_model.objects.filter(pgh_obj=self.object)  # type: ignore[attr-defined]
        rows: list[list[Any]] = [
            [moment(event.pgh_created_at), event.get_state_display(), event.written_by,
             event.reviewed_by or ""]
            for event in events.select_related("written_by", "reviewed_by").order_by("-pgh_id")[:50]
        ]  # fmt: skip
        headings = [_("When"), _("State"), _("Written by"), _("Passed by")]
        return Section(_("History"), rows, headings)


class WishesDesk(Desk):
    """Written by a form, then taken from step to step by acts."""

    model = Wish
    name = "wishes"
    menu_label = _("Wishes")
    icon = "pick"
    ordering = ["position", "-opens_at", "-pk"]
    index_view_class = Board
    inspect_view_class = WishPage
    add_view_class = WriteWish
    acts = (Rewrite, Review, Publish, End)

    def get_form_class(self, for_update: bool = False) -> type[WishForm]:
        return WishForm
