"""Notes and follow-up tasks, on a donor's page and a gift's."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from donations.models import StaffNote
from donations.staff.cells import Cell, Notice, Section, Text, day, link, moment
from donations.staff.desk import Act, Desk, Listing, Reading
from donations.staff.period_forms import DayInput


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The donor may ask to read it. Never write about a survivor here."),
    )
    due_on = forms.DateField(
        label=_("Follow up on"),
        required=False,
        widget=DayInput,
        help_text=_("With a date it is a task, shown to the team until it is done."),
    )


class AddNote(Act):
    name = "note"
    title = _("Add a note")
    permission = "donations.add_staffnote"
    icon = "comment-add"
    form_class = NoteForm

    def question(self) -> Text:
        return _("Write down what the next person should know.")

    def perform(self, form: NoteForm) -> Text:
        self.save(form.cleaned_data)
        return _("The note is kept.")

    def save(self, data: dict[str, Any]) -> None:
        raise NotImplementedError


def section(user: Any, rows: QuerySet[StaffNote]) -> Section | None:
    """The notes as part of a page, for those who may read them."""
    if not user.has_perm("donations.view_staffnote"):
        return None
    listed = [
        [moment(row.created_at), row.text, str(row.author), _due(row)]
        for row in rows.select_related("author")
    ]
    headings = [_("When"), _("Note"), _("By"), _("Follow up")]
    return Section(_("Notes and tasks"), listed, headings, empty=_("Nobody wrote a note."))


def _due(row: StaffNote) -> Cell:
    if row.due_on is None:
        return Cell("")
    if row.done_at:
        return Cell(_("done"), tone="good")
    late = row.due_on < timezone.localdate()
    url = reverse("tasks:inspect", args=[row.pk])
    return Cell(day(row.due_on), url, "bad" if late else "warn")


class Tasks(Listing):
    """What somebody meant to do and nobody has done yet, the oldest date first."""

    page_title = _("Tasks")

    def get_base_queryset(self) -> QuerySet[StaffNote]:
        rows: QuerySet[StaffNote] = super().get_base_queryset()
        return rows.filter(due_on__isnull=False, done_at=None).select_related(
            "donor", "donation", "author"
        )

    @property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("text"),
            Column(lambda row: day(row.due_on), label=_("Follow up on"), sort_key="due_on"),
            Column(lambda row: row.donor or row.donation.name, label=_("About")),
            Column("author", label=_("By")),
        ]


class Task(Reading):
    def get_page_subtitle(self) -> str:
        return str(self.object.author)

    def notices(self) -> list[Notice]:
        return [Notice(_("This is done."), tone="good")] if self.object.done_at else []

    def sections(self) -> list[Section]:
        row: StaffNote = self.object
        return [
            Section(
                _("Note"),
                [
                    [_("Text"), row.text],
                    [_("Follow up on"), day(row.due_on)],
                    [_("Donor"), link("donors", row.donor)],
                    [_("Donation"), link("gifts", row.donation)],
                    [_("Written"), f"{moment(row.created_at)}, {row.author}"],
                    [_("Done"), f"{moment(row.done_at)}, {row.done_by}" if row.done_at else ""],
                ],
            )
        ]


class FinishTask(Act):
    name = "finish"
    title = _("Mark as done")
    permission = "donations.change_staffnote"
    icon = "check"

    @classmethod
    def is_possible(cls, row: StaffNote) -> bool:
        return row.due_on is not None and row.done_at is None

    def question(self) -> Text:
        return self.row.text  # type: ignore[no-any-return]

    def perform(self, form: forms.Form) -> Text:
        StaffNote.objects.filter(pk=self.row.pk, done_at=None).update(
            done_at=timezone.now(), done_by=self.request.user
        )
        return _("Done.")


class TasksDesk(Desk):
    model = StaffNote
    name = "tasks"
    menu_label = _("Tasks")
    icon = "list-ul"
    ordering = ["due_on", "pk"]
    index_view_class = Tasks
    inspect_view_class = Task
    acts = [FinishTask]
