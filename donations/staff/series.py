"""The desk of the receipt book: each series with its figures, and why a number is missing."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations.models import Receipt, ReceiptSeries
from donations.receipts import explaining
from donations.staff.cells import Cell, Notice, Section, Text, amount, link, moment
from donations.staff.desk import Desk, Listing, Reading

State = Receipt.State


def figure(number: int) -> str:
    return str(number_format(number, use_l10n=True, force_grouping=True))


def not_valid() -> dict[tuple[int, str], int]:
    """How many of each series are void or replaced: an index of those few alone is read."""
    rows = Receipt.objects.exclude(state=State.ISSUED).values_list("series", "state")
    return {(pk, state): n for pk, state, n in rows.annotate(n=Count("pk")).order_by()}


class SeriesFilter(WagtailFilterSet):
    class Meta:
        model = ReceiptSeries
        fields: ClassVar[list[str]] = ["legal_entity", "country", "year", "livemode"]


class AllSeries(Listing):
    page_title = _("Receipt book")

    def get_base_queryset(self) -> QuerySet[ReceiptSeries]:
        rows: QuerySet[ReceiptSeries] = super().get_base_queryset()
        self.counts = not_valid()
        return rows.select_related("legal_entity")

    def count(self, row: ReceiptSeries, state: str) -> int:
        return self.counts.get((row.pk, state), 0)

    @property
    def columns(self) -> list[Column]:
        def valid(row: ReceiptSeries) -> str:
            gone = self.count(row, State.VOID) + self.count(row, State.REPLACED)
            return figure(row.last_number - gone)

        series = self.titled("year", str)
        series.label = _("Series")
        return [
            series,
            Column("legal_entity", label=_("Legal entity")),
            Column(lambda row: _("Live") if row.livemode else _("Test"), label=_("Money")),
            Column(lambda row: figure(row.last_number), label=_("Last number")),
            Column(valid, label=_("Valid")),
            Column(lambda row: figure(self.count(row, State.VOID)), label=_("Void")),
            Column(lambda row: figure(self.count(row, State.REPLACED)), label=_("Replaced")),
        ]

    def notices(self) -> list[Notice]:
        if not self.request.user.has_perm("donations.issue_receipt"):
            return []
        url = reverse("unreceipted:index")
        return [Notice(_("Gifts without a receipt: which they are, and why"), url)]


class NumberField(forms.IntegerField):
    """The last digits of a receipt's number, or all of it as it is printed."""

    widget = forms.TextInput
    series = ""

    def to_python(self, value: Any) -> int | None:
        typed = str(value or "").strip().upper()
        found: int | None = super().to_python(typed.removeprefix(f"{self.series}-"))
        return found


class NumberForm(forms.Form):
    number = NumberField(
        label=_("Number"),
        min_value=0,
        max_value=2**31 - 1,
        help_text=_("As it is printed, or its last digits."),
    )

    def __init__(self, *given: Any, series: ReceiptSeries) -> None:
        super().__init__(*given)
        number: Any = self.fields["number"]
        number.series = str(series)


class OneSeries(Reading):
    template_name = "donations/staff/series.html"

    def get_page_subtitle(self) -> str:
        return str(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        typed = self.request.GET if "number" in self.request.GET else None
        self.form = NumberForm(typed, series=self.object)
        return super().get_context_data(**kwargs) | {"number_form": self.form}

    def notices(self) -> list[Notice]:
        if not self.form.is_valid():
            return []
        return [notice(explaining.explain(self.object, self.form.cleaned_data["number"]))]

    def sections(self) -> list[Section]:
        row: ReceiptSeries = self.object
        counts = {state: n for (pk, state), n in not_valid().items() if pk == row.pk}
        gone = sum(counts.values())
        listed = f"{reverse('receipts:index')}?series={row.pk}"
        void, replaced = (counts.get(state, 0) for state in (State.VOID, State.REPLACED))
        rows: list[list[Any]] = [
            [_("Legal entity"), row.legal_entity.name],
            [_("Country"), row.country],
            [_("Year"), str(row.year)],
            [_("Money"), _("Live") if row.livemode else _("Test")],
            [_("Last number"), Cell(figure(row.last_number), listed)],
            [_("Valid"), Cell(figure(row.last_number - gone), f"{listed}&state=issued")],
            [_("Void"), Cell(figure(void), f"{listed}&state=void")],
            [_("Replaced"), Cell(figure(replaced), f"{listed}&state=replaced")],
        ]
        sections = [Section(_("The series"), rows)]
        if self.form.is_valid():
            sections += facts(explaining.explain(row, self.form.cleaned_data["number"]))
        return sections


ANSWERS: dict[str, tuple[Text, str]] = {
    "issued": (_("Number %(number)s is a valid receipt."), "good"),
    "waiting": (_("Number %(number)s is issued; its PDF is being made."), "warn"),
    "void": (_("Number %(number)s is void; no other receipt is in its place."), "warn"),
    "replaced": (_("Number %(number)s is void and was replaced by %(successor)s."), "warn"),
    "not_yet": (_("Number %(number)s has not been drawn yet."), "good"),
    "never": (_("Numbers begin with 1: there is no number %(number)s."), "good"),
    "gap": (
        _("Number %(number)s was drawn and is on no receipt. Tell whoever runs this site."),
        "bad",
    ),
}


def notice(answer: explaining.Answer) -> Notice:
    text, tone = ANSWERS[answer.state]
    told = {"number": answer.number, "successor": answer.successor or ""}
    return Notice(str(text) % told, tone=tone)


def facts(answer: explaining.Answer) -> list[Section]:
    """The receipt behind a number, where there is one."""
    receipt = answer.receipt
    if receipt is None:
        return []
    known = receipt.snapshot
    rows: list[list[Any]] = [
        [_("Receipt"), link("receipts", receipt)],
        [_("Amount"), amount(known["amount_minor"], known["currency"])],
        [_("Issued"), moment(receipt.issued_at)],
        [_("Replaces"), known["replaces"]],
    ]
    if receipt.void_reason:
        why = ". ".join(filter(None, [str(receipt.get_void_reason_display()), receipt.void_note]))
        who = receipt.voided_by or gettext("System")
        rows += [
            [_("Void because"), why],
            [_("Voided"), f"{moment(receipt.voided_at)}, {who}"],
            [_("Replaced by"), link("receipts", answer.successor)],
        ]
    return [Section(gettext("Number %(number)d") % {"number": answer.number}, rows)]


class SeriesDesk(Desk):
    model = ReceiptSeries
    name = "series"
    menu_label = _("Receipt book")
    icon = "list-ol"
    ordering: ClassVar[list[str]] = ["-year", "legal_entity", "-livemode", "country"]
    filterset_class = SeriesFilter
    index_view_class = AllSeries
    inspect_view_class = OneSeries
