"""Single things on their way: what is late, missed, to come back, damaged or lost."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations.staff.cells import Notice, Section, Text, link, moment
from donations.staff.desk import Act, Desk, LinesColumn, Listing, NotPossible, Reading
from gifts.delivery import batches, confirming, patience
from gifts.staff.delivery_words import standing, state_of
from gifts.vault import parcels
from gifts.vault.models import Parcel, Partner

State = Parcel.State


class ParcelFilter(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=forms.CheckboxSelectMultiple
    )
    partner = django_filters.ModelChoiceFilter(
        label=_("Partner"), queryset=Partner.objects.order_by("name")
    )
    overdue = django_filters.BooleanFilter(
        label=_("Overdue"), method="only_overdue", widget=forms.CheckboxInput
    )

    class Meta:
        model = Parcel
        fields: ClassVar[list[str]] = ["state", "partner"]

    def only_overdue(self, rows: QuerySet[Parcel], name: str, value: Any) -> QuerySet[Parcel]:
        return rows.filter(patience.overdue()) if value else rows


def find_parcels(rows: QuerySet[Parcel], typed: str) -> QuerySet[Parcel]:
    """By the code on the thing's label, with or without its dash."""
    return rows.filter(unit_code=confirming.tidy(typed))


class Parcels(Listing):
    page_title = _("On the way")
    filterset_class = ParcelFilter
    finder = staticmethod(find_parcels)

    def get_base_queryset(self) -> QuerySet[Parcel]:
        rows: QuerySet[Parcel] = super().get_base_queryset()
        return rows.select_related("partner", "batch")

    def notices(self) -> list[Notice]:
        told = (
            (patience.overdue(), "?overdue=on", _("Of %(count)s nobody has heard for too long.")),
            (_is(State.NOT_RECEIVED), _only(State.NOT_RECEIVED), _("Partners miss %(count)s.")),
            (_is(State.RECALLED), _only(State.RECALLED), _("%(count)s are to come back to us.")),
            (
                _is(State.DAMAGED, State.LOST),
                _only(State.DAMAGED, State.LOST),
                _("%(count)s were damaged or lost."),
            ),
        )
        found = []
        for wanted, query, text in told:
            if count := Parcel.objects.filter(wanted).count():
                found.append(Notice(text % {"count": count}, query, "warn"))
        return found

    @property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("unit_code"),
            LinesColumn(_partner, below=_batch, label=_("Partner")),
            Column(_state, label=_("State")),
            Column(standing, label=_("Since")),
        ]


def _is(*states: str) -> Q:
    return Q(state__in=states)


def _only(*states: str) -> str:
    return "?" + "&".join(f"state={state}" for state in states)


def _partner(row: Parcel) -> str:
    return row.partner.name


def _batch(row: Parcel) -> str:
    return row.batch.code if row.batch else gettext("on the spot")


def _state(row: Parcel) -> str:
    return row.get_state_display()


class ParcelAct(Act):
    permission = "vault.settle_parcel"
    row: Parcel
    states: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def is_possible(cls, row: Parcel) -> bool:
        return row.state in cls.states


class SaidForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("What the partner said"),
        choices=[
            ("received", _("It is in use")),
            ("not_received", _("It has not come")),
            ("damaged", _("It came damaged")),
        ],
        widget=forms.RadioSelect,
    )


class Said(ParcelAct):
    name = "said"
    title = _("Said on the telephone")
    icon = "comment"
    form_class = SaidForm
    states = tuple(parcels.ON_THE_WAY)

    def question(self) -> Text:
        return _(
            "Write down what the partner said of this code. It is marked as said on the "
            "telephone. Ask for no name, and write none down."
        )

    def perform(self, form: SaidForm) -> Text:
        try:
            confirming.confirm(
                self.row.unit_code,
                partner=self.row.partner,
                by=self.request.user,
                outcome=form.cleaned_data["outcome"],
                by_phone=True,
            )
        except confirming.NotExpected:
            raise NotPossible(gettext("Nothing was changed: it moved meanwhile.")) from None
        return _("It is written down.")


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Note"), max_length=200, help_text=_("Of the thing alone; no name, no place.")
    )


class GriefForm(NoteForm):
    to = forms.ChoiceField(
        label=_("What became of it"),
        choices=[("lost", State.LOST.label), ("damaged", State.DAMAGED.label)],
        widget=forms.RadioSelect,
    )
    field_order = ("to", "note")


class Grief(ParcelAct):
    name = "grief"
    title = _("Damaged or lost")
    icon = "warning"
    serious = True
    form_class = GriefForm
    states = tuple(parcels.LIVING)

    def question(self) -> Text:
        return _("The thing leaves its way; the need it was for is open again, for another one.")

    def perform(self, form: forms.Form) -> Text:
        return _moved(confirming.write_off, self, form, _("It is recorded; the need is open."))


class TurnUp(ParcelAct):
    name = "turn-up"
    title = _("It came after all")
    icon = "check"
    form_class = NoteForm
    states = (State.NOT_RECEIVED,)

    def question(self) -> Text:
        return _("Does it lie at the partner's office? The partner confirms it later.")

    def perform(self, form: forms.Form) -> Text:
        return _moved(confirming.turn_up, self, form, _("It is with the partner."))


class TakeBack(ParcelAct):
    name = "take-back"
    title = _("It is back with us")
    icon = "rotate"
    form_class = NoteForm
    states = (State.RECALLED,)

    def question(self) -> Text:
        return _("Its need was withdrawn. Once it is checked anew it is ready for another one.")

    def perform(self, form: forms.Form) -> Text:
        return _moved(confirming.take_back, self, form, _("It is back."))


def _moved(act: Any, view: Act, form: forms.Form, said: Text) -> Text:
    try:
        act(view.row, by=view.request.user, **form.cleaned_data)
    except parcels.CannotMove:
        raise NotPossible(gettext("Nothing was changed: it moved meanwhile.")) from None
    return said


class ParcelPage(Reading):
    def sections(self) -> list[Section]:
        row: Parcel = self.object
        thing = batches.things([row]).get(row.unit_code)
        facts: list[list[Any]] = [
            [_("Thing"), link("units", thing) if thing else row.unit_code],
            [_("Kind of thing"), thing.kind.public_name if thing else ""],
            [_("Partner"), row.partner.name],
            [_("Need"), row.match.need.code],
            [_("Batch"), link("batches", row.batch) if row.batch else _("on the spot")],
            [_("State"), state_of(row)],
            [_("Since"), standing(row) or moment(row.moved_at)],
        ]
        steps: list[list[Any]] = [
            [
                moment(step.at),
                step.get_state_display(),
                (step.who or gettext("System")) + (_phoned() if step.by_phone else ""),
                step.note,
            ]
            for step in row.steps.all()
        ]
        headings = [_("When"), _("State"), _("By whom"), _("Note")]
        return [Section(_("The thing on its way"), facts), Section(_("Steps"), steps, headings)]


def _phoned() -> str:
    return ", " + gettext("by telephone")


class ParcelsDesk(Desk):
    model = Parcel
    name = "parcels"
    menu_label = _("On the way")
    icon = "tag"
    ordering = ["-moved_at", "-pk"]
    index_view_class = Parcels
    inspect_view_class = ParcelPage
    acts = (Said, TurnUp, TakeBack, Grief)
