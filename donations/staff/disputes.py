"""Disputes with their last day to answer, and warnings that ask for a refund first."""

from datetime import timedelta
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations import disputes, refunds
from donations.models import Dispute, Donation, RiskAlert
from donations.staff.cells import Cell, Notice, Section, Text, amount, link, moment
from donations.staff.desk import Act, Desk, Listing, MomentColumn, MoneyColumn, Reading

Status = Dispute.Status
TONES = {
    Status.NEEDS_RESPONSE: "bad",
    Status.WARNING_NEEDS_RESPONSE: "warn",
    Status.UNDER_REVIEW: "warn",
    Status.WARNING_UNDER_REVIEW: "warn",
    Status.WON: "good",
    Status.WARNING_CLOSED: "good",
    Status.LOST: "bad",
    Status.PREVENTED: "bad",
}
WHAT_TO_DO = {
    Status.NEEDS_RESPONSE: _(
        "Ask the donor first: often a statement line was not recognised, and the donor can take "
        "the dispute back at the bank. Then answer in Stripe's dashboard, with the receipt and the "
        "mails of this gift, or accept it there. Do not refund: the money would go back twice."
    ),
    Status.WARNING_NEEDS_RESPONSE: _(
        "The bank only asks, and no money has moved. Answer in Stripe's dashboard; or refund the "
        "gift, which ends it without the fee of a dispute."
    ),
    Status.UNDER_REVIEW: _("The bank decides, which may take two or three months. Nothing to do."),
    Status.WARNING_UNDER_REVIEW: _("The bank reads our answer. Nothing to do."),
    Status.WON: _("The money is back. Nothing to do."),
    Status.WARNING_CLOSED: _("The question is closed. Nothing to do."),
    Status.LOST: _("The money is gone for good, and the receipt is void. Nothing to do."),
    Status.PREVENTED: _("The donor has the money back, and the receipt is void. Nothing to do."),
}
REASONS: dict[str, str | Promise] = {
    "fraudulent": _("The card's owner did not make this payment"),
    "unrecognized": _("The line on the statement was not recognised"),
    "duplicate": _("Paid twice"),
    "credit_not_processed": _("A promised refund did not come"),
    "subscription_canceled": _("Charged after it was canceled"),
    "product_not_received": _("Nothing was received"),
    "product_unacceptable": _("Not what was promised"),
    "insufficient_funds": _("Not enough money on the account"),
    "debit_not_authorized": _("The debit was not allowed"),
    "unauthorized_use_of_card": _("Somebody else used the card"),
    "made_with_stolen_card": _("A stolen card"),
    "made_with_lost_card": _("A lost card"),
    "rule": _("A rule at Stripe asks for a look"),
    "manual": _("Somebody at Stripe's dashboard asks for a look"),
    "approved": _("Approved"),
    "refunded": _("Refunded"),
    "refunded_as_fraud": _("Refunded as fraud"),
    "disputed": _("Disputed"),
}
SOON = timedelta(days=3)


def reason(code: str) -> str:
    return str(REASONS.get(code, code.replace("_", " ")))


def at_stripe(gift: Donation, kind: str, name: str) -> Cell:
    """The page in Stripe's own dashboard, for those who may sign in there."""
    part = "" if gift.livemode else "test/"
    return Cell(name, f"https://dashboard.stripe.com/{part}{kind}/{name}")


def due(row: Dispute) -> Cell:
    """The last day to answer, while there is something to answer."""
    if row.status not in disputes.TO_ANSWER or row.answer_by is None:
        return Cell("")
    late = row.answer_by - timezone.now() < SOON
    return Cell(moment(row.answer_by), tone="bad" if late else "warn")


def section(gift: Donation) -> Section | None:
    """A gift's disputes and warnings, as part of its page."""
    rows: list[list[Any]] = [
        [
            link("disputes", row, amount(row.amount_minor, row.currency)),
            Cell(row.get_status_display(), tone=TONES.get(Status(row.status), "")),
            reason(row.reason),
            due(row),
        ]
        for row in gift.disputes.order_by("pk")
    ]
    rows += [
        [
            link("alerts", row, row.get_kind_display()),
            Cell(_("open"), tone="bad") if is_open(row) else _("closed"),
            reason(row.about),
            "",
        ]
        for row in gift.alerts.order_by("created_at")
    ]
    headings = [_("Dispute or warning"), _("Status"), _("Reason"), _("Answer by")]
    return Section(_("Disputes and warnings"), rows, headings) if rows else None


class DisputeFilter(WagtailFilterSet):
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"), choices=Status.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Dispute
        fields: ClassVar[list[str]] = ["status", "reason"]


class Disputes(Listing):
    page_title = _("Disputes")

    def get_base_queryset(self) -> QuerySet[Dispute]:
        rows: QuerySet[Dispute] = super().get_base_queryset()
        return rows.select_related("donation")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("donation", lambda row: row.donation.name or row.donation),
            MoneyColumn("amount_minor", label=_("Amount"), sort_key="amount_minor"),
            Column("get_status_display", label=_("Status"), sort_key="status"),
            Column(lambda row: reason(row.reason), label=_("Reason")),
            Column(lambda row: due(row).text, label=_("Answer by"), sort_key="answer_by"),
            MomentColumn("opened_at", label=_("Opened"), sort_key="opened_at"),
        ]


class OneDispute(Reading):
    def get_page_subtitle(self) -> str:
        return amount(self.object.amount_minor, self.object.currency)

    def notices(self) -> list[Notice]:
        row: Dispute = self.object
        tone = TONES.get(Status(row.status), "")
        return [Notice(WHAT_TO_DO[Status(row.status)], tone=tone)]

    def sections(self) -> list[Section]:
        row: Dispute = self.object
        rows: list[list[Any]] = [
            [_("Status"), Cell(row.get_status_display(), tone=TONES.get(Status(row.status), ""))],
            [_("Answer by"), due(row)],
            [_("Amount"), amount(row.amount_minor, row.currency)],
            [_("Withdrawn at this moment"), amount(row.withdrawn_minor, row.currency)],
            [_("Reason"), reason(row.reason)],
            [_("Donation"), link("gifts", row.donation)],
            [_("Donor"), row.donation.name],
            [_("E-mail"), row.donation.email],
            [_("Answers sent"), row.answers],
            [_("Opened"), moment(row.opened_at)],
            [_("At Stripe"), at_stripe(row.donation, "disputes", row.stripe_id)],
        ]
        return [Section(_("The dispute"), rows)]


class DisputesDesk(Desk):
    model = Dispute
    name = "disputes"
    menu_label = _("Disputes")
    icon = "warning"
    ordering = ["-opened_at", "-pk"]
    filterset_class = DisputeFilter
    index_view_class = Disputes
    inspect_view_class = OneDispute


def is_open(row: RiskAlert) -> bool:
    return row.is_open and row.handled_at is None


class AlertFilter(WagtailFilterSet):
    work = django_filters.BooleanFilter(
        label=_("To be settled"), method="to_settle", widget=forms.CheckboxInput
    )

    class Meta:
        model = RiskAlert
        fields: ClassVar[list[str]] = ["kind", "work"]

    def to_settle(self, rows: QuerySet[RiskAlert], _name: str, value: bool) -> QuerySet[RiskAlert]:
        return rows.filter(is_open=True, handled_at=None) if value else rows


class Alerts(Listing):
    page_title = _("Fraud warnings")

    def get_base_queryset(self) -> QuerySet[RiskAlert]:
        rows: QuerySet[RiskAlert] = super().get_base_queryset()
        return rows.select_related("donation")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("donation", lambda row: row.donation.name or row.donation),
            Column(
                lambda row: amount(row.donation.amount_minor, row.donation.currency),
                label=_("Amount"),
            ),
            Column("get_kind_display", label=_("Kind"), sort_key="kind"),
            Column(lambda row: reason(row.about), label=_("Reason")),
            Column(lambda row: _("open") if is_open(row) else _("closed"), label=_("Status")),
            MomentColumn("created_at", label=_("Came"), sort_key="created_at"),
        ]


class OneAlert(Reading):
    def get_page_subtitle(self) -> str:
        return str(self.object.get_kind_display())

    def notices(self) -> list[Notice]:
        row: RiskAlert = self.object
        if not is_open(row):
            return []
        if row.kind == RiskAlert.Kind.REVIEW:
            text = gettext("Stripe asks for a look: approve or refund it in Stripe's dashboard.")
            return [Notice(text, tone="warn")]
        text = gettext(
            "Refund it first: most of these payments are disputed within days, and a dispute costs "
            "a fee and counts against us."
        )
        gift: Donation = row.donation
        able = self.request.user.has_perm("donations.request_refund")
        url = ""
        if able and refunds.refundable_minor(gift):
            url = reverse("gifts:refund", args=[gift.pk]) + "?reason=fraudulent"
        return [Notice(text, url, "bad")]

    def sections(self) -> list[Section]:
        row: RiskAlert = self.object
        settled = f"{moment(row.handled_at)}, {row.handled_by}" if row.handled_at else ""
        rows: list[list[Any]] = [
            [_("Status"), Cell(_("open"), tone="bad") if is_open(row) else _("closed")],
            [_("Kind"), row.get_kind_display()],
            [_("Reason"), reason(row.about)],
            [_("Donation"), link("gifts", row.donation)],
            [_("Donor"), row.donation.name],
            [_("E-mail"), row.donation.email],
            [_("Came"), moment(row.created_at)],
            [_("Left as it is"), settled],
            [_("At Stripe"), row.stripe_id],
        ]
        return [Section(_("The warning"), rows)]


class LeaveAlert(Act):
    name = "leave"
    title = _("Leave it")
    permission = "donations.settle_riskalert"
    icon = "check"

    @classmethod
    def is_possible(cls, row: RiskAlert) -> bool:
        return is_open(row)

    def question(self) -> Text:
        return _("You know the donor, and nothing is to be done? The gift stays as it is.")

    def perform(self, form: forms.Form) -> Text:
        disputes.leave_alone(self.row, actor=self.request.user)
        return _("It is off the list.")


class AlertsDesk(Desk):
    model = RiskAlert
    name = "alerts"
    menu_label = _("Fraud warnings")
    icon = "view"
    ordering = ["-created_at", "pk"]
    filterset_class = AlertFilter
    index_view_class = Alerts
    inspect_view_class = OneAlert
    acts = [LeaveAlert]
    pk_path_converter = "str"
