"""Breaking the glass: for an hour somebody reads what she otherwise may not, and answers for it."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from gifts.vault.models import BreakGlass
from gifts.vault.transactions import vault_atomic

LASTS = timedelta(hours=1)
# Another person has looked into it by then.
REVIEW_WITHIN = timedelta(days=7)


class SamePerson(Exception):
    """Whoever declared it does not review it."""


class NotOver(Exception):
    """She may still look: what there is to review is not all there."""


def declare(*, by: Any, reason: str, at: datetime) -> BreakGlass:
    """Open an hour from now. Whoever calls has told two people before; the reason is required."""
    return BreakGlass.objects.create(
        user_id=by.pk, who=by.email, reason=reason.strip(), until=at + LASTS
    )


def review(emergency: BreakGlass, *, by: Any, finding: str) -> BreakGlass:
    """Another person's word on it. Nothing happens the second time.

    Raises:
        SamePerson, NotOver
    """
    with vault_atomic():
        row = BreakGlass.objects.select_for_update().get(pk=emergency.pk)
        if row.reviewed_at:
            return row
        if row.user_id == by.pk:
            raise SamePerson
        if row.until > timezone.now():
            raise NotOver
        row.reviewed_by, row.reviewed_who = by.pk, by.email
        row.reviewed_at, row.finding = timezone.now(), finding
        row.save(update_fields=["reviewed_by", "reviewed_who", "reviewed_at", "finding"])
    return row


def overdue() -> QuerySet[BreakGlass]:
    return BreakGlass.objects.filter(reviewed_at=None, at__lt=timezone.now() - REVIEW_WITHIN)
