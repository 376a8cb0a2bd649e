"""Links in mails to one offer: a month, no sign-in. With it its donor follows or withdraws it."""

from core import mailbox_links
from core.links import public_url
from core.mailbox_links import Opened
from gifts.models import Offer

PURPOSE = "offer-link"
LINK_DAYS = 30


def new_link(offer: Offer) -> str:
    token = mailbox_links.token_for(offer, purpose=PURPOSE)
    return public_url("offer_page", token, language=offer.language)


def open_link(token: str) -> Opened[Offer]:
    offers = Offer.objects.select_related("kind")
    return mailbox_links.opened(token, offers, purpose=PURPOSE, days=LINK_DAYS)
