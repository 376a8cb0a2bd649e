"""A letter as a mail: drawn once for all readers of a language; only the link to leave differs."""

import re
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import expand_db_html

from campaigns.models import Letter
from core.links import public_url
from core.mail import compose
from donations.models import LegalEntity

# Twice what the mail shows it at, for dense screens.
PICTURE = "width-1008"
STYLES = {
    "p": "margin: 0 0 16px",
    "ul": "margin: 0 0 16px; padding-left: 24px",
    "ol": "margin: 0 0 16px; padding-left: 24px",
    "h3": "margin: 24px 0 8px; font-size: 18px; line-height: 1.3",
    "h4": "margin: 16px 0 8px; font-size: 16px; line-height: 1.3",
    "a": "color: #23407f",
}


@dataclass(frozen=True)
class Drawn:
    """All of a letter but whom it goes to."""

    subject: str
    preview: str
    html: SafeString
    text: str
    language: str
    web: str
    organisation: str
    help_email: str

    def mail(self, to: str, leave_link: str) -> EmailMultiAlternatives:
        return compose("letter", to, {**self.context(), "leave_link": leave_link}, self.language)

    def context(self) -> dict[str, Any]:
        return {
            "subject_line": self.subject,
            "preview": self.preview,
            "drawn": self,
            "web": self.web,
            "organisation": self.organisation,
            "help_email": self.help_email,
        }


def draw(letter: Letter, language: str, *, preview: bool = False) -> Drawn:
    """The letter in this language. A preview takes pictures from the staff's own site."""
    subject, line, body = letter.words(language)
    entity = LegalEntity.objects.get(is_default=True)
    with translation.override(language):
        pieces = [
            _piece(block.block_type, block.value, preview=preview)
            for block in body
            # A picture may have left the library since.
            if block.block_type != "picture" or block.value["picture"]
        ]
        html = render_to_string("emails/letter_body.html", {"pieces": pieces})
    on_web = letter.is_on_web and not preview
    return Drawn(
        subject=subject,
        preview=line,
        html=mark_safe(html),  # noqa: S308 - drawn by our own template just now
        text=_plain(html),
        language=language,
        web=public_url("news_letter", letter.pk, language=language) if on_web else "",
        organisation=entity.short_name,
        help_email=entity.email,
    )


def _piece(kind: str, value: Any, *, preview: bool) -> dict[str, Any]:
    piece: dict[str, Any] = {"kind": kind, "value": value}
    if kind == "text":
        piece["html"] = mark_safe(_dressed(value["text"].source))  # noqa: S308 - Wagtail's own
    if kind == "picture":
        drawn = value["picture"].get_rendition(PICTURE)
        piece["picture"] = drawn
        piece["url"] = drawn.url if preview else _whole(drawn.url)
    return piece


def _dressed(source: str) -> str:
    """Rich text as mail programs need it: styles beside each part, whole addresses."""
    soup = BeautifulSoup(expand_db_html(source), "html.parser")
    for tag in soup.find_all(True):
        tag.attrs = {"href": _whole(str(tag["href"]))} if tag.get("href") else {}
        if style := STYLES.get(tag.name):
            tag["style"] = style
        if tag.name == "a":
            tag["class"] = "link"
    return str(soup)


def _whole(address: str) -> str:
    return f"{settings.PUBLIC_URL}{address}" if address.startswith("/") else address


def _plain(html: str) -> str:
    """The same to read without HTML: links beside their words, a line for each piece."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all("a", href=True):
        told, leads = tag.get_text(strip=True), str(tag["href"])
        if told != leads:
            tag.append(f" ({leads})")
    for tag in soup.find_all("img"):
        tag.replace_with(f"[{tag['alt']}]" if tag.get("alt") else "")
    for tag in soup.find_all("li"):
        tag.insert(0, "- ")
    for tag in soup.find_all(["p", "h2", "h3", "h4", "li", "div", "td"]):
        tag.append("\n" if tag.name in ("li", "td") else "\n\n")
    lines = (" ".join(line.split()) for line in soup.get_text().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
