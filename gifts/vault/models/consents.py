"""What a survivor allowed to be said, where, and for how long."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import rules
from gifts.vault.models.keys import Sealed
from gifts.vault.models.needs import Need, Recipient

MONTHS, MOST_MONTHS = 12, 24


class Consent(Sealed):
    """A yes to one exact text, for uses ticked singly, until a day."""

    CONFIDENTIAL = ("who", "contact", "interpreter")

    class Use(models.TextChoices):
        WEB = "web", _("Website")
        MAIL = "mail", _("Mail")
        PRINT = "print", _("Print")
        SOCIAL = "social", _("Social media")
        REPORT = "report", _("Donor reports")

    recipient = models.ForeignKey(Recipient, models.PROTECT, null=True, related_name="consents")
    by_whom = models.CharField(_("whose word"), max_length=8, choices=Need.Whose)
    # Of the text as it will be shown, to the letter.
    text_sha256 = models.CharField(_("fingerprint of the text"), max_length=64)
    uses = ArrayField(models.CharField(max_length=6, choices=Use), verbose_name=_("uses"))
    language = models.CharField(_("asked in"), max_length=40)
    # "Services do not depend on this" was said.
    independent = models.BooleanField(_("services do not depend on it"), default=False)
    risk_checked_by = models.BigIntegerField()
    risk_checked_who = models.CharField(_("risk checked by"), max_length=254)
    given_on = models.DateField(_("given on"))
    expires_on = models.DateField(_("ends on"))
    # Whoever holds the code may withdraw, from anywhere.
    withdrawal_sha256 = models.CharField(max_length=64, unique=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    # Who typed the code for her.
    withdrawn_by = models.BigIntegerField(null=True)
    withdrawn_who = models.CharField(_("withdrawal typed by"), max_length=254, blank=True)
    made_by = models.BigIntegerField()
    made_who = models.CharField(_("recorded by"), max_length=254)
    made_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta(Sealed.Meta):
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-pk"]
        default_permissions = ("view", "add", "change")
        indexes = [models.Index(fields=["text_sha256"], name="consent_by_text")]
        constraints = [
            *Sealed.Meta.constraints,
            models.CheckConstraint(name="consent_is_free", condition=Q(independent=True)),
            models.CheckConstraint(name="consent_names_its_uses", condition=~Q(uses=[])),
            models.CheckConstraint(name="consent_ends", condition=Q(expires_on__gt=F("given_on"))),
            models.CheckConstraint(
                name="consent_lasts_two_years_at_most",
                condition=Q(
                    expires_on__lte=models.ExpressionWrapper(
                        F("given_on") + models.Value(731), output_field=models.DateField()
                    )
                ),
            ),
        ]
        triggers = [
            rules.never_deleted("consent_kept"),
            rules.frozen(
                "consent_is_as_given",
                *("recipient_id", "by_whom", "text_sha256", "uses", "language", "independent"),
                *("given_on", "expires_on", "withdrawal_sha256", "made_at"),
            ),
            rules.frozen(
                "consent_withdrawn_for_good", "withdrawn_at", when='OLD."withdrawn_at" IS NOT NULL'
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
