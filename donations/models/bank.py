"""What the bank says: statements with their lines, and what each line is."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import money, rules
from donations.models.gift_aid import Claim
from donations.models.offline import GiftBatch
from donations.models.payouts import Payout


class BankAccount(models.Model):
    """An account at a bank, with the columns of the CSV files that the bank gives."""

    legal_entity = models.ForeignKey(
        "donations.LegalEntity", models.PROTECT, verbose_name=_("legal entity")
    )
    name = models.CharField(_("name"), max_length=80)
    number = models.CharField(
        _("number"),
        max_length=40,
        help_text=_("IBAN or account number as statements have it; without spaces."),
    )
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    csv_day = models.CharField(_("CSV: column of the day"), max_length=60, default="Date")
    csv_day_format = models.CharField(
        _("CSV: how a day is written"),
        max_length=20,
        default="%m/%d/%Y",
        help_text=_("%m/%d/%Y is 11/22/2026, %d.%m.%Y is 22.11.2026, %Y-%m-%d is 2026-11-22."),
    )
    csv_amount = models.CharField(_("CSV: column of the amount"), max_length=60, default="Amount")
    csv_text = models.CharField(_("CSV: column of the text"), max_length=60, default="Description")
    csv_reference = models.CharField(
        _("CSV: column of the bank's reference"), max_length=60, blank=True
    )

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["number", "currency"], name="bank_account_once")
        ]
        triggers = [rules.never_deleted("bank_account_kept")]

    def __str__(self) -> str:
        return self.name


class BankStatement(models.Model):
    """One statement of an account: what was there, what came and went, what is there."""

    account = models.ForeignKey(
        BankAccount, models.PROTECT, related_name="statements", verbose_name=_("bank account")
    )
    # As the bank numbers it; of a CSV file its fingerprint.
    statement_id = models.CharField(_("number of the statement"), max_length=80)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    opening_minor = models.BigIntegerField(_("opening balance"))
    closing_minor = models.BigIntegerField(_("closing balance"))
    currency = models.CharField(max_length=3)
    lines_count = models.PositiveIntegerField(_("lines"))
    # Of its account, balances and lines: the same statement in another file is the same.
    sha256 = models.CharField(max_length=64)
    imported_at = models.DateTimeField(_("brought in"), auto_now_add=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ["-last_day", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "statement_id"], name="bank_statement_once"),
            models.CheckConstraint(
                name="bank_statement_days_in_order", condition=Q(first_day__lte=F("last_day"))
            ),
            models.CheckConstraint(
                name="bank_statement_without_lines_stands_still",
                condition=Q(lines_count__gt=0) | Q(opening_minor=F("closing_minor")),
            ),
        ]
        triggers = [rules.append_only("bank_statement_written_once")]

    def __str__(self) -> str:
        return f"{self.account.name} {self.last_day}"


class BankLine(models.Model):
    """One movement of a bank account. All lines of a statement go in by one INSERT."""

    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="lines")
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="lines")
    day = models.DateField(_("day"))
    # What came above zero, what went below.
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    # The bank's reference of the line; without one a fingerprint of what it says.
    key = models.CharField(max_length=80)
    reference = models.CharField(_("the bank's reference"), max_length=80, blank=True)
    text = models.CharField(_("text"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("bank line")
        verbose_name_plural = _("bank lines")
        ordering = ["-day", "-pk"]
        permissions = [("match_bankline", "Can say what a bank line is, and take it back")]
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="bank_line_once"),
        ]
        indexes = [models.Index(fields=["account", "-day"], name="bank_line_by_day")]
        triggers = [
            rules.append_only("bank_line_written_once"),
            pgtrigger.Trigger(
                name="bank_lines_lead_from_opening_to_closing",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="fresh"),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM donations_bankstatement s
                        WHERE s.id IN (SELECT statement_id FROM fresh)
                          AND (s.closing_minor - s.opening_minor, s.lines_count) <> (
                            SELECT SUM(l.amount_minor), count(*) FROM donations_bankline l
                            WHERE l.statement_id = s.id)
                    ) THEN
                        RAISE EXCEPTION 'a statement must lead from its opening to its closing';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{money.display(self.amount_minor, self.currency, 'en')} ({self.day})"


class BankMatch(models.Model):
    """What a bank line is: a payout, a batch's deposit, a claim's tax, or else something in words.

    Taken back with a reason.
    """

    line = models.ForeignKey(BankLine, models.PROTECT, related_name="matches")
    payout = models.ForeignKey(
        Payout, models.PROTECT, null=True, blank=True, related_name="bank_matches"
    )
    batch = models.ForeignKey(
        GiftBatch, models.PROTECT, null=True, blank=True, related_name="bank_matches"
    )
    claim = models.ForeignKey(
        Claim, models.PROTECT, null=True, blank=True, related_name="bank_matches"
    )
    note = models.CharField(_("what it is"), max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(ended_at=None), name="bank_line_is_one_thing"
            ),
            models.UniqueConstraint(
                fields=["payout"], condition=Q(ended_at=None), name="payout_on_one_bank_line"
            ),
            models.UniqueConstraint(
                fields=["batch"], condition=Q(ended_at=None), name="batch_on_one_bank_line"
            ),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(ended_at=None), name="claim_on_one_bank_line"
            ),
            models.CheckConstraint(
                name="bank_match_is_one_thing",
                condition=Q(payout__isnull=False, batch=None, claim=None, note="")
                | Q(payout=None, batch__isnull=False, claim=None, note="")
                | Q(payout=None, batch=None, claim__isnull=False, note="")
                | (Q(payout=None, batch=None, claim=None) & ~Q(note="")),
            ),
            models.CheckConstraint(
                name="bank_match_ends_with_a_reason",
                condition=Q(ended_at=None, ended_by=None, end_reason="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_reason="")),
            ),
        ]
        triggers = [
            rules.never_deleted("bank_match_kept"),
            rules.frozen(
                "bank_match_terms_frozen",
                *("line_id", "payout_id", "batch_id", "claim_id", "note", "at", "by_id"),
            ),
            rules.frozen(
                "bank_match_ends_once",
                *("ended_at", "ended_by_id", "end_reason"),
                when='OLD."ended_at" IS NOT NULL',
            ),
            pgtrigger.Trigger(
                name="bank_match_is_of_the_same_money",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.\"note\" = ''"),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM donations_bankline l
                        JOIN donations_bankaccount a ON a.id = l.account_id
                        WHERE l.id = NEW.line_id
                          AND (l.amount_minor, l.currency, a.legal_entity_id) IN (
                            SELECT p.amount_minor, p.currency, p.legal_entity_id
                            FROM donations_payout p WHERE p.id = NEW.payout_id
                            UNION ALL
                            SELECT b.expected_minor, b.currency, b.legal_entity_id
                            FROM donations_giftbatch b
                            WHERE b.id = NEW.batch_id AND b.state = 'posted'
                              AND b.deposited_on IS NOT NULL
                            UNION ALL
                            SELECT c.received_minor, 'GBP', c.legal_entity_id
                            FROM donations_claim c WHERE c.id = NEW.claim_id AND c.state = 'paid')
                    ) THEN
                        RAISE EXCEPTION 'a bank line and what it is are the same money';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return str(self.thing or self.note)

    @property
    def thing(self) -> Payout | GiftBatch | Claim | None:
        """What it is, unless that is said in words."""
        return self.payout or self.batch or self.claim
