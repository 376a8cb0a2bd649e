"""What pages of the desks say: cells, sections, amounts and times as this reader writes them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.admin.utils import quote
from django.db.models import Model
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.timezone import template_localtime  # type: ignore[attr-defined]
from django.utils.translation import get_language, gettext

from core import money

Text = str | Promise


@dataclass(frozen=True)
class Cell:
    """Something to read, perhaps a link; `tone` is good, warn or bad where a state wants a look."""

    text: Any
    url: str = ""
    tone: str = ""

    @property
    def html(self) -> str:
        """By itself: a template for each of a page's hundreds took half of the page's time."""
        if self.text is None or self.text == "":
            return "\N{EN DASH}"
        text = conditional_escape(localize(template_localtime(self.text)))
        if self.url:
            rel = format_html(' rel="{}"', "noopener noreferrer") if "://" in self.url else ""
            return format_html('<a href="{}"{}>{}</a>', self.url, rel, text)
        if self.tone:
            return format_html('<span class="ns-tone ns-{}">{}</span>', self.tone, text)
        return linebreaksbr(text)


@dataclass(frozen=True)
class Section:
    """A titled part of a page: facts (two columns) or a table (with headings)."""

    title: Text
    rows: Sequence[Sequence[Cell | Any]] = ()
    headings: Sequence[Text] = ()
    empty: Text = ""
    # What stands below the line of a table.
    totals: Sequence[Sequence[Cell | Any]] = ()
    # A template of its own and what it needs, where rows will not do.
    template: str = ""
    context: dict[str, Any] = field(default_factory=dict)

    @property
    def cells(self) -> list[list[Cell]]:
        return _cells(self.rows)

    @property
    def sums(self) -> list[list[Cell]]:
        return _cells(self.totals)


def _cells(rows: Sequence[Sequence[Cell | Any]]) -> list[list[Cell]]:
    return [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in rows]


@dataclass(frozen=True)
class Notice:
    text: Text
    url: str = ""
    tone: str = ""


def amount(amount_minor: int | None, currency: str) -> str:
    """Money as this reader writes it; empty where nothing is known yet."""
    if amount_minor is None:
        return ""
    return money.display(amount_minor, currency, get_language() or "en")


def moment(value: datetime | None, *, seconds: bool = False) -> str:
    """A time by the organisation's clock, which each page names once."""
    # Translators: format of a date with its time, as Django writes formats.
    form = gettext("M j, Y, g:i:s A") if seconds else gettext("M j, Y, g:i A")
    return date_format(timezone.localtime(value), form) if value else ""


def hour(value: datetime) -> str:
    # Translators: format of a time, as Django writes formats.
    return date_format(timezone.localtime(value), gettext("g:i A"))


def day(value: date | None) -> str:
    # Translators: format of a date, as Django writes formats.
    return date_format(value, gettext("M j, Y")) if value else ""


def clock() -> str:
    """Names the zone of all times on a page."""
    return gettext("All times are those of %(zone)s.") % {
        "zone": settings.TIME_ZONE.rpartition("/")[2].replace("_", " ")
    }


def short_id(value: str | None) -> str:
    """An id of Stripe's, to be told apart at a glance; its own page has it whole."""
    text = value or ""
    return text if len(text) <= 24 else f"{text[:12]}…{text[-6:]}"


def link(namespace: str, row: Model | None, text: Any = None) -> Cell:
    if row is None:
        return Cell("")
    url = reverse(f"{namespace}:inspect", args=[quote(row.pk)])
    return Cell(str(row) if text is None else text, url)
