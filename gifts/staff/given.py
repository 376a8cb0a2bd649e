"""The desk for things that were given: where each stands, its checks, its value, its end."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations.staff.cells import Cell, Notice, Section, amount, day, link, moment
from donations.staff.desk import Desk, LinesColumn, Listing, Reading
from gifts.models import DeviceCheck, Disposal, GivenThing, Unit
from gifts.offers import deciding, intake
from gifts.staff import given_acts


class GivenFilter(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        field_name="unit__state",
        label=_("State"),
        choices=Unit.State.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    work = django_filters.BooleanFilter(
        label=_("To be checked"), method="only_work", widget=forms.CheckboxInput
    )
    form_8282 = django_filters.BooleanFilter(
        label=_("Form 8282 due"), method="only_due", widget=forms.CheckboxInput
    )

    class Meta:
        model = GivenThing
        fields: ClassVar[list[str]] = []

    def only_work(self, rows: QuerySet[GivenThing], name: str, value: Any) -> QuerySet[GivenThing]:
        return rows.filter(unit__state__in=deciding.IN_WORK) if value else rows

    def only_due(self, rows: QuerySet[GivenThing], name: str, value: Any) -> QuerySet[GivenThing]:
        due = {"disposal__form_8282_due_on__isnull": False, "disposal__form_8282_filed_on": None}
        return rows.filter(**due) if value else rows


def find_given(rows: QuerySet[GivenThing], typed: str) -> QuerySet[GivenThing]:
    """By code, or by serial number, known or forgotten."""
    typed = typed.strip()
    found = rows.filter(unit__code__iexact=typed) | rows.filter(serial__iexact=typed)
    return found | rows.filter(serial_hash=intake.hashed(typed))


class Given(Listing):
    page_title = _("Things given")
    finder = staticmethod(find_given)

    def get_base_queryset(self) -> QuerySet[GivenThing]:
        rows: QuerySet[GivenThing] = super().get_base_queryset()
        return rows.select_related("unit__kind", "offer")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("unit", lambda row: row.unit.code),
            LinesColumn(
                "description", below=lambda row: row.unit.kind.public_name, label=_("What")
            ),
            Column(lambda row: row.unit.get_state_display(), label=_("State")),
            Column(lambda row: row.offer.name, label=_("From")),
            Column(lambda row: day(row.received_on), label=_("Received on")),
        ]


class OneThing(Reading):
    def get_page_subtitle(self) -> str:
        return str(self.object.unit)

    def notices(self) -> list[Notice]:
        disposal = Disposal.objects.filter(thing=self.object).first()
        if disposal and disposal.form_8282_due_on and not disposal.form_8282_filed_on:
            text = gettext("Form 8282 is due by %(day)s.")
            return [Notice(text % {"day": day(disposal.form_8282_due_on)}, tone="bad")]
        return []

    def sections(self) -> list[Section]:
        row: GivenThing = self.object
        forgotten = _("forgotten; a number can still be compared") if row.serial_hash else ""
        facts: list[list[Any]] = [
            [_("State"), row.unit.get_state_display()],
            [_("What"), row.description],
            [_("Offer"), link("offers", row.offer)],
            [_("Received"), f"{day(row.received_on)}, {row.received_by}"],
            [_("Serial number"), row.serial or forgotten],
        ]
        found = [Section(_("The thing"), facts)]
        if row.unit.kind.is_device:
            found.append(self._checks(row))
        if self.request.user.has_perm("gifts.value_giventhing"):
            found.append(_values(row))
        disposal = Disposal.objects.filter(thing=row).select_related("by").first()
        return [*found, _end(disposal)] if disposal else found

    def _checks(self, row: GivenThing) -> Section:
        seen = intake.latest_checks(row)
        rows = []
        for kind in DeviceCheck.Check:
            made = seen.get(kind)
            if made is None:
                rows.append([kind.label, Cell(_("not yet"), tone="warn"), "", "", ""])
                continue
            told = ", ".join(filter(None, [made.method, made.certificate, made.note]))
            result = (
                Cell(_("all right"), tone="good")
                if made.passed
                else Cell(_("not all right"), tone="bad")
            )
            rows.append([kind.label, result, str(made.by), moment(made.at), told])
        headings = [_("Check"), _("Result"), _("By whom"), _("When"), _("Note")]
        return Section(_("Checks"), rows, headings)


def _values(row: GivenThing) -> Section:
    rows = [
        [
            amount(value.amount_minor, value.currency),
            value.get_method_display(),
            value.source,
            f"{moment(value.at)}, {value.by}",
        ]
        for value in row.values.select_related("by").order_by("-pk")
    ]
    headings = [_("Value"), _("How it was found"), _("Source"), _("When")]
    return Section(_("Book value, the latest first"), rows, headings, empty=_("None is set yet."))


def _end(disposal: Disposal) -> Section:
    rows: list[list[Any]] = [
        [_("On"), day(disposal.disposed_on)],
        [_("How"), disposal.get_how_display()],
        [_("To whom"), disposal.to_whom],
        [_("Why"), disposal.why],
        [_("Recorded"), f"{moment(disposal.at)}, {disposal.by}"],
        [_("Form 8282 due"), day(disposal.form_8282_due_on)],
        [_("Form 8282 filed"), day(disposal.form_8282_filed_on)],
    ]
    return Section(_("Disposal"), rows)


class GivenDesk(Desk):
    model = GivenThing
    name = "given"
    menu_label = _("Things given")
    icon = "pick"
    ordering = ["-pk"]
    filterset_class = GivenFilter
    index_view_class = Given
    inspect_view_class = OneThing
    acts = (
        *(given_acts.CheckThing, given_acts.MakeReady, given_acts.Refuse, given_acts.SetValue),
        *(given_acts.Dispose, given_acts.FileForm8282),
    )
