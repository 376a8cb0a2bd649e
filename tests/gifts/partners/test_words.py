"""The partners' pages in three languages; Thai belongs to them alone."""

import re

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from gifts.partners import words as said
from tests.gifts.partners.visiting import (
    begin,
    desk_of,
    fill,
    make_kinds,
    make_worker,
    stated,
    words,
)  # fmt: skip
from tests.roles import STAFF
from tests.server import ROOT
from tests.site.test_translations import PLACES, forms, is_done, source_of, texts
from tests.vault_made import make_partner

THAI = ROOT / "gifts/locale/th/LC_MESSAGES/django.po"
COMPONENTS = ("not_watched", "field", "field_notes", "error_summary", "choices", "check", "facts")
SOURCES = [
    *(ROOT / "gifts/partners").glob("*.py"),
    *(ROOT / "templates/gifts/partners").glob("*.html"),
    ROOT / "core/findable.py",
    *(ROOT / f"templates/components/{name}.html" for name in COMPONENTS),
]


def thai():
    with THAI.open("rb") as file:
        return [message for message in read_po(file, locale="th") if message.id]


def test_every_text_of_the_partners_pages_has_its_thai_and_keeps_its_places():
    known = {forms(message, "id")[0] for message in thai() if is_done(message)}
    found = {text for file in SOURCES for text in texts(source_of(file))}
    assert len(found) > 150
    assert sorted(found - known) == []
    for message in thai():
        original, translated = forms(message, "id")[-1], forms(message, "string")[0]
        places = [sorted(m[0] for m in PLACES.finditer(text)) for text in (original, translated)]
        assert places[0] == places[1], original
        assert re.search("[\u0e00-\u0e7f]", translated), original


def test_no_public_page_speaks_thai():
    assert [code for code, _name in settings.LANGUAGES] == ["en", "es"]


@pytest.mark.role(STAFF)
@pytest.mark.django_db(databases=["default", "vault"])
def test_a_thai_partner_reads_thai_on_every_page_and_may_switch():
    make_kinds()
    worker = make_worker(make_partner(language="th"))
    client = desk_of(worker)
    code = begin(client)
    fill(client, code, "purpose")
    paths = [
        "",
        "team/",
        "arrived/",
        "arrived/?noted=damaged",
        "requests/new/",
        "requests/2222-2222/",
        f"requests/{code}/withdraw/",
    ]
    paths += [f"requests/{code}/{step}/" for step in ("purpose", "details", "person", "say")]
    pages = [client.get(f"/partners/{path}") for path in paths]
    pages += [client.post(f"/partners/requests/{code}/{step}/") for step in ("details", "say")]
    fill(client, code, "details", "person", "say", say_language="ไทย")
    pages.append(client.get(f"/partners/requests/{code}/check/"))
    client.post(f"/partners/requests/{code}/check/")
    pages.append(client.get(f"/partners/requests/{code}/"))
    for page in pages:
        assert '<html lang="th">' in page.content.decode()
        assert page["Content-Language"] == "th"
        # Codes, addresses and what she typed herself are no words of ours.
        text = words(page).replace("English Español ไทย", "")
        for own in ("For an evening course in law.", "Light to carry.", worker.who):
            text = text.replace(own, "")
        text = re.sub(r"\b[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}\b", "", text)
        assert re.findall("[A-Za-z]{2,}", text) == [], page.request["PATH_INFO"]

    assert client.get("/partners/team/?language=es")["Location"] == "/partners/team/"
    assert "Nuestro equipo" in words(client.get("/partners/team/"))
    assert "Portal" not in words(client.get("/partners/?language=xx"))
    assert client.get("/partners/team/")["Content-Language"] == "es"


@pytest.mark.role(STAFF)
@pytest.mark.django_db(databases=["default", "vault"])
def test_a_request_in_spanish():
    make_kinds()
    client = desk_of(make_worker(make_partner(language="es")))
    need = stated(client, what_for="Para su curso de enfermería por la noche.", note="")
    assert f"Computadora portátil {need.code}" in words(client.get("/partners/"))


def test_every_reason_has_its_words_on_record():
    assert set(said.REASONS) == set(said.ON_RECORD)
