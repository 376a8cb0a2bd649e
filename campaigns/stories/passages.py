"""A survivor's sentences, found wherever they stand: whatever case, formatting and punctuation."""

import html
import json
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

# Shorter ones anybody may have written.
FEWEST_QUOTED, FEWEST_TOLD = 4, 6
GAP = "\N{HORIZONTAL ELLIPSIS}"
_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_TAG = re.compile(r"<[^>]*>")
# What may stand between two words: formatting, what HTML writes for a sign, signs.
_BETWEEN = r"(?:<[^>]*>|&[#\w]+;|[\W_])+"


class Passages:
    """What is to go from other people's texts.

    Of a quote the whole and each sentence, of a story each sentence. What a text with a living
    consent says, too, stays.
    """

    def __init__(self, quotes: Iterable[str], tellings: Iterable[str], living: Iterable[str]):
        found = {one for text in quotes for one in _pieces(text, FEWEST_QUOTED)}
        found |= {one for text in tellings for one in _pieces(text, FEWEST_TOLD)}
        kept = [_plain(text) for text in living]
        # The longest first, so that none leaves a rest of another behind.
        told = {one for one in found if not any(one in text for text in kept)}
        self.all = sorted(told, key=len, reverse=True)

    def __bool__(self) -> bool:
        return bool(self.all)

    def are_in(self, text: str) -> bool:
        plain = _plain(text)
        return any(one in plain for one in self.all)

    def are_printed_in(self, text: str) -> bool:
        """The same for a paper, whose lines break words and whose letters stand as they were drawn:
        only the letters count, not what is between them.
        """
        letters = _letters(text)
        return any(_letters(one) in letters for one in self.all)

    def without(self, value: Any) -> Any:
        """The same text, list or JSON, with a gap where one of them stood."""
        if isinstance(value, dict):
            return {key: self.without(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.without(one) for one in value]
        if not isinstance(value, str):
            return value
        if value[:1] in ("[", "{"):
            try:
                parsed = json.loads(value)
            except ValueError:
                return self._cut(value)
            cleaned = self.without(parsed)
            return value if cleaned == parsed else json.dumps(cleaned)
        return self._cut(value)

    def _cut(self, text: str) -> str:
        if not self.are_in(text):
            return text
        cut = unicodedata.normalize("NFC", text)
        for one in self.all:
            words = _BETWEEN.join(map(re.escape, one.split()))
            between = re.compile(rf"\b{words}\b[.!?…]*", re.IGNORECASE)
            cut = between.sub(lambda found: GAP + "".join(_TAG.findall(found[0])), cut)
        # What hides between signs that we do not know goes with all around it.
        return GAP if self.are_in(cut) else cut


def _plain(text: str) -> str:
    """Its words alone, in lower case, with a space around each."""
    bare = html.unescape(_TAG.sub(" ", text))
    return f" {' '.join(_WORD.findall(unicodedata.normalize('NFC', bare).casefold()))} "


def _letters(text: str) -> str:
    return "".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _pieces(text: str, fewest: int) -> Iterable[str]:
    for piece in (text, *_SENTENCE.split(text)):
        plain = _plain(piece)
        if len(plain.split()) >= fewest:
            yield plain
