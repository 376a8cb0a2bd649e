"""Batches on their way to partners' offices: shipped, arrived, and the list for the box."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from core.headers import as_file
from donations.staff.cells import Cell, Notice, Section, Text, day, link, moment
from donations.staff.desk import Act, Desk, Listing, Reading, ShortColumn
from gifts.delivery import batches, confirming, packing_list, patience
from gifts.delivery.batches import Refused
from gifts.staff.delivery_words import BATCH_TONES, refusal, standing, state_of
from gifts.vault.models import Batch, Parcel, Partner

State = Batch.State
OPEN = (State.PACKING, State.SHIPPED)


class BatchFilter(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=forms.CheckboxSelectMultiple
    )
    partner = django_filters.ModelChoiceFilter(
        label=_("Partner"), queryset=Partner.objects.order_by("name")
    )

    class Meta:
        model = Batch
        fields: ClassVar[list[str]] = ["state", "partner"]


def find_batches(rows: QuerySet[Batch], typed: str) -> QuerySet[Batch]:
    """By its code, or by that of a thing in it."""
    code = confirming.tidy(typed)
    own = rows.filter(code=code)
    return own if own.exists() else rows.filter(parcels__unit_code=code)


class Batches(Listing):
    page_title = _("Batches")
    filterset_class = BatchFilter
    finder = staticmethod(find_batches)

    def get_base_queryset(self) -> QuerySet[Batch]:
        rows: QuerySet[Batch] = super().get_base_queryset()
        return rows.select_related("partner").annotate(things=Count("parcels"))

    def notices(self) -> list[Notice]:
        late = Parcel.objects.filter(patience.overdue()).count()
        text = gettext("Of %(count)s things nobody has heard for too long.") % {"count": late}
        return [Notice(text, reverse("parcels:index") + "?overdue=on", "warn")] if late else []

    @property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("code"),
            Column(_partner, label=_("Partner")),
            Column(_state, label=_("State")),
            ShortColumn(_since, label=_("Since")),
            ShortColumn(_expected, label=_("Expected on")),
            Column("things", label=_("Things")),
        ]


def _partner(row: Batch) -> str:
    return row.partner.name


def _state(row: Batch) -> str:
    return row.get_state_display()


def _since(row: Batch) -> str:
    return day(timezone.localtime(row.moved_at).date())


def _expected(row: Batch) -> str:
    return day(row.expected_on)


class BatchAct(Act):
    """One call of the domain; its refusals in words."""

    permission = "vault.send_batch"
    row: Batch
    states: ClassVar[tuple[str, ...]] = (State.PACKING,)

    @classmethod
    def is_possible(cls, row: Batch) -> bool:
        return row.state in cls.states

    def do(self, act: Callable[..., object], said: Text, /, **given: Any) -> Text:
        try:
            act(self.row, by=self.request.user, **given)
        except Refused as problem:
            raise refusal(problem) from None
        return said


class ShipForm(forms.Form):
    carrier = forms.CharField(label=_("Carrier"), max_length=60)
    expected_on = forms.DateField(
        label=_("Expected on"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean_expected_on(self) -> date:
        expected: date = self.cleaned_data["expected_on"]
        if expected < timezone.localdate():
            raise forms.ValidationError(_("Please choose a day to come."))
        return expected


class Ship(BatchAct):
    name = "ship"
    title = _("It has left")
    icon = "arrow-right"
    form_class = ShipForm

    def question(self) -> Text:
        return _(
            "Who takes it, and when should it be there? To the partner's public office alone, "
            "never to a home. The carrier needs no word of what the things are for."
        )

    def perform(self, form: ShipForm) -> Text:
        return self.do(batches.ship, _("The batch is on its way."), **form.cleaned_data)


class ArriveForm(forms.Form):
    missing = forms.MultipleChoiceField(
        label=_("These were missing in it"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missing: Any = self.fields["missing"]
        sent = batch.parcels.filter(state=Parcel.State.SHIPPED).order_by("unit_code")
        missing.choices = [(row.unit_code, row.unit_code) for row in sent]


class Arrive(BatchAct):
    name = "arrive"
    title = _("It has arrived")
    icon = "check"
    form_class = ArriveForm
    states = (State.SHIPPED,)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "batch": self.row}

    def question(self) -> Text:
        return _("Does it lie at the partner's office? The partner confirms each thing later.")

    def perform(self, form: ArriveForm) -> Text:
        return self.do(batches.arrive, _("The batch has arrived."), **form.cleaned_data)


class Unpack(BatchAct):
    name = "cancel"
    title = _("Unpack it")
    icon = "cross"
    serious = True

    def question(self) -> Text:
        return _("The batch does not leave; its things wait to be packed again.")

    def perform(self, form: forms.Form) -> Text:
        return self.do(batches.cancel, _("The batch was unpacked."))


class BatchPage(Reading):
    @property
    def header_buttons(self) -> list[HeaderButton]:
        row: Batch = self.object
        if row.state not in OPEN or not self.request.user.has_perm("vault.send_batch"):
            return list(super().header_buttons)
        paper = HeaderButton(
            _("Packing list"),
            url=reverse("batches:list", args=[row.pk]),
            icon_name="doc-full",
            priority=90,
        )
        return [*super().header_buttons, paper]

    def sections(self) -> list[Section]:
        row: Batch = self.object
        facts: list[list[Any]] = [
            [_("Code"), row.code],
            [_("Partner"), row.partner.name],
            [_("State"), Cell(row.get_state_display(), tone=BATCH_TONES.get(State(row.state), ""))],
            [_("Carrier"), row.carrier],
            [_("Expected on"), day(row.expected_on)],
            [_("Packed by"), f"{row.made_who}, {moment(row.made_at)}"],
        ]
        inside = list(row.parcels.order_by("unit_code"))
        kinds = batches.things(inside)
        rows: list[list[Any]] = [
            [
                link("parcels", one, one.unit_code),
                kinds[one.unit_code].kind.public_name if one.unit_code in kinds else "",
                state_of(one),
                standing(one),
            ]
            for one in inside
        ]
        steps: list[list[Any]] = [
            [moment(step.at), step.get_state_display(), step.who or gettext("System"), step.note]
            for step in row.steps.all()
        ]
        return [
            Section(_("The batch"), facts),
            Section(
                _("Things"),
                rows,
                [_("Thing"), _("Kind of thing"), _("State"), _("Since")],
                empty=_("Nothing is in it."),
            ),
            Section(
                _("Steps"),
                steps,
                [_("When"), _("State"), _("By whom"), _("Note")],
                empty=_("It is still being packed."),
            ),
        ]


def list_to_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The packing list; the look at the partner's address is put on record."""
    if not request.user.has_perm("vault.send_batch"):
        raise PermissionDenied
    batch = get_object_or_404(Batch.objects.select_related("partner"), pk=pk, state__in=OPEN)
    data = packing_list.sheet(batch, by=request.user)
    return as_file(data, f"packing-{batch.code}.pdf", is_shown=True)


class BatchesDesk(Desk):
    """Made on the page of what is to be sent; each step is an act."""

    model = Batch
    name = "batches"
    menu_label = _("Batches")
    icon = "folder-open-inverse"
    ordering = ["-pk"]
    index_view_class = Batches
    inspect_view_class = BatchPage
    acts = (Ship, Arrive, Unpack)

    def extra_urls(self) -> Iterable[URLPattern]:
        return [path("list/<int:pk>.pdf", list_to_print, name="list")]
