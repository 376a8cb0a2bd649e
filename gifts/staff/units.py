"""Single things by their state, and those that have stood still for too long."""

from datetime import timedelta
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations.staff.cells import Cell, Notice, Section, Text, amount, link, moment
from donations.staff.desk import Act, Desk, LinesColumn, Listing, MomentColumn, NotPossible, Reading
from gifts import units
from gifts.models import ItemKind, Unit
from gifts.models.units import FAULTS

State = Unit.State
# Days in a state after which somebody should look; a state without a line may last for ever.
PATIENCE = {
    State.OFFERED: 7,
    State.ACCEPTED: 30,
    State.ORDERED: 30,
    State.RECEIVED: 7,
    State.TESTED: 7,
    State.WIPED: 7,
    State.READY: 60,
    State.MATCHED: 14,
    State.SHIPPED: 30,
    State.HANDED_OVER: 90,
    State.DAMAGED: 30,
}
MARKS = ("damaged", "returned", "lost")
# What became of these is said on the desk of delivery: the vault has to know it first.
BOUND = (State.MATCHED, State.SHIPPED, State.HANDED_OVER)


def stuck() -> Q:
    """Units that nobody has moved for longer than their state usually lasts."""
    now, found = timezone.now(), Q()
    for state, days in PATIENCE.items():
        found |= Q(state=state, moved_at__lt=now - timedelta(days=days))
    return found


class UnitFilter(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=forms.CheckboxSelectMultiple
    )
    origin = django_filters.ChoiceFilter(label=_("Origin"), choices=Unit.Origin.choices)
    kind = django_filters.ModelChoiceFilter(
        label=_("Kind of thing"), queryset=ItemKind.objects.all()
    )
    stuck = django_filters.BooleanFilter(
        label=_("Stuck"), method="only_stuck", widget=forms.CheckboxInput
    )

    undescribed = django_filters.BooleanFilter(
        label=_("Devices not described yet"), method="only_undescribed", widget=forms.CheckboxInput
    )

    class Meta:
        model = Unit
        fields: ClassVar[list[str]] = ["state", "origin", "kind"]

    def only_undescribed(self, rows: QuerySet[Unit], name: str, value: Any) -> QuerySet[Unit]:
        return rows.filter(spec_class=None, kind__is_device=True) if value else rows

    def only_stuck(self, rows: QuerySet[Unit], name: str, value: Any) -> QuerySet[Unit]:
        return rows.filter(stuck()) if value else rows


def find_units(rows: QuerySet[Unit], typed: str) -> QuerySet[Unit]:
    """By code, with or without its dash."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    return rows.filter(code=f"{signs[:4]}-{signs[4:]}")


class Units(Listing):
    page_title = _("Units")
    filterset_class = UnitFilter
    finder = staticmethod(find_units)

    def get_base_queryset(self) -> QuerySet[Unit]:
        rows: QuerySet[Unit] = super().get_base_queryset()
        return rows.select_related("kind", "wish__kind")

    def notices(self) -> list[Notice]:
        count = Unit.objects.filter(stuck()).count()
        text = gettext("%(count)s stand still for longer than they should.") % {"count": count}
        return [Notice(text, "?stuck=on&ordering=moved_at", "warn")] if count else []

    @property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("code"),
            LinesColumn(_kind, below=_wish, label=_("Kind of thing")),
            Column(_state_of, label=_("State")),
            MomentColumn("moved_at", label=_("In this state since"), sort_key="moved_at"),
            Column(_days, label=_("Days")),
        ]


def _kind(row: Unit) -> str:
    return f"{row.kind.public_name} ({row.get_origin_display()})"


def _wish(row: Unit) -> str:
    return row.wish.public_name if row.wish else gettext("General stock")


def _state_of(row: Unit) -> str:
    return row.get_state_display()


def _days(row: Unit) -> str:
    return str((timezone.now() - row.moved_at).days)


class MarkForm(forms.Form):
    to = forms.ChoiceField(label=_("What became of it"), widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), max_length=200)

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways: Any = self.fields["to"]
        ways.choices = [(way, way.label) for way in units.ways(unit) if way in MARKS]


class Mark(Act):
    name = "mark"
    title = _("Damaged, returned or lost")
    permission = "gifts.move_unit"
    icon = "warning"
    serious = True
    form_class = MarkForm

    @classmethod
    def is_possible(cls, row: Unit) -> bool:
        return row.state not in BOUND and any(way in MARKS for way in units.ways(row))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "unit": self.row}

    def question(self) -> Text:
        return _(
            "The unit leaves its way. If it comes back to us, it is received and checked anew."
        )

    def perform(self, form: Any) -> Text:
        data = form.cleaned_data
        try:
            units.move(self.row, to=State(data["to"]), by=self.request.user, note=data["note"])
        except units.CannotMove:
            raise NotPossible(gettext("Nothing was changed: the unit moved meanwhile.")) from None
        return _("The unit was marked.")


class DescribeForm(forms.ModelForm):  # type: ignore[type-arg]
    like_it = forms.BooleanField(
        label=_("The same for all others like it"),
        required=False,
        help_text=_("Of the same kind and wish, not given to anybody and not described yet."),
    )

    class Meta:
        model = Unit
        fields: ClassVar[list[str]] = ["spec_class", "keyboard", "voltage", "region"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["spec_class"].required = True


class Describe(Act):
    name = "describe"
    title = _("Describe it")
    permission = "gifts.move_unit"

    @classmethod
    def is_possible(cls, row: Unit) -> bool:
        return row.state in units.DESCRIBED_IN

    def get_form_class(self) -> type[DescribeForm]:
        return DescribeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": Unit.objects.get(pk=self.row.pk)}

    def question(self) -> Text:
        return _("What decides whom it can go to. Matching gives nobody less than she needs.")

    def perform(self, form: Any) -> Text:
        data = dict(form.cleaned_data)
        rows = [self.row]
        if data.pop("like_it"):
            like = Unit.objects.filter(kind=self.row.kind_id, wish=self.row.wish_id)
            rows += like.filter(spec_class=None).exclude(pk=self.row.pk)
        count = units.describe(rows, **data)
        words = ngettext("%(n)s thing was described.", "%(n)s things were described.", count)
        return words % {"n": count}


class Restock(Act):
    name = "restock"
    title = _("Back in stock")
    permission = "gifts.move_unit"
    icon = "rotate"

    @classmethod
    def is_possible(cls, row: Unit) -> bool:
        return row.origin == Unit.Origin.BOUGHT and row.state in MARKS

    def question(self) -> Text:
        return _("Does it lie before you, checked and in order? It is ready for a need then.")

    def perform(self, form: Any) -> Text:
        try:
            for state in (State.RECEIVED, State.READY):
                units.move(self.row, to=state, by=self.request.user)
        except units.CannotMove:
            raise NotPossible(gettext("Nothing was changed: the unit moved meanwhile.")) from None
        return _("The unit is ready.")


class UnitPage(Reading):
    def sections(self) -> list[Section]:
        row: Unit = self.object
        tone = "bad" if row.state in FAULTS else ""
        facts: list[list[Any]] = [
            [_("Code"), row.code],
            [_("Kind of thing"), row.kind.public_name],
            [_("Wish"), link("wishes", row.wish) if row.wish else _("General stock")],
            [_("Origin"), row.get_origin_display()],
            [_("State"), Cell(row.get_state_display(), tone=tone)],
            [_("In this state since"), moment(row.moved_at)],
            [_("Class"), row.get_spec_class_display() or Cell(_("not described yet"), tone="warn")],
            [_("Keyboard"), row.get_keyboard_display()],
            [_("Mains voltage"), row.get_voltage_display() or _("either, or none")],
            [_("Lies in"), row.get_region_display() or _("our hub")],
            [_("Paid by gifts"), amount(row.cost_minor, row.kind.currency)],
        ]
        steps: list[list[Any]] = [
            [moment(step.at), step.get_state_display(), step.actor or gettext("System"), step.note]
            for step in row.steps.select_related("actor")
        ]
        headings = [_("When"), _("State"), _("By whom"), _("Note")]
        return [Section(_("The unit"), facts), Section(_("Steps"), steps, headings)]


class UnitsDesk(Desk):
    """Made by orders and offers; each part of the house brings its own acts."""

    model = Unit
    name = "units"
    menu_label = _("Units")
    icon = "tag"
    ordering = ["-moved_at", "-pk"]
    index_view_class = Units
    inspect_view_class = UnitPage
    acts = (Describe, Mark, Restock)
