"""Audit packs: what was asked for a period, and the file until it is erased.

waiting → running → ready → erased      running → failed → waiting, when asked for again
"""

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import rules
from donations.models.exports import STEPS


class AuditPack(models.Model):
    """One pack for an auditor. What was asked never changes; nor does a finished file."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")
        ERASED = "erased", _("Erased")

    legal_entity = models.ForeignKey("donations.LegalEntity", models.PROTECT)
    livemode = models.BooleanField()
    # Both are of the period, days of the journal.
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    sample_size = models.PositiveSmallIntegerField(
        _("gifts in the sample"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(500)],
    )
    # How many it has: all of the period if there are fewer.
    drawn = models.PositiveSmallIntegerField(_("gifts drawn"), null=True, blank=True)
    # Printed in the pack: whoever has it and the same books draws the same sample.
    seed = models.CharField(_("seed of the sample"), max_length=40)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    asked_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    # Told while it is made; not a fact of the file.
    percent = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=80, blank=True)
    # The journal's fingerprint the sample was drawn from.
    entries_sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("size"), null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    # It names the donors of its sample: erased after this.
    kept_until = models.DateTimeField(_("kept until"), null=True, blank=True)

    class Meta:
        verbose_name = _("audit pack")
        verbose_name_plural = _("audit packs")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="audit_pack_period_is_in_order", condition=Q(first_day__lte=F("last_day"))
            ),
            models.CheckConstraint(
                name="audit_pack_ready_has_its_facts",
                condition=~Q(state__in=["ready", "erased"])
                | ~Q(sha256="")
                & Q(size__isnull=False, finished_at__isnull=False, kept_until__isnull=False),
            ),
        ]
        triggers = [
            rules.never_deleted("audit_pack_kept"),
            rules.starts_as("audit_pack_starts_waiting", "state", "waiting"),
            rules.frozen(
                "audit_pack_terms_frozen",
                *("legal_entity_id", "livemode", "first_day", "last_day", "sample_size", "seed"),
                *("asked_by_id", "asked_at"),
            ),
            rules.frozen(
                "audit_pack_file_frozen",
                *("sha256", "size", "entries_sha256", "drawn"),
                when="OLD.sha256 <> ''",
            ),
            pgtrigger.FSM(name="audit_pack_state_steps", field="state", transitions=STEPS),
        ]

    def __str__(self) -> str:
        return f"{self.first_day} \u2013 {self.last_day}"


class AuditPackFile(models.Model):
    """The bytes of a pack, apart from its facts; erased with their time, never changed."""

    pack = models.OneToOneField(AuditPack, models.PROTECT, primary_key=True, related_name="file")
    data = models.BinaryField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="audit_pack_file_written_once", operation=pgtrigger.Update)
        ]

    def __str__(self) -> str:
        return str(self.pack_id)


class AuditPackDownload(models.Model):
    """Who took a copy of which pack, and when."""

    pack = models.ForeignKey(AuditPack, models.PROTECT, related_name="downloads")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        triggers = [rules.append_only("audit_pack_download_written_once")]

    def __str__(self) -> str:
        return f"{self.pack_id} by {self.actor_id}"
