"""Every text has its Spanish, and the Spanish keeps to a few rules."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation.template import templatize

from accounts import words as accounts
from staff import words as staff
from tests.server import ROOT

CATALOGUES = sorted(ROOT.glob("*/locale/es/LC_MESSAGES/django.po"))
CODE = [
    file
    for folder in ("core", "donations", "gifts", "campaigns", "site")
    for file in sorted((ROOT / folder).rglob("*.py"))
    # The sandbox speaks for Stripe and brings its own words.
    if not {"migrations", "sandbox"} & set(file.parts)
]
TEMPLATES = [f for f in sorted((ROOT / "templates").rglob("*.*")) if f.suffix in (".html", ".txt")]
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
CALL = re.compile(rf"\bn?gettext\((?:[^()\"']|{QUOTED})*\)")
PLACES = re.compile(r"%\((\w+)\)[sd]|</?\w+")
# "Víctima" is no word for somebody who lives; and donors are "usted".
AVOIDED = re.compile(r"\b(víctimas?|tu|tus|tú|te|ti|tuy[oa]s?|vosotr[oa]s|vuestr[oa]s?)\b", re.I)


@cache
def messages() -> list[Message]:
    """Every text of our Spanish catalogues."""
    found: list[Message] = []
    for path in CATALOGUES:
        with path.open("rb") as file:
            found += [message for message in read_po(file, locale="es") if message.id]
    return found


def forms(message: Message, part: str) -> tuple[str, ...]:
    value = getattr(message, part)
    return (value,) if isinstance(value, str) else tuple(value)


def is_done(message: Message) -> bool:
    return not message.fuzzy and all(forms(message, "string"))


def texts(source: str) -> Iterator[str]:
    """What Python hands to gettext; f-strings, which xgettext cannot read, are read as well."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in CALLS and isinstance(node.args[0].value, str):
                yield node.args[0].value


def source_of(file: Path) -> str:
    """Python, or a template rewritten as the calls it makes."""
    text = file.read_text()
    return text if file.suffix == ".py" else "\n".join(CALL.findall(templatize(text)))


def test_every_text_of_code_and_templates_has_its_spanish() -> None:
    known = {forms(message, "id")[0] for message in messages() if is_done(message)}
    found = {
        (str(f.relative_to(ROOT)), text) for f in CODE + TEMPLATES for text in texts(source_of(f))
    }
    assert len(found) > 500, "the search itself is broken"
    assert sorted((file, text) for file, text in found if text not in known) == []


@pytest.mark.parametrize(
    ("suffix", "source"),
    [
        (".py", 'label = _("Planted " "text")'),
        (".py", "return f\"{count} {gettext('Planted text')}\""),
        (".html", '<p>{% load i18n %}{% translate "Planted text" %}</p>'),
        (".html", "{% blocktranslate with a=b %}Planted text{% endblocktranslate %}"),
        (".html", "{% blocktranslate count n=n %}Planted text{% plural %}x{% endblocktranslate %}"),
    ],
)
def test_the_search_finds_what_is_planted(tmp_path: Path, suffix: str, source: str) -> None:
    file = tmp_path / f"planted{suffix}"
    file.write_text(source.replace("return ", "_ = "))
    assert list(texts(source_of(file))) == ["Planted text"]


def test_no_text_of_a_catalogue_is_unfinished_or_left_over() -> None:
    assert [message.id for message in messages() if not is_done(message)] == []
    assert [path for path in CATALOGUES if "\n#~" in path.read_text()] == []


def test_a_translation_keeps_the_places_of_its_original() -> None:
    torn = [
        message.id
        for message in messages()
        for string in forms(message, "string")
        if sorted(m[0] for m in PLACES.finditer(forms(message, "id")[-1]))
        != sorted(m[0] for m in PLACES.finditer(string))
    ]
    assert torn == []


def test_a_text_of_both_catalogues_has_one_spanish() -> None:
    said: dict[str, set[str]] = {}
    for message in messages():
        said.setdefault(forms(message, "id")[0], set()).add(forms(message, "string")[0])
    assert {text: spanish for text, spanish in said.items() if len(spanish) > 1} == {}


def test_spanish_says_usted_and_never_victim() -> None:
    words = [*(s for m in messages() for s in forms(m, "string"))]
    words.append((ROOT / "site/pages/demo/spanish.py").read_text())
    assert [text for text in words if AVOIDED.search(text)] == []


@pytest.mark.parametrize(
    ("library", "language", "texts"),
    [("allauth", "es", accounts.OURS), ("wagtail", "en", staff.OURS)],
    ids=["allauth", "wagtail"],
)
def test_our_spanish_of_a_librarys_sentences_is_the_one_shown(library, language, texts) -> None:
    home = Path(find_spec(library).origin).parent
    theirs: set[object] = set()
    for file in home.rglob(f"locale/{language}/LC_MESSAGES/django.po"):
        theirs |= {one.id for one in read_po(BytesIO(file.read_bytes()), locale=language)}
    assert [text for text in texts if text not in theirs] == []
    ours = {message.id: message.string for message in messages()}
    with translation.override("es"):
        assert [text for text in texts if translation.gettext(text) != ours[text]] == []
