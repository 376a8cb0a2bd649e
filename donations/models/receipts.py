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
            rules.frozen("series_is_its_year", *("legal_entity_id", "country", "year", "livemode")),
            pgtrigger.Trigger(
                name="series_begins_at_nought",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.last_number <> 0"),
                func="RAISE EXCEPTION 'a receipt series begins before its first number';",
            ),
            pgtrigger.Trigger(
                name="series_counts_upward",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.last_number <= OLD.last_number"),
                func="RAISE EXCEPTION 'a receipt series only counts upward';",
            ),
            # At the commit every number that was drawn is on a receipt, or nothing is committed.
            pgtrigger.Trigger(
                name="series_has_no_gap",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func="""
                    IF NEW.last_number - OLD.last_number <> (
                        SELECT count(*) FROM donations_receipt r WHERE r.series_id = NEW.id
                           AND r.number > OLD.last_number AND r.number <= NEW.last_number
                    ) THEN
                        RAISE EXCEPTION 'series %: a number up to % is on no receipt',
                            NEW.id, NEW.last_number;
                    END IF;
                    RETURN NULL;
                """,
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

    series = models.ForeignKey(
        ReceiptSeries, models.PROTECT, related_name="receipts", verbose_name=_("series")
    )
    number = models.PositiveIntegerField(_("number in its series"))
    # As printed: "US-2026-000318".
    label = models.CharField(_("number"), max_length=40, unique=True)
    # None: one for a year, whose gifts are its items.
    donation = models.ForeignKey(
        "donations.Donation", models.PROTECT, null=True, blank=True, related_name="receipts"
    )
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
            ("issue_receipt", "Can issue receipts that are lacking"),
        ]
        indexes = [
            models.Index(fields=["-issued_at", "-id"], name="receipt_newest_first"),
            # The few that are not valid; the rest of a series is what is left of its numbers.
            models.Index(
                fields=["series", "state"], condition=~Q(state="issued"), name="receipt_not_valid"
            ),
            models.Index(fields=["issued_at"], condition=Q(sha256=None), name="receipt_undrawn"),
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
                    IF NEW.number NOT BETWEEN 1 AND (
                        SELECT last_number FROM donations_receiptseries WHERE id = NEW.series_id
                    ) THEN
                        RAISE EXCEPTION 'receipt numbers are drawn from their series';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="receipt_gift_is_on_no_other",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition('NEW."donation_id" IS NOT NULL'),
                func="""
                    PERFORM 1 FROM donations_donation WHERE id = NEW.donation_id FOR UPDATE;
                    IF EXISTS (
                        SELECT 1 FROM donations_receiptitem i
                        JOIN donations_receipt r ON r.id = i.receipt_id
                        WHERE i.donation_id = NEW.donation_id AND r.state = 'issued'
                    ) THEN
                        RAISE EXCEPTION 'gift % is on a receipt for its year', NEW.donation_id;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="receipt_void_waits_for_second_person",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.\"state\" = 'issued' AND NEW.\"state\" <> 'issued'"
                    ' AND NEW."voided_by_id" IS NOT NULL'
                ),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM donations_receiptvoiding v
                        WHERE v.receipt_id = NEW.id AND v.state = 'asked'
                    ) THEN
                        RAISE EXCEPTION 'receipt % waits for a second person', NEW.label;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ReceiptItem(models.Model):
    """A gift on a receipt for a year, with what of it was ours that day."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="items")
    donation = models.ForeignKey("donations.Donation", models.PROTECT, related_name="receipt_items")
    amount_minor = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt", "donation"], name="receipt_item_once"),
            models.CheckConstraint(
                name="receipt_item_is_something", condition=Q(amount_minor__gt=0)
            ),
        ]
        triggers = [
            rules.append_only("receipt_item_written_once"),
            # Like `one_live_receipt_per_donation`, for the two kinds together.
            pgtrigger.Trigger(
                name="receipt_item_is_on_no_other",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    PERFORM 1 FROM donations_donation WHERE id = NEW.donation_id FOR UPDATE;
                    IF EXISTS (
                        SELECT 1 FROM donations_receipt r
                        WHERE r.donation_id = NEW.donation_id AND r.state = 'issued'
                    ) OR EXISTS (
                        SELECT 1 FROM donations_receiptitem i
                        JOIN donations_receipt r ON r.id = i.receipt_id
                        WHERE i.donation_id = NEW.donation_id AND r.state = 'issued'
                    ) THEN
                        RAISE EXCEPTION 'gift % is on a receipt already', NEW.donation_id;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.donation_id} on {self.receipt_id}"


class ReceiptVoiding(models.Model):
    """Somebody of the staff wants a large receipt void: a second person decides.

    asked → approved, declined
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Waiting for a second person")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="voidings")
    # Another one is issued in its place, with these corrections.
    reissue = models.BooleanField(default=False)
    corrections = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=12, choices=Receipt.VoidReason)
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    # The second person; whoever asked may take it back.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["receipt"], condition=Q(state="asked"), name="one_voiding_under_way"
            ),
            models.CheckConstraint(
                name="receipt_void_by_two_people",
                condition=~Q(state="approved") | ~Q(decided_by=models.F("asked_by")),
            ),
            models.CheckConstraint(
                name="receipt_voiding_decided_by_somebody",
                condition=Q(state="asked", decided_by=None, decided_at=None)
                | ~Q(state="asked") & Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]
        triggers = [
            rules.never_deleted("receipt_voiding_kept"),
            rules.starts_as("receipt_voiding_starts_asked", "state", "asked"),
            rules.frozen(
                "receipt_voiding_terms_frozen",
                *("receipt_id", "reissue", "corrections", "reason", "note", "asked_by_id"),
            ),
            pgtrigger.FSM(
                name="receipt_voiding_steps",
                field="state",
                transitions=[("asked", "approved"), ("asked", "declined")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.state}"


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
    """A way to download one paper without signing in; only the token's hash is kept."""

    receipt = models.ForeignKey(
        Receipt, models.PROTECT, null=True, blank=True, related_name="links"
    )
    # In its place.
    statement = models.ForeignKey(
        "donations.Statement", models.PROTECT, null=True, blank=True, related_name="links"
    )
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="link_leads_to_one_paper",
                condition=Q(receipt__isnull=False, statement=None)
                | Q(receipt=None, statement__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"link to {self.receipt_id or self.statement_id}"
