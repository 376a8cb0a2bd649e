"""What the vault has to say to the everyday database: the state of a thing, by its code."""

from django.db import models
from django.db.models import Q

from core import rules


class Outbox(models.Model):
    """One message. It is written with what it tells of, and carried over afterwards, once."""

    at = models.DateTimeField(auto_now_add=True)
    unit_code = models.CharField(max_length=9)
    to_state = models.CharField(max_length=12)
    applied_at = models.DateTimeField(null=True)
    # Why it could not be applied: the two sides disagree, and staff must look.
    refused = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["id"], condition=Q(applied_at=None), name="outbox_waiting")]
        triggers = [
            rules.never_deleted("outbox_kept"),
            rules.frozen("outbox_is_as_written", "at", "unit_code", "to_state"),
            rules.frozen("outbox_applied_once", "applied_at", when='OLD."applied_at" IS NOT NULL'),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.unit_code} {self.to_state}"
