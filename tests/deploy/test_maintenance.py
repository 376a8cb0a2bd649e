"""The page that stands in while the site does not answer."""

import re

from tests.server import ROOT

PAGE = (ROOT / "deploy" / "maintenance.html").read_text()
SERVER = (ROOT / "deploy" / "nginx.conf").read_text()


def test_it_shows_by_itself_in_both_languages_and_leads_away() -> None:
    assert not re.search(r"(?:src|srcset|data-\w+)=|<script|<link(?![^>]*href=\"data:)|url\(", PAGE)
    assert re.findall(r'href="([^"]+)"', PAGE) == [
        *("data:,", "https://www.google.com/", "tel:18883737888", "tel:18883737888")
    ]
    assert '<html lang="en">' in PAGE
    assert '<section lang="es">' in PAGE
    assert not re.search(r"\svictims?\b|survivor|trafficking|trata\b", PAGE, re.IGNORECASE)


def test_nginx_shows_it_with_503_and_says_when_to_come_again() -> None:
    assert "error_page 502 503 504 =503 /maintenance.html;" in SERVER
    inside = SERVER.partition("location = /maintenance.html {")[2].partition("}")[0]
    assert "Retry-After 120 always" in inside
    assert "root /srv/northstar/deploy;" in inside
