"""Papers for whoever gave a thing: an acknowledgment that never values, a statement of erasure."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import rules
from gifts.models.offers import Offer


class AcknowledgmentSeries(models.Model):
    """One run of numbers without gaps: per legal entity, year, and live or test."""

    legal_entity = models.ForeignKey("donations.LegalEntity", models.PROTECT)
    year = models.PositiveSmallIntegerField()
    livemode = models.BooleanField()
    # Locked while a number is drawn.
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "year", "livemode"], name="one_in_kind_series_per_year"
            )
        ]
        triggers = [
            rules.never_deleted("in_kind_series_kept"),
            pgtrigger.Trigger(
                name="in_kind_series_counts_by_one",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.last_number <> OLD.last_number + 1"),
                func="RAISE EXCEPTION 'a series of acknowledgments counts by one';",
            ),
        ]

    def __str__(self) -> str:
        return f"{'' if self.livemode else 'TEST-'}IK-{self.year}"


class Acknowledgment(models.Model):
    """One numbered acknowledgment of things received. Never edited: void it, and write another."""

    class State(models.TextChoices):
        ISSUED = "issued", _("Valid")
        VOID = "void", _("Void")

    series = models.ForeignKey(AcknowledgmentSeries, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("number in its series"))
    label = models.CharField(_("number"), max_length=40, unique=True)
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="acknowledgments")
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.ISSUED)
    # Every printed fact, frozen; the paper is drawn from this alone.
    snapshot = models.JSONField()
    issued_at = models.DateTimeField(_("issued"), auto_now_add=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Of the stored file; none until it is drawn.
    sha256 = models.CharField(max_length=64, null=True, blank=True)
    void_reason = models.CharField(_("why it is void"), max_length=200, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("acknowledgment")
        verbose_name_plural = _("acknowledgments")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="acknowledgment_number_once"),
            models.UniqueConstraint(
                fields=["offer"], condition=Q(state="issued"), name="one_live_acknowledgment"
            ),
            models.CheckConstraint(
                name="acknowledgment_void_says_why_and_when",
                condition=Q(state="issued", voided_at=None, voided_by=None, void_reason="")
                | (
                    Q(state="void", voided_at__isnull=False, voided_by__isnull=False)
                    & ~Q(void_reason="")
                ),
            ),
        ]
        triggers = [
            rules.never_deleted("acknowledgment_kept"),
            rules.starts_as("acknowledgment_starts_issued", "state", "issued"),
            rules.frozen(
                "acknowledgment_facts_frozen",
                *("series_id", "number", "label", "offer_id", "snapshot", "issued_at"),
                "issued_by_id",
            ),
            rules.frozen("acknowledgment_drawn_once", "sha256", when='OLD."sha256" IS NOT NULL'),
            pgtrigger.FSM(
                name="acknowledgment_state_steps",
                field="state",
                transitions=[("issued", "void")],
            ),
            pgtrigger.Trigger(
                name="acknowledgment_number_from_its_series",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.number <> (
                        SELECT last_number FROM gifts_acknowledgmentseries
                        WHERE id = NEW.series_id
                    ) THEN
                        RAISE EXCEPTION 'numbers are drawn from their series';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.label


class AcknowledgmentFile(models.Model):
    """The bytes of an acknowledgment, apart from its facts so that lists stay light."""

    acknowledgment = models.OneToOneField(
        Acknowledgment, models.PROTECT, primary_key=True, related_name="file"
    )
    data = models.BinaryField()

    class Meta:
        triggers = [rules.append_only("acknowledgment_file_written_once")]

    def __str__(self) -> str:
        return str(self.acknowledgment_id)


class WipeStatement(models.Model):
    """Tells whoever gave devices how each was erased. Serial numbers stand on the paper alone."""

    label = models.CharField(_("number"), max_length=40, unique=True)
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="statements")
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Of the file, also when we hold it no more: a copy that is shown to us can be known again.
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("statement of erasure")
        verbose_name_plural = _("statements of erasure")
        ordering = ["-made_at", "-pk"]
        triggers = [rules.append_only("statement_written_once")]

    def __str__(self) -> str:
        return self.label


class StatementFile(models.Model):
    """The bytes of a statement, kept for its donor for some weeks: it names serial numbers."""

    statement = models.OneToOneField(
        WipeStatement, models.PROTECT, primary_key=True, related_name="file"
    )
    data = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = [rules.frozen("statement_file_written_once", "statement_id", "data")]

    def __str__(self) -> str:
        return str(self.statement_id)
