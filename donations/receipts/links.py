"""Links in mails: one receipt or statement, seven days, no sign-in. Only a hash is kept."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from core.links import public_url
from core.tokens import new_token, sha256
from donations.models import Receipt, ReceiptLink, Statement

LINK_DAYS = 7


@dataclass(frozen=True)
class Opened:
    """What a link leads to; the paper is known for expired and revoked links too."""

    state: str  # ready, expired, revoked, unknown
    receipt: Receipt | None = None
    # In its place.
    statement: Statement | None = None


def new_link(paper: Receipt | Statement, *, language: str) -> str:
    """A fresh address for one paper. It cannot be read back: lose it, make another."""
    token = new_token()
    kind = "receipt" if isinstance(paper, Receipt) else "statement"
    ReceiptLink.objects.create(
        **{kind: paper},
        token_sha256=sha256(token),
        expires_at=timezone.now() + timedelta(days=LINK_DAYS),
    )
    return public_url("receipt_download", token, language=language)


def open_link(token: str, *, use: bool = False) -> Opened:
    """Look a token up; `use` notes the download."""
    links = ReceiptLink.objects.select_related("receipt", "statement__run")
    link = links.filter(token_sha256=sha256(token)).first()
    if link is None:
        return Opened("unknown")
    if link.revoked_at:
        return Opened("revoked", link.receipt, link.statement)
    if link.expires_at <= timezone.now():
        return Opened("expired", link.receipt, link.statement)
    if use:
        link.last_used_at = timezone.now()
        link.save(update_fields=["last_used_at"])
    return Opened("ready", link.receipt, link.statement)


def revoke(paper: Receipt | Statement) -> int:
    """Close every open link to a paper, as when it is replaced or sent to a wrong address."""
    return paper.links.filter(revoked_at=None).update(revoked_at=timezone.now())
