"""What a donor's bank objects to, and what the card networks and Stripe warn of."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import money, rules
from donations.models.donations import SUMS
from donations.models.sums import summed_in_donation


class Dispute(models.Model):
    """A bank's objection to a payment, as Stripe tells it; a warning is a mere question."""

    class Status(models.TextChoices):
        WARNING_NEEDS_RESPONSE = "warning_needs_response", _("The bank asks: answer it")
        WARNING_UNDER_REVIEW = "warning_under_review", _("The bank reads our answer")
        WARNING_CLOSED = "warning_closed", _("The question is closed")
        NEEDS_RESPONSE = "needs_response", _("Disputed: answer it")
        UNDER_REVIEW = "under_review", _("The bank decides")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")
        PREVENTED = "prevented", _("Settled before it began")

    stripe_id = models.CharField(max_length=80, unique=True)
    donation = models.ForeignKey(
        "donations.Donation", models.PROTECT, related_name="disputes", verbose_name=_("donation")
    )
    status = models.CharField(_("status"), max_length=24, choices=Status)
    # What is disputed; what of it Stripe has withdrawn at this moment stands beside it.
    amount_minor = models.PositiveBigIntegerField(_("amount"))
    withdrawn_minor = models.PositiveBigIntegerField(_("withdrawn"), default=0)
    currency = models.CharField(max_length=3)
    reason = models.CharField(_("reason"), max_length=40)
    answer_by = models.DateTimeField(_("answer by"), null=True, blank=True)
    answers = models.PositiveSmallIntegerField(_("answers sent"), default=0)
    # A charge under a mere question may still be refunded; a disputed one never.
    refundable = models.BooleanField(default=False)
    opened_at = models.DateTimeField(_("opened"))

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        indexes = [models.Index(fields=["status", "answer_by"], name="dispute_by_status")]
        constraints = [
            models.CheckConstraint(
                name="dispute_withdraws_no_more_than_it_is_about",
                condition=Q(withdrawn_minor__lte=models.F("amount_minor")),
            )
        ]
        triggers = [
            rules.never_deleted("dispute_kept"),
            rules.frozen("dispute_subject_frozen", "stripe_id", "donation_id", "currency"),
            summed_in_donation(
                "dispute_summed",
                {column: SUMS[column] for column in ("disputed_minor", "lost_minor")},
            ),
        ]

    def __str__(self) -> str:
        return f"{money.display(self.amount_minor, self.currency, 'en')} ({self.stripe_id})"


class RiskAlert(models.Model):
    """An early fraud warning of a card network, or a payment that Stripe puts under review."""

    class Kind(models.TextChoices):
        WARNING = "warning", _("Reported as fraud")
        REVIEW = "review", _("Under review at Stripe")

    stripe_id = models.CharField(max_length=80, primary_key=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    donation = models.ForeignKey(
        "donations.Donation", models.PROTECT, related_name="alerts", verbose_name=_("donation")
    )
    # Stripe's code: the kind of fraud, or why the review was opened or closed.
    about = models.CharField(_("about"), max_length=60)
    # Stripe still expects something: a refund helps, or somebody should look.
    is_open = models.BooleanField(_("open"))
    created_at = models.DateTimeField(_("came"))
    # Set by a person who decided to leave it.
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("fraud warning")
        verbose_name_plural = _("fraud warnings")
        permissions = [("settle_riskalert", "Can decide to leave a fraud warning")]
        indexes = [models.Index(fields=["is_open", "handled_at"], name="alert_by_state")]
        triggers = [rules.never_deleted("alert_kept")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.stripe_id})"
