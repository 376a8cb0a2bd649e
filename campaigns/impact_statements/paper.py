"""A donor's year as a PDF, drawn anew each time from what traces and reports say that day."""

from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, gettext

from campaigns.impact_statements import showing
from campaigns.impact_statements.gathering import Year
from core import pdf
from core.links import public_url
from donations.models import LegalEntity

A4, LETTER = "A4", "Letter"


@dataclass(frozen=True)
class Sheet:
    """Everything that a drawing needs, in whatever process."""

    html: str
    title: str
    lang: str
    created: datetime


def sheet(year: Year, *, entity: LegalEntity | None, name: str = "", size: str = A4) -> Sheet:
    """The page that is drawn, in the reader's language.

    Args:
        name: whose year it is; nobody's, where a link opens it for whoever holds it.
    """
    lang = get_language() or "en"
    context = showing.context(year)
    html = render_to_string(
        "pdf/impact_statement.html",
        context
        | {
            "lang": lang,
            "size": size,
            "name": name,
            "organisation": entity or LegalEntity(),
            "today": timezone.localdate(),
            "my_giving": public_url("my_giving", language=lang),
        },
    )
    title = gettext("Your gifts in %(year)s") % {"year": context["title_year"]}
    return Sheet(html, title, lang, timezone.now())


def draw(drawn: Sheet) -> bytes:
    return pdf.render(
        drawn.html,
        stylesheet="impact_statement.css",
        title=drawn.title,
        lang=drawn.lang,
        created=drawn.created,
    )


def file_name(year: Year) -> str:
    """Neutral: it lies in a downloads folder that others may see."""
    return f"gifts-{year.first.year}.pdf"


def size_of(asked: str | None) -> str:
    return LETTER if asked == LETTER.lower() else A4
