"""The desk for gifts: find one, read its whole story, write a note, mail its receipt again."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations.models import Designation, Donation, StaffNote
from donations.staff import notes, words
from donations.staff.desk import (
    Cell,
    Desk,
    Listing,
    MomentColumn,
    MoneyColumn,
    Notice,
    Reading,
    Section,
    amount,
    link,
    moment,
)
from donations.staff.finding import find_donations
from donations.timeline import note

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
    lines__designation = django_filters.ModelChoiceFilter(
        label=_("Designation"), queryset=Designation.objects.all(), distinct=True
    )
    currency = django_filters.AllValuesFilter(label=_("Currency"))

    class Meta:
        model = Donation
        fields: ClassVar[list[str]] = [
            *("status", "created_at", "lines__designation", "currency", "livemode"),
        ]


class Gifts(Listing):
    finder = staticmethod(find_donations)
    page_title = _("Donations")

    def get_base_queryset(self) -> QuerySet[Donation]:
        gifts: QuerySet[Donation] = super().get_base_queryset()
        return gifts.prefetch_related("lines__designation", "receipts")

    @property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column("name"),
            MoneyColumn("amount_minor", label=_("Amount"), sort_key="amount_minor"),
            Column("get_status_display", label=_("Status"), sort_key="status"),
            Column(_purposes, label=_("For")),
            Column(_receipt, label=_("Receipt")),
            MomentColumn("created_at", label=_("Begun"), sort_key="created_at"),
            MomentColumn("paid_at", label=_("Paid"), sort_key="paid_at"),
        ]


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
            self._purposes(gift),
            self._tries(gift),
            self._receipts(gift),
            self._mails(gift),
            self._books(gift),
            notes.section(self.request.user, gift.notes.all()),
            self._timeline(gift),
        ]
        return [section for section in shown if section]

    def _facts(self, gift: Donation) -> Section:
        card = f"{gift.card_brand.title()} •••• {gift.card_last4}" if gift.card_last4 else ""
        address = ", ".join(
            part
            for part in (
                *(gift.address_line1, gift.address_line2, gift.city, gift.region),
                *(gift.postcode, gift.country),
            )
            if part
        )
        rows: list[list[Any]] = [
            [_("Status"), Cell(gift.get_status_display(), tone=TONES.get(gift.status, ""))],
            [_("Charged"), amount(gift.amount_minor, gift.currency)],
            [_("Of it to cover the fee"), amount(gift.fee_cover_minor, gift.currency)],
            [_("Stripe's fee"), amount(gift.processor_fee_minor, gift.currency)],
            [_("Refunded"), amount(gift.refunded_minor, gift.currency)],
            [_("Disputed"), amount(gift.disputed_minor, gift.currency)],
            [_("Donor"), link("donors", gift.donor)],
            [_("Name as typed"), gift.name],
            [_("E-mail"), gift.email],
            [_("Receipt in the name of"), gift.receipt_name],
            [_("Address as typed"), address],
            [_("Language"), gift.language],
            [_("Card"), card],
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
        tries: list[tuple[Any, list[Any]]] = [
            (
                row.created_at,
                [moment(row.created_at), row.get_state_display(), row.session_id],
            )
            for row in gift.attempts.all()
        ]
        tries += [
            (
                row.failed_at,
                [
                    moment(row.failed_at),
                    Cell(words.decline(row.decline_code or row.code), tone="bad"),
                    row.charge_id,
                ],
            )
            for row in gift.failures.all()
        ]
        return Section(
            _("Tries at Stripe"),
            [row for _at, row in sorted(tries, key=lambda item: item[0])],
            [_("When"), _("What happened"), _("Id")],
            empty=_("The donor has not gone on to the payment page."),
        )

    def _receipts(self, gift: Donation) -> Section | None:
        if not self.may_see("receipt"):
            return None
        rows = [
            [link("receipts", row), row.get_state_display(), moment(row.issued_at)]
            for row in gift.receipts.order_by("pk")
        ]
        headings = [_("Number"), _("State"), _("Issued")]
        return Section(_("Receipts"), rows, headings, empty=_("No receipt has been issued."))

    def _mails(self, gift: Donation) -> Section | None:
        if not self.may_see("mail"):
            return None
        rows = [
            [
                link("mails", row, row.template),
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
                entry.posted_on,
                entry.source,
                leg.get_account_display(),
                leg.designation.name if leg.designation else "",
                amount(leg.amount_minor, leg.currency),
            ]
            for entry in gift.entries.prefetch_related("postings__designation").order_by("pk")
            for leg in entry.postings.all()
        ]
        headings = [_("Booked"), _("Source"), _("Account"), _("Designation"), _("Amount")]
        return Section(_("In the books"), rows, headings, empty=_("Nothing is booked."))

    def _timeline(self, gift: Donation) -> Section:
        rows = [
            [
                moment(entry.at),
                words.happened(entry.kind, entry.detail),
                entry.actor,
            ]
            for entry in gift.timeline.select_related("actor")
        ]
        return Section(_("What happened"), rows, [_("When"), _("What"), _("By")])


def stripe_link(gift: Donation) -> Cell:
    """The payment in Stripe's own dashboard, for those who may sign in there."""
    if not gift.payment_intent_id:
        return Cell("")
    part = "" if gift.livemode else "test/"
    url = f"https://dashboard.stripe.com/{part}payments/{gift.payment_intent_id}"
    return Cell(gift.payment_intent_id, url)


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
    acts = [NoteOnGift]
