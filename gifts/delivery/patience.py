"""How long each step of a way may take before somebody should ask."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from gifts.vault.models import Parcel

State = Parcel.State
# Days. What is matched and not packed counts from the approval of its match.
TO_PACK = 7
DAYS = {
    State.PACKED: 7,
    State.SHIPPED: 21,
    State.ARRIVED: 30,
    State.NOT_RECEIVED: 7,
    State.RECALLED: 45,
}


def overdue() -> Q:
    """Parcels of which nothing was heard for longer than their step usually takes."""
    now, found = timezone.now(), Q()
    for state, days in DAYS.items():
        found |= Q(state=state, moved_at__lt=now - timedelta(days=days))
    return found


def days_of(parcel: Parcel) -> int:
    return (timezone.now() - parcel.moved_at).days


def is_overdue(parcel: Parcel) -> bool:
    return days_of(parcel) >= DAYS.get(State(parcel.state), 10_000)
