"""A campaign on one sheet of paper: its words, our drawing, and the short way to its page."""

from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format

from campaigns.models import Campaign, CampaignPage
from core import pdf
from donations.models import LegalEntity
from donations.receipts.document import qr

LOCALES = {"en": "en-US", "es": "es-US"}
SIZES = ("letter", "a4")


def short_address(campaign: Campaign) -> str:
    """Whole, as a telephone reads it. It says nothing of who holds it."""
    return f"{settings.PUBLIC_URL}/c/{campaign.code.lower()}/"


def sheet(page: CampaignPage, *, size: str) -> bytes:
    """A PDF in the page's language, to print and hang up; without figures, which would grow old."""
    language = page.locale.language_code
    entity = LegalEntity.objects.filter(is_default=True).first() or LegalEntity()
    campaign, address = page.campaign, short_address(page.campaign)
    side, path = qr(address)
    told = urlsplit(address)
    with translation.override(language):
        html = render_to_string(
            "pdf/flyer.html",
            {
                "page": page,
                "drawing": f"{pdf.SCHEME}{pdf.DRAWINGS}{page.drawing}.svg",
                "side": side,
                "path": path,
                "address": address,
                # As one reads it to somebody.
                "typed": f"{told.netloc}{told.path}".rstrip("/"),
                "until": date_format(campaign.ends_on, "DATE_FORMAT") if campaign.ends_on else "",
                "entity": entity,
                "size": size,
                "lang": LOCALES.get(language, language),
            },
        )
    return pdf.render(
        html,
        stylesheet="flyer.css",
        title=page.title,
        lang=LOCALES.get(language, language),
        created=timezone.now(),
    )
