"""What the defence against card testing has to remember across processes."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class EventWindow(models.Model):
    """A time in which many people give from one address, as at a gala: its limits are wider."""

    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    note = models.CharField(_("what happens then"), max_length=200)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened"), auto_now_add=True)

    class Meta:
        verbose_name = _("event window")
        verbose_name_plural = _("event windows")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                name="event_window_has_a_length", condition=Q(ends_at__gt=F("starts_at"))
            )
        ]

    def __str__(self) -> str:
        return self.note


class UsedChallenge(models.Model):
    """A proof of work that has opened a payment page; it opens no second one."""

    id = models.CharField(max_length=64, primary_key=True)
    # After this it would be refused anyway, and the row may go.
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.id


class Tally(models.Model):
    """How often one network did one thing in one stretch of time; a keyed hash names both."""

    key = models.CharField(max_length=32)
    begins_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "begins_at"], name="one_tally")]

    def __str__(self) -> str:
        return f"{self.count}"
