"""Forgetting for good: all of a person at her word, and everything once more after a restore."""

import os
from pathlib import Path

from django.apps import apps
from django.db import connections
from django.db.models import QuerySet
from django.utils import timezone

from gifts.vault import sealing
from gifts.vault.models import Need, Recipient, Sealed, Tombstone
from gifts.vault.partners import OVER
from gifts.vault.transactions import vault_atomic

# Tombstones first: what is erased in between has no key in the copy then.
COPIED = (
    ("vault_tombstone", "id, model, record, why, at"),
    ("vault_recordkey", "id, wrapped, wrapped_by"),
)


class StillOpen(Exception):
    """Her needs are brought to their end first: things are on their way to her."""


def living(recipient: Recipient) -> QuerySet[Need]:
    """Her needs that are under way."""
    return recipient.needs.exclude(state__in=OVER)


def forget(recipient: Recipient, *, why: str) -> int:
    """Erase all that is held about a person: herself, her needs, what she allowed to be said.

    Returns:
        How many records were erased now.

    Raises:
        StillOpen
    """
    with vault_atomic():
        recipient = Recipient.objects.select_for_update(of=["self"]).get(pk=recipient.pk)
        if living(recipient).exists():
            raise StillOpen
        consents = recipient.consents.filter(erased_at=None)
        consents.filter(withdrawn_at=None).update(withdrawn_at=timezone.now())
        rows: list[Sealed] = [*recipient.needs.filter(erased_at=None), *consents]
        rows += [recipient] if recipient.erased_at is None else []
        for row in rows:
            sealing.erase(row, why=why)
    return len(rows)


def replay() -> int:
    """Erase again whatever a restore brought back. Safe to repeat. Returns how many."""
    found = 0
    for stone in Tombstone.objects.order_by("pk"):
        model = apps.get_model("vault", stone.model)
        row = model._default_manager.filter(pk=stone.record, erased_at=None).first()
        if row is not None:
            sealing.erase(row, why=stone.why)
            found += 1
    return found


def clear_out() -> None:
    """Write the table of keys anew: a deleted row's bytes would stay in its file.

    Raises:
        django.db.transaction.TransactionManagementError, django.db.Error: within a transaction.
    """
    with connections["vault"].cursor() as cursor:
        cursor.execute("VACUUM (FULL) vault_recordkey")


def copy_keys(path: Path) -> None:
    """Put the only copy of the keys there, as commands for psql, in place of the one before."""
    unfinished = path.with_name(path.name + ".new")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "wb") as out, connections["vault"].cursor() as cursor:
        for table, columns in COPIED:
            out.write(f"COPY {table} ({columns}) FROM stdin;\n".encode())
            with cursor.copy(f"COPY {table} ({columns}) TO STDOUT") as rows:
                for data in rows:
                    out.write(data)
            out.write(b"\\.\n")
        # The next tombstone comes after those.
        out.write(
            b"SELECT setval('vault_tombstone_id_seq', greatest(max(id), 1)) FROM vault_tombstone;\n"
        )
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(path)
