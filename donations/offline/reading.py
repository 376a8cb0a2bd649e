"""A file of rows as text: its letters, its columns, and how it writes amounts, days and numbers.

Nothing is guessed that changes a meaning: how amounts and days are written is chosen by a person,
and 01/02/2026 is never read in two ways.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from io import StringIO

from core import money

# The whole file is read while a person waits; a year of checks is far below this.
MOST_BYTES = 8 * 1024 * 1024
MOST_ROWS = 20_000
LONGEST_CELL = 2_000
MOST_COLUMNS = 60
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
DAYS = {"ymd": "%Y-%m-%d", "mdy": "%m/%d/%Y", "dmy": "%d/%m/%Y"}
# Which sign groups thousands and which parts the fraction.
DECIMALS = {"point": (",", "."), "comma": (".", ",")}
SPACES = re.compile(r"[\s\u00a0\u202f'\u2019]")


class Unreadable(Exception):
    """The file as a whole cannot be read; `code` says why."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.about = about


@dataclass(frozen=True)
class Sheet:
    """A file's headings, and its rows with the line each began on."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str
    delimiter: str


def sheet(data: bytes, *, encoding: str = "", delimiter: str = "") -> Sheet:
    """The rows of a file.

    Args:
        encoding, delimiter: as chosen; found out from the file if not given.

    Raises:
        Unreadable: empty, too_large, binary, letters, no_headings, twice, too_many, cell, quotes.
    """
    if len(data) > MOST_BYTES:
        raise Unreadable("too_large")
    if b"\x00" in data:
        raise Unreadable("binary")
    text, encoding = _decoded(data, encoding)
    if not text.strip():
        raise Unreadable("empty")
    delimiter = delimiter or _delimiter(text)
    lines = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, tuple[str, ...]]] = []
    before = 0
    try:
        for cells in lines:
            first, before = before + 1, lines.line_num
            if any(cell.strip() for cell in cells):
                found.append((first, tuple(cell.strip() for cell in cells)))
            if len(found) > MOST_ROWS + 1:
                raise Unreadable("too_many", str(MOST_ROWS))
    except csv.Error:
        raise Unreadable("quotes", str(lines.line_num)) from None
    for line, row in found:
        if any(len(cell) > LONGEST_CELL for cell in row):
            raise Unreadable("cell", str(line))
    (_line, headings), rows = found[0], found[1:]
    _check(headings)
    return Sheet(headings, tuple(rows), encoding, delimiter)


def _check(headings: Sequence[str]) -> None:
    if len(headings) > MOST_COLUMNS or not all(headings):
        raise Unreadable("no_headings")
    plain = [heading.casefold() for heading in headings]
    for heading in plain:
        if plain.count(heading) > 1:
            raise Unreadable("twice", heading)


def _decoded(data: bytes, encoding: str) -> tuple[str, str]:
    """Text, and in which letters: UTF-8 if it is that, as its rules leave no doubt."""
    for one in (encoding,) if encoding else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(one), one
        except UnicodeDecodeError:
            continue
    raise Unreadable("letters")


def _delimiter(text: str) -> str:
    """The sign that parts most headings."""
    heading = text.lstrip().splitlines()[0]
    return max(DELIMITERS, key=heading.count)


def amount(text: str, *, currency: str, decimals: str) -> int:
    """Minor units of "1.234,56" or "1,234.56", in the chosen writing alone.

    Raises:
        ValueError: not an amount so written, below zero, or finer than the currency.
    """
    return money.to_minor(number(_without_sign(text, currency), decimals=decimals), currency)


def number(text: str, *, decimals: str) -> Decimal:
    """A number in the chosen writing; groups of three or none.

    Raises:
        ValueError: not a number so written.
    """
    group, point = DECIMALS[decimals]
    closed = SPACES.sub("", text)
    whole = rf"(?:\d{{1,3}}(?:{re.escape(group)}\d{{3}})+|\d+)"
    if not re.fullmatch(rf"{whole}(?:{re.escape(point)}\d+)?", closed, re.ASCII):
        raise ValueError("not a number in this writing")
    try:
        return Decimal(closed.replace(group, "").replace(point, "."))
    except InvalidOperation as error:
        raise ValueError("not a number") from error


def day(text: str, *, days: str) -> date:
    """A day in the chosen order; "/", "." and "-" part alike, and 2026-11-30 is always one.

    Raises:
        ValueError: no such day, or in another order.
    """
    found = re.fullmatch(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})", text.strip(), re.ASCII)
    if not found:
        raise ValueError("not a day")
    first, second, third = found.groups()
    if len(first) == 4:
        order = "ymd"
        text = f"{first}-{second}-{third}"
    else:
        order, text = days, f"{first}/{second}/{third}"
        if order == "ymd" or len(third) != 4:
            raise ValueError("the year has four digits")
    return datetime.strptime(text, DAYS[order]).date()  # noqa: DTZ007 - a day of no zone


def both_ways(texts: Sequence[str]) -> bool:
    """May these days be read with the month first and with the day first as well?"""
    slashed = [text for text in texts if not re.match(r"\d{4}", text.strip())]
    if not slashed:
        return False
    return all(_reads(text, "mdy") and _reads(text, "dmy") for text in slashed)


def _reads(text: str, days: str) -> bool:
    try:
        day(text, days=days)
    except ValueError:
        return False
    return True


def _without_sign(text: str, currency: str) -> str:
    closed = SPACES.sub("", text)
    return re.sub(rf"^(?:{currency}|[$€£¥])|(?:{currency}|[$€£¥])$", "", closed)
