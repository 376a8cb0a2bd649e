"""The facts of a campaign, told once for all languages: where gifts go, the goal, the end."""

from typing import Any

import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import rules

IS_CODE = RegexValidator(r"^[A-Z0-9_-]+\Z", _("Capital letters, digits, - and _ only."))


class Campaign(models.Model):
    """One appeal to the public. It holds no money: what it brought is read from the books.

    A gift is the campaign's if it carries the campaign's code and goes to its designation.
    """

    class Goal(models.TextChoices):
        AMOUNT = "amount", _("An amount of money")
        DONORS = "donors", _("A number of donors")
        MONTHLY = "monthly", _("A number of monthly donors")
        WISH = "wish", _("The things of a wish")

    class AfterEnd(models.TextChoices):
        OPEN = "open", _("Gifts stay welcome")
        CLOSED = "closed", _("Closed: thanks, and a link to another page")

    name = models.CharField(
        _("name"), max_length=80, help_text=_("For colleagues. What visitors read is on its pages.")
    )
    code = models.CharField(
        _("appeal code"),
        max_length=32,
        unique=True,
        validators=[IS_CODE],
        help_text=_(
            "Goes with each gift, also with checks that are entered by hand. It cannot be changed."
        ),
    )
    designation = models.ForeignKey(
        "donations.Designation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("gifts go to"),
        help_text=_("Chosen beforehand on the give page. Left empty for a wish."),
    )
    wish = models.ForeignKey(
        "gifts.Wish",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("wish"),
        help_text=_("Its own goal counts: how many are wanted and how many are funded."),
    )
    goal_kind = models.CharField(_("kind of goal"), max_length=8, choices=Goal)
    # Minor units of an amount, else a number of people; a wish brings its own.
    goal = models.PositiveBigIntegerField(_("goal"), null=True, blank=True)
    goal_currency = models.CharField(_("currency of the goal"), max_length=3, blank=True)
    starts_on = models.DateField(_("begins"), default=timezone.localdate)
    # The last day.
    ends_on = models.DateField(
        _("ends"), null=True, blank=True, help_text=_("The last day. Empty: it has no end.")
    )
    after_end = models.CharField(
        _("after the end"), max_length=6, choices=AfterEnd, default=AfterEnd.CLOSED
    )

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(
                name="campaign_ends_not_before_it_begins",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="campaign_code_is_plain", condition=Q(code__regex=r"^[A-Z0-9_-]+$")
            ),
            models.CheckConstraint(
                name="campaign_goal_is_of_its_kind",
                condition=Q(
                    goal_kind="amount",
                    goal__gt=0,
                    goal_currency__regex=r"^[A-Z]{3}$",
                    designation__isnull=False,
                    wish=None,
                )
                | Q(
                    goal_kind__in=["donors", "monthly"],
                    goal__gt=0,
                    goal_currency="",
                    designation__isnull=False,
                    wish=None,
                )
                | Q(
                    goal_kind="wish",
                    goal=None,
                    goal_currency="",
                    designation=None,
                    wish__isnull=False,
                ),
            ),
        ]
        # Gifts carry the code; under another one, or none, they would be lost to the campaign.
        triggers = [
            rules.frozen("campaign_code_kept", "code"),
            rules.never_deleted("campaign_is_kept"),
            # A sponsor's promise is about gifts for this purpose in this currency.
            pgtrigger.Trigger(
                name="campaign_terms_kept_if_matched",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.designation_id IS DISTINCT FROM NEW.designation_id"
                    " OR OLD.goal_currency <> NEW.goal_currency"
                ),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM campaigns_challenge c WHERE c.campaign_id = OLD.id
                    ) THEN
                        RAISE EXCEPTION 'campaign_terms_kept_if_matched: a sponsor promised';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The database's rules in words, and what the give page offers.

        Raises:
            ValidationError: beside the fields.
        """
        wrong = self._goal_errors() | self._purpose_errors()
        if self.ends_on and self.ends_on < self.starts_on:
            wrong["ends_on"] = _("Choose a last day on or after the first.")
        if self.pk and self.code != Campaign.objects.values_list("code").get(pk=self.pk)[0]:
            wrong["code"] = _("Gifts carry this code already; it cannot be changed.")
        wrong |= self._sponsor_errors()
        if wrong:
            raise ValidationError(wrong)

    def _sponsor_errors(self) -> dict[str, Any]:
        if self.pk is None:
            from campaigns.models.challenges import Challenge  # noqa: PLC0415 - it rests on this

            taken = Challenge.objects.filter(code=self.code).exists()
            return {"code": _("A sponsor's gift has this code.")} if taken else {}
        old = Campaign.objects.get(pk=self.pk)
        told = _("A sponsor promised to match gifts on these terms; this cannot be changed.")
        changed = [
            name
            for name in ("designation", "goal_currency")
            if getattr(old, name) != getattr(self, name)
        ]
        return dict.fromkeys(changed, told) if changed and self.challenges.exists() else {}

    def _goal_errors(self) -> dict[str, Any]:
        if self.goal_kind == self.Goal.WISH:
            return {"goal": _("The wish has its own goal.")} if self.goal is not None else {}
        if not self.goal:
            return {"goal": _("Please say how much or how many.")}
        if self.goal_kind == self.Goal.AMOUNT and not self.goal_currency:
            return {"goal_currency": _("Please choose a currency.")}
        return {}

    def _purpose_errors(self) -> dict[str, Any]:
        if self.goal_kind == self.Goal.WISH:
            wrong = {} if self.wish else {"wish": _("Please choose the wish.")}
            if self.wish and self.wish.state != self.wish.State.PUBLISHED:
                wrong["wish"] = _("Choose one that is published.")
            if self.designation:
                wrong["designation"] = _("Gifts for a wish go to the wish.")
            return wrong
        wrong = {"wish": _("Only a goal of things has a wish.")} if self.wish else {}
        if not self.designation:
            wrong["designation"] = _("Please choose what gifts are for.")
        elif self.designation.target_minor is not None or not self.designation.is_public:
            wrong["designation"] = _("Choose one that the give page offers and that has no goal.")
        elif self.goal_kind == self.Goal.MONTHLY and self.designation.closes_at:
            wrong["designation"] = _("Monthly gifts need a purpose without an end.")
        return wrong

    @property
    def is_upcoming(self) -> bool:
        return self.starts_on > timezone.localdate()

    @property
    def is_over(self) -> bool:
        return self.ends_on is not None and self.ends_on < timezone.localdate()

    @property
    def is_closed(self) -> bool:
        """Over, and no more gifts are asked for."""
        return self.is_over and self.after_end == self.AfterEnd.CLOSED
