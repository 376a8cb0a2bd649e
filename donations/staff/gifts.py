"""The desk for gifts: find one, read its whole story, write a note, mail its receipt again."""

from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django import forms
from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations.ledger import SHORTFALL
from donations.models import (
    CheckoutAttempt,
    Designation,
    Donation,
    Posting,
    Receipt,
    StaffNote,
)
from donations.staff import disputes, moving, notes, refunds, reversing, thanks, words
from donations.staff.cells import Cell, Notice, Section, amount, day, hour, link, moment
from donations.staff.desk import Desk, LinesColumn, Listing, MomentColumn, MoneyColumn, Reading
from donations.staff.finding import find_donations
from donations.timeline import note

Status = Donation.Status
State = CheckoutAttempt.State
TRIES = {
    State.ASKED: _("Payment page asked for"),
    State.OPEN: _("Payment page open"),
    State.COMPLETE: _("Payment page completed"),
    State.EXPIRED: _("Payment page ended"),
    State.REFUSED: _("Stripe refused to open the payment page"),
}
TONES = {"paid": "good", "processing": "warn", "needs_action": "warn", "failed": "bad"}


class GiftFilter(WagtailFilterSet):
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"),
        choices=Donation.Status.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    created_at = django_filters.DateFromToRangeFilter(
        label=_("Begun"), widget=DateRangePickerWidget
    )
    paid_at = django_filters.DateFromToRangeFilter(label=_("Paid"), widget=DateRangePickerWidget)
    lines__designation = django_filters.ModelChoiceFilter(
        label=_("Designation"), queryset=Designation.objects.all(), distinct=True
    )
    currency = django_filters.AllValuesFilter(label=_("Currency"))
    covered = django_filters.BooleanFilter(
        label=_("Given back after it was spent"),
        method="was_covered",
        widget=forms.CheckboxInput,
    )

    unreceipted = django_filters.BooleanFilter(
        label=_("Paid and without a valid receipt"),
        method="has_no_receipt",
        widget=forms.CheckboxInput,
    )

    class Meta:
        model = Donation
        fields: ClassVar[list[str]] = [
            *("status", "created_at", "paid_at", "lines__designation", "currency", "source"),
            *("covered", "unreceipted", "legal_entity", "livemode"),
        ]

    def has_no_receipt(
        self, gifts: QuerySet[Donation], _name: str, value: bool
    ) -> QuerySet[Donation]:
        """What we have of it is for no receipt that stands."""
        kept = Q(amount_minor__gt=F("refunded_minor") + F("lost_minor"))
        valid = Receipt.objects.filter(donation=OuterRef("pk"), state=Receipt.State.ISSUED)
        found = gifts.filter(kept, ~Exists(valid), status=Status.PAID)
        return found if value else gifts

    def was_covered(self, gifts: QuerySet[Donation], _name: str, value: bool) -> QuerySet[Donation]:
        covered = Posting.objects.filter(designation__code=SHORTFALL).values("entry__donation")
        return gifts.filter(pk__in=covered) if value else gifts


class Gifts(Listing):
    finder = staticmethod(find_donations)
    page_title = _("Donations")

    def get_base_queryset(self) -> QuerySet[Donation]:
        gifts: QuerySet[Donation] = super().get_base_queryset()
        return gifts.prefetch_related("lines__designation", "receipts", "attempts")

    @property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("name"),
            MoneyColumn("amount_minor", label=_("Amount"), sort_key="amount_minor"),
            LinesColumn(
                state, lambda gift: moment(gift.paid_at), label=_("Status"), sort_key="status"
            ),
            LinesColumn(_purposes, _receipt, label=_("For, and its receipt")),
            MomentColumn("created_at", label=_("Begun"), sort_key="created_at"),
        ]


def state(gift: Donation) -> str:
    """The status; of one that waits for payment also where the donor is, as far as we know."""
    if gift.status == Status.PAID:
        return gift.went_back or gift.get_status_display()
    if gift.status not in (Status.PENDING, Status.NEEDS_ACTION):
        return gift.get_status_display()
    tries = sorted(gift.attempts.all(), key=lambda row: row.pk)
    if not tries:
        return gettext("Reviewing, not sent to Stripe yet")
    latest = tries[-1]
    if latest.state == State.ASKED:
        return gettext("Payment page is being opened")
    if latest.state == State.REFUSED:
        return gettext("Stripe refused to open the payment page")
    if latest.state == State.OPEN and latest.expires_at > timezone.now():
        if gift.status == Status.NEEDS_ACTION:
            return gift.get_status_display()
        return gettext("Payment page open until %(time)s") % {"time": hour(latest.expires_at)}
    return gettext("Payment page has ended, waiting for Stripe's word")


def _purposes(gift: Donation) -> str:
    return ", ".join(line.designation.public_name for line in gift.lines.all())


def _receipt(gift: Donation) -> str:
    return ", ".join(receipt.label for receipt in gift.receipts.all() if receipt.state == "issued")


class Gift(Reading):
    def get_object(self, queryset: QuerySet[Donation] | None = None) -> Donation:
        found: Donation = super().get_object(queryset)
        return found

    def get_page_subtitle(self) -> str:
        gift: Donation = self.object
        who = gift.name or gift.reference[:8].upper()
        return f"{who}, {amount(gift.amount_minor, gift.currency)}"

    def notices(self) -> list[Notice]:
        if self.object.livemode != settings.STRIPE_LIVE or not self.object.livemode:
            return [Notice(_("A test gift: no money moved."), tone="warn")]
        return []

    def sections(self) -> list[Section]:
        gift: Donation = self.object
        shown = [
            self._facts(gift),
            reversing.section(gift),
            self._purposes(gift),
            moving.section(gift),
            self._tries(gift) if gift.source == Donation.Source.CARD else None,
            refunds.section(gift) if self.may_see("refund") else None,
            disputes.section(gift) if self.may_see("dispute") else None,
            self._receipts(gift),
            self._mails(gift),
            self._books(gift),
            notes.section(self.request.user, gift.notes.all()),
            self._timeline(gift),
        ]
        return [section for section in shown if section]

    def _facts(self, gift: Donation) -> Section:
        address = ", ".join(
            part
            for part in (
                *(gift.address_line1, gift.address_line2, gift.city, gift.region),
                *(gift.postcode, gift.country),
            )
            if part
        )
        rows: list[list[Any]] = [
            [
                _("Status"),
                Cell(state(gift), tone="warn" if gift.went_back else TONES.get(gift.status, "")),
            ],
            [_("Amount"), amount(gift.amount_minor, gift.currency)],
            [_("Charged"), _charged(gift)],
            [_("Part of it toward the fee"), amount(gift.fee_cover_minor, gift.currency)],
            [_("Stripe's fee"), amount(gift.processor_fee_minor, gift.currency)],
            [_("Refunded"), amount(gift.refunded_minor, gift.currency)],
            [_("Disputed"), amount(gift.disputed_minor, gift.currency)],
            [_("Donor"), link("donors", gift.donor)],
            [_("Of the regular gift"), link("plans", gift.plan)],
            [_("Name as typed"), gift.name],
            [_("E-mail"), gift.email],
            [_("Receipt in the name of"), gift.receipt_name],
            [_("Address"), address],
            [_("Language"), words.language(gift.language)],
            [_("Payment method"), _method(gift)],
            [_("Begun"), moment(gift.created_at)],
            [_("Paid"), moment(gift.paid_at)],
            [_("Our reference"), gift.reference[:8].upper()],
            [_("At Stripe"), stripe_link(gift)],
        ]
        if gift.tribute_kind:
            rows.append([gift.get_tribute_kind_display(), gift.tribute_name])
        if gift.message:
            rows.append([_("Message to staff"), gift.message])
        return Section(_("The gift"), rows)

    def _purposes(self, gift: Donation) -> Section:
        lines = gift.lines.select_related("designation")
        return Section(
            _("What it is for"),
            [[line.designation.name, amount(line.amount_minor, gift.currency)] for line in lines],
            [_("Designation"), _("Amount")],
        )

    def _tries(self, gift: Donation) -> Section:
        tries: list[tuple[datetime, list[Any]]] = [
            (row.created_at, [TRIES[State(row.state)], row.session_id])
            for row in gift.attempts.all()
        ]
        for row in gift.failures.all():
            why = words.decline(row.decline_code or row.code, row.method)
            tries.append((row.failed_at, [Cell(why, tone="bad"), row.charge_id]))
        return Section(
            _("Tries at Stripe"),
            [
                [moment(at, seconds=True), *row]
                for at, row in sorted(tries, key=lambda item: item[0])
            ],
            [_("When"), _("What happened"), _("Id")],
            empty=_("The donor has not gone on to the payment page."),
        )

    def _receipts(self, gift: Donation) -> Section | None:
        if not self.may_see("receipt"):
            return None
        rows = [
            [link("receipts", row), row.get_state_display(), moment(row.issued_at)]
            for row in Receipt.objects.filter(Q(donation=gift) | Q(items__donation=gift)).order_by(
                "pk"
            )
        ]
        headings = [_("Number"), _("State"), _("Issued")]
        return Section(_("Receipts"), rows, headings, empty=_("No receipt has been issued."))

    def _mails(self, gift: Donation) -> Section | None:
        if not self.may_see("mail"):
            return None
        rows = [
            [
                link("mails", row, words.mail(row.template)),
                row.to,
                row.get_status_display(),
                moment(row.sent_at),
            ]
            for row in gift.mails.order_by("pk")
        ]
        headings = [_("Mail"), _("To"), _("Status"), _("Sent")]
        return Section(_("Mails"), rows, headings, empty=_("No mail has been written."))

    def _books(self, gift: Donation) -> Section | None:
        if not self.may_see("entry"):
            return None
        rows = [
            [
                day(entry.posted_on),
                entry.source,
                leg.get_account_display(),
                leg.designation.name if leg.designation else "",
                amount(leg.amount_minor, leg.currency) if leg.amount_minor > 0 else "",
                amount(-leg.amount_minor, leg.currency) if leg.amount_minor < 0 else "",
            ]
            for entry in gift.entries.prefetch_related("postings__designation").order_by("pk")
            for leg in entry.postings.all()
        ]
        headings = [
            *(_("Booked"), _("Source"), _("Account"), _("Designation"), _("Debit"), _("Credit")),
        ]
        return Section(_("In the books"), rows, headings, empty=_("Nothing is booked."))

    def _timeline(self, gift: Donation) -> Section:
        lines: list[tuple[datetime, list[Any]]] = [
            (
                entry.at,
                [words.happened(entry.kind, entry.detail), entry.actor or words.actor(entry.kind)],
            )
            for entry in gift.timeline.select_related("actor")
        ]
        if self.may_see("mail"):
            for mail in gift.mails.order_by("pk"):
                told = {"mail": words.mail(mail.template), "to": mail.to}
                written = gettext("Mail written: %(mail)s, to %(to)s") % told
                lines.append((mail.created_at, [written, gettext("System")]))
                if mail.sent_at:
                    sent = gettext("Mail sent: %(mail)s, to %(to)s") % told
                    lines.append((mail.sent_at, [sent, gettext("System")]))
        rows = [
            [moment(at, seconds=True), *line]
            for at, line in sorted(lines, key=lambda item: item[0])
        ]
        return Section(_("What happened"), rows, [_("When"), _("What"), _("By")])


def _charged(gift: Donation) -> str:
    if gift.status == Status.PAID:
        return amount(gift.amount_minor, gift.currency)
    if gift.status == Status.PROCESSING:
        return gettext("Not yet: on its way from the bank")
    return gettext("Not charged")


def _method(gift: Donation) -> str:
    """How it was paid, or what the last refused try was paid with."""
    if gift.card_brand:
        return words.method(gift.card_brand, gift.card_last4)
    refused = gift.failures.order_by("-failed_at").first()
    return words.method(refused.method) if refused else ""


def stripe_link(gift: Donation) -> Cell:
    """The payment in Stripe's own dashboard, for those who may sign in there."""
    tries = gift.attempts.exclude(payment_intent_id="").order_by("-pk")
    intent = gift.payment_intent_id or tries.values_list("payment_intent_id", flat=True).first()
    if not intent:
        return Cell("")
    part = "" if gift.livemode else "test/"
    return Cell(intent, f"https://dashboard.stripe.com/{part}payments/{intent}")


class NoteOnGift(notes.AddNote):
    def save(self, data: dict[str, Any]) -> None:
        StaffNote.objects.create(
            donation=self.row, donor=self.row.donor, author=self.request.user, **data
        )
        note(self.row, "note_written", actor_id=self.request.user.pk)


class GiftsDesk(Desk):
    model = Donation
    name = "gifts"
    menu_label = _("Donations")
    icon = "pick"
    ordering = ["-created_at", "-pk"]
    filterset_class = GiftFilter
    index_view_class = Gifts
    inspect_view_class = Gift
    acts = [
        *(NoteOnGift, refunds.RefundGift, reversing.ReverseGift, moving.MoveLine),
        thanks.Letter,
    ]
