"""What money is for."""

import pghistory
import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core import rules
from core.discretion import telling
from donations.models.plans import LIVE


@pghistory.track(
    model_name="DesignationEvent",
    fields=[
        *("code", "name", "name_es", "restriction", "limited_by", "fallback"),
        "is_public",
    ],
)
class Designation(models.Model):
    """A purpose that a gift may be given for, with its restriction class (FASB ASC 958)."""

    class Restriction(models.TextChoices):
        WITHOUT = "without_donor_restrictions", _("Without donor restrictions")
        WITH = "with_donor_restrictions", _("With donor restrictions")

    class Limit(models.TextChoices):
        PURPOSE = "purpose", _("By purpose")
        TIME = "time", _("By time")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_es = models.CharField(_("name in Spanish"), max_length=120, blank=True)
    description = models.CharField(_("one sentence for donors"), max_length=200, blank=True)
    description_es = models.CharField(_("the sentence in Spanish"), max_length=200, blank=True)
    restriction = models.CharField(
        _("restriction"), max_length=32, choices=Restriction, default=Restriction.WITHOUT
    )
    # Says something only of money with donor restrictions; see `restriction_class`.
    limited_by = models.CharField(
        _("restricted by"), max_length=10, choices=Limit, default=Limit.PURPOSE
    )
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    # None: takes any amount. Otherwise minor units, with the policy below on top.
    target_minor = models.PositiveBigIntegerField(_("goal"), null=True, blank=True)
    over_funding_percent = models.PositiveSmallIntegerField(
        _("may exceed the goal by, percent"), default=0
    )
    fallback = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stands_in_for",
        verbose_name=_("used when the goal is reached"),
    )
    # Asked first if the donor wishes something similar; it may be covered too.
    like = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="liked_by",
        verbose_name=_("similar one, asked first"),
    )
    is_public = models.BooleanField(_("offered on the give page"), default=False)
    is_default = models.BooleanField(_("chosen at first"), default=False)
    position = models.PositiveSmallIntegerField(_("order"), default=100)
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)

    class Meta:
        verbose_name = _("designation")
        verbose_name_plural = _("designations")
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="one_default_designation",
            ),
            models.CheckConstraint(
                name="capped_designation_has_fallback",
                condition=models.Q(target_minor=None) | models.Q(fallback__isnull=False),
            ),
        ]
        triggers = [
            rules.never_deleted("designation_kept"),
            pgtrigger.Trigger(
                name="designation_fallback_takes_any_amount",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM donations_designation d WHERE d.id = NEW.fallback_id
                            AND (d.target_minor IS NOT NULL OR d.closes_at IS NOT NULL)
                    ) OR (
                        (NEW.target_minor IS NOT NULL OR NEW.closes_at IS NOT NULL) AND EXISTS (
                            SELECT 1 FROM donations_designation d WHERE d.fallback_id = NEW.id)
                    ) THEN
                        RAISE EXCEPTION 'what stands in for others takes any amount: %', NEW.code;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="designation_of_plans_stays_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    'NEW."target_minor" IS NOT NULL OR NEW."closes_at" IS NOT NULL'
                ),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM donations_plan p
                        WHERE p.designation_id = NEW.id
                          AND p.status IN ('active', 'paused', 'past_due')
                    ) THEN
                        RAISE EXCEPTION 'standing gifts go to designation %', NEW.code;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A name is printed on receipts and shown in mails, which others read over shoulders.

        What regular gifts go to takes any amount and has no end: they would have nowhere to go.

        Raises:
            ValidationError: it names the cause.
        """
        for field in ("name", "name_es"):
            if word := telling(getattr(self, field)):
                text = _("Receipts show this name: please say it without “%(word)s”.")
                raise ValidationError({field: text % {"word": word}})
        ends = self.ends
        if ends and self.pk and self.stands_in_for.exists():
            text = _("Others fall back on this: it takes any amount and has no end.")
            raise ValidationError({ends: text})
        if self.fallback and self.fallback.ends:
            text = _("Choose one that takes any amount and has no end.")
            raise ValidationError({"fallback": text})
        count = self.plans.filter(status__in=LIVE).count() if ends and self.pk else 0
        if count:
            text = _("%(count)s regular gifts go here. Move them to another purpose first.")
            raise ValidationError({ends: text % {"count": count}})

    @property
    def ends(self) -> str:
        """The field by which it does not take any amount for ever; empty if it does."""
        return next((field for field in ("target_minor", "closes_at") if getattr(self, field)), "")

    @property
    def restriction_class(self) -> str:
        """Its class in the books: without restriction, restricted by purpose, or by time."""
        if self.restriction == self.Restriction.WITHOUT:
            return str(self.Restriction.WITHOUT.label)
        return f"{self.Restriction.WITH.label} ({self.get_limited_by_display()})"

    @property
    def public_name(self) -> str:
        """The name in the language of the moment."""
        return (get_language() == "es" and self.name_es) or self.name

    @property
    def public_description(self) -> str:
        return (get_language() == "es" and self.description_es) or self.description
