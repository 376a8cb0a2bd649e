"""What Stripe sends to the bank."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core import money, rules


class Payout(models.Model):
    """One payout; its rows are the balance transactions that name it."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Being prepared")
        IN_TRANSIT = "in_transit", _("On its way to the bank")
        PAID = "paid", _("At the bank")
        FAILED = "failed", _("Came back from the bank")
        CANCELED = "canceled", _("Canceled")

    stripe_id = models.CharField(_("at Stripe"), max_length=80, unique=True)
    legal_entity = models.ForeignKey("donations.LegalEntity", models.PROTECT)
    amount_minor = models.BigIntegerField(_("amount"), default=0)
    currency = models.CharField(max_length=3, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    # One made by hand in Stripe's dashboard names no rows.
    automatic = models.BooleanField(_("automatic"), default=True)
    failure_code = models.CharField(_("problem"), max_length=80, blank=True)
    livemode = models.BooleanField()
    created_at = models.DateTimeField(_("made"), null=True, blank=True)
    arrives_on = models.DateField(_("at the bank on"), null=True, blank=True)
    # When all its rows were stored and added up to it.
    explained_at = models.DateTimeField(_("explained"), null=True, blank=True)
    # Raised by one on every change taken over from Stripe; an older answer is recognised by it.
    sync_version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering = ["-created_at", "-pk"]
        triggers = [
            rules.never_deleted("payout_kept"),
            rules.frozen("payout_name_frozen", "stripe_id", "livemode", "legal_entity_id"),
        ]

    def __str__(self) -> str:
        return (
            f"{money.display(self.amount_minor, self.currency or 'USD', 'en')} ({self.stripe_id})"
        )
