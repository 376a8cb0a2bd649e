"""Who asked for news by e-mail: the newsletter, or what a campaign tells."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core import rules

CONSENTED = 'OLD."confirmed_at" IS NOT NULL'


class Reader(models.Model):
    """One address that asked for one kind of news, and the record that it did.

    It asked in a form, which anybody can fill in for anybody; only what is also confirmed from
    the mailbox counts. Whoever asks again after leaving gets a new row.
    """

    class Why(models.TextChoices):
        LEFT = "left", _("Left by herself")
        ENDED = "ended", _("Ended by staff, as she asked")
        BOUNCED = "bounced", _("Mails came back")
        COMPLAINED = "complained", _("Marked a mail as unwanted")

    email = models.EmailField(_("e-mail"))
    # None: the newsletter.
    campaign = models.ForeignKey(
        "campaigns.Campaign",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="readers",
        verbose_name=_("campaign"),
    )
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    # What was read before the button was pressed, to the letter.
    consent = models.TextField(_("agreed to"))
    consent_version = models.CharField(_("version of the text"), max_length=10)
    asked_at = models.DateTimeField(_("asked"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    left_why = models.CharField(_("why"), max_length=10, choices=Why, blank=True)

    class Meta:
        verbose_name = _("reader")
        verbose_name_plural = _("readers")
        permissions = [("end_reader", "Can end the news to an address")]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "campaign",
                name="reader_asks_once",
                condition=Q(left_at=None),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="reader_left_after_confirming_and_for_a_reason",
                condition=Q(left_at=None, left_why="")
                | (Q(confirmed_at__isnull=False, left_at__isnull=False) & ~Q(left_why="")),
            ),
        ]
        indexes = [models.Index(fields=["-asked_at"], name="reader_newest_first")]
        triggers = [
            rules.frozen(
                "reader_consent_kept",
                *("email", "campaign_id", "language", "consent", "consent_version"),
                *("asked_at", "confirmed_at"),
                when=CONSENTED,
            ),
            rules.frozen(
                "reader_leaves_once", "left_at", "left_why", when='OLD."left_at" IS NOT NULL'
            ),
            # Proof of a consent outlives it by a year, and no longer.
            pgtrigger.Trigger(
                name="reader_record_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition(
                    f"""{CONSENTED} AND (OLD."left_at" IS NULL
                    OR OLD."left_at" > now() - interval '365 days')"""
                ),
                func="RAISE EXCEPTION 'reader_record_kept: a consent is kept for a year';",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_reading(self) -> bool:
        return self.confirmed_at is not None and self.left_at is None
