"""What every template of the site keeps to, read from the files themselves."""

import re

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from tests.server import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Mails and PDF carry their own styles; they are no pages of the site.
APART = [ROOT / "templates" / folder for folder in ("emails", "account/email", "pdf")]
PAGES = [t for t in TEMPLATES if not any(t.is_relative_to(folder) for folder in APART)]
CATALOGUES = sorted(ROOT.glob("*/locale/es/LC_MESSAGES/django.po"))
INLINE = {
    "a style attribute": re.compile(r"<[^>{]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script without src": re.compile(
        r"<script\b(?![^>]*\ssrc=)(?![^>]*application/json)", re.IGNORECASE
    ),
    "a file from another host": re.compile(
        r"<(?:script|img|link|source|iframe|use)\b[^>]*(?:src|href|srcset)=\"(?:https?:)?//",
        re.IGNORECASE,
    ),
}
TRANSLATED = re.compile(r"{% translate \"((?:[^\"\\]|\\.)*)\"")


def messages() -> list[Message]:
    """Every text of the Spanish catalogues."""
    found: list[Message] = []
    for path in CATALOGUES:
        with path.open("rb") as file:
            found += list(read_po(file, locale="es"))
    return found


@pytest.mark.parametrize("what", INLINE)
def test_no_template_holds_what_the_content_policy_would_refuse(what: str) -> None:
    holding = [str(t.relative_to(ROOT)) for t in PAGES if INLINE[what].search(t.read_text())]
    assert holding == []


@pytest.mark.parametrize(
    ("what", "planted"),
    [
        ("a style attribute", '<p style="color: red">'),
        ("a style element", "<style>p {}</style>"),
        ("an event attribute", '<a href="/" onclick="go()">'),
        ("a script without src", "<script>go()</script>"),
        ("a file from another host", '<script src="https://example.org/a.js"></script>'),
    ],
)
def test_the_scan_finds_what_is_planted(what: str, planted: str) -> None:
    assert INLINE[what].search(planted)


def test_the_first_line_of_every_template_says_what_it_needs() -> None:
    silent = [
        str(t.relative_to(ROOT))
        for t in PAGES
        if not re.match(r"{# .+ #}\n|{% comment %}", t.read_text())
    ]
    assert silent == []


def test_every_string_of_a_template_has_its_spanish() -> None:
    known = {m.id for m in messages() if m.string and not m.fuzzy}
    missing = {
        found
        for template in PAGES
        for found in TRANSLATED.findall(template.read_text())
        if found.replace('\\"', '"') not in known
    }
    assert missing == set()


def test_no_text_of_the_catalogue_is_left_untranslated() -> None:
    unfinished = [
        message.id
        for message in messages()
        if message.id
        and (
            message.fuzzy
            or not all([message.string] if isinstance(message.string, str) else message.string)
        )
    ]
    assert unfinished == []


def test_a_translation_keeps_the_places_of_its_original() -> None:
    places = re.compile(r"%\((\w+)\)s|<(/?\w+)")
    torn = [
        message.id
        for message in messages()
        if isinstance(message.id, str)
        and sorted(places.findall(message.id)) != sorted(places.findall(str(message.string)))
        and message.id
    ]
    assert torn == []
