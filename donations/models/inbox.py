"""What Stripe told us: hints to go and look, kept as ids alone."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One event of Stripe's. Its id is the key, so a repeated delivery changes nothing."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        APPLIED = "applied", _("Applied")
        SEEN = "seen", _("Already known")
        IGNORED = "ignored", _("Ignored")
        FAILED = "failed", _("Failed")

    id = models.CharField(max_length=120, primary_key=True)
    kind = models.CharField(_("kind"), max_length=80)
    object_id = models.CharField(_("about"), max_length=120)
    # Our reference from the object's metadata, and its payment: ids, nothing about a person.
    reference = models.CharField(max_length=80, blank=True)
    payment_intent_id = models.CharField(max_length=80, blank=True)
    livemode = models.BooleanField()
    api_version = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(_("at Stripe"))
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    deliveries = models.PositiveIntegerField(_("deliveries"), default=1)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    # The kind of error only: messages quote what people typed.
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    processed_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("event from Stripe")
        verbose_name_plural = _("events from Stripe")
        permissions = [("replay_event", "Can look into an event once more")]
        indexes = [
            models.Index(fields=["-received_at"], name="event_newest_first"),
            models.Index(fields=["status", "received_at"], name="event_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
