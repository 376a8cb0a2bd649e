"""Signed links in mails that need no sign-in: each names a row and the mailbox it was mailed to.

Nothing is stored. When the row's address is corrected, the links that went to the wrong one are
dead.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

from django.core import signing
from django.db.models import Model, QuerySet

from core.tokens import keyed_hash


class Mailed(Protocol):
    """What a link can lead to."""

    email: str


Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Opened(Generic[Row]):
    """What a link leads to; an expired one still says whose mailbox may get a fresh one."""

    state: str  # ready, expired, unknown
    row: Row | None = None


def token_for(row: Mailed, *, purpose: str, key: str = "reference") -> str:
    """A fresh token; one of another purpose never opens.

    Args:
        key: the field that names the row.
    """
    return signing.dumps([getattr(row, key), _mailbox(row.email, purpose)], salt=purpose)


def opened(
    token: str,
    rows: QuerySet[Row],
    *,
    purpose: str,
    days: int | None = None,
    key: str = "reference",
) -> Opened[Row]:
    """Look a token up among the rows. Looking changes nothing, so that mail scanners may.

    Args:
        days: how long it works; without end if not said.
    """
    try:
        name, mailbox = signing.loads(token, salt=purpose)
    except (signing.BadSignature, ValueError, TypeError):
        return Opened("unknown")
    row: Any = rows.filter(**{key: name}).first()  # a Mailed one
    if row is None or _mailbox(row.email, purpose) != mailbox:
        return Opened("unknown")
    try:
        signing.loads(token, salt=purpose, max_age=None if days is None else timedelta(days=days))
    except signing.SignatureExpired:
        return Opened("expired", row)
    return Opened("ready", row)


def _mailbox(email: str, purpose: str) -> str:
    return keyed_hash(email.lower(), purpose=purpose)[:12]
