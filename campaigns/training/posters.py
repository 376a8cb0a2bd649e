"""The poster of a workplace: whom to call, and the link to the courses as a QR code."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns.models import Workplace
from campaigns.training import links
from core import pdf
from donations.receipts.document import qr

PAPERS = {"a4": "A4", "letter": "Letter"}


def render(workplace: Workplace, *, language: str, paper: str, request: HttpRequest) -> bytes:
    """One page. The hotline is the one of the site's settings, which the request brings along.

    Args:
        paper: a key of PAPERS.
    """
    with translation.override(language):
        url = links.to_join(workplace, language=language)
        title = _("Know the signs")
        context = {
            "lang": language,
            "workplace": workplace,
            "paper": PAPERS[paper],
            "url": url,
            "address": url.partition("://")[2],
            "qr": qr(url),
        }
        return pdf.render(
            render_to_string("pdf/poster.html", context, request=request),
            stylesheet="poster.css",
            title=title,
            lang=language,
            created=timezone.now(),
        )
