"""The link to what became of one gift: no account, no end, and nothing of the donor behind it."""

from core import mailbox_links
from core.links import public_url
from donations.models import Donation

PURPOSE = "trace-link"


def new_link(donation: Donation, *, language: str = "") -> str:
    token = mailbox_links.token_for(donation, purpose=PURPOSE)
    return public_url("trace", token, language=language or donation.language)


def open_link(token: str) -> Donation | None:
    """The paid gift behind a link; None if the link is not ours or went to a wrong address."""
    paid = Donation.objects.filter(status=Donation.Status.PAID)
    return mailbox_links.opened(token, paid, purpose=PURPOSE).row
