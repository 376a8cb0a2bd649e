"""The addresses that each side answers, read from its resolver, and the tables that judge them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

from tests.roles import PUBLIC, STAFF, acting_as

TABLES = Path(__file__).parent / "tables"
SIDES = {"public.txt": PUBLIC}  # every other table is of the staff side
# Who may ask: a letter each. A role that comes to site/staff/roles.py gets one here.
LETTERS = {
    "A": "Administrator",
    "E": "Editor",
    "P": "Publisher",
    "C": "Donor care",
    "F": "Finance",
    "L": "Finance lead",
    "U": "Auditor",
    "G": "Gifts coordinator",
    "B": "Purchaser",
    "K": "Needs keeper",
    "V": "Privacy lead",
    "S": "Safeguarding",
    "M": "Board",
    "W": "Case worker",
}
# Works for a partner and enters the partners' pages alone.
OUTSIDE = frozenset("W")
STRANGERS = {"0": "nobody signed in", "D": "a donor", "N": "staff without a role"}
GROUPS = {
    "roles": frozenset(LETTERS) - OUTSIDE,
    "signed": frozenset(LETTERS) | {"D", "N"},
    "all": frozenset(LETTERS) | set(STRANGERS),
    "none": frozenset[str](),
}
# An answer that whoever comes through the door gets alike: nothing is there, or not this way.
SIGN_IN = "sign-in"
ALIKE = ("404", "405", SIGN_IN)


@dataclass(frozen=True)
class Cell:
    """Who is let in, or the one answer that all get."""

    who: frozenset[str]
    alike: str = ""


@dataclass(frozen=True)
class Row:
    side: str
    route: str
    get: Cell
    post: Cell
    # What is confidential is shown only after a POST that says what for.
    asks_purpose: bool
    where: str

    @property
    def before_the_door(self) -> bool:
        """Answered without a role: signing in, whether the site lives, which door is whose."""
        technical = ("/account/", "/health/", "/ready/")
        return self.side == PUBLIC or self.route == "/" or self.route.startswith(technical)


def known(side: str) -> list[str]:
    """Every route of a side, in the order in which they answer, each once."""
    with acting_as(side):
        resolver = get_resolver(f"config.urls_{side}")
        return list(dict.fromkeys(_routes(resolver.url_patterns, "/")))


def _routes(entries: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for entry in entries:
        pattern = entry.pattern
        anything = isinstance(pattern, RegexPattern) and not str(pattern)
        route = before + ("<rest>" if anything else readable(str(pattern)))
        if isinstance(entry, URLResolver):
            yield from _routes(entry.url_patterns, route)
        else:
            yield route


def readable(pattern: str) -> str:
    """A regular expression as the address it stands for."""
    pattern = re.sub(r"\(\?P(<\w+>)(?:[^()]|\([^()]*\))*\)", r"\1", pattern)
    pattern = re.sub(r"\^?\((\(\?!.*|\(?\?:.*)", "<page>", pattern)
    return re.sub(r"[\^$\\]", "", pattern).replace(".*", "<rest>")


def rows() -> list[Row]:
    return [row for table in sorted(TABLES.glob("*.txt")) for row in _read(table)]


def _read(table: Path) -> Iterator[Row]:
    """A line: the address, who may GET it, who may POST to it (`=` as GET), and `purpose` where
    nothing confidential is shown before one is told. `#` begins a remark.
    """
    side = SIDES.get(table.name, STAFF)
    for number, line in enumerate(table.read_text().splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        where = f"{table.name}:{number}"
        purpose = words[3:] == ["purpose"]
        assert len(words) == 3 + purpose, f"{where}: an address, who may GET, who may POST, purpose"
        route, get, post = words[:3]
        first = _cell(get, where)
        second = first if post == "=" else _cell(post, where)
        yield Row(side, route, first, second, purpose, where)


def _cell(text: str, where: str) -> Cell:
    if text in ALIKE:
        return Cell(frozenset(), text)
    if text in GROUPS:
        return Cell(GROUPS[text])
    unknown = set(text) - set(LETTERS) - set(STRANGERS)
    assert not unknown, f"{where}: {', '.join(sorted(unknown))} is nobody's letter"
    return Cell(frozenset(text))
