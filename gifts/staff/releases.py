"""Releases of news from the person's side, and what partners say of a pool in them."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from donations.staff.cells import Cell, Notice, Section, Text, day, link, moment
from donations.staff.desk import Act, Desk, Listing, MomentColumn, NotPossible, Reading
from gifts.models import Release, ReleaseNote, Wish
from gifts.trace import calendar, notes

WHY_NOT = {
    "too_few": _("Fewer than eleven things of this wish were told of so far."),
    "no_text": _("Please write the text in both languages first."),
    "telling": _("The text holds words that must not be there; please change it first."),
    "there_is_one": _("There is a note on this wish in this release already."),
    "same_person": _("It takes a second person: you wrote this text yourself."),
    "down": _("Nothing was changed: the note was taken down."),
}


def _next() -> Notice:
    text = gettext("The next news is published on %(day)s.") % {"day": day(calendar.next_news())}
    return Notice(text)


class Releases(Listing):
    page_title = _("Releases")

    def get_base_queryset(self) -> QuerySet[Release]:
        rows: QuerySet[Release] = super().get_base_queryset()
        return rows.annotate(things=Count("cells__units"))

    def notices(self) -> list[Notice]:
        return [_next()]

    @property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("quarter"),
            MomentColumn("made_at", label=_("Published")),
            Column("things", label=_("Things")),
        ]


class NoteForm(forms.Form):
    wish = forms.ModelChoiceField(label=_("Wish"), queryset=Wish.objects.none())
    text = forms.CharField(
        label=_("Text"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Of the things and of all whom they serve: no name, no age, no place, no story."
        ),
    )
    text_es = forms.CharField(
        label=_("The same in Spanish"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, release: Release, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wish: Any = self.fields["wish"]
        wish.queryset = notes.pools(release)
        wish.label_from_instance = lambda row: row.public_name

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for field in ("text", "text_es"):
            if change := notes.problem(data.get(field) or ""):
                self.add_error(field, change)
        return data


class WriteNote(Act):
    name = "note"
    title = _("Write down a partner's note")
    permission = "gifts.add_releasenote"
    icon = "comment"
    form_class = NoteForm

    @classmethod
    def is_possible(cls, row: Release) -> bool:
        return notes.pools(row).exists()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "release": self.row}

    def question(self) -> Text:
        return _(
            "What a partner says of the things of one wish, to all its donors: never by, about or "
            "for one person, and never because a donor asked. A colleague passes it."
        )

    def perform(self, form: NoteForm) -> Text:
        return _try(
            notes.write, self.row, _("The note waits for a second person."),
            by=self.request.user, **form.cleaned_data,
        )  # fmt: skip


def _try(act: Callable[..., object], row: Any, said: Text, **given: Any) -> Text:
    try:
        act(row, **given)
    except notes.Refused as problem:
        raise NotPossible(str(WHY_NOT[str(problem)])) from None
    return said


class ReleasePage(Reading):
    def notices(self) -> list[Notice]:
        return [_next()]

    def sections(self) -> list[Section]:
        row: Release = self.object
        cells = row.cells.select_related("kind").annotate(things=Count("units"))
        told: list[list[Any]] = [
            [
                one.get_stage_display(),
                one.kind.public_plural if one.kind else gettext("all kinds together"),
                one.get_region_display(),
                one.things,
            ]
            for one in cells
        ]
        said: list[list[Any]] = [
            [link("release-notes", note, note.wish.public_name), note.text, _state(note)]
            for note in row.notes.select_related("wish__kind")
        ]
        return [
            Section(
                _("What was told"),
                told,
                [_("Stage"), _("Kind of thing"), _("Region"), _("Things")],
                empty=_("Nothing reached eleven; all of it waits for the next release."),
            ),
            Section(
                _("Notes of partners"),
                said,
                [_("Wish"), _("Text"), _("State")],
                empty=_("Nobody has written one."),
            ),
        ]


def _state(note: ReleaseNote) -> Cell:
    if note.taken_down_at:
        return Cell(gettext("taken down"), tone="bad")
    if note.passed_at:
        return Cell(gettext("shown to its donors"), tone="good")
    return Cell(gettext("waits for a second person"), tone="warn")


class ReleasesDesk(Desk):
    """Made by the clock; no one adds to a release or changes it."""

    model = Release
    name = "releases"
    menu_label = _("Releases")
    icon = "calendar-alt"
    ordering = ["-quarter"]
    index_view_class = Releases
    inspect_view_class = ReleasePage
    acts = (WriteNote,)


class Notes(Listing):
    page_title = _("Notes of partners")

    def get_base_queryset(self) -> QuerySet[ReleaseNote]:
        rows: QuerySet[ReleaseNote] = super().get_base_queryset()
        return rows.select_related("wish__kind", "release", "written_by")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("wish", _wish),
            Column("release", label=_("Release")),
            Column("written_by", label=_("Written by")),
            Column(_standing, label=_("State")),
        ]


def _wish(row: ReleaseNote) -> str:
    return row.wish.public_name


def _standing(row: ReleaseNote) -> str:
    return str(_state(row).text)


class PassNote(Act):
    name = "pass"
    title = _("Pass the note")
    permission = "gifts.pass_releasenote"
    icon = "check"

    @classmethod
    def is_possible(cls, row: ReleaseNote) -> bool:
        return row.passed_at is None and row.taken_down_at is None

    def question(self) -> Text:
        return gettext(
            "Does it speak of things and of nobody, in both languages? No name, no age, no place, "
            "no story.\n\n%(text)s\n\n%(text_es)s"
        ) % {"text": self.row.text, "text_es": self.row.text_es}

    def perform(self, form: forms.Form) -> Text:
        said = _("All donors of the wish read it now.")
        return _try(notes.accept, self.row, said, by=self.request.user)


class TakeDown(Act):
    name = "take-down"
    title = _("Take it down")
    permission = "gifts.add_releasenote"
    icon = "cross"
    serious = True

    @classmethod
    def is_possible(cls, row: ReleaseNote) -> bool:
        return row.taken_down_at is None

    def question(self) -> Text:
        return _("Nobody reads it any more, from now on.")

    def perform(self, form: forms.Form) -> Text:
        notes.take_down(self.row)
        return _("The note was taken down.")


class NotePage(Reading):
    def sections(self) -> list[Section]:
        row: ReleaseNote = self.object
        facts: list[list[Any]] = [
            [_("Wish"), link("wishes", row.wish, row.wish.public_name)],
            [_("Release"), link("releases", row.release)],
            [_("Text"), row.text],
            [_("The same in Spanish"), row.text_es],
            [_("State"), _state(row)],
            [_("Written by"), f"{row.written_by}, {moment(row.written_at)}"],
            [_("Passed by"), f"{row.passed_by}, {moment(row.passed_at)}" if row.passed_by else ""],
        ]
        return [Section(_("The note"), facts)]


class NotesDesk(Desk):
    model = ReleaseNote
    name = "release-notes"
    menu_label = _("Notes of partners")
    icon = "comment"
    ordering = ["-pk"]
    index_view_class = Notes
    inspect_view_class = NotePage
    acts = (PassNote, TakeDown)
