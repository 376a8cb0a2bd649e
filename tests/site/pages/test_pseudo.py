"""Every text of the public pages can be translated: read in a language that exists nowhere.

Each text is put in brackets and made two fifths longer. What then stands outside brackets, and was
not typed by somebody, was written where no translator finds it.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from babel import Locale
from django.core.cache import caches
from django.utils.translation import trans_real

from donations.models import Designation, LegalEntity
from gifts.models import Wish
from pages.context import facts
from pages.demo import campaigns, english, training
from tests.roles import RoleClient
from tests.things_made import make_wish

# Languages are named in their own words, codes of currencies are the same everywhere.
SAME = {"English", "Español", "EN", "ES", "USD", "EUR", "GBP"}
SILENT = {"script", "style", "svg"}
SPOKEN = {"alt", "title", "aria-label", "placeholder"}
PAGES = (
    *("/", "/how-it-works/", "/ways-to-help/", "/our-partners/", "/campaigns/"),
    *("/campaigns/school-year/", "/wishes/", "/wishes/laptops/", "/search/?q=qwertz"),
    *("/safety/", "/contact/", "/charge/", "/give/", "/receipts/check/", "/nowhere/"),
    *("/training/", "/training/hotel/", "/training/hotel/signs/", "/training/verify/"),
    *("/training/begin/", "/training/workplaces/", "/training/workplaces/link/"),
)


def pseudo(message: str) -> str:
    text = message.rpartition("\x04")[2]  # a context stands before it
    return f"⟦{text}{'~' * max(1, len(text) * 2 // 5)}⟧" if text else text


class Outside(HTMLParser):
    """Collects each piece of visible text that is in no brackets, also of attributes read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.silent = 0
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        for name, value in attrs:
            if name in SPOKEN and value:
                self.take(re.sub("⟦[^⟧]*⟧", "", value))

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        piece = ""
        for sign in "" if self.silent else data:
            self.depth += (sign == "⟦") - (sign == "⟧")
            piece += sign if not self.depth and sign != "⟧" else ""
        self.take(piece)

    def take(self, piece: str) -> None:
        """Amounts, dates and signs between texts are no words."""
        if re.search(r"[^\W\d_]{2}", piece):
            self.found.append(" ".join(piece.split()).strip(" ,·"))


def typed(value: Any) -> Iterator[str]:
    """Every text that stands in a value, in the pieces in which a page shows it."""
    if isinstance(value, dict):
        value = value.values()
    if isinstance(value, str):
        for piece in re.split(r"<[^>]+>|\n", value):
            yield " ".join(piece.split()).strip(" ,·")
    elif hasattr(value, "__iter__"):
        for one in value:
            yield from typed(one)


def test_no_text_of_a_public_page_is_beyond_the_reach_of_translators(
    seeded: None, db: None, public_client: RoleClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_wish(state="published", slug="laptops")
    entity, rows = LegalEntity.objects.get(is_default=True), Designation.objects.all()
    wish, told = Wish.objects.select_related("kind").get(), facts()
    # Babel names the countries.
    known = (
        SAME
        | set(Locale("en").territories.values())
        | set(
            typed(
                [
                    *(english.HOME, english.PAGES, english.WISH_LIST, english.ORGANISATION),
                    *(campaigns.ENGLISH, campaigns.INDEX["en"]),
                    *(training.INDEX["en"], training.SECTORS),
                    *(one.ENGLISH for *_names, one in training.SECTORS),
                    *([row.public_name, row.public_description] for row in rows),
                    *(entity.name, entity.short_name, entity.address, entity.email),
                    *(entity.statement_descriptor, told.standing, told.hotline_text),
                    *(wish.kind.public_plural, wish.public_text, wish.kind.public_description),
                ]
            )
        )
    )
    caches["local"].clear()
    translated = trans_real.DjangoTranslation
    monkeypatch.setattr(translated, "gettext", lambda self, message: pseudo(message))
    monkeypatch.setattr(
        translated, "ngettext", lambda self, one, many, n: pseudo(one if n == 1 else many)
    )
    beyond = {}
    for path in PAGES:
        reader = Outside()
        reader.feed(public_client.get(path).content.decode())
        assert reader.depth == 0, path
        if found := set(reader.found) - known:
            beyond[path] = found
    caches["local"].clear()
    assert beyond == {}


def test_a_text_that_was_forgotten_is_found() -> None:
    reader = Outside()
    reader.feed('<p>⟦Read <b>this</b>~~⟧ Planted <img alt="Planted, too"> $5</p><script>x</script>')
    assert reader.found == ["Planted", "Planted, too"]
