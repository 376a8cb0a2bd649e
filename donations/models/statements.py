"""A year's papers for all donors: a run that is counted, looked over and issued, and its papers.

waiting → counting → ready → issuing ─┬→ done
               └→ failed              └→ stopped: something had changed since it was counted
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import rules

STEPS = [
    ("waiting", "counting"),
    ("counting", "ready"),
    ("counting", "failed"),
    ("ready", "issuing"),
    ("issuing", "done"),
    ("issuing", "stopped"),
]


class StatementRun(models.Model):
    """One year of one organisation, for every donor at once. What was counted never changes."""

    class Kind(models.TextChoices):
        STATEMENT = "statement", _("Statements of the year")
        RECEIPT = "receipt", _("Annual receipts")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        COUNTING = "counting", _("Being counted")
        READY = "ready", _("Ready to be looked over")
        ISSUING = "issuing", _("Being issued")
        DONE = "done", _("Issued")
        STOPPED = "stopped", _("Stopped: something changed")
        FAILED = "failed", _("Failed")

    kind = models.CharField(_("what"), max_length=9, choices=Kind)
    legal_entity = models.ForeignKey(
        "donations.LegalEntity", models.PROTECT, verbose_name=_("legal entity")
    )
    livemode = models.BooleanField()
    # As the country's pack names it: the year of its first day.
    year = models.PositiveSmallIntegerField(_("tax year"))
    # What an app above tells of the same gifts goes along (receipts/enclosing.py).
    encloses = models.BooleanField(_("with what became of the gifts"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    # Of every paper of the run: whoever issues names it, and it must still be true then.
    fingerprint = models.CharField(max_length=64, blank=True)
    count = models.PositiveIntegerField(_("papers"), null=True, blank=True)
    # [[currency, how many, minor units], …]
    totals = models.JSONField(default=list, blank=True)
    # What was left out and why, or which rows changed: [[name, code, detail], …]
    left_out = models.JSONField(default=list, blank=True)
    changed = models.JSONField(default=list, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True)
    # When the set was found unchanged and, for receipts, all numbers were drawn.
    fixed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("papers of a year")
        verbose_name_plural = _("papers of the year")
        permissions = [("issue_statementrun", "Can issue statements and annual receipts")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "legal_entity", "livemode", "year"],
                condition=Q(state="issuing"),
                name="one_run_is_issued_at_a_time",
            ),
            models.CheckConstraint(
                name="run_counted_has_a_fingerprint",
                condition=Q(state__in=["waiting", "counting", "failed"])
                | ~Q(fingerprint="") & Q(count__isnull=False),
            ),
            models.CheckConstraint(
                name="run_issued_by_somebody",
                condition=Q(issued_by=None, issued_at=None, fixed_at=None)
                | Q(issued_by__isnull=False, issued_at__isnull=False, fingerprint__gt=""),
            ),
            models.CheckConstraint(
                name="run_done_was_fixed",
                condition=~Q(state="done") | Q(fixed_at__isnull=False, finished_at__isnull=False),
            ),
            # An annual receipt is for some gifts of the year only.
            models.CheckConstraint(
                name="run_encloses_with_statements",
                condition=Q(encloses=False) | Q(kind="statement"),
            ),
        ]
        triggers = [
            rules.never_deleted("run_kept"),
            rules.starts_as("run_starts_waiting", "state", "waiting"),
            rules.frozen(
                "run_terms_frozen",
                *("kind", "legal_entity_id", "livemode", "year", "encloses"),
                *("asked_by_id", "asked_at"),
            ),
            rules.frozen(
                "run_set_frozen", "fingerprint", "count", "totals", when="OLD.fingerprint <> ''"
            ),
            rules.frozen("run_fixed_once", "fixed_at", when="OLD.fixed_at IS NOT NULL"),
            pgtrigger.FSM(name="run_state_steps", field="state", transitions=STEPS),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year}"


class Statement(models.Model):
    """One donor's paper in a run: under one name and in one currency. Written when counted."""

    run = models.ForeignKey(StatementRun, models.PROTECT, related_name="statements")
    donor = models.ForeignKey("donations.Donor", models.PROTECT, related_name="statements")
    name = models.CharField(_("in the name of"), max_length=200)
    # None: printed and posted.
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(max_length=8)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    currency = models.CharField(max_length=3)
    # What the paper is for: given less what went back, or the sum of the receipt.
    amount_minor = models.BigIntegerField(_("amount"))
    gifts = models.PositiveIntegerField(_("gifts"))
    # Every fact that is printed, but number and day of issue.
    facts = models.JSONField()
    facts_sha256 = models.CharField(max_length=64)
    # Of a run of receipts, once numbered.
    receipt = models.OneToOneField(
        "donations.Receipt", models.PROTECT, null=True, blank=True, related_name="statement"
    )
    # Of the file of a statement; a receipt has its own.
    sha256 = models.CharField(max_length=64, null=True, blank=True)

    class Meta:
        verbose_name = _("paper of the year")
        verbose_name_plural = _("papers of the year")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "donor", "name", "currency"], name="statement_once_a_run"
            )
        ]
        indexes = [
            models.Index(fields=["run", "name"], name="statement_by_name"),
            models.Index(fields=["run"], condition=Q(email=""), name="statement_to_print"),
        ]
        triggers = [
            rules.never_deleted("statement_kept"),
            rules.frozen(
                "statement_facts_frozen",
                *("run_id", "donor_id", "name", "currency", "amount_minor", "facts"),
                *("facts_sha256", "gifts", "language", "postcode"),
            ),
            rules.frozen(
                "statement_numbered_once", "receipt_id", when="OLD.receipt_id IS NOT NULL"
            ),
            rules.frozen("statement_drawn_once", "sha256", when="OLD.sha256 IS NOT NULL"),
        ]

    def __str__(self) -> str:
        return self.name


class StatementFile(models.Model):
    """The bytes of a statement, apart from its facts so that lists stay light."""

    statement = models.OneToOneField(
        Statement, models.PROTECT, primary_key=True, related_name="file"
    )
    data = models.BinaryField()
    # The paper that goes along in the same envelope, as it was on that day.
    enclosed = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = [rules.append_only("statement_file_written_once")]

    def __str__(self) -> str:
        return str(self.statement_id)
