"""Giving money back: asked for on a gift's page, approved by a second person where it is much."""

from decimal import Decimal
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column

from core import money
from donations import refunds
from donations.models import Donation, Refund
from donations.offline import reversing
from donations.staff.cells import Cell, Section, Text, amount, link, moment
from donations.staff.desk import Act, Desk, Listing, MomentColumn, MoneyColumn, NotPossible, Reading
from donations.staff.finding import find_donations

Status = Refund.Status
TONES = {
    Status.SUCCEEDED: "good",
    Status.PROPOSED: "warn",
    Status.PENDING: "warn",
    Status.ASKED: "warn",
    Status.FAILED: "bad",
    Status.REFUSED: "bad",
}
WHY_NOT = {
    "not_paid": _("Nothing was refunded: the gift has not been paid."),
    "disputed": _(
        "Nothing was refunded: the donor's bank disputes this gift. Answer the dispute, or accept "
        "it, which gives the money back as well; both would give it back twice."
    ),
    "changed": _("Nothing was refunded: the gift was refunded meanwhile. Please look again."),
    "under_way": _("Nothing was refunded: another refund of this gift is under way."),
    "too_much": _("Nothing was refunded: so much is not left of the gift."),
    "same_person": _("It takes a second person: you asked for this refund yourself."),
}


# The others are for gifts that came outside Stripe.
REASONS = [choice for choice in Refund.Reason.choices if choice[0] not in reversing.REASONS]


class RefundForm(forms.Form):
    amount = forms.DecimalField(label=_("Amount"), min_value=Decimal("0.01"))
    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS)
    note = forms.CharField(
        label=_("Note"),
        max_length=200,
        required=False,
        help_text=_("For colleagues and auditors; the donor does not see it."),
    )
    # As it was when the form was opened: pressed twice, or by two at once, it happens once.
    left_minor = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean_amount(self) -> int:
        try:
            return money.to_minor(self.cleaned_data["amount"], self.currency)
        except ValueError:
            raise ValidationError(_("This currency has no such fractions.")) from None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("amount", 0) > data.get("left_minor", 0):
            self.add_error("amount", _("So much is not left of the gift."))
        return data


class RefundGift(Act):
    name = "refund"
    title = _("Refund")
    permission = "donations.request_refund"
    icon = "rotate"
    serious = True
    is_looked_over = True
    form_class = RefundForm

    @classmethod
    def is_possible(cls, row: Donation) -> bool:
        return refunds.refundable_minor(row) > 0

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "currency": self.row.currency}

    def get_initial(self) -> dict[str, Any]:
        left = refunds.refundable_minor(self.row)
        return {
            "amount": money.to_decimal(left, self.row.currency),
            "left_minor": left,
            "reason": self.request.GET.get("reason", Refund.Reason.REQUESTED),
        }

    def question(self) -> Text:
        text = gettext(
            "Up to %(left)s can go back to the donor, the way it came. Stripe keeps its fee. The "
            "receipt becomes void, with a new one for what remains, and the donor is told by mail "
            "(not if it was fraud)."
        )
        left = amount(refunds.refundable_minor(self.row), self.row.currency)
        return text % {"left": left}

    def summary(self, form: RefundForm) -> list[Section]:
        data = form.cleaned_data
        minor = data["amount"]
        rows: list[list[Any]] = [
            [_("Amount"), amount(minor, self.row.currency)],
            [_("Of the gift of"), amount(self.row.amount_minor, self.row.currency)],
            [_("Remains"), amount(data["left_minor"] - minor, self.row.currency)],
            [_("Donor"), self.row.name],
            [_("Reason"), Refund.Reason(data["reason"]).label],
            [_("Note"), data["note"]],
        ]
        return [Section(_("Please look it over"), rows)]

    def perform(self, form: RefundForm) -> Text:
        data = form.cleaned_data
        try:
            refund = refunds.request(
                self.row,
                amount_minor=data["amount"],
                reason=data["reason"],
                note=data["note"],
                left_minor=data["left_minor"],
                actor=self.request.user,
            )
        except refunds.NotRefundable as refused:
            raise NotPossible(WHY_NOT[refused.code]) from None
        if refund.status == Status.PROPOSED:
            return _("A second person has to approve this refund; it is on their list.")
        return _("The refund is on its way to Stripe.")


def section(gift: Donation) -> Section | None:
    """A gift's refunds, as part of its page."""
    rows = [
        [
            link("refunds", row, amount(row.amount_minor, row.currency)),
            Cell(row.get_status_display(), tone=TONES.get(Status(row.status), "")),
            row.get_reason_display(),
            moment(row.created_at),
        ]
        for row in gift.refunds.order_by("pk")
    ]
    headings = [_("Amount"), _("Status"), _("Reason"), _("Asked for")]
    return Section(_("Refunds"), rows, headings) if rows else None


def find_refunds(rows: QuerySet[Refund], typed: str) -> QuerySet[Refund]:
    """By Stripe's id, or whatever finds the gift."""
    by_id = rows.filter(stripe_id=typed.strip())
    gifts = find_donations(Donation.objects.all(), typed).values("pk")
    return by_id if by_id.exists() else rows.filter(donation__in=gifts)


class RefundFilter(WagtailFilterSet):
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"), choices=Status.choices, widget=forms.CheckboxSelectMultiple
    )
    created_at = django_filters.DateFromToRangeFilter(
        label=_("Asked for"), widget=DateRangePickerWidget
    )

    class Meta:
        model = Refund
        fields: ClassVar[list[str]] = ["status", "created_at", "reason"]


class Refunds(Listing):
    finder = staticmethod(find_refunds)
    page_title = _("Refunds")

    def get_base_queryset(self) -> QuerySet[Refund]:
        rows: QuerySet[Refund] = super().get_base_queryset()
        return rows.select_related("donation", "requested_by")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("donation", lambda row: row.donation.name or row.donation),
            MoneyColumn("amount_minor", label=_("Amount"), sort_key="amount_minor"),
            Column("get_status_display", label=_("Status"), sort_key="status"),
            Column(lambda row: row.requested_by or "Stripe", label=_("By")),
            MomentColumn("created_at", label=_("Asked for"), sort_key="created_at"),
        ]


class OneRefund(Reading):
    def get_page_subtitle(self) -> str:
        return amount(self.object.amount_minor, self.object.currency)

    def sections(self) -> list[Section]:
        row: Refund = self.object
        rows: list[list[Any]] = [
            [_("Status"), Cell(row.get_status_display(), tone=TONES.get(Status(row.status), ""))],
            [_("Amount"), amount(row.amount_minor, row.currency)],
            [_("Donation"), link("gifts", row.donation)],
            [_("Reason"), row.get_reason_display()],
            [_("Note"), row.note],
            [_("Asked for by"), row.requested_by or _("Stripe's dashboard")],
            [_("Asked for"), moment(row.created_at)],
            [_("Second person"), row.approved_by],
            [_("Problem"), row.problem.replace("_", " ")],
            [_("At Stripe"), row.stripe_id],
        ]
        return [Section(_("The refund"), rows)]


class Approve(Act):
    name = "approve"
    title = _("Approve")
    permission = "donations.approve_refund"
    icon = "check"

    @classmethod
    def is_possible(cls, row: Refund) -> bool:
        return row.status == Status.PROPOSED

    def question(self) -> Text:
        row: Refund = self.row
        text = gettext(
            "Refund %(amount)s of the gift of %(name)s? %(person)s asked for it: %(why)s"
        )
        return text % {
            "amount": amount(row.amount_minor, row.currency),
            "name": row.donation.name,
            "person": row.requested_by,
            "why": ". ".join(filter(None, [str(row.get_reason_display()), row.note])),
        }

    def perform(self, form: forms.Form) -> Text:
        try:
            refunds.approve(self.row, actor=self.request.user)
        except refunds.NotRefundable as refused:
            raise NotPossible(WHY_NOT[refused.code]) from None
        return _("The refund is on its way to Stripe.")


class Decline(Approve):
    name = "decline"
    title = _("Decline")
    icon = "cross"

    def perform(self, form: forms.Form) -> Text:
        refunds.decline(self.row, actor=self.request.user)
        return _("Nothing is refunded.")

    def question(self) -> Text:
        return _("Nothing goes back to the donor, and whoever asked sees that you declined.")


class RefundsDesk(Desk):
    model = Refund
    name = "refunds"
    menu_label = _("Refunds")
    icon = "rotate"
    ordering = ["-created_at", "-pk"]
    filterset_class = RefundFilter
    index_view_class = Refunds
    inspect_view_class = OneRefund
    acts = [Approve, Decline]
