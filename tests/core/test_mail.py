import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import engines
from django.template.base import Node
from django.template.loader import get_template, render_to_string
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.test import override_settings
from django.utils import translation

from core import discretion, mail

ROOT = Path(__file__).parents[2]
MAILS = sorted(path.name.split(".")[0] for path in ROOT.glob("templates/emails/*.subject.txt"))
SIGN_IN = sorted(
    path.name.removesuffix("_subject.txt")
    for path in ROOT.glob("templates/account/email/*_subject.txt")
)
LANGUAGES = ("en", "es")
LEAST: dict[str, Any] = {
    "name": "",
    "amount": "$25.00",
    "organisation": "North Star",
    "receipt_number": "US-2026-000318",
    "replaced_number": "",
    "link": "https://northstar.example/receipts/get/3kX9vYQm2LhT8sWc7RpZ1nBd",
    "link_days": 7,
    "statement_descriptor": "",
    "lines": [],
    "help_email": "",
    "recipient_name": "",
    "donor_name": "Maya",
    "tribute_kind": "honor",
    "tribute_name": "Ruth",
    "message": "",
    "subject_line": "Your monthly gift to North Star",
    "paragraphs": ["Your gift of $25.00 a month has begun."],
    "label": "",
}
EVIL = (
    "<script src=//evil.example/x></script><img src='http://evil.example/p'>&amp;"
    "\r\nBcc: x@evil.example\u202e"
)
NASTY = {
    **LEAST,
    **dict.fromkeys(("name", "recipient_name", "donor_name", "tribute_name", "message"), EVIL),
    **{
        "statement_descriptor": EVIL,
        "replaced_number": EVIL,
        "organisation": f"North\nStar {EVIL}",
    },
    "lines": [{"designation": EVIL, "amount": "$25.00"}],
    "paragraphs": [EVIL],
    "subject_line": f"Your monthly gift to North\nStar {EVIL}",
    "help_email": "gifts@northstar.example",
}
LETTERED = {
    **LEAST,
    **dict.fromkeys(("name", "recipient_name", "donor_name"), "กัญญารัตน์ محمد Nguyễn"),
    "message": "One\nTwo",
    "lines": [{"designation": "Laptops", "amount": "$25.00"}],
    "tribute_kind": "memory",
    "manage_link": "https://northstar.example/account/",
    "give_link": "https://northstar.example/give/",
}


@pytest.fixture(autouse=True, scope="module")
def spanish(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compile the Spanish of this tree beside it, so that no stale file is tested."""
    folder = tmp_path_factory.mktemp("locale")
    made = folder / "es" / "LC_MESSAGES" / "django.mo"
    made.parent.mkdir(parents=True)
    source = ROOT / "donations" / "locale" / "es" / "LC_MESSAGES" / "django.po"
    command = ["babel.messages.frontend", "compile", "-l", "es", "-i", str(source), "-o", str(made)]
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)
    with override_settings(LOCALE_PATHS=[str(folder), *settings.LOCALE_PATHS]):
        yield


class Reader(HTMLParser):
    """Refuses what a mail must not hold; keeps links and text."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.text = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "img", "iframe", "link", "object", "form", "svg", "video"}
        names = dict(attrs)
        assert not {"src", "srcset", "background", "poster"} & names.keys()
        assert not any(name.startswith("on") for name in names)
        assert "url(" not in (names.get("style") or "")
        self.links += [names["href"] or ""] if "href" in names else []
        if tag in ("meta", "br"):
            self.text += " "
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.text += " "

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            assert "url(" not in data
            assert "@import" not in data
        else:
            self.text += data


def html_of(message: EmailMultiAlternatives) -> Reader:
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    return read(str(html))


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return reader


@pytest.mark.parametrize("context", [LEAST, NASTY, LETTERED], ids=["least", "nasty", "lettered"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", MAILS)
def test_each_mail_is_safe_neutral_and_fetches_nothing(
    template: str, language: str, context: dict[str, Any]
) -> None:
    message = mail.compose(template, "donor@example.org", context, language)

    assert "\n" not in message.subject
    assert 8 < len(message.subject) < 300
    reader = html_of(message)
    ours = {context["link"], context.get("manage_link"), context.get("give_link")}
    assert set(reader.links) <= ours
    for text in (message.subject, message.body, reader.text):
        assert not discretion.telling(text)
        assert not re.search(r"\bgift to\b(?! North)", message.subject)
        assert "\u202e" not in text
        assert "None" not in text
        assert "{" not in text
        assert "%(" not in text
    # Nothing that was typed became a header.
    parsed = message.message()
    assert parsed["Bcc"] is None
    assert parsed["To"] == "donor@example.org"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["List-Id"] is None
    assert re.fullmatch(r"<[0-9a-f]{32}@northstar\.example>", parsed["Message-ID"])
    assert parsed["Reply-To"] == (context["help_email"] or None)
    assert parsed["From"] == settings.DEFAULT_FROM_EMAIL


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", MAILS)
def test_the_plain_text_says_all_that_the_html_says(template: str, language: str) -> None:
    message = mail.compose(template, "donor@example.org", LETTERED, language)

    def words(text: str) -> set[str]:
        return {word.strip(":.,") for word in re.findall(r"[\w./:@-]+", text)}

    title = words(message.subject)
    assert words(html_of(message).text) - title <= words(message.body)


def test_a_message_keeps_its_lines_and_a_name_does_not() -> None:
    context = {**LETTERED, "donor_name": "Maya\nYou have won"}
    body = str(mail.compose("tribute_notice", "a@example.org", context, "en").body)
    assert "One\nTwo" in body
    assert "Maya You have won has made" in body


def test_a_note_to_a_third_person_tells_no_amount() -> None:
    message = mail.compose("tribute_notice", "a@example.org", LETTERED, "en")
    assert "25" not in message.body + html_of(message).text


def test_a_telling_subject_is_refused() -> None:
    context = {**LEAST, "organisation": "Survivors' Fund"}
    with pytest.raises(mail.TellingSubject):
        mail.compose("receipt", "a@example.org", context, "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", SIGN_IN)
def test_mails_about_signing_in_speak_the_same_voice(template: str, language: str) -> None:
    context = {
        "code": "ABCD-EFGH",
        "organisation_name": "North Star",
        "email": EVIL,
        "signup_url": "https://x.example/",
    }
    with translation.override(language):
        subject = render_to_string(f"account/email/{template}_subject.txt", context)
        text = render_to_string(f"account/email/{template}_message.txt", context)
    assert subject.strip()
    assert not discretion.telling(subject + text)
    assert "North Star" in text
    if "code" in template or "confirmation" in template:
        assert "\nABCD-EFGH\n" in text
        with translation.override(language):
            html = render_to_string(f"account/email/{template}_message.html", context)
        assert "ABCD-EFGH" in read(html).text


@pytest.mark.parametrize(
    "path",
    [
        str(path.relative_to(ROOT / "templates"))
        for folder in ("emails", "account/email")
        for path in sorted((ROOT / "templates" / folder).iterdir())
    ],
)
def test_every_sentence_has_its_spanish(path: str) -> None:
    for sentence in sentences(get_template(path).template):
        with translation.override("es"):
            assert translation.gettext(sentence) != sentence, sentence


def sentences(template: Any) -> Iterator[str]:
    for node in template.nodelist.get_nodes_by_type(Node):
        if isinstance(node, TranslateNode):
            yield node.filter_expression.var.literal
        elif isinstance(node, BlockTranslateNode):
            yield node.render_token_list(node.singular)[0]


def test_sentences_are_found_in_templates_at_all() -> None:
    source = (
        "{% load i18n %}{% translate 'One' %}{% blocktranslate %}Two {{ x }}{% endblocktranslate %}"
    )
    assert list(sentences(engines["django"].from_string(source).template)) == ["One", "Two %(x)s"]
