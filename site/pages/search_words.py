"""How words are found: in the language of the page they stand in, with accents or without.

Each page is kept by the stems of its own language ("courses" is found by "course", "cursos" by
"curso"), and each word with an accent a second time without it. What is typed is looked for as it
is and without accents, by the stems of every language; which pages may be found is the search's.
PostgreSQL has a dictionary that takes accents off, but not in every installation.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Any

from modelsearch.backends.database.postgres import postgres
from modelsearch.query import And, Not, Or, Phrase, PlainText

# Stems of each language; what has no language is found by its very words.
STEMS = {"en": "english", "es": "spanish"}
AS_IT_IS = "simple"
CONFIGS = (*STEMS.values(), AS_IT_IS)
_WORD = re.compile(r"\w+")
_ENDING = re.compile(r"(?<=[cs])ion\b", re.IGNORECASE)


def without_accents(text: str) -> str:
    """The same letters, each without what stands above or below it: "educación", "niño"."""
    split = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in split if not unicodedata.combining(c)))


def with_plain_words(text: str) -> str:
    """The text, and after it the words that have another form without accents, in that form."""
    whole = unicodedata.normalize("NFC", text)
    words = dict.fromkeys(_WORD.findall(whole))
    return " ".join([whole, *(p for word in words if (p := without_accents(word)) != word)])


class Indexer(postgres.ObjectIndexer):
    """What is kept of a page, or of something else that is searched."""

    def __init__(self, obj: Any, backend: Any) -> None:
        super().__init__(obj, backend)
        locale = getattr(obj, "locale", None)
        self.config = STEMS.get(getattr(locale, "language_code", ""), AS_IT_IS)

    def as_vector(self, texts: Iterable[tuple[str, str]], for_autocomplete: bool = False) -> Any:
        return super().as_vector(
            [(with_plain_words(text), weight) for text, weight in texts], for_autocomplete
        )


# The library makes it by this name, and has no setting for another.
postgres.ObjectIndexer = Indexer


def with_spanish_accent(text: str) -> str:
    """The commonest ending that is typed without its accent, and whose stem needs it."""
    return _ENDING.sub("ión", text)


def _other(query: Any, form: Callable[[str], str]) -> Any:
    """The same question with its words in another form."""
    if isinstance(query, PlainText):
        return PlainText(form(query.query_string), operator=query.operator)
    if isinstance(query, Phrase):
        return Phrase(form(query.query_string))
    if isinstance(query, (And, Or)):
        return type(query)([_other(one, form) for one in query.subqueries])
    return Not(_other(query.subquery, form)) if isinstance(query, Not) else query


class Compiler(postgres.PostgresSearchQueryCompiler):
    def build_tsquery(self, query: Any, config: str | None = None) -> Any:
        """As it was typed, with accents and without, by the stems of each language."""
        others = [_other(query, form) for form in (without_accents, with_spanish_accent)]
        forms = {repr(one): one for one in (query, *others)}.values()
        parts = [self.build_tsquery_content(form, config=by) for form in forms for by in CONFIGS]
        return reduce(or_, parts) if all(parts) else None


class AutocompleteCompiler(postgres.PostgresAutocompleteQueryCompiler):
    def build_tsquery(self, query: Any, config: str | None = None) -> Any:
        """Beginnings of words have no stems."""
        return super().build_tsquery(_other(query, without_accents), config)


class SearchBackend(postgres.PostgresSearchBackend):
    """Wagtail's own, in PostgreSQL, with the words of each language."""

    query_compiler_class = Compiler
    autocomplete_query_compiler_class = AutocompleteCompiler
