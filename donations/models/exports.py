"""Files for other books: who asked for what, what came of it, and the bytes until they are erased.

waiting → running → ready → erased      running → failed → waiting, when asked for again
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import rules

STEPS = [
    ("waiting", "running"),
    ("running", "ready"),
    ("running", "failed"),
    ("failed", "waiting"),
    ("ready", "erased"),
]


class Export(models.Model):
    """One file that somebody asked for. What was asked never changes; nor does a finished file."""

    class Kind(models.TextChoices):
        JOURNAL = "journal", _("Journal, double entry")
        RECEIPTS = "receipts", _("Register of receipts")
        LINES = "lines", _("Gifts by purpose")
        DONORS = "donors", _("Donors and what they gave")

    class Format(models.TextChoices):
        CSV = "csv", _("CSV, for any program")
        XLSX = "xlsx", _("Excel workbook (XLSX)")
        PARQUET = "parquet", _("Parquet, for data analysis")
        QUICKBOOKS = "quickbooks", _("QuickBooks Online, journal entries")
        XERO = "xero", _("Xero, manual journals (ZIP)")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")
        ERASED = "erased", _("Erased")

    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    format = models.CharField(_("format"), max_length=10, choices=Format)
    legal_entity = models.ForeignKey("donations.LegalEntity", models.PROTECT)
    livemode = models.BooleanField()
    # Both belong to the period. Days are those of the legal entity's time zone.
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    # Told while it is made, from a connection of its own; not a fact of the file.
    percent = models.PositiveSmallIntegerField(default=0)
    # A code for what went wrong and which figures; words are the desk's.
    problem = models.SlugField(max_length=20, blank=True)
    detail = models.CharField(max_length=400, blank=True)
    rows = models.PositiveBigIntegerField(_("rows"), null=True, blank=True)
    # As read back from the file and equal to the books: [[group, sums], …], amounts as text.
    totals = models.JSONField(default=list, blank=True)
    size = models.PositiveBigIntegerField(_("size"), null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    # The bytes are erased after this; the row stays, to tell what left the house.
    kept_until = models.DateTimeField(_("kept until"), null=True, blank=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        permissions = [("export_donors", "Can export donors with names and addresses")]
        constraints = [
            models.CheckConstraint(
                name="export_period_is_in_order", condition=Q(first_day__lte=F("last_day"))
            ),
            models.CheckConstraint(
                name="export_for_books_is_a_journal",
                condition=~Q(format__in=["quickbooks", "xero"]) | Q(kind="journal"),
            ),
            models.CheckConstraint(
                name="export_ready_has_its_facts",
                condition=~Q(state__in=["ready", "erased"])
                | ~Q(sha256="")
                & Q(rows__isnull=False, size__isnull=False)
                & Q(finished_at__isnull=False, kept_until__isnull=False),
            ),
        ]
        triggers = [
            rules.never_deleted("export_kept"),
            rules.starts_as("export_starts_waiting", "state", "waiting"),
            rules.frozen(
                "export_terms_frozen",
                *("kind", "format", "legal_entity_id", "livemode", "first_day", "last_day"),
                *("asked_by_id", "asked_at"),
            ),
            rules.frozen(
                "export_file_frozen", "sha256", "size", "rows", "totals", when="OLD.sha256 <> ''"
            ),
            pgtrigger.FSM(name="export_state_steps", field="state", transitions=STEPS),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.first_day} \u2013 {self.last_day}"


class ExportPart(models.Model):
    """Some megabytes of an export's file, in order. Erased with their time; never changed."""

    export = models.ForeignKey(Export, models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["export", "number"], name="export_part_once")
        ]
        triggers = [
            pgtrigger.Protect(name="export_part_written_once", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.export_id}/{self.number}"


class ExportDownload(models.Model):
    """Who took a copy of which export, and when."""

    export = models.ForeignKey(Export, models.PROTECT, related_name="downloads")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        triggers = [rules.append_only("export_download_written_once")]

    def __str__(self) -> str:
        return f"{self.export_id} by {self.actor_id}"
