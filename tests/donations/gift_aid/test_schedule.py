"""The schedule: what HMRC takes, what it does not, and the same bytes each time."""

import io
import re
from dataclasses import replace
from datetime import date
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from donations.exports import disarm
from donations.gift_aid import schedule
from donations.gift_aid.schedule import Fault, Line
from tests.donations.exports.test_formats import PAYLOADS

GOOD = Line(
    title="Dr", first_name="Zoë", last_name="O'Neill-Núñez", house="Flat 2, 48 Orchard Lane",
    postcode="SW1A 1AA", day=date(2026, 4, 6), amount_minor=250_00,
)  # fmt: skip
FORMULAS = [payload for payload in PAYLOADS if payload.strip()][:100]
NO_POSTCODES = [
    *("", "SW1A1AA", "sw1a 1aa", "SW1A  1AA", "SW1A", "1AA", "12345", "N/A", "n/a", "X1"),
    *("SW1A 1A", "SW1A 11A", "SW1A AAA", "SW1AA 1AA", "S 1AA", "SWW1 1AA", "W1 1A1", "none"),
    *("SW1A 1AA ", " SW1A 1AA", "SW1A-1AA", "SW1A\t1AA", "=SW1A 1AA", "EC1A 1BBB", "ZZ", "D04"),
]
BAD: list[tuple[Line, Fault]] = [
    *((replace(GOOD, title=text), Fault.TITLE) for text in ("Doctor", "Dr.1", "=1", "N/A", "@Mr")),
    *((replace(GOOD, first_name=text), Fault.FIRST_NAME) for text in FORMULAS[:60]),
    *((replace(GOOD, last_name=text), Fault.LAST_NAME) for text in FORMULAS[40:]),
    *((replace(GOOD, house=text), Fault.HOUSE) for text in FORMULAS[:20]),
    *((replace(GOOD, postcode=text), Fault.POSTCODE) for text in NO_POSTCODES),
    *(
        (replace(GOOD, **{field: text}), wrong)
        for field, wrong in (("first_name", Fault.FIRST_NAME), ("last_name", Fault.LAST_NAME))
        for text in ("", " ", "N/A", "M2", "A" * 36, "Maya|", "Maya;", "<b>")
    ),
    *((replace(GOOD, house=text), Fault.HOUSE) for text in ("", " ", "A" * 41, "=48", "|", "-")),
    *((replace(GOOD, amount_minor=minor), Fault.AMOUNT) for minor in (0, -1, -25_000)),
    (replace(GOOD, day=date(1999, 12, 31)), Fault.DAY),
    (replace(GOOD, together="Small gifts"), Fault.TOGETHER),
    *(
        (Line(together=text, day=GOOD.day, amount_minor=minor), Fault.TOGETHER)
        for text, minor in (("A" * 36, 100), ("Small gifts", 1_000_01))
    ),
]


def sheets(data: bytes) -> list[list[list[object]]]:
    """The rows of every file of a ZIP, from HMRC's first line on."""
    found = []
    with ZipFile(io.BytesIO(data)) as file:
        for name in file.namelist():
            book = CalamineWorkbook.from_filelike(io.BytesIO(file.read(name)))
            assert book.sheet_names == [schedule.SHEET]
            rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
            assert rows[schedule.HEADINGS_ROW - 1][1:] == list(schedule.COLUMNS)
            found.append(rows[schedule.FIRST_ROW - 1 :])
    return found


def test_two_hundred_bad_lines_are_refused_each_with_its_reason() -> None:
    assert len(BAD) >= 200
    for line, wrong in BAD:
        assert schedule.fault(line) == wrong, line
    with pytest.raises(ValueError, match="last-name"):
        schedule.archive([GOOD, replace(GOOD, last_name="")], name="x")


def test_good_lines_are_taken_as_they_are_written_in_britain_and_abroad() -> None:
    for line in (
        GOOD,
        replace(GOOD, title="", postcode=schedule.ABROAD),
        replace(GOOD, first_name="J.", last_name="van der Bergh", house="The Old Mill"),
        replace(GOOD, first_name="王", last_name="Nguyễn"),
        replace(GOOD, house="1/2 48", postcode="M1 1AE"),
        Line(together="33 small gifts, part 1", day=GOOD.day, amount_minor=990_00),
    ):
        assert schedule.fault(line) is None, line
    assert schedule.postcode_of(" ec1a1bb ", "GB") == "EC1A 1BB"
    assert schedule.postcode_of("14850", "US") == "X"
    assert schedule.house_of("Flat 7, The Very Long Name of a House, 48 Lane") == "7"


def test_2500_lines_are_three_files_and_equal_to_the_penny() -> None:
    lines = [replace(GOOD, amount_minor=1 + 7 * number) for number in range(2_500)]
    data, count = schedule.archive(lines, name="claim")
    read = sheets(data)
    assert count == 3
    assert [len(rows) for rows in read] == [1_000, 1_000, 500]
    amounts = [round(float(str(row[10])) * 100) for rows in read for row in rows]
    assert amounts == [line.amount_minor for line in lines]
    assert read[2][0] == [
        *("", 1.0, "Dr", "Zoë", "O'Neill Núñez", "Flat 2, 48 Orchard Lane", "SW1A 1AA"),
        *("", "", "06/04/26", 140.01),
    ]
    assert schedule.archive(lines, name="claim")[0] == data


def test_what_does_not_apply_is_an_empty_cell() -> None:
    together = Line(together="3 small gifts, part 1", day=GOOD.day, amount_minor=30_00)
    sponsored = replace(GOOD, title="", sponsored=True)
    ((first, second),) = sheets(schedule.archive([together, sponsored], name="x")[0])
    assert first[2:9] == ["", "", "", "", "", "3 small gifts, part 1", ""]
    assert second[7:9] == ["", "Yes"]


def test_no_payload_becomes_a_formula() -> None:
    lines = [replace(GOOD, first_name=text, house=text) for text in FORMULAS]
    data = schedule.workbook(lines)
    with ZipFile(io.BytesIO(data)) as file:
        assert b"formula" not in file.read("content.xml").split(b"<office:body>")[1]
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)[schedule.FIRST_ROW - 1 :]
    assert len(rows) == 100
    for row in rows:
        for cell in (str(row[3]), str(row[5])):
            assert not re.match(disarm.FORMULA, cell), cell
