"""A person asks what we hold about her; a list with days keeps us to it."""

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from gifts.vault.models import Recipient, SubjectRequest

ANSWER_WITHIN = timedelta(days=30)


def ask(recipient: Recipient, *, asked_on: date, by: Any) -> SubjectRequest:
    """Note that she asked; the one that waits already, if there is one."""
    return SubjectRequest.objects.get_or_create(
        recipient=recipient,
        answered_at=None,
        defaults={
            "asked_on": asked_on,
            "due_on": asked_on + ANSWER_WITHIN,
            "made_by": by.pk,
            "made_who": by.email,
        },
    )[0]


def answer(recipient: Recipient, *, by: Any) -> None:
    """She was told. Nothing happens where nothing waits."""
    recipient.requests.filter(answered_at=None).update(
        answered_at=timezone.now(), answered_by=by.pk, answered_who=by.email
    )


def overdue() -> QuerySet[SubjectRequest]:
    return SubjectRequest.objects.filter(answered_at=None, due_on__lt=timezone.localdate())
