"""Impact reports: figures gathered once and frozen. Their pages stand in `report_pages`."""

from datetime import date

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import rules
from gifts.ladder import K
from gifts.trace import calendar


class ReportEdition(models.Model):  # type: ignore[django-manager-missing]  # of its pages
    """The figures of some ended quarters, as they were gathered. What is published stays.

    A correction is an edition of its own that names the one it corrects.
    """

    # The first day of the first quarter, and the last day of the last one.
    first = models.DateField(_("from"))
    last = models.DateField(_("until"))
    # Codes of kinds of things; empty: the whole organisation, with its money.
    kinds = ArrayField(models.SlugField(max_length=40), default=list, blank=True)
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("corrects"),
    )
    figures = models.JSONField()
    # Of the figures in canonical form: `editions.digest`.
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    gathered_at = models.DateTimeField(_("gathered"), auto_now_add=True)
    gathered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("impact report")
        verbose_name_plural = _("impact reports")
        ordering = ["-last", "-pk"]
        default_permissions = ("view", "add", "delete")
        permissions = [
            ("publish_reportedition", "Can publish the figures of an impact report"),
            ("view_board", "Can read the board's page"),
        ]
        constraints = [
            models.CheckConstraint(
                name="report_is_of_whole_quarters",
                condition=Q(first__lt=F("last"), first__day=1, first__month__in=[1, 4, 7, 10]),
            ),
            models.CheckConstraint(
                name="report_published_iff_at",
                condition=Q(published_at=None, published_by=None) | Q(published_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="report_begins_as_draft",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.published_at IS NOT NULL"),
            ),
            rules.frozen(
                "report_figures_kept",
                *("first", "last", "kinds", "corrects_id", "figures", "sha256"),
                *("gathered_at", "gathered_by_id"),
            ),
            rules.frozen(
                "report_stays_published",
                *("published_at", "published_by_id"),
                when='OLD."published_at" IS NOT NULL',
            ),
            pgtrigger.Protect(
                name="report_published_is_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.published_at IS NOT NULL"),
            ),
            pgtrigger.Trigger(
                name="report_prints_whole_steps",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF EXISTS (
                        SELECT 1 FROM jsonb_array_elements(NEW.figures->'delivered') one
                        WHERE (one->>'count')::int < {K} OR (one->>'count')::int % {K} <> 0
                    ) THEN
                        RAISE EXCEPTION 'a report counts things in whole steps';
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608 - a number of the code's own
            ),
            pgtrigger.Trigger(
                name="report_times_do_not_overlap",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    'OLD."published_at" IS NULL AND NEW."published_at" IS NOT NULL'
                ),
                # Two times that overlap would tell of the money of the rest by their difference.
                func="""
                    PERFORM pg_advisory_xact_lock(hashtext('campaigns_reportedition'));
                    IF cardinality(NEW.kinds) = 0 AND EXISTS (
                        SELECT 1 FROM campaigns_reportedition e
                        WHERE e.published_at IS NOT NULL AND cardinality(e.kinds) = 0
                          AND e.first <= NEW.last AND e.last >= NEW.first
                          AND (e.first, e.last) <> (NEW.first, NEW.last)
                    ) THEN
                        RAISE EXCEPTION 'a quarter stands in the reports of one time alone';
                    END IF;
                    IF EXISTS (
                        SELECT 1 FROM campaigns_reportedition e
                        WHERE e.published_at IS NOT NULL AND e.kinds = NEW.kinds
                          AND (e.first, e.last) = (NEW.first, NEW.last)
                          AND e.id IS DISTINCT FROM NEW.corrects_id
                          AND NOT EXISTS (
                            SELECT 1 FROM campaigns_reportedition c
                            WHERE c.corrects_id = e.id AND c.published_at IS NOT NULL)
                    ) THEN
                        RAISE EXCEPTION 'a second report of the same time corrects the first';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first:%Y-%m} \u2013 {self.last:%Y-%m}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_whole(self) -> bool:
        """Of the whole organisation, with its money."""
        return not self.kinds

    @property
    def quarters(self) -> list[date]:
        """The first days of its quarters."""
        found, start = [], self.first
        while start <= self.last:
            found.append(start)
            start = calendar.after(start)
        return found

    def clean(self) -> None:
        """It ends with a quarter.

        Raises:
            ValidationError: beside the field.
        """
        if self.last != calendar.last_day(calendar.start_of(self.last)):
            raise ValidationError({"last": _("Choose the last day of a quarter.")})
