"""Carries what the vault has to say into the everyday database. Staff side alone.

The vault's transaction wrote the message with what it tells of. Whatever dies in between, the next
round finds it again, and a message that was already taken is only ticked.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from gifts import units
from gifts.models import Unit, UnitStep
from gifts.vault import outbox
from gifts.vault.models import Outbox
from gifts.vault.transactions import vault_atomic


@contextmanager
def carried() -> Iterator[None]:
    """A vault transaction whose messages are taken right after it, not only by the clock."""
    with vault_atomic():
        yield
        # What fails there is committed here all the same, and the next round takes it.
        transaction.on_commit(apply, using="vault", robust=True)


def apply() -> int:
    """Take every waiting message, oldest first. Safe to repeat, and side by side.

    Returns:
        How many were taken.
    """
    taken = 0
    for message in outbox.waiting():
        refused = "" if UnitStep.objects.filter(outbox=message.pk).exists() else _take(message)
        # Whoever was first says what came of it.
        taken += Outbox.objects.filter(pk=message.pk, applied_at=None).update(
            applied_at=timezone.now(), refused=refused
        )
    return taken


def _take(message: Outbox) -> str:
    """Returns why it was refused, if it was: staff see the two sides disagree."""
    try:
        unit = Unit.objects.get(code=message.unit_code)
        units.move(unit, to=Unit.State(message.to_state), by=None, outbox=message.pk)
    except Unit.DoesNotExist:
        return "no such thing"
    except units.CannotMove as cannot:
        return str(cannot)
    return ""
