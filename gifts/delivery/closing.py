"""The end of work with a partner: what is left, its needs withdrawn, its things back with us."""

from typing import Any

from django.utils import timezone

from gifts.delivery.outbox import carried
from gifts.vault import needs, partners
from gifts.vault.models import Partner


def wind_up(partner: Partner, *, because: str, by: Any) -> int:
    """Withdraw every need of a partner that is under way, with a reason that the partner reads.

    What had not left is ready for others at once; what had is to come back. Safe to repeat.

    Returns:
        How many were withdrawn.
    """
    with carried():
        rows = list(partners.left(partner).needs.order_by("pk").select_for_update(of=["self"]))
        for need in rows:
            need.answer = because
            need.save(update_fields=["answer"])
            needs.move(need, to=needs.State.WITHDRAWN, by=by, note=because)
    return len(rows)


def close(partner: Partner, *, by: Any, note: str = "") -> Partner:
    """End the work with a partner and the access of its users.

    Raises:
        partners.HasLeft: it has needs under way, or things of ours.
        partners.CannotMove: it is closed, or was never one.
    """
    with carried():
        partner = partners.move(partner, to=Partner.State.CLOSED, by=by, note=note)
        partner.users.filter(ended_at=None).update(ended_at=timezone.now())
    return partner
