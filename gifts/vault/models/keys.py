"""Keys of single records, rows sealed with them, and what is left of a row that was erased.

Backups hold the table of keys apart from all others, and only its latest state: what is erased here
cannot be read in yesterday's backup either.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from core import rules


class RecordKey(models.Model):
    """The key of one sealed row, itself encrypted by the key that stands outside the database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wrapped = models.BinaryField()
    # Which outer key it takes to unwrap it, so that outer keys can be changed.
    wrapped_by = models.CharField(max_length=16)

    def __str__(self) -> str:
        return str(self.id)


class Sealed(models.Model):
    """A row whose confidential fields lie in one encrypted piece; `vault.sealing` opens it."""

    # Names of what is inside; nothing of it may have a column, or stand in a log or `__str__`.
    CONFIDENTIAL: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_key = models.OneToOneField(RecordKey, models.PROTECT, null=True, editable=False)
    sealed = models.BinaryField(null=True, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_sealed_under_its_key",
                condition=Q(record_key=None, sealed=None)
                | Q(record_key__isnull=False, sealed__isnull=False, erased_at=None),
            )
        ]


class Tombstone(models.Model):
    """Says that a record was erased, and nothing of it; played again after a restore."""

    model = models.CharField(max_length=40)
    record = models.UUIDField(unique=True)
    why = models.CharField(max_length=100)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = [rules.append_only("tombstone_written_once")]

    def __str__(self) -> str:
        return f"{self.model} {self.record}"
