"""What goes along with a statement of the year: an app above says what, and draws it.

By mail it is a link, as new as the day it is opened; with a letter it is a paper of its own. The
statement's facts, bytes and fingerprint are the same with it and without.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from donations.models import Donation, Statement


@dataclass(frozen=True)
class Enclosure:
    """How it is made. `draw` reads no database, the others do."""

    # Of statements of one run, by their keys: what `draw` needs, in whatever process.
    sheets: Callable[[Sequence[Statement]], dict[int, Any]]
    # The same of paid gifts of one donor, in order of time, in the days from the first to the last.
    of_gifts: Callable[[Sequence[Donation], date, date], Any]
    draw: Callable[[Any], bytes]
    # The address for a mail in this language.
    link: Callable[[Statement, str], str]


# One at most.
ENCLOSED: list[Enclosure] = []


def sheets(rows: Sequence[Statement]) -> dict[int, Any]:
    """Of those that are posted; who has an e-mail address gets the link."""
    found: dict[int, Any] = {}
    for one in ENCLOSED:
        found |= one.sheets([row for row in rows if not row.email])
    return found


def sheet(statement: Statement) -> Any:
    """Of one, whichever way it goes."""
    found = (one.sheets([statement]).get(statement.pk) for one in ENCLOSED)
    return next(found, None)


def of_year(gifts: Sequence[Donation], year: int) -> bytes | None:
    """What one donor reads of a calendar year in which she gave these, for staff who help her."""
    days = date(year, 1, 1), date(year, 12, 31)
    return next((one.draw(one.of_gifts(gifts, *days)) for one in ENCLOSED), None)


def draw(sheet: Any) -> bytes | None:
    return ENCLOSED[0].draw(sheet) if ENCLOSED and sheet is not None else None


def link(statement: Statement, *, language: str) -> str:
    """Empty for a statement that goes alone, or on which there is no gift."""
    alone = not statement.run.encloses or not statement.gifts
    return "" if alone else next((one.link(statement, language) for one in ENCLOSED), "")
