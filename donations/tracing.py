"""The link to what became of one gift: no account, no end, and nothing of the donor behind it.

It holds the gift's reference, signed together with the address it was mailed to: when that address
is corrected, the links that went to the wrong one are dead.
"""

from django.core import signing

from core.links import public_url
from core.tokens import keyed_hash
from donations.models import Donation

SALT = "trace-link"


def new_link(donation: Donation, *, language: str = "") -> str:
    token = signing.dumps([donation.reference, _mailbox(donation)], salt=SALT)
    return public_url("trace", token, language=language or donation.language)


def open_link(token: str) -> Donation | None:
    """The paid gift behind a link; None if the link is not ours or went to a wrong address."""
    try:
        reference, mailbox = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    donation = Donation.objects.filter(reference=reference, status="paid").first()
    return donation if donation and _mailbox(donation) == mailbox else None


def _mailbox(donation: Donation) -> str:
    return keyed_hash(donation.email.lower(), purpose="trace-link")[:12]
