"""What every template of the site keeps to, read from the files themselves."""

import re

import pytest

from tests.server import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Mails and PDF carry their own styles; they are no pages of the site.
APART = [ROOT / "templates" / folder for folder in ("emails", "account/email", "pdf")]
PAGES = [t for t in TEMPLATES if not any(t.is_relative_to(folder) for folder in APART)]
INLINE = {
    "a style attribute": re.compile(r"<[^>{]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script without src": re.compile(
        r"<script\b(?![^>]*\ssrc=)(?![^>]*application/(?:ld\+)?json)", re.IGNORECASE
    ),
    "a file from another host": re.compile(
        r"<(?:script|img|link|source|iframe|use)\b[^>]*(?:src|href|srcset)=\"(?:https?:)?//",
        re.IGNORECASE,
    ),
}


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
