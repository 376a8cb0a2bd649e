"""A claim's schedule as HM Revenue and Customs takes it: its columns, 1,000 lines a file, ODS.

What a line may hold: gov.uk, "Schedule spreadsheet to claim back tax on Gift Aid donations".
"""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from donations.exports import disarm

SHEET = "R68GAD_V1_00_0_EN"
LINES = 1_000
TITLE, NAME, HOUSE, TOGETHER_TEXT = 4, 35, 40, 35
# A gift that may stand together with others, and what such a line may add up to.
TOGETHER_MINOR, TOGETHER_LINE_MINOR = 30_00, 1_000_00
COLUMNS = (
    *("Item", "Title", "First name", "Last name", "House name or number", "Postcode"),
    *("Aggregated donations", "Sponsored event", "Donation date", "Amount"),
)
# Where HMRC's own sheet has its fields, counted from 1.
EARLIEST_LABEL_ROW, EARLIEST_ROW, HEADINGS_ROW, FIRST_ROW = 12, 13, 23, 25
ABROAD = "X"
# The Post Office's forms: "A9 9AA" to "AA9A 9AA".
POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})")
# Letters of any script with marks, and what stands in names between them.
PERSONS = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f .'\u2019-])*")
HOUSES = re.compile(r"\w(?:[\w \u0300-\u036f.,'\u2019/&()#-])*")
# What XML cannot hold.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# The same bytes each time: no file inside a ZIP knows a clock.
EMPTY = f'<table:table table:name="{SHEET}"/>'.encode()
NO_CLOCK = (1980, 1, 1, 0, 0, 0)


class Fault(StrEnum):
    """What HMRC would not take of a line; the desk has the words."""

    TITLE = "title"
    FIRST_NAME = "first-name"
    LAST_NAME = "last-name"
    HOUSE = "house"
    POSTCODE = "postcode"
    DAY = "day"
    AMOUNT = "amount"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line; a donor's, or of several small gifts with a text in place of a name."""

    title: str = ""
    first_name: str = ""
    last_name: str = ""
    house: str = ""
    postcode: str = ""
    together: str = ""
    sponsored: bool = False
    day: date
    amount_minor: int


def postcode_of(typed: str, country: str) -> str:
    """With its space and in capitals; X for an address abroad; empty if it is none."""
    if country != "GB":
        return ABROAD
    found = POSTCODE.fullmatch("".join(typed.upper().split()))
    return " ".join(found.groups()) if found else ""


def house_of(address_line: str) -> str:
    """The first line as it is, if it is short enough; else the word in it that has a figure."""
    line = " ".join(address_line.split())
    if len(line) <= HOUSE:
        return line
    return next((word.strip(",") for word in line.split() if any(map(str.isdigit, word))), line)


def fault(line: Line) -> Fault | None:
    """The first thing that is wrong with a line."""
    if not line.day <= date.max or line.day.year < 2000:
        return Fault.DAY
    if line.amount_minor <= 0:
        return Fault.AMOUNT
    if line.together:
        several = (line.title, line.first_name, line.last_name, line.house, line.postcode)
        fits = len(line.together) <= TOGETHER_TEXT and line.amount_minor <= TOGETHER_LINE_MINOR
        return None if fits and not any(several) else Fault.TOGETHER
    if len(line.title) > TITLE or (line.title and not PERSONS.fullmatch(line.title)):
        return Fault.TITLE
    for name, wrong in (
        (line.first_name, Fault.FIRST_NAME),
        (line.last_name, Fault.LAST_NAME),
    ):
        if len(name) > NAME or not PERSONS.fullmatch(name):
            return wrong
    if len(line.house) > HOUSE or not HOUSES.fullmatch(line.house):
        return Fault.HOUSE
    known = line.postcode == ABROAD or postcode_of(line.postcode, "GB") == line.postcode != ""
    return None if known else Fault.POSTCODE


def archive(lines: Sequence[Line], *, name: str) -> tuple[bytes, int]:
    """A ZIP of as many schedules as the lines need, and their number.

    Raises:
        ValueError: a line that HMRC would not take.
    """
    for line in lines:
        if wrong := fault(line):
            raise ValueError(f"{wrong}: {line.day}")
    pages = [lines[start : start + LINES] for start in range(0, len(lines), LINES)]
    out = io.BytesIO()
    with ZipFile(out, "w") as file:
        for number, page in enumerate(pages, start=1):
            file.writestr(_entry(f"{name}-{number:02}.ods"), workbook(page))
    return out.getvalue(), len(pages)


def workbook(lines: Sequence[Line]) -> bytes:
    """One schedule as ODS (ISO 26300), in the places of HMRC's own sheet."""
    out = io.BytesIO()
    with ZipFile(out, "w") as file:
        for name, data in _frame().items():
            entry = _entry(name)
            # By its first bytes, uncompressed, a program knows what the file is.
            entry.compress_type = ZIP_STORED if name == "mimetype" else ZIP_DEFLATED
            file.writestr(entry, data.replace(EMPTY, _table(lines).encode()))
    return out.getvalue()


@cache
def _frame() -> dict[str, bytes]:
    """The parts of an empty spreadsheet with our one table; the library's clock stays outside."""
    from odfdo import Document, Table  # noqa: PLC0415 - a hundred modules that few processes need

    document = Document("spreadsheet")
    document.body.clear()
    document.body.append(Table(SHEET))
    written = io.BytesIO()
    document.save(written)
    with ZipFile(written) as made:
        parts = {name: made.read(name) for name in ("mimetype", "content.xml", "styles.xml")}
    assert parts["content.xml"].count(EMPTY) == 1
    return parts | {"META-INF/manifest.xml": _manifest()}


def _entry(name: str) -> ZipInfo:
    return ZipInfo(name, NO_CLOCK)


def _manifest() -> bytes:
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    files = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{media}"/>'
        for name, media in (("/", kind), ("content.xml", "text/xml"), ("styles.xml", "text/xml"))
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest:manifest xmlns:manifest="{space}" manifest:version="1.3">{files}'
        "</manifest:manifest>"
    ).encode()


def _table(lines: Sequence[Line]) -> str:
    """The sheet as text: an object for each of 10,000 cells takes the library 16 seconds."""
    earliest = min(line.day for line in lines)
    label = "Earliest donation date in the period of claim. (DD/MM/YY)"
    rows = [
        _gap(EARLIEST_LABEL_ROW - 1),
        _row(["", "", "", _text(label)]),
        _row(["", "", "", _text(_day(earliest))]),
        _gap(HEADINGS_ROW - EARLIEST_ROW - 1),
        _row(["", *map(_text, COLUMNS)]),
        _gap(FIRST_ROW - HEADINGS_ROW - 1),
        *(_row(["", *_cells(number, line)]) for number, line in enumerate(lines, start=1)),
    ]
    return f'<table:table table:name="{SHEET}">{"".join(rows)}</table:table>'


def _cells(number: int, line: Line) -> Iterable[str]:
    yield _number(str(number))
    for value in (line.title, _single(line.first_name), _single(line.last_name), line.house):
        yield _text(value)
    yield _text(line.postcode)
    yield _text(line.together)
    yield _text("Yes" if line.sponsored else "")
    yield _text(_day(line.day))
    yield _number(f"{line.amount_minor // 100}.{line.amount_minor % 100:02}")


def _single(name: str) -> str:
    """HMRC asks for a space in place of the hyphen of a double-barrelled name."""
    return " ".join(name.replace("-", " ").split())


def _day(day: date) -> str:
    return f"{day:%d/%m/%y}"


def _text(value: str) -> str:
    """Typed as text, and disarmed all the same: HMRC's macros and editors read it again."""
    if not value:
        return ""
    return (
        '<table:table-cell office:value-type="string">'
        f"<text:p>{escape(disarm.text(CONTROL.sub('', value)))}</text:p></table:table-cell>"
    )


def _number(value: str) -> str:
    return (
        f'<table:table-cell office:value-type="float" office:value="{value}">'
        f"<text:p>{value}</text:p></table:table-cell>"
    )


def _row(cells: Iterable[str]) -> str:
    return (
        "<table:table-row>"
        + "".join(cell or "<table:table-cell/>" for cell in cells)
        + "</table:table-row>"
    )


def _gap(rows: int) -> str:
    return (
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell/>'
        "</table:table-row>"
    )
