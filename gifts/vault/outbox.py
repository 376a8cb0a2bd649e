"""The vault's side of a message to the everyday database, written with what it tells of."""

from django.db import transaction

from gifts.vault.models import Outbox


def tell(unit_code: str, *, to: str) -> Outbox:
    """Say that a thing is in another state now.

    Raises:
        transaction.TransactionManagementError: outside a vault transaction.
    """
    if not transaction.get_connection("vault").in_atomic_block:
        raise transaction.TransactionManagementError("a message belongs to what it tells of")
    return Outbox.objects.create(unit_code=unit_code, to_state=to)


def waiting() -> list[Outbox]:
    """Messages not yet carried over, oldest first."""
    return list(Outbox.objects.filter(applied_at=None).order_by("pk"))
