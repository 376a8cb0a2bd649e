"""The desks for orders and suppliers: the list, and everything about one order on its page."""

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.widgets.button import HeaderButton

from core.headers import as_file
from donations.staff.cells import Cell, Notice, Section, amount, day, link, moment
from donations.staff.desk import Desk, LinesColumn, Listing, MomentColumn, Reading, ShortColumn
from donations.staff.giving import Settings
from gifts.buying import differences, invoices, labels, orders
from gifts.models import Invoice, OrderedUnit, PurchaseOrder, Supplier, Unit
from gifts.staff import buying_acts as acts
from gifts.staff import buying_advances as advances
from gifts.staff import buying_arrivals as arrivals
from gifts.staff.buying_words import STEPS, TONES, figure, purpose

State = PurchaseOrder.State
UNITS_SHOWN = 100


class OrderFilter(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=forms.CheckboxSelectMultiple
    )
    route = django_filters.ChoiceFilter(label=_("Route"), choices=PurchaseOrder.Route.choices)
    supplier = django_filters.ModelChoiceFilter(
        label=_("Supplier"), queryset=Supplier.objects.all()
    )

    class Meta:
        model = PurchaseOrder
        fields: ClassVar[list[str]] = ["state", "route", "supplier"]


def find_orders(rows: QuerySet[PurchaseOrder], typed: str) -> QuerySet[PurchaseOrder]:
    """By number, by a unit's code, by the supplier's name, or by the number of an invoice."""
    typed = typed.strip()
    if typed.isdecimal() and rows.filter(pk=int(typed)).exists():
        return rows.filter(pk=int(typed))
    unit = Unit.objects.filter(code=typed.upper(), bought__line__order__in=rows).first()
    if unit:
        return rows.filter(lines__units__unit=unit)
    invoiced = rows.filter(invoices__number__iexact=typed)
    return invoiced if invoiced.exists() else rows.filter(supplier__name__icontains=typed)


class Orders(Listing):
    page_title = _("Orders")
    add_item_label = _("New order")
    filterset_class = OrderFilter
    finder = staticmethod(find_orders)

    def get_base_queryset(self) -> QuerySet[PurchaseOrder]:
        rows: QuerySet[PurchaseOrder] = super().get_base_queryset()
        total = Sum(F("lines__quantity") * F("lines__unit_minor"), default=0)
        return rows.select_related("supplier", "drawn_up_by").annotate(total_minor=total)

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("supplier", str),
            LinesColumn(
                lambda row: row.get_state_display(),
                lambda row: row.get_route_display(),
                label=_("State"),
                sort_key="state",
            ),
            ShortColumn(lambda row: amount(row.total_minor, row.currency), label=_("Amount")),
            Column("drawn_up_by", label=_("Drawn up by")),
            MomentColumn("created_at", label=_("Drawn up"), sort_key="created_at"),
        ]


class Order(Reading):
    def get_page_subtitle(self) -> str:
        return str(self.object)

    def notices(self) -> list[Notice]:
        row: PurchaseOrder = self.object
        found: list[Notice] = []
        if row.state == State.APPROVED:
            for short, (wanted, left) in orders.lacking(row).items():
                text = gettext("“%(purpose)s” has %(left)s left; this order takes %(wanted)s.") % {
                    "purpose": short.public_name,
                    "left": amount(left, row.currency),
                    "wanted": amount(wanted, row.currency),
                }
                found.append(Notice(text, tone="warn"))
        unexplained = sum(one.explanation is None for one in differences.of([row]))
        if unexplained:
            text = gettext("%(count)s differences have to be explained before it is closed.")
            found.append(Notice(text % {"count": unexplained}, tone="warn"))
        return found

    @property
    def header_buttons(self) -> list[HeaderButton]:
        buttons = list(super().header_buttons)
        if OrderedUnit.objects.filter(line__order=self.object).exists():
            url = reverse("orders:labels", args=[self.object.pk])
            buttons.append(HeaderButton(_("Labels"), url, icon_name="tag", priority=90))
        return buttons

    def sections(self) -> list[Section]:
        row: PurchaseOrder = self.object
        found = [self._facts(row), self._lines(row), self._differences(row), self._units(row)]
        return [one for one in [*found, self._invoices(row), self._story(row)] if one]

    def _facts(self, row: PurchaseOrder) -> Section:
        rows: list[list[Any]] = [
            [_("State"), Cell(row.get_state_display(), tone=TONES.get(State(row.state), ""))],
            [_("Supplier"), row.supplier],
            [_("Route"), row.get_route_display()],
            [_("Drawn up by"), row.drawn_up_by],
            [_("Approved by"), row.approved_by],
            [_("Ordered by"), row.placed_by],
            [_("Ordered"), moment(row.placed_at)],
            [_("Note"), row.note],
        ]
        advance = getattr(row, "advance", None)
        if advance:
            rows += [
                [_("Advance"), amount(advance.amount_minor, row.currency)],
                [_("Of it still with them"), amount(invoices.unspent_of(row), row.currency)],
                [_("Came back"), amount(advance.returned_minor, row.currency)],
            ]
        return Section(_("The order"), rows)

    def _lines(self, row: PurchaseOrder) -> Section:
        lines = list(row.lines.select_related("kind", "wish__kind", "designation"))
        rows = [
            [
                line.kind.public_name,
                link("wishes", line.wish) if line.wish else purpose(line),
                line.quantity,
                amount(line.unit_minor, row.currency),
                amount(line.wish.unit_minor if line.wish else None, row.currency),
                amount(line.total_minor, row.currency),
            ]
            for line in lines
        ]
        total = amount(sum(line.total_minor for line in lines), row.currency)
        headings = [
            *(_("Kind of thing"), _("Wish"), _("How many"), _("Expected price of one")),
            *(_("Planned, with handling"), _("Amount")),
        ]
        totals = [[_("Total"), "", "", "", "", total]]
        return Section(
            _("What it buys"), rows, headings, empty=_("Nothing yet: add a line."), totals=totals
        )

    def _differences(self, row: PurchaseOrder) -> Section | None:
        rows = difference_rows(differences.of([row]), with_order=False)
        headings = [_("Line"), _("What"), _("Expected"), _("Found"), _("Explanation")]
        return Section(_("Differences"), rows, headings) if rows else None

    def _units(self, row: PurchaseOrder) -> Section | None:
        found = OrderedUnit.objects.filter(line__order=row).select_related("unit__kind")
        rows = [
            [
                link("units", one.unit),
                one.unit.get_state_display(),
                amount(one.price_minor - one.covered_minor, row.currency),
                amount(one.covered_minor, row.currency),
                amount(one.paid_minor, row.currency),
            ]
            for one in found[:UNITS_SHOWN]
        ]
        headings = [_("Unit"), _("State"), _("Paid by gifts"), _("Covered"), _("Billed")]
        return Section(_("Units"), rows, headings) if rows else None

    def _invoices(self, row: PurchaseOrder) -> Section | None:
        tones = {Invoice.State.REJECTED: "bad", Invoice.State.PAID: "good"}
        rows = [
            [
                one.number,
                Cell(one.get_state_display(), tone=tones.get(Invoice.State(one.state), "warn")),
                day(one.dated),
                amount(one.amount_minor, one.currency),
                "" if one.currency == row.currency else f"{one.rate.normalize():f}",
                amount(one.cost_minor, row.currency),
                one.approved_by,
            ]
            for one in row.invoices.select_related("approved_by")
        ]
        headings = [
            *(_("Number"), _("State"), _("Date"), _("Sum"), _("Exchange rate"), _("Cost")),
            _("Approved by"),
        ]
        return Section(_("Invoices"), rows, headings) if rows else None

    def _story(self, row: PurchaseOrder) -> Section:
        rows = [
            [
                moment(one.at),
                STEPS.get(one.kind, one.kind),
                amount(one.amount_minor, row.currency),
                one.note,
                one.actor,
            ]
            for one in row.steps.select_related("actor")
        ]
        headings = [_("When"), _("What"), _("Amount"), _("Note"), _("By whom")]
        return Section(_("What happened"), rows, headings)


def difference_rows(
    found: Iterable[differences.Difference], *, with_order: bool
) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for one in found:
        cells: list[Any] = [
            f"{one.line}, {purpose(one.line)}",
            arrivals.About(one.about).label,
            figure(one.about, one.expected, one.line),
            figure(one.about, one.found, one.line),
            one.explanation.text if one.explanation else Cell(gettext("Not yet"), tone="warn"),
        ]
        rows.append([link("orders", one.line.order), *cells] if with_order else cells)
    return rows


def order_labels(request: HttpRequest, pk: int) -> HttpResponse:
    """The labels of an order's units, in the order of their codes."""
    if not request.user.has_perm("gifts.view_purchaseorder"):
        raise PermissionDenied
    order = get_object_or_404(PurchaseOrder, pk=pk)
    units = Unit.objects.filter(bought__line__order=order).exclude(state=Unit.State.CANCELED)
    return labels_file(units.select_related("kind").order_by("code"))


def labels_file(units: Iterable[Unit]) -> HttpResponse:
    return as_file(labels.sheet(units), "labels.pdf", is_shown=True)


class OrdersDesk(Desk):
    model = PurchaseOrder
    name = "orders"
    menu_label = _("Orders")
    icon = "clipboard-list"
    ordering = ["-pk"]
    index_view_class = Orders
    add_view_class = acts.NewOrder
    inspect_view_class = Order
    acts = (
        *(acts.AddLine, acts.RemoveLine, acts.ApproveOrder, acts.PlaceOrder, advances.PayAdvance),
        *(arrivals.Receive, arrivals.Check, arrivals.EnterInvoice, arrivals.ApproveInvoice),
        *(arrivals.RejectInvoice, arrivals.PayInvoice, advances.SettleAdvance, arrivals.Explain),
        *(acts.CoverOrder, arrivals.CloseOrder, acts.CancelOrder),
    )

    def extra_urls(self) -> list[URLPattern]:
        return [
            path("labels/<int:pk>/", order_labels, name="labels"),
        ]


class SupplierForm(WagtailAdminModelForm):
    class Meta:
        model = Supplier
        fields: ClassVar[list[str]] = [
            *("name", "kind", "country", "currency", "address", "email", "is_open"),
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        for field in ("country", "currency"):
            data[field] = str(data.get(field) or "").upper()
        return data


class SuppliersDesk(Settings):
    model = Supplier
    form = SupplierForm
    name = "suppliers"
    menu_label = _("Suppliers")
    icon = "group"
    list_display: ClassVar[list[Any]] = [
        *("name", "kind", "country", "currency"),
        BooleanColumn("is_open", label=_("We buy there")),
    ]
    list_filter: ClassVar[list[str]] = ["kind", "is_open"]
