"""Links in mails to one offer: a month, no sign-in. With it its donor follows or withdraws it.

A link holds the offer's reference, signed together with the mailbox it went to: when that address
is corrected, the links that went to the wrong one are dead.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from core.links import public_url
from core.tokens import keyed_hash
from gifts.models import Offer

SALT = "offer-link"
LINK_DAYS = 30


@dataclass(frozen=True)
class Opened:
    """What a link leads to; an expired one still says whose mailbox may get a fresh one."""

    state: str  # ready, expired, unknown
    offer: Offer | None = None


def new_link(offer: Offer) -> str:
    token = signing.dumps([offer.reference, _mailbox(offer)], salt=SALT)
    return public_url("offer_page", token, language=offer.language)


def open_link(token: str) -> Opened:
    """Look a token up. Looking changes nothing, so that mail scanners may."""
    try:
        reference, mailbox = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return Opened("unknown")
    offer = Offer.objects.select_related("kind").filter(reference=reference).first()
    if offer is None or _mailbox(offer) != mailbox:
        return Opened("unknown")
    try:
        signing.loads(token, salt=SALT, max_age=timedelta(days=LINK_DAYS))
    except signing.SignatureExpired:
        return Opened("expired", offer)
    return Opened("ready", offer)


def _mailbox(offer: Offer) -> str:
    return keyed_hash(offer.email.lower(), purpose="offer-link")[:12]
