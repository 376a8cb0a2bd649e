"""The books: balanced entries that are never changed, and the chain that seals them."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core import rules
from donations.models.periods import IN_CLOSED, LOCK


class Entry(models.Model):
    """One balanced journal entry. A correction is a new entry that names the one it corrects."""

    # What in the world this entry records ("ch_…", "txn_…") and which side of it.
    source = models.CharField(max_length=100)
    kind = models.SlugField(max_length=40)
    legal_entity = models.ForeignKey("donations.LegalEntity", models.PROTECT)
    livemode = models.BooleanField()
    donation = models.ForeignKey(
        "donations.Donation", models.PROTECT, null=True, blank=True, related_name="entries"
    )
    # When it happened; `posted_on` is that day, or the first open one if its month was closed.
    occurred_at = models.DateTimeField(_("happened"))
    posted_on = models.DateField(_("booked on"))
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    # Of the entry's facts and postings in canonical form; see ledger.digest.
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        constraints = [
            # One object of Stripe's gives at most one entry of each kind, however often it is told.
            models.UniqueConstraint(
                fields=["source", "kind"], name="entry_once_per_source_and_kind"
            ),
            models.CheckConstraint(
                name="correction_has_a_reason",
                condition=models.Q(corrects=None) | ~models.Q(reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["legal_entity", "livemode", "posted_on"], name="entry_by_day")
        ]
        triggers = [
            rules.append_only("entry_written_once"),
            pgtrigger.Trigger(
                name="entry_in_an_open_month",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP <> 'INSERT' THEN
                        IF EXISTS ({IN_CLOSED.format(entry="OLD")}) THEN
                            RAISE EXCEPTION 'the month of % is closed', OLD.posted_on;
                        END IF;
                        IF TG_OP = 'DELETE' THEN
                            RETURN OLD;
                        END IF;
                    END IF;
                    PERFORM pg_advisory_xact_lock_shared({LOCK}, NEW.legal_entity_id::int);
                    IF EXISTS ({IN_CLOSED.format(entry="NEW")}) THEN
                        RAISE EXCEPTION 'the month of % is closed', NEW.posted_on;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class Posting(models.Model):
    """One leg of an entry: debit above zero, credit below. All legs go in by one INSERT."""

    class Account(models.TextChoices):
        PROCESSOR = "processor_balance", _("Balance at Stripe")
        CONTRIBUTIONS = "contributions", _("Contributions")
        TAX = "gift_aid_tax", _("Gift Aid received")
        FEES = "processing_fees", _("Payment processing fees")
        EXCHANGE = "currency_exchange", _("Currency exchange")
        REFUNDS = "refunds", _("Refunds to donors")
        DISPUTES = "disputes", _("Disputed by donors' banks")
        BANK = "bank_transit", _("On its way to the bank")
        TRANSFERS = "transfers", _("Between designations")
        # Things given instead of money. No designation: they are no money to be spent.
        IN_KIND = "contributions_in_kind", _("Contributions in kind")
        IN_KIND_HELD = "things_given", _("Given things on hand")
        IN_KIND_USED = "things_given_used", _("Given things handed on or disposed of")
        # Both sides of an order that is placed: with the designation, and without. Always nets out.
        COMMITTED = "committed", _("Committed to orders")
        PURCHASES = "purchases", _("Things and fees bought for people")
        # What spending takes out of restricted money, and where it arrives.
        RELEASED = "released", _("Released from restriction")
        RELEASED_TO = "released_to", _("Received from restriction")
        PAYABLE = "payable", _("Owed to suppliers")
        ADVANCES = "advances", _("Advanced to partners")
        CASH = "bank_account", _("Bank account")
        # Checks and cash not taken to the bank yet; shares not sold yet.
        UNDEPOSITED = "undeposited", _("Not deposited yet")
        SECURITIES = "securities", _("Given shares, to be sold")
        # What each purpose had when these books began.
        OPENING = "opening_balances", _("Opening balances")
        UNCLEAR = "unclear", _("Unclear, to be looked at")

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="postings")
    account = models.CharField(max_length=40, choices=Account)
    designation = models.ForeignKey("donations.Designation", models.PROTECT, null=True, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        indexes = [models.Index(fields=["account", "designation"], name="posting_by_account")]
        constraints = [
            models.CheckConstraint(
                name="posting_is_something", condition=~models.Q(amount_minor=0)
            ),
            models.CheckConstraint(
                name="contribution_has_a_designation",
                condition=~models.Q(
                    account__in=[
                        *("contributions", "refunds", "disputes", "transfers"),
                        *("purchases", "released", "released_to", "opening_balances"),
                        "gift_aid_tax",
                    ]
                )
                | models.Q(designation__isnull=False),
            ),
        ]
        triggers = [
            rules.append_only("posting_written_once"),
            pgtrigger.Trigger(
                name="postings_balance",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="fresh"),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM donations_posting p
                        WHERE p.entry_id IN (SELECT entry_id FROM fresh)
                        GROUP BY p.entry_id, p.currency HAVING SUM(p.amount_minor) <> 0
                    ) THEN
                        RAISE EXCEPTION 'postings of an entry must sum to zero per currency';
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="postings_in_an_open_month",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="fresh"),
                func=f"""
                    IF EXISTS (
                        SELECT 1 FROM donations_entry e
                        WHERE e.id IN (SELECT entry_id FROM fresh)
                          AND EXISTS ({IN_CLOSED.format(entry="e")})
                    ) THEN
                        RAISE EXCEPTION 'the month of this entry is closed';
                    END IF;
                    RETURN NULL;
                """,  # noqa: S608 - our own words
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_minor} {self.currency}"


class BalanceTransaction(models.Model):
    """A movement of the balance at Stripe, as Stripe tells it; never computed here."""

    id = models.CharField(max_length=80, primary_key=True)
    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=80, db_index=True)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    livemode = models.BooleanField()
    created_at = models.DateTimeField()
    available_at = models.DateTimeField()
    # The payout that carried it to the bank, told later; the one thing that is ever added.
    payout = models.ForeignKey(
        "donations.Payout", models.PROTECT, null=True, blank=True, related_name="movements"
    )

    class Meta:
        verbose_name = _("movement of the balance at Stripe")
        verbose_name_plural = _("movements of the balance at Stripe")
        constraints = [
            models.CheckConstraint(
                name="balance_transaction_nets",
                condition=models.Q(net_minor=models.F("amount_minor") - models.F("fee_minor")),
            )
        ]
        triggers = [
            rules.never_deleted("balance_transaction_kept"),
            rules.frozen(
                "balance_transaction_written_once",
                *("id", "kind", "source", "amount_minor", "fee_minor", "net_minor", "currency"),
                *("livemode", "created_at", "available_at"),
            ),
            rules.frozen(
                "balance_transaction_paid_out_once",
                "payout_id",
                when='OLD."payout_id" IS NOT NULL',
            ),
        ]

    def __str__(self) -> str:
        return self.id


class Seal(models.Model):
    """A link of the chain over everything that must never change; each names the one before."""

    sealed_at = models.DateTimeField()
    previous_sha256 = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64, unique=True)

    class Meta:
        triggers = [rules.append_only("seal_written_once")]

    def __str__(self) -> str:
        return self.sha256[:12]


class SealItem(models.Model):
    """One thing under a seal: its kind, its row and its digest at that time."""

    class Kind(models.TextChoices):
        ENTRY = "entry", _("Journal entry")
        SNAPSHOT = "snapshot", _("Receipt's facts")
        FILE = "file", _("Receipt's file")
        STEP = "step", _("What was done to a month")

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="items")
    kind = models.CharField(max_length=10, choices=Kind)
    row = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "row"], name="sealed_once")]
        triggers = [rules.append_only("seal_item_written_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.row}"
