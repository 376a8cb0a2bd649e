"""Links in mails: one receipt, seven days, no sign-in. Only the token's hash is kept."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from core.links import public_url
from core.tokens import new_token, sha256
from donations.models import Receipt, ReceiptLink

LINK_DAYS = 7


@dataclass(frozen=True)
class Opened:
    """What a link leads to; `receipt` is known for expired and revoked links too."""

    state: str  # ready, expired, revoked, unknown
    receipt: Receipt | None = None


def new_link(receipt: Receipt, *, language: str) -> str:
    """A fresh address for one receipt. It cannot be read back: lose it, make another."""
    token = new_token()
    ReceiptLink.objects.create(
        receipt=receipt,
        token_sha256=sha256(token),
        expires_at=timezone.now() + timedelta(days=LINK_DAYS),
    )
    return public_url("receipt_download", token, language=language)


def open_link(token: str, *, use: bool = False) -> Opened:
    """Look a token up; `use` notes the download."""
    link = ReceiptLink.objects.select_related("receipt").filter(token_sha256=sha256(token)).first()
    if link is None:
        return Opened("unknown")
    if link.revoked_at:
        return Opened("revoked", link.receipt)
    if link.expires_at <= timezone.now():
        return Opened("expired", link.receipt)
    if use:
        link.last_used_at = timezone.now()
        link.save(update_fields=["last_used_at"])
    return Opened("ready", link.receipt)


def revoke(receipt: Receipt) -> int:
    """Close every open link to a receipt, as when it is replaced or sent to a wrong address."""
    return receipt.links.filter(revoked_at=None).update(revoked_at=timezone.now())
