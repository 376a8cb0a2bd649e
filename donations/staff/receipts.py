"""The desk for receipts: read one, hand out its file, void it, replace it, mail it again."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations.models import Receipt
from donations.receipts import book, document
from donations.receipts.snapshot import Snapshot
from donations.staff.desk import (
    Act,
    Cell,
    Desk,
    Listing,
    MomentColumn,
    Notice,
    NotPossible,
    Reading,
    Section,
    Text,
    amount,
    day,
    link,
    moment,
)
from donations.staff.finding import find_receipts

State = Receipt.State
VoidReason = Receipt.VoidReason
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

    class Meta:
        model = Receipt
        fields: ClassVar[list[str]] = ["state", "issued_at", "series", "undrawn"]


class Receipts(Listing):
    finder = staticmethod(find_receipts)
    page_title = _("Receipts")

    def get_base_queryset(self) -> QuerySet[Receipt]:
        rows: QuerySet[Receipt] = super().get_base_queryset()
        return rows.select_related("donation")

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
        return found

    def sections(self) -> list[Section]:
        receipt: Receipt = self.object
        facts = Snapshot.from_dict(receipt.snapshot)
        successor = Receipt.objects.filter(replaces=receipt).first()
        rows: list[list[Any]] = [
            [_("State"), Cell(receipt.get_state_display(), tone=TONES[State(receipt.state)])],
            [_("Amount"), _amount(receipt)],
            [_("In the name of"), facts.receipt_name],
            [_("Address"), ", ".join(facts.donor_address)],
            [_("Received"), day(facts.received_on)],
            [_("Issued"), moment(receipt.issued_at)],
            [
                _("Donation"),
                link("gifts", receipt.donation, receipt.donation.reference[:8].upper()),
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
        return [Section(_("The receipt"), rows), *self._files(receipt)]

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


class Resend(Act):
    name = "resend"
    title = _("Mail it again")
    permission = "donations.resend_receipt"
    icon = "mail"

    @classmethod
    def is_possible(cls, row: Receipt) -> bool:
        return row.state == State.ISSUED and row.sha256 is not None

    def question(self) -> Text:
        return gettext("Mail a fresh link to %(address)s? At most once an hour.") % {
            "address": self.row.donation.email
        }

    def perform(self, form: forms.Form) -> Text:
        book.resend(self.row)
        return _("The mail is on its way.")


class VoidForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=Receipt.VoidReason.choices)
    note = forms.CharField(
        label=_("Note"),
        max_length=200,
        required=False,
        help_text=_("For the auditors; the donor does not see it."),
    )


class Void(Act):
    name = "void"
    title = _("Declare void")
    permission = "donations.void_receipt"
    icon = "cross"
    serious = True
    form_class = VoidForm

    @classmethod
    def is_possible(cls, row: Receipt) -> bool:
        return row.state == State.ISSUED

    def question(self) -> Text:
        return _(
            "Number, facts and file stay in the book, marked void; links to it stop working. "
            "It cannot be undone."
        )

    def perform(self, form: forms.Form) -> Text:
        book.void(self.row, **form.cleaned_data, actor=self.request.user)
        return _("The receipt is void.")


class ReplaceForm(VoidForm):
    # The amount follows from the payment: what is wrong with it, a new receipt does not mend.
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(code, code.label) for code in (VoidReason.NAME, VoidReason.OTHER)],
    )
    receipt_name = forms.CharField(label=_("In the name of"), max_length=200)
    address_line1 = forms.CharField(label=_("Address"), max_length=200, required=False)
    address_line2 = forms.CharField(label=_("Second line"), max_length=200, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    region = forms.CharField(label=_("State or region"), max_length=80, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    country = forms.RegexField(
        "^[A-Za-z]{2}$",
        label=_("Country"),
        required=False,
        help_text=_("Two letters, such as US."),
    )
    field_order = [*book.CORRECTABLE, "reason", "note"]

    def clean_country(self) -> str:
        code: str = self.cleaned_data["country"]
        return code.upper()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.corrections():
            raise ValidationError(_("Nothing was changed: the new receipt would say the same."))
        return data

    def corrections(self) -> dict[str, str]:
        typed = {name: self.cleaned_data[name] for name in book.CORRECTABLE}
        return {name: value for name, value in typed.items() if value != self.initial[name]}


class Replace(Act):
    name = "replace"
    title = _("Replace")
    permission = "donations.replace_receipt"
    icon = "resubmit"
    form_class = ReplaceForm

    @classmethod
    def is_possible(cls, row: Receipt) -> bool:
        return row.state == State.ISSUED

    def get_initial(self) -> dict[str, Any]:
        gift = self.row.donation
        values = {name: getattr(gift, name) for name in book.CORRECTABLE}
        return values | {"receipt_name": gift.receipt_name or gift.name}

    def question(self) -> Text:
        return _(
            "This receipt becomes void, and a new one with a new number names it. "
            "The amount follows from the payment and cannot be typed."
        )

    def summary(self, form: ReplaceForm) -> list[Section]:
        rows: list[list[Any]] = [
            [form.fields[name].label, form.initial[name], value]
            for name, value in form.corrections().items()
        ]
        why: list[list[Any]] = [
            [_("Reason"), VoidReason(form.cleaned_data["reason"]).label],
            [_("Note"), form.cleaned_data["note"]],
        ]
        return [
            Section(_("Please look it over"), rows, ["", _("Before"), _("On the new receipt")]),
            Section(_("Why"), why),
        ]

    def perform(self, form: ReplaceForm) -> Text:
        try:
            successor = book.replace(
                self.row,
                reason=form.cleaned_data["reason"],
                note=form.cleaned_data["note"],
                actor=self.request.user,
                corrections=form.corrections(),
            )
        except book.NotReceiptable:
            raise NotPossible(_("Nothing of this gift is left to be receipted.")) from None
        except document.IncompleteReceipt as lacking:
            raise NotPossible(str(lacking)) from None
        self.row = successor
        return gettext("Receipt %(number)s replaces it. Its PDF is being made and mailed.") % {
            "number": successor.label
        }


@permission_required("donations.view_receipt", raise_exception=True)
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The stored bytes, exactly as the donor got them."""
    receipt = get_object_or_404(Receipt.objects.select_related("file"), pk=pk, sha256__isnull=False)
    return _pdf(book.stored_bytes(receipt), f"receipt-{receipt.label}.pdf")


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
    data = document.render(
        Snapshot.from_dict(receipt.snapshot),
        mark=mark,
        replaced_by=successor.label if successor else "",
    )
    return _pdf(data, f"receipt-{receipt.label}-{mark}.pdf")


def _pdf(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


class ReceiptsDesk(Desk):
    model = Receipt
    name = "receipts"
    menu_label = _("Receipts")
    icon = "doc-full"
    ordering = ["-issued_at", "-pk"]
    filterset_class = ReceiptFilter
    index_view_class = Receipts
    inspect_view_class = Reader
    acts = [Resend, Replace, Void]

    def extra_urls(self) -> list[URLPattern]:
        return [
            path("original/<int:pk>/", original, name="original"),
            path("duplicate/<int:pk>/", duplicate, name="duplicate"),
        ]
