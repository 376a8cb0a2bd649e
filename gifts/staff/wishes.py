"""The wish board, a page for each wish, and what is done with it."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic

from core.discretion import telling
from donations.staff.desk import (
    Act,
    Cell,
    Desk,
    LinesColumn,
    Listing,
    MomentColumn,
    Notice,
    NotPossible,
    Reading,
    Section,
    ShortColumn,
    Text,
    amount,
    link,
    moment,
)
from gifts import catalogue, ladder, progress, wishes
from gifts.models import ItemKind, Purpose, Region, Wish
from gifts.progress import Progress

State = Wish.State
TONES = {State.PUBLISHED: "good", State.FUNDED: "good", State.REVIEWED: "warn"}
WHY_NOT = {
    "closed": _("Nothing was changed: this wish is closed."),
    "covered": _("Nothing was changed: the wish is covered, its words stay as donors read them."),
    "frozen": _("Nothing was changed: goal and subject are fixed once a wish was published."),
    "same_person": _("It takes a second person: you wrote this text yourself."),
    "no_text": _("Please write the text in both languages first."),
    "telling": _("The text holds words that must not be there; please change it first."),
    "state": _("Nothing was changed: the wish is not at that step any more."),
    "ended": _("Nothing was published: its last day is over."),
    "no_cost": _("Nothing was published: nobody has entered what one costs in this region."),
    "no_fund": _("Nothing was published: there is no designation with the code “education”."),
}
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


class TextForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Wish
        fields: ClassVar[list[str]] = ["text", "text_es", "ends_at", "position"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        check_words(self, data)
        return data


def check_words(form: Any, data: dict[str, Any]) -> None:
    """A wish is shared and shown over shoulders: its words keep quiet about the cause."""
    for field in wishes.TEXTS:
        if word := telling(data.get(field) or ""):
            text = _("Please say it without “%(word)s”: wishes are read over shoulders.")
            form.add_error(field, ValidationError(text, params={"word": word}))
    ends_at = data.get("ends_at")
    if ends_at and ends_at <= timezone.now():
        form.add_error("ends_at", _("Please choose a day to come."))


class Rewrite(Act):
    name = "rewrite"
    title = _("Change the words")
    permission = "gifts.change_wish"

    @classmethod
    def is_possible(cls, row: Wish) -> bool:
        return row.state in (State.DRAFT, State.REVIEWED, State.PUBLISHED)

    def get_form_class(self) -> type[TextForm]:
        return TextForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": Wish.objects.get(pk=self.row.pk)}

    def question(self) -> Text:
        if self.row.state == State.PUBLISHED:
            return _(
                "Another text takes the wish off the list until a second person has passed it and "
                "it is published again. Its last day and its place in the list change at once."
            )
        return _("Another text takes the review back: a second person passes it once more.")

    def perform(self, form: Any) -> Text:
        _try(wishes.rewrite, self.row, by=self.request.user, **form.cleaned_data)
        return _("The wish was changed.")


class Review(Act):
    name = "review"
    title = _("Pass the text")
    permission = "gifts.review_wish"
    icon = "check"

    @classmethod
    def is_possible(cls, row: Wish) -> bool:
        return row.state == State.DRAFT

    def question(self) -> Text:
        return gettext(
            "Does it speak of a thing and never of a person, in both languages? No age, no family, "
            "no place, no story.\n\n%(text)s\n\n%(text_es)s"
        ) % {"text": self.row.text, "text_es": self.row.text_es}

    def perform(self, form: Any) -> Text:
        _try(wishes.review, self.row, by=self.request.user)
        return _("The text is passed; the wish can be published.")


class Publish(Act):
    name = "publish"
    title = _("Publish")
    permission = "gifts.publish_wish"
    icon = "view"

    @classmethod
    def is_possible(cls, row: Wish) -> bool:
        return row.state == State.REVIEWED

    def level(self) -> ladder.Level:
        """Where it can be published: its own rung, unless too little is behind it."""
        own: ladder.Level = ladder.rungs(self.row)[0]
        return own if self.row.designation_id else ladder.passing(self.row)

    def question(self) -> Text:
        level, own = self.level(), ladder.rungs(self.row)[0]
        if level.kind is None:
            return gettext(
                "There are not known to be %(k)s verified needs behind “%(own)s”, nor behind any "
                "wider wish for this kind. The level that passes is the education fund, which is "
                "always open. This wish will be closed, and nothing of it was ever public."
            ) % {"k": ladder.K, "own": own}
        price = self.row.unit_minor or catalogue.unit_minor(self.row.kind, level.region)
        told = gettext(
            "“%(level)s”: %(wanted)s wanted at %(price)s each, %(goal)s in all. Goal and price are "
            "fixed from now on."
        ) % {
            "level": level,
            "wanted": self.row.wanted,
            "price": amount(price, self.row.currency) or "?",
            "goal": amount(price and price * self.row.wanted, self.row.currency) or "?",
        }
        if level == own:
            return told
        short = gettext(
            "There are not known to be %(k)s verified needs behind “%(own)s”. The level that "
            "passes is the next wider one."
        ) % {"k": ladder.K, "own": own}
        return f"{short}\n\n{told}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        level = self.level()
        if level.kind is None:
            context["button"] = _("Leave it to the education fund")
        elif level != ladder.rungs(self.row)[0]:
            context["button"] = gettext("Publish as “%(level)s”") % {"level": level}
        return context

    def perform(self, form: Any) -> Text:
        level = self.level()
        if level.kind is None:
            _try(wishes.end, self.row, reason=gettext("Left to the education fund."))
            return _("The wish is closed; the education fund asks for what it asked.")
        _try(wishes.publish, self.row, level=level)
        return _("The wish is published.")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"), max_length=200, help_text=_("For colleagues; donors do not see it.")
    )


class End(Act):
    name = "end"
    title = _("End this wish")
    permission = "gifts.publish_wish"
    icon = "cross"
    serious = True
    form_class = ReasonForm

    @classmethod
    def is_possible(cls, row: Wish) -> bool:
        return row.state != State.CLOSED

    def question(self) -> Text:
        return _(
            "It takes no more gifts from this moment on and cannot be opened again. What was given "
            "is spent on what it asks for; what is still being paid goes where its donor chose."
        )

    def perform(self, form: Any) -> Text:
        _try(wishes.end, self.row, reason=form.cleaned_data["reason"])
        return _("The wish has ended.")


def _try(act: Any, row: Wish, **said: Any) -> None:
    try:
        act(row, **said)
    except wishes.NotPossible as refused:
        if refused.code == "not_enough":
            text = gettext("Nothing was published: the level that passes is %(level)s.")
            raise NotPossible(text % {"level": refused.level}) from None
        raise NotPossible(str(WHY_NOT[refused.code])) from None


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
            self.titled("public_name", lambda row: row.public_name),
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

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**kwargs) | {"add_url_name": "wishes:add"}

    def extra_urls(self) -> list[URLPattern]:
        return [path("new/", self.add_view, name="add")]
