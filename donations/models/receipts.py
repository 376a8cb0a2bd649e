"""The receipt book: numbers without gaps, facts frozen, bytes written once."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import rules


class ReceiptSeries(models.Model):
    """One run of receipt numbers: per legal entity, country, year, and live or test."""

    legal_entity = models.ForeignKey("donations.LegalEntity", models.PROTECT)
    country = models.CharField(max_length=2)
    year = models.PositiveSmallIntegerField()
    livemode = models.BooleanField()
    # Locked while a number is drawn; not a PostgreSQL sequence, which loses numbers on rollback.
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("receipt series")
        verbose_name_plural = _("receipt series")
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "country", "year", "livemode"], name="one_series_per_year"
            )
        ]
        triggers = [
            rules.never_deleted("series_kept"),
            pgtrigger.Trigger(
                name="series_counts_by_one",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.last_number <> OLD.last_number + 1"),
                func="RAISE EXCEPTION 'a receipt series counts by one';",
            ),
        ]

    def __str__(self) -> str:
        return f"{'' if self.livemode else 'TEST-'}{self.country}-{self.year}"


class Receipt(models.Model):
    """One issued number with every printed fact. Never edited: void it and issue another."""

    class State(models.TextChoices):
        ISSUED = "issued", _("Valid")
        VOID = "void", _("Void")
        REPLACED = "replaced", _("Replaced")

    class VoidReason(models.TextChoices):
        NAME = "name", _("Name or address was wrong")
        AMOUNT = "amount", _("Amount was wrong")
        REFUND = "refund", _("The gift was refunded")
        DISPUTE = "dispute", _("The donor's bank took the gift back")
        RETURNED = "returned", _("The money came back to us")
        DUPLICATE = "duplicate", _("Issued twice")
        OTHER = "other", _("Another reason")

    series = models.ForeignKey(ReceiptSeries, models.PROTECT, related_name="receipts")
    number = models.PositiveIntegerField(_("number in its series"))
    # As printed: "US-2026-000318".
    label = models.CharField(_("number"), max_length=40, unique=True)
    donation = models.ForeignKey("donations.Donation", models.PROTECT, related_name="receipts")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ISSUED)
    # Every printed fact, frozen; the file is drawn from this alone.
    snapshot = models.JSONField()
    snapshot_sha256 = models.CharField(max_length=64)
    # Typed or scanned by anyone who holds the paper, to see whether it is genuine.
    code = models.CharField(_("check code"), max_length=20, unique=True)
    issued_at = models.DateTimeField(_("issued"), auto_now_add=True)
    # Of the stored file; none until it is drawn.
    sha256 = models.CharField(max_length=64, null=True, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    void_reason = models.CharField(max_length=12, choices=VoidReason, blank=True)
    void_note = models.CharField(max_length=200, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        permissions = [
            ("void_receipt", "Can declare a receipt void"),
            ("replace_receipt", "Can replace a receipt by a corrected one"),
            ("resend_receipt", "Can mail a fresh link to a receipt"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="receipt_number_once"),
            models.UniqueConstraint(
                fields=["donation"],
                condition=Q(state="issued"),
                name="one_live_receipt_per_donation",
            ),
            models.CheckConstraint(
                name="receipt_void_says_why_and_when",
                condition=Q(state="issued", voided_at=None, void_reason="")
                | (~Q(state="issued") & Q(voided_at__isnull=False) & ~Q(void_reason="")),
            ),
        ]
        triggers = [
            rules.never_deleted("receipt_kept"),
            rules.starts_as("receipt_starts_issued", "state", "issued"),
            rules.frozen(
                "receipt_facts_frozen",
                *("series_id", "number", "label", "donation_id", "snapshot", "snapshot_sha256"),
                *("code", "issued_at", "replaces_id"),
            ),
            rules.frozen("receipt_file_written_once", "sha256", when="OLD.sha256 IS NOT NULL"),
            pgtrigger.FSM(
                name="receipt_state_steps",
                field="state",
                transitions=[("issued", "void"), ("issued", "replaced"), ("void", "replaced")],
            ),
            pgtrigger.Trigger(
                name="receipt_number_from_its_series",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.number <> (
                        SELECT last_number FROM donations_receiptseries WHERE id = NEW.series_id
                    ) THEN
                        RAISE EXCEPTION 'receipt numbers are drawn from their series';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ReceiptFile(models.Model):
    """The bytes of a receipt, apart from its facts so that lists stay light."""

    receipt = models.OneToOneField(Receipt, models.PROTECT, primary_key=True, related_name="file")
    data = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = [rules.append_only("receipt_file_row_written_once")]

    def __str__(self) -> str:
        return str(self.receipt_id)


class ReceiptLink(models.Model):
    """A way to download one receipt without signing in; only the token's hash is kept."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link to {self.receipt_id}"
