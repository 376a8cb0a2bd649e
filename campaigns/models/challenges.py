"""The promise of a sponsor to add to what others give to a campaign."""

from datetime import timedelta
from typing import Any

import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import IS_CODE, Campaign
from core import rules

FEW = [MinValueValidator(1), MaxValueValidator(10)]


class Challenge(models.Model):
    """A matching challenge: a sponsor adds to each gift of a campaign, for a time, up to a cap.

    How much of it is left is read from the books and stands nowhere. The sponsor's own money is an
    ordinary gift that carries this row's code, so that it is never matched itself.
    """

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="challenges", verbose_name=_("campaign")
    )
    # Empty: "a friend of our work".
    sponsor = models.CharField(
        _("sponsor, as shown"),
        max_length=80,
        blank=True,
        help_text=_("Only as agreed. Left empty, pages say “a friend of our work”."),
    )
    # Neither is shown.
    agreed_by = models.CharField(_("who agreed to be named"), max_length=120, blank=True)
    agreed_on = models.DateField(_("when they agreed"), null=True, blank=True)
    adds = models.PositiveSmallIntegerField(_("adds"), default=1, validators=FEW)
    per = models.PositiveSmallIntegerField(
        _("to each"),
        default=1,
        validators=FEW,
        help_text=_("In units of the currency: 2 to each 1 makes three of every one."),
    )
    currency = models.CharField(_("currency"), max_length=3)
    cap_minor = models.PositiveBigIntegerField(_("up to, in all"))
    starts_at = models.DateTimeField(_("from"))
    # The first instant that no longer counts.
    ends_at = models.DateTimeField(_("until"))
    code = models.CharField(
        _("appeal code of the sponsor's gift"),
        max_length=32,
        unique=True,
        validators=[IS_CODE],
        help_text=_(
            "The sponsor's own payment is entered with this code, such as SCHOOL-YEAR-MATCH."
        ),
    )

    class Meta:
        verbose_name = _("matching challenge")
        verbose_name_plural = _("matching challenges")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                name="challenge_ends_after_it_begins", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="challenge_is_some_money",
                condition=Q(cap_minor__gt=0, adds__range=(1, 10), per__range=(1, 10)),
            ),
            models.CheckConstraint(
                name="challenge_code_is_plain", condition=Q(code__regex=r"^[A-Z0-9_-]+$")
            ),
            models.CheckConstraint(
                name="challenge_names_whom_it_may",
                condition=Q(sponsor="", agreed_by="", agreed_on=None)
                | (~Q(sponsor="") & ~Q(agreed_by="") & Q(agreed_on__isnull=False)),
            ),
        ]
        triggers = [
            rules.never_deleted("challenge_is_kept"),
            rules.frozen("challenge_code_kept", "code", "campaign_id"),
            # Donors gave on these terms: they can be widened, not narrowed.
            pgtrigger.Trigger(
                name="challenge_promise_is_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.starts_at <= now()"),
                func="""
                    IF (OLD.adds, OLD.per, OLD.currency, OLD.starts_at)
                            IS DISTINCT FROM (NEW.adds, NEW.per, NEW.currency, NEW.starts_at)
                        OR NEW.cap_minor < OLD.cap_minor
                        OR NEW.ends_at < LEAST(OLD.ends_at, now())
                    THEN
                        RAISE EXCEPTION 'challenge_promise_is_kept: it has begun';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # A gift is matched by one sponsor, and the sponsor's own by none.
            pgtrigger.Trigger(
                name="challenge_matches_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("wanted", "text")],
                func="""
                    SELECT c.goal_currency INTO wanted FROM campaigns_campaign c
                    WHERE c.id = NEW.campaign_id FOR NO KEY UPDATE;
                    IF wanted IS DISTINCT FROM NEW.currency THEN
                        RAISE EXCEPTION 'challenge_matches_once: not in the currency of the goal';
                    END IF;
                    IF EXISTS (SELECT 1 FROM campaigns_campaign c WHERE c.code = NEW.code) THEN
                        RAISE EXCEPTION 'challenge_matches_once: % is a campaign', NEW.code;
                    END IF;
                    IF EXISTS (
                        SELECT 1 FROM campaigns_challenge o
                        WHERE o.campaign_id = NEW.campaign_id AND o.id IS DISTINCT FROM NEW.id
                            AND o.starts_at < NEW.ends_at AND NEW.starts_at < o.ends_at
                    ) THEN
                        RAISE EXCEPTION 'challenge_matches_once: two at one time';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        """The database's rules in words.

        Raises:
            ValidationError: beside the fields.
        """
        wrong: dict[str, Any] = {}
        if self.sponsor and not (self.agreed_by and self.agreed_on):
            wrong["agreed_by"] = _("Please say who agreed to be named, and when.")
        elif not self.sponsor and (self.agreed_by or self.agreed_on):
            wrong["sponsor"] = _("Please say the name, or leave out who agreed to it.")
        if self.agreed_on and self.agreed_on > timezone.localdate():
            wrong["agreed_on"] = _("Name a sponsor after they have agreed.")
        if None not in (self.starts_at, self.ends_at) and self.ends_at <= self.starts_at:
            wrong["ends_at"] = _("Choose an end after the beginning.")
        if Campaign.objects.filter(code=self.code).exists():
            wrong["code"] = _("This is a campaign's own code: its gifts would be matched.")
        if self.campaign_id and not wrong:
            wrong |= self._campaign_errors() | self._promise_errors()
        if wrong:
            raise ValidationError(wrong)

    def _campaign_errors(self) -> dict[str, Any]:
        if self.campaign.goal_kind != Campaign.Goal.AMOUNT:
            return {"campaign": _("Only a campaign for an amount of money can be matched.")}
        if None in (self.starts_at, self.ends_at):
            return {}
        first, last = map(timezone.localdate, (self.starts_at, self.ends_at))
        if first < self.campaign.starts_on:
            return {"starts_at": _("The campaign begins later.")}
        if self.campaign.ends_on and last > self.campaign.ends_on + timedelta(days=1):
            return {"ends_at": _("The campaign ends earlier.")}
        others = Challenge.objects.filter(campaign=self.campaign_id).exclude(pk=self.pk)
        if others.filter(starts_at__lt=self.ends_at, ends_at__gt=self.starts_at).exists():
            return {"starts_at": _("Another challenge of this campaign runs at that time.")}
        return {}

    def _promise_errors(self) -> dict[str, Any]:
        old = Challenge.objects.filter(pk=self.pk).first()
        if old is None or old.starts_at > timezone.now():
            return {}
        kept = ("adds", "per", "starts_at")
        told = _("It has begun, and donors gave on these terms.")
        wrong: dict[str, Any] = {
            name: told for name in kept if getattr(self, name) != getattr(old, name)
        }
        if self.cap_minor and self.cap_minor < old.cap_minor:
            wrong["cap_minor"] = _("It has begun: the sum can be raised, not lowered.")
        if self.ends_at is not None and self.ends_at < min(old.ends_at, timezone.now()):
            wrong["ends_at"] = _("It has begun: choose an end that is still to come.")
        return wrong
