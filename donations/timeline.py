"""The story of a donation, as staff read it."""

from typing import Any

from donations.models import Donation, TimelineEntry


def note(donation: Donation, kind: str, *, actor_id: int | None = None, **detail: Any) -> None:
    """Add a line: what happened, with codes and ids but no personal data."""
    TimelineEntry.objects.create(donation=donation, kind=kind, actor_id=actor_id, detail=detail)
