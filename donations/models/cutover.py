"""What was there before: donors, past gifts and opening balances, taken over from other books.

draft → loaded → undone       undone only until the first month is closed after it was loaded
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import rules
from donations.models.donations import Donation
from donations.models.donors import Donor


class CutOver(models.Model):
    """One taking over, whole or not at all."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Being prepared")
        LOADED = "loaded", _("Taken over")
        UNDONE = "undone", _("Undone")

    legal_entity = models.ForeignKey(
        "donations.LegalEntity", models.PROTECT, verbose_name=_("legal entity")
    )
    livemode = models.BooleanField(_("live"))
    # Where from: "DonorPerfect until June 2026".
    origin = models.CharField(_("from"), max_length=120)
    # The day of which the opening balances are.
    as_of = models.DateField(_("balances as of"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    # One fingerprint of all rows, and what came: counts, totals by designation and class.
    fingerprint = models.CharField(max_length=64, blank=True)
    figures = models.JSONField(default=dict, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("begun"), auto_now_add=True)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    loaded_at = models.DateTimeField(_("taken over"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    reason = models.CharField(_("why it was undone"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("cut-over")
        verbose_name_plural = _("cut-overs")
        ordering = ["-pk"]
        permissions = [
            ("load_cutover", "Can take over donors, past gifts and balances, or undo it")
        ]
        constraints = [
            models.CheckConstraint(
                name="cut_over_says_by_whom",
                condition=Q(state="draft", loaded_by=None, loaded_at=None)
                | Q(~Q(state="draft"), loaded_by__isnull=False, loaded_at__isnull=False),
            ),
            models.CheckConstraint(
                name="cut_over_undone_with_a_reason",
                condition=~Q(state="undone")
                | (Q(undone_by__isnull=False, undone_at__isnull=False) & ~Q(reason="")),
            ),
        ]
        triggers = [
            rules.never_deleted("cut_over_kept"),
            rules.starts_as("cut_over_starts_as_draft", "state", "draft"),
            pgtrigger.FSM(
                name="cut_over_steps",
                field="state",
                transitions=[("draft", "loaded"), ("loaded", "undone")],
            ),
            rules.frozen(
                "cut_over_frozen_once_loaded",
                *("legal_entity_id", "livemode", "as_of", "fingerprint", "figures"),
                *("loaded_by_id", "loaded_at"),
                when="OLD.state <> 'draft'",
            ),
            pgtrigger.Trigger(
                name="cut_over_stays_after_a_closing",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state = 'loaded' AND NEW.state = 'undone'"),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM donations_periodstep s
                        JOIN donations_period p ON p.id = s.period_id
                        WHERE p.legal_entity_id = OLD.legal_entity_id
                          AND p.livemode = OLD.livemode
                          AND s.sha256 IS NOT NULL AND s.at >= OLD.loaded_at
                    ) THEN
                        RAISE EXCEPTION 'a month was closed since: what was taken over stays';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.origin


def _while(name: str, states: str) -> pgtrigger.Trigger:
    """Rows come while their cut-over is a draft and go while it is undone; they never change."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'UPDATE' OR NOT EXISTS (
                SELECT 1 FROM donations_cutover c
                WHERE (TG_OP, c.id, c.state) IN ({states})
            ) THEN
                RAISE EXCEPTION '{name}: written once, and removed only when it is undone';
            END IF;
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            RETURN NEW;
        """,  # noqa: S608 - our own words
    )


STATES = "('INSERT', NEW.cut_over_id, 'draft'), ('DELETE', OLD.cut_over_id, 'undone')"


class PriorDonor(models.Model):
    """A donor as the other books knew her, by their number."""

    cut_over = models.ForeignKey(CutOver, models.PROTECT, related_name="donors")
    # Rows go in the order that the undoing needs; the database checks at the end.
    donor = models.ForeignKey(Donor, models.DO_NOTHING, related_name="prior")
    key = models.CharField(_("number there"), max_length=80)
    # Made by this cut-over, not here before.
    is_new = models.BooleanField()
    # Street and town as they were known there; a check is thanked by post.
    address = models.JSONField(default=dict, blank=True)
    # What she allowed there, as it was said: shown to staff, and sends nothing by itself.
    consents = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("donor from other books")
        verbose_name_plural = _("donors from other books")
        constraints = [models.UniqueConstraint(fields=["cut_over", "key"], name="prior_donor_once")]
        triggers = [_while("prior_donor_written_once", STATES)]

    def __str__(self) -> str:
        return self.key


class PastGift(models.Model):
    """A gift that other books hold and receipted: history to be read, never booked again."""

    cut_over = models.ForeignKey(CutOver, models.PROTECT, related_name="gifts")
    donor = models.ForeignKey(Donor, models.DO_NOTHING, related_name="past_gifts")
    given_on = models.DateField(_("given on"))
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.PositiveBigIntegerField(_("amount"))
    source = models.CharField(_("how it came"), max_length=12, choices=Donation.Source, blank=True)
    # What it was for, in the words of those books.
    purpose = models.CharField(_("purpose"), max_length=120, blank=True)
    # "Receipted elsewhere, no. X".
    receipt = models.CharField(_("receipt there"), max_length=60, blank=True)
    key = models.CharField(_("number there"), max_length=80)

    class Meta:
        verbose_name = _("gift from other books")
        verbose_name_plural = _("gifts from other books")
        ordering = ["-given_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["cut_over", "key"], name="past_gift_once"),
            models.CheckConstraint(name="past_gift_is_something", condition=Q(amount_minor__gt=0)),
        ]
        triggers = [_while("past_gift_written_once", STATES)]

    def __str__(self) -> str:
        return f"{self.given_on} {self.amount_minor} {self.currency}"
