"""What staff write down about a donor or a gift, and what they mean to do about it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class StaffNote(models.Model):
    """A note, or a task if it has a due date. Kept apart from the timeline, which names nobody."""

    donor = models.ForeignKey(
        "donations.Donor", models.PROTECT, null=True, blank=True, related_name="notes"
    )
    donation = models.ForeignKey(
        "donations.Donation", models.PROTECT, null=True, blank=True, related_name="notes"
    )
    text = models.TextField(_("text"), max_length=2000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    due_on = models.DateField(_("follow up on"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes and tasks")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(done_at=None), name="note_open_by_due_date")
        ]
        constraints = [
            models.CheckConstraint(
                name="note_is_about_someone_or_something",
                condition=Q(donor__isnull=False) | Q(donation__isnull=False),
            ),
            models.CheckConstraint(
                name="note_done_means_when_and_by_whom",
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}"
