"""The guide for editors: shown where they work, from the file that is read elsewhere too."""

import re

import pytest
from django.conf import settings
from django.utils import translation
from PIL import Image
from wagtail.users.models import UserProfile

from staff import guide
from tests.people import person, signed_in

DOCS = settings.ROOT / "docs"
pytestmark = [pytest.mark.django_db, pytest.mark.role("staff")]


def test_an_editor_finds_the_guide_in_the_menu_and_reads_it_with_its_pictures():
    client = signed_in(person("Editor"))

    home = client.get("/admin/").content.decode()
    page = client.get("/admin/guide/").content.decode()

    assert "/admin/guide/" in home
    assert '<h2 id="1-sign-in">' in page
    assert '<a href="#1-sign-in">' in page
    assert "guide/second-factor.png" in page


def test_whoever_writes_no_pages_does_not_see_it_in_the_menu():
    assert "/admin/guide/" not in signed_in(person("Finance")).get("/admin/").content.decode()


def test_what_is_no_markdown_of_ours_is_shown_and_never_run():
    drawn = guide.read("# One\n\n## Two <b>\n\n**a** <script>x</script> [b](javascript:x)")

    assert drawn.title == "One"
    assert "<script>" not in drawn.body
    assert "javascript" not in drawn.body
    assert "<strong>a</strong>" in drawn.body
    assert '<h2 id="two-b">Two &lt;b&gt;</h2>' in drawn.body


@pytest.mark.parametrize("name", sorted(set(guide.FILES.values())))
def test_a_guide_is_read_in_full_and_its_pictures_are_there_and_small(name):
    text = (DOCS / name).read_text()
    drawn = guide.read(text)

    # Headings of parts begin with a number; nothing else of the signs is left to be read.
    left = re.sub(r"<h2.*?</h2>|<[^>]+>", "", drawn.body)
    assert not re.findall(r"\*\*|\]\(|^\d+\. |^- |^#|^\|", left, re.MULTILINE)
    pictures = re.findall(r"!\[(.+)\]\((.+)\)", text)
    assert pictures
    for told, file in pictures:
        assert told
        assert (DOCS / file).stat().st_size < 80_000
        with Image.open(DOCS / file) as picture:
            assert picture.width <= 1280


def test_the_guide_has_the_same_parts_and_pictures_in_each_language():
    texts = [(DOCS / name).read_text() for name in guide.FILES.values()]
    steps, pictures = re.compile(r"\n\d+\. "), re.compile(r"\]\((images.+)\)")
    shapes = [
        (text.count("\n## "), pictures.findall(text), len(steps.findall(text))) for text in texts
    ]

    assert all(shape == shapes[0] for shape in shapes)


def test_staff_whose_language_is_spanish_read_it_in_spanish_and_may_ask_for_the_other():
    user = person("Editor")
    UserProfile.objects.create(user=user, preferred_language="es")
    client = signed_in(user)

    spanish = client.get("/admin/guide/").content.decode()
    english = client.get("/admin/guide/?language=en").content.decode()

    assert "De cero a una campaña publicada" in spanish
    assert '<a href="?language=en" lang="en">' in spanish
    assert "From nothing to a live campaign" in english
    assert '<a href="?language=es" lang="es">Español</a>' in english


def test_the_guide_names_things_in_spanish_as_the_staff_site_does():
    """What is bold in both, part by part: a name that the product knows has its Spanish."""
    english, spanish = (
        re.findall(r"\*\*(.+?)\*\*", re.sub(r"\s+", " ", (DOCS / name).read_text()))
        for name in ("editors.md", "editors.es.md")
    )
    assert len(english) == len(spanish)

    def known(word: str) -> set[str]:
        found = {translation.gettext(text) for text in (word, word.lower(), word.capitalize())}
        return {text.lower() for text in found}

    with translation.override("es"):
        strange = [
            (word, ours)
            for word, ours in zip(english, spanish, strict=True)
            if known(word) != {word.lower()} and ours.lower() not in known(word)
        ]
    assert strange == []


def test_no_picture_lies_there_that_no_guide_shows():
    shown = {
        name
        for file in guide.FILES.values()
        for name in re.findall(r"\]\(images/guide/(.+?)\)", (DOCS / file).read_text())
    }
    assert {file.name for file in (DOCS / "images/guide").iterdir()} == shown


@pytest.mark.parametrize("role", ["Editor", "Publisher", "Administrator"])
def test_whoever_writes_pages_may_begin_their_translation(role):
    assert person(role).has_perm("simple_translation.submit_translation")
