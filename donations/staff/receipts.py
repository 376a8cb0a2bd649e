"""The desk for receipts: read one, hand out its file, void it, replace it, mail it again."""

from datetime import date
from typing import Any, ClassVar

import django_filters
from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column

from core.headers import as_file
from donations.models import LegalEntity, Receipt, ReceiptSeries
from donations.receipts import book, document, voiding
from donations.staff.cells import Cell, Notice, Section, amount, day, link, moment
from donations.staff.desk import Desk, Listing, MomentColumn, Reading
from donations.staff.finding import find_receipts
from donations.staff.receipt_acts import Approve, Decline, Replace, Resend, Void

State = Receipt.State
TONES = {State.ISSUED: "good", State.VOID: "bad", State.REPLACED: "warn"}


class ReceiptFilter(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=forms.CheckboxSelectMultiple
    )
    issued_at = django_filters.DateFromToRangeFilter(
        label=_("Issued"), widget=DateRangePickerWidget
    )
    undrawn = django_filters.BooleanFilter(
        label=_("Without a file"), field_name="sha256", lookup_expr="isnull"
    )

    entity = django_filters.ModelChoiceFilter(
        label=_("Legal entity"),
        field_name="series__legal_entity",
        queryset=LegalEntity.objects.order_by("pk"),
    )
    country = django_filters.CharFilter(
        label=_("Country"), field_name="series__country", lookup_expr="iexact"
    )
    year = django_filters.NumberFilter(label=_("Year"), field_name="series__year")
    live = django_filters.BooleanFilter(label=_("Live"), field_name="series__livemode")
    of_year = django_filters.BooleanFilter(
        label=_("For a whole year"), field_name="donation", lookup_expr="isnull"
    )
    second = django_filters.BooleanFilter(
        label=_("Waiting for a second person"), widget=forms.CheckboxInput, method="asked"
    )

    def asked(self, rows: QuerySet[Receipt], name: str, value: bool) -> QuerySet[Receipt]:
        return rows.filter(voidings__state="asked") if value else rows

    class Meta:
        model = Receipt
        fields: ClassVar[list[str]] = [
            *("state", "entity", "country", "year", "live", "series", "issued_at"),
            *("of_year", "undrawn", "second"),
        ]


class Receipts(Listing):
    finder = staticmethod(find_receipts)
    page_title = _("Receipts")

    def get_base_queryset(self) -> QuerySet[Receipt]:
        rows: QuerySet[Receipt] = super().get_base_queryset()
        return rows.defer("void_note")

    def get_paginator(self, *given: Any, **options: Any) -> Paginator:  # type: ignore[type-arg]
        paginator: Paginator[Any] = super().get_paginator(*given, **options)
        if not self.is_filtering and not self.is_searching:
            # No number is missing, so the last ones tell how many there are, among millions.
            total = ReceiptSeries.objects.aggregate(all=Sum("last_number"))["all"]
            paginator.count = total or 0
        return paginator

    @property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("label"),
            Column("get_state_display", label=_("State"), sort_key="state"),
            Column(lambda row: row.snapshot["receipt_name"], label=_("In the name of")),
            Column(_amount, label=_("Amount")),
            MomentColumn("issued_at", label=_("Issued"), sort_key="issued_at"),
        ]


def _amount(receipt: Receipt) -> str:
    return amount(receipt.snapshot["amount_minor"], receipt.snapshot["currency"])


class Reader(Reading):
    def notices(self) -> list[Notice]:
        receipt: Receipt = self.object
        found = []
        if not receipt.snapshot["live"]:
            found.append(Notice(_("A test receipt: it is worth nothing."), tone="warn"))
        if receipt.sha256 is None:
            found.append(Notice(_("Its PDF is being made."), tone="warn"))
        if asked := voiding.waiting_for(receipt):
            text = (
                gettext("%(person)s wants to replace it: %(why)s. It takes a second person.")
                if asked.reissue
                else gettext("%(person)s wants it void: %(why)s. It takes a second person.")
            )
            why = ". ".join(filter(None, [str(asked.get_reason_display()), asked.note]))
            found.append(Notice(text % {"person": asked.asked_by, "why": why}, tone="warn"))
        return found

    def sections(self) -> list[Section]:
        receipt: Receipt = self.object
        facts = receipt.snapshot
        successor = Receipt.objects.filter(replaces=receipt).first()
        rows: list[list[Any]] = [
            [_("State"), Cell(receipt.get_state_display(), tone=TONES[State(receipt.state)])],
            [_("Amount"), _amount(receipt)],
            [_("In the name of"), facts["receipt_name"]],
            [_("Address"), ", ".join(facts["donor_address"])],
            [_("Received"), day(date.fromisoformat(facts["received_on"]))],
            [_("Issued"), moment(receipt.issued_at)],
            [
                _("Number in its series"),
                Cell(receipt.number, f"{_series(receipt)}?number={receipt.number}"),
            ],
            [_("Replaces"), link("receipts", receipt.replaces)],
            [_("Replaced by"), link("receipts", successor)],
            [_("Check code"), receipt.code],
            [_("Fingerprint of the file"), receipt.sha256],
        ]
        if receipt.void_reason:
            rows += [
                [
                    _("Void because"),
                    ". ".join(filter(None, [receipt.get_void_reason_display(), receipt.void_note])),
                ],
                [_("Voided"), f"{moment(receipt.voided_at)}, {receipt.voided_by or _('System')}"],
            ]
        return [
            Section(_("The receipt"), rows),
            self._gifts(receipt),
            *self._decisions(receipt),
            *self._files(receipt),
        ]

    def _gifts(self, receipt: Receipt) -> Section:
        """One, or those of a year."""
        currency = receipt.snapshot["currency"]
        rows = [
            [link("gifts", one, one.reference[:8].upper()), moment(one.paid_at),
             amount(one.amount_minor, currency)]
            for one in book.gifts_of(receipt)
        ]  # fmt: skip
        headings = [_("Donation"), _("Paid"), _("Amount")]
        return Section(_("What it is for"), rows, headings)

    def _decisions(self, receipt: Receipt) -> list[Section]:
        rows = [
            [
                moment(row.asked_at),
                _("Replace") if row.reissue else _("Declare void"),
                ". ".join(filter(None, [str(row.get_reason_display()), row.note])),
                row.asked_by,
                row.get_state_display(),
                row.decided_by,
            ]
            for row in receipt.voidings.select_related("asked_by", "decided_by").order_by("pk")
        ]
        headings = [
            *(_("When"), _("What"), _("Reason"), _("Asked for by")),
            *(_("State"), _("Second person")),
        ]
        return [Section(_("By two people"), rows, headings)] if rows else []

    def _files(self, receipt: Receipt) -> list[Section]:
        if receipt.sha256 is None:
            return []
        original = reverse("receipts:original", args=[receipt.pk])
        copy = reverse("receipts:duplicate", args=[receipt.pk])
        rows = [
            [Cell(_("The file as it was issued"), original)],
            [Cell(_("A copy, stamped so across the page"), copy)],
        ]
        return [Section(_("Download"), rows, [_("PDF")])]


@permission_required("donations.view_receipt", raise_exception=True)
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The stored bytes, exactly as the donor got them."""
    receipt = get_object_or_404(Receipt.objects.select_related("file"), pk=pk, sha256__isnull=False)
    return as_file(book.stored_bytes(receipt), f"receipt-{receipt.label}.pdf")


@permission_required("donations.view_receipt", raise_exception=True)
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """A copy that cannot be taken for the receipt itself, with what has become of it."""
    receipt = get_object_or_404(Receipt, pk=pk, sha256__isnull=False)
    mark = {
        State.ISSUED: document.Mark.DUPLICATE,
        State.VOID: document.Mark.VOID,
        State.REPLACED: document.Mark.REPLACED,
    }[State(receipt.state)]
    successor = Receipt.objects.filter(replaces=receipt).first()
    data = book.rendered(
        receipt.snapshot, mark=mark, replaced_by=successor.label if successor else ""
    )
    return as_file(data, f"receipt-{receipt.label}-{mark}.pdf")


def _series(receipt: Receipt) -> str:
    return reverse("series:inspect", args=[receipt.series_id])


class ReceiptsDesk(Desk):
    model = Receipt
    name = "receipts"
    menu_label = _("Receipts")
    icon = "doc-full"
    ordering = ["-issued_at", "-pk"]
    filterset_class = ReceiptFilter
    index_view_class = Receipts
    inspect_view_class = Reader
    acts = [Approve, Decline, Resend, Replace, Void]

    def extra_urls(self) -> list[URLPattern]:
        return [
            path("original/<int:pk>/", original, name="original"),
            path("duplicate/<int:pk>/", duplicate, name="duplicate"),
        ]
