"""Labels for units, to print and stick on: code, kind and a QR of the code; nothing else.

Whoever finds a parcel learns nothing from its label: no wish, no person, no place, no name of ours.
"""

from collections.abc import Iterable
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, gettext

from core import pdf
from donations.receipts.document import qr
from gifts.models import Unit

LANGUAGES = {"es": "es-US"}


def sheet(units: Iterable[Unit], *, at: datetime | None = None) -> bytes:
    """A PDF of Letter pages with thirty labels each (Avery 5160, sold in any shop)."""
    language = LANGUAGES.get(get_language() or "", "en-US")
    title = gettext("Labels")
    labels = [(unit.code, unit.kind.public_name, *qr(unit.code)) for unit in units]
    html = render_to_string("pdf/labels.html", {"labels": labels, "lang": language, "title": title})
    return pdf.render(
        html, stylesheet="labels.css", title=title, lang=language, created=at or timezone.now()
    )
