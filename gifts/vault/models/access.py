"""Who looked at what, when and what for. Written in the transaction of the look itself."""

from datetime import timedelta

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import rules

YEARS_KEPT = 6


class Purpose(models.TextChoices):
    """Why somebody looks; asked before each look."""

    CARE = "care", _("Stating or changing a need")
    VERIFY = "verify", _("Checking a need")
    PACK = "pack", _("Packing and delivery")
    SUPPORT = "support", _("Helping a partner")
    CONSENT = "consent", _("Asking for or ending a consent")
    SUBJECT = "subject", _("Answering what we hold about a person")
    MATCHING = "matching", _("A matching run")
    EMERGENCY = "emergency", _("Emergency")


class BreakGlass(models.Model):
    """An emergency: for an hour somebody may read what she otherwise may not. Two people hear."""

    user_id = models.BigIntegerField()
    who = models.CharField(_("who"), max_length=254)
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(_("when"), auto_now_add=True)
    until = models.DateTimeField(_("until"))
    reviewed_by = models.BigIntegerField(null=True)
    reviewed_who = models.CharField(_("reviewed by"), max_length=254, blank=True)
    reviewed_at = models.DateTimeField(_("reviewed"), null=True)
    finding = models.TextField(_("finding"), blank=True)

    class Meta:
        verbose_name = _("emergency access")
        verbose_name_plural = _("emergency accesses")
        ordering = ["-pk"]
        permissions = [("review_access", "Can review who looked at confidential records")]
        constraints = [
            models.CheckConstraint(name="emergency_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="emergency_lasts_an_hour",
                condition=Q(until__lte=F("at") + timedelta(hours=1)),
            ),
            models.CheckConstraint(
                name="emergency_is_reviewed_by_another",
                condition=Q(reviewed_by=None, reviewed_at=None)
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False)
                & ~Q(reviewed_by=F("user_id")),
            ),
        ]
        triggers = [
            rules.never_deleted("emergency_kept"),
            rules.frozen("emergency_stays_as_it_was", "user_id", "who", "reason", "at", "until"),
            rules.frozen(
                "emergency_reviewed_once",
                *("reviewed_by", "reviewed_at", "finding"),
                when='OLD."reviewed_at" IS NOT NULL',
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who} {self.at:%Y-%m-%d %H:%M}"


class Access(models.Model):
    """One look at confidential fields of one record, or one count over plain columns of many."""

    at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)
    # People live in the other database: their key there, and their address as it was.
    user_id = models.BigIntegerField()
    who = models.CharField(_("who"), max_length=254)
    purpose = models.CharField(_("what for"), max_length=9, choices=Purpose)
    model = models.CharField(_("kind of record"), max_length=40)
    # None: many records at once, and only their plain columns.
    record = models.UUIDField(_("record"), null=True, db_index=True)
    fields = models.CharField(_("fields"), max_length=200)
    records = models.PositiveIntegerField(_("records"), default=1)
    emergency = models.ForeignKey(BreakGlass, models.PROTECT, null=True, related_name="looks")

    class Meta:
        verbose_name = _("look at confidential records")
        verbose_name_plural = _("looks at confidential records")
        ordering = ["-pk"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="access_in_an_emergency_names_it",
                condition=~Q(purpose="emergency") | Q(emergency__isnull=False),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="access_written_once", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="access_kept_six_years",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=f"""
                    IF OLD."at" > now() - interval '{YEARS_KEPT} years' THEN
                        RAISE EXCEPTION 'the log of looks is kept for {YEARS_KEPT} years';
                    END IF;
                    RETURN OLD;
                """,
            ),
            pgtrigger.Trigger(
                name="access_in_an_open_emergency_of_ones_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition('NEW."emergency_id" IS NOT NULL'),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM vault_breakglass g
                        WHERE g.id = NEW.emergency_id AND g.user_id = NEW.user_id
                          AND g.until > clock_timestamp()
                    ) THEN
                        RAISE EXCEPTION 'this emergency is over, or it is somebody else''s';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who} {self.model} {self.at:%Y-%m-%d %H:%M}"


class AccessReview(models.Model):
    """Somebody went through what another person looked at in a month that is over."""

    # Its first day.
    month = models.DateField(_("month"))
    user_id = models.BigIntegerField()
    who = models.CharField(_("whose looks"), max_length=254)
    # As many as there were; a log that lost rows since would show.
    looks = models.PositiveIntegerField(_("looks"))
    finding = models.CharField(_("finding"), max_length=200, blank=True)
    reviewed_by = models.BigIntegerField()
    reviewed_who = models.CharField(_("reviewed by"), max_length=254)
    reviewed_at = models.DateTimeField(_("reviewed"), auto_now_add=True)

    class Meta:
        verbose_name = _("review of looks")
        verbose_name_plural = _("reviews of looks")
        ordering = ["-month", "who"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["month", "user_id"], name="looks_reviewed_once"),
            models.CheckConstraint(
                name="looks_reviewed_by_another", condition=~Q(reviewed_by=F("user_id"))
            ),
            models.CheckConstraint(name="looks_reviewed_by_month", condition=Q(month__day=1)),
        ]
        triggers = [
            rules.append_only("accessreview_written_once"),
            pgtrigger.Trigger(
                name="accessreview_of_a_month_that_is_over",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition(
                    'NEW."month" + interval \'1 month\' > NEW."reviewed_at"'
                ),
                func="RAISE EXCEPTION 'this month is not over yet';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who} {self.month:%Y-%m}"
