"""What an editor may have overlooked in a page: told, never forbidden."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from campaigns.blocks import DOWNLOADS
from campaigns.editing import behind
from campaigns.models import CampaignPage, Download, DownloadFile
from donations.forms import open_designations

# Longer ones are cut where a search engine or a message shows them.
LONGEST_TITLE, SHORTEST_SUMMARY = 60, 40
# Words in a sentence on average, above which most readers lose the thread.
LONGEST_SENTENCES = 25
FEW_WORDS = 60
WORDS = {
    "en": re.compile(
        r"\b(victims?|rescu(?:e|es|ed|er|ers|ing)|voiceless|helpless|modern[- ]day slaves?"
        r"|slaves?|broken (?:girls|women|lives))\b",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"\b(víctimas?|rescat\w+|rescates?|sin voz|indefens[oa]s?|esclav[oa]s?)\b", re.IGNORECASE
    ),
}
URGENCY = {
    "en": re.compile(
        r"\b(act now|last chance|hurry|only today|today only|before it.s too late"
        r"|time is running out|don.t wait|urgent(?:ly)?|don.t miss)\b",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"\b(actúe (?:ya|ahora)|última oportunidad|dese prisa|s[oó]lo (?:por )?hoy"
        r"|antes de que sea (?:demasiado )?tarde|se acaba el tiempo|no espere|urgente(?:mente)?"
        r"|no se lo pierda)\b",
        re.IGNORECASE,
    ),
}
EMPTY_LINKS = re.compile(
    r"(click here|here|read more|more|this link|haga clic aquí|clic aquí|aquí|leer más|más"
    r"|este enlace)[.…!]?",
    re.IGNORECASE,
)
LINK = re.compile(r"<a\b[^>]*>(.*?)</a>", re.IGNORECASE | re.DOTALL)
HEADING = re.compile(r"<h([34])\b", re.IGNORECASE)
TAG = re.compile(r"<[^>]+>")
BLOCK_END = re.compile(r"</(?:p|li|h\d)>|<br\s*/?>", re.IGNORECASE)
SENTENCE = re.compile(r"[.!?…]+(?:\s|$)|\n+")
# Of a block: what is no text of the page, or is somebody else's words.
NOT_OURS = ("agreed_by", "agreed_on", "words", "website", "source")


@dataclass(frozen=True)
class Overlooked:
    text: str
    # Publishing it all the same takes a reason, which the page's history keeps.
    asks_reason: bool = False


@dataclass
class _Body:
    texts: list[str] = field(default_factory=list)
    rich: list[str] = field(default_factory=list)
    undescribed: int = 0
    # Keys of the files that it shows.
    files: set[int] = field(default_factory=set)


def overlooked(page: Page) -> list[Overlooked]:
    """In the order in which an editor would see to them."""
    body, language = _read(page), page.locale.language_code
    plain = "\n".join([*body.texts, *map(_plain, body.rich)])
    return [
        *_words(plain, language),
        *_frame(page),
        *_body(body),
        *_sentences(plain),
        *_downloads(body),
        *_translation(page),
        *(_campaign(page) if isinstance(page, CampaignPage) else []),
    ]


def _words(plain: str, language: str) -> Iterator[Overlooked]:
    if found := _named(WORDS, language, plain):
        text = _("“%(words)s”: we speak of survivors and of what they do, not of rescue.")
        yield Overlooked(text % {"words": found}, asks_reason=True)
    if found := _named(URGENCY, language, plain):
        text = _("“%(words)s” presses people. Say what a gift does, and by when only if it is so.")
        yield Overlooked(text % {"words": found}, asks_reason=True)


def _named(patterns: dict[str, re.Pattern[str]], language: str, plain: str) -> str:
    pattern = patterns.get(language)
    found = dict.fromkeys(match[0].lower() for match in pattern.finditer(plain)) if pattern else {}
    return "”, “".join(found)


def _frame(page: Page) -> Iterator[Overlooked]:
    title = page.seo_title or page.title
    if len(title) > LONGEST_TITLE:
        text = _("The title has %(count)s letters; search engines cut it after %(most)s.")
        yield Overlooked(text % {"count": len(title), "most": LONGEST_TITLE})
    introduction = page.search_description or getattr(page, "summary", getattr(page, "lead", ""))
    if len(introduction) < SHORTEST_SUMMARY:
        yield Overlooked(_("It has no introduction to speak of: lists and shares show little."))
    if getattr(page, "picture_id", None) and not page.picture_in_words:
        yield Overlooked(_("The picture is not described for who does not see it."))


def _body(body: _Body) -> Iterator[Overlooked]:
    if body.undescribed:
        yield Overlooked(_("A picture in the body is not described for who does not see it."))
    for html in body.rich:
        levels = [int(level) for level in HEADING.findall(html)]
        if any(level > before + 1 for before, level in zip([2, *levels], levels, strict=False)):
            yield Overlooked(_("A small heading stands where no larger one is above it."))
            break
    links = [_plain(link).strip() for html in body.rich for link in LINK.findall(html)]
    if empty := next((link for link in links if EMPTY_LINKS.fullmatch(link)), ""):
        text = _("The link “%(words)s” does not say where it leads.")
        yield Overlooked(text % {"words": empty})


def _sentences(plain: str) -> Iterator[Overlooked]:
    sentences = [part.split() for part in SENTENCE.split(plain) if part.strip()]
    count = sum(map(len, sentences))
    if count >= FEW_WORDS and count / len(sentences) > LONGEST_SENTENCES:
        text = _("Its sentences have %(count)s words on average; shorter ones reach more people.")
        yield Overlooked(text % {"count": round(count / len(sentences))})


def _downloads(body: _Body) -> Iterator[Overlooked]:
    """What stands in a file is said by the page that shows it, in the file's own language."""
    shown = Download.objects.filter(pk__in=body.files).order_by("title", "pk")
    files = {one.file.name: one for one in shown}
    for read in DownloadFile.objects.filter(pk__in=files).defer("content"):
        file = files.pop(read.pk)
        for one in _words(read.text, file.language):
            told = _("In the document “%(title)s”: %(told)s")
            yield Overlooked(told % {"title": file.title, "told": one.text}, one.asks_reason)
        if read.unread:
            text = _(
                "Nobody can search %(unread)s of %(pages)s pages of the document “%(title)s”: "
                "they hold pictures, or letters that cannot be read. Look through them yourself "
                "for names, places and words of survivors."
            )
            numbers = {"unread": read.unread, "pages": read.pages}
            yield Overlooked(text % {"title": file.title, **numbers})
    for file in files.values():
        text = _("The document “%(title)s” was taken off: words in it were taken back.")
        yield Overlooked(text % {"title": file.title})


def _translation(page: Page) -> Iterator[Overlooked]:
    if page.pk and not page.get_translations().exists():
        yield Overlooked(_("It has no translation yet."))
    source = behind.source_of(page)
    if source is None:
        return
    found = behind.of(page, source)
    if found.same:
        text = ngettext(
            "%(n)s part is not translated yet: the globe at the top shows it.",
            "%(n)s parts are not translated yet: the globe at the top shows them.",
            found.same,
        )
        yield Overlooked(text % {"n": found.same})
    if found.changes:
        text = ngettext(
            "%(n)s part has changed in the page it is translated from: "
            "the globe at the top shows it.",
            "%(n)s parts have changed in the page it is translated from: "
            "the globe at the top shows them.",
            found.changes,
        )
        yield Overlooked(text % {"n": found.changes})


def _campaign(page: CampaignPage) -> Iterator[Overlooked]:
    campaign = page.campaign
    if campaign.is_over:
        yield Overlooked(_("The campaign is over. Does the page speak of it as over?"))
        return
    purpose = campaign.designation_id
    if purpose and not any(one.pk == purpose for one in open_designations()):
        yield Overlooked(_("What gifts go to is not open just now: the page shows no give box."))


def _read(page: Page) -> _Body:
    names = ("title", "summary", "lead", "hero_title", "hero_lead", "thanks", "search_description")
    body = _Body([getattr(page, name, "") or "" for name in names])
    for block in getattr(page, "body", None) or []:
        _walk(block.block.get_prep_value(block.value), body)
        if block.block_type == DOWNLOADS:
            body.files |= {file.pk for file in block.value["files"] if file}
    return body


def _walk(value: Any, body: _Body) -> None:
    if isinstance(value, str):
        (body.rich if "<" in value and ">" in value else body.texts).append(value)
    elif isinstance(value, list):
        for one in value:
            _walk(one, body)
    elif isinstance(value, dict):
        if "picture" in value and "alternative" in value and not value["alternative"]:
            body.undescribed += 1
        for name, one in value.items():
            if name not in NOT_OURS and name not in ("id", "type"):
                _walk(one, body)


def _plain(html: str) -> str:
    return unescape(TAG.sub("", BLOCK_END.sub("\n", html)))
