"""The months of the books: open, closed, opened again by two people; all of it on record.

open → closed → asked ─┬→ reopened → closed → …
                       └→ closed               the second person said no
A month moves by its steps alone. While it is closed no entry with a date in it can be written,
changed or removed: the ledger's triggers ask `IN_CLOSED`.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core import rules

# With the entity's id an advisory lock: booking shares it, closing has it alone. So whoever closes
# has seen every entry of the month, also one whose transaction had begun before.
LOCK = 7_302
# SQL: is this entry's date in a closed month?
IN_CLOSED = """
    SELECT 1 FROM donations_period c
    WHERE c.legal_entity_id = {entry}.legal_entity_id AND c.livemode = {entry}.livemode
      AND c.state IN ('closed', 'asked')
      AND c.begins_on = date_trunc('month', {entry}.posted_on)::date
"""
# SQL: which state may follow which.
FOLLOWS = """
    WHEN 'closed' THEN month.state IN ('open', 'reopened', 'asked')
    WHEN 'asked' THEN month.state = 'closed'
    WHEN 'reopened' THEN month.state = 'asked'
"""


class Period(models.Model):
    """A calendar month of one organisation's books. No row: nobody has looked, and it is open."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        ASKED = "asked", _("Closed, somebody wants to open it again")
        REOPENED = "reopened", _("Open again")

    legal_entity = models.ForeignKey(
        "donations.LegalEntity", models.PROTECT, verbose_name=_("legal entity")
    )
    livemode = models.BooleanField(_("live"))
    begins_on = models.DateField(_("month"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    moved_at = models.DateTimeField(_("since"), null=True, blank=True)

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        ordering = ["-begins_on", "-pk"]
        permissions = [
            ("close_period", "Can close a month of the books"),
            ("reopen_period", "Can ask to open a closed month, and agree when a colleague asks"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "livemode", "begins_on"], name="period_once"
            ),
            models.CheckConstraint(name="period_begins_a_month", condition=Q(begins_on__day=1)),
        ]
        triggers = [
            rules.never_deleted("period_kept"),
            rules.frozen("period_is_its_month", "legal_entity_id", "livemode", "begins_on"),
            rules.starts_as("period_begins_open", "state", "open"),
            rules.is_last_step("period_moved_by_steps", "donations_periodstep", "period_id"),
        ]

    def __str__(self) -> str:
        return date_format(self.begins_on, "F Y")

    @property
    def is_closed(self) -> bool:
        return self.state in (self.State.CLOSED, self.State.ASKED)


class PeriodStep(models.Model):
    """What was done to a month, by whom and why. A closing carries its figures and fingerprint."""

    period = models.ForeignKey(Period, models.PROTECT, related_name="steps")
    state = models.CharField(_("what"), max_length=10, choices=Period.State)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    # Who had asked for what the second person decides.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # What was open when it was closed all the same: [[code, about], …].
    overlooked = models.JSONField(default=list, blank=True)
    # Of a closing: how many "entries", and "totals" of account, designation, currency.
    figures = models.JSONField(default=dict, blank=True)
    entries_sha256 = models.CharField(max_length=64, blank=True)
    # The chain of closings, over all months of these books; None where nothing was closed anew.
    previous_sha256 = models.CharField(max_length=64, unique=True, null=True, blank=True)
    sha256 = models.CharField(max_length=64, unique=True, null=True, blank=True)

    class Meta:
        verbose_name = _("step of a period")
        verbose_name_plural = _("steps of a period")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="period_reopened_by_two_people",
                condition=Q(asked_by=None) | ~Q(asked_by=F("by")) | Q(state="closed"),
            ),
            models.CheckConstraint(
                name="period_reopening_has_a_reason",
                condition=~Q(state="asked") | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="period_overlooks_with_a_reason",
                condition=Q(overlooked=[]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="period_closing_is_fingerprinted",
                condition=Q(sha256=None, previous_sha256=None, entries_sha256="")
                | (
                    Q(state="closed", sha256__isnull=False, previous_sha256__isnull=False)
                    & ~Q(entries_sha256="")
                ),
            ),
        ]
        triggers = [
            rules.append_only("period_step_written_once"),
            pgtrigger.Trigger(
                name="period_step_follows",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("month", "donations_period%ROWTYPE"), ("asker", "INTEGER")],
                func=f"""
                    SELECT * INTO month FROM donations_period
                        WHERE id = NEW.period_id FOR UPDATE;
                    PERFORM pg_advisory_xact_lock({LOCK}, month.legal_entity_id::int);
                    IF NOT (CASE NEW.state {FOLLOWS} ELSE FALSE END) THEN
                        RAISE EXCEPTION 'a month that is % cannot become %', month.state, NEW.state;
                    END IF;
                    IF (NEW.sha256 IS NULL) <> (NEW.state <> 'closed' OR month.state = 'asked') THEN
                        RAISE EXCEPTION 'a closing carries its fingerprint, and nothing else does';
                    END IF;
                    SELECT s.by_id INTO asker FROM donations_periodstep s
                        WHERE month.state = 'asked' AND s.period_id = month.id
                        ORDER BY s.id DESC LIMIT 1;
                    IF NEW.asked_by_id IS DISTINCT FROM asker THEN
                        RAISE EXCEPTION 'the step names another person than who asked';
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608 - our own words
            ),
            rules.step_moves("period_step_moves", "donations_period", "period_id"),
        ]

    def __str__(self) -> str:
        return f"{self.period}: {self.get_state_display()}"
