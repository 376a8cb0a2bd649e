"""Our files opened by LibreOffice, which obeys formulas: every payload stays text, money adds up.

Each format is converted once, with 300 payloads in it, to a flat file that tells of each cell what
it is. Only in `make faults`, which brings LibreOffice.
"""

import io
import itertools
import re
import shutil
import subprocess
from dataclasses import replace
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from donations.exports import disarm, making, plain
from donations.gift_aid import schedule
from donations.gift_aid.schedule import Line
from tests.donations.exports.conftest import FIRST, LAST, asker, book, bytes_of, entity
from tests.donations.gift_aid.test_schedule import GOOD

__all__ = ["asker", "book", "entity"]

STARTS = [
    *("=", "+", "-", "@", "\t=", "\r=", "\n=", "|", "%"),
    *"\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212",
]
WHAT = [
    *("1+1", "SUM(A1:A9)", "A1", 'HYPERLINK("http://127.0.0.1:9/?"&A1,"here")'),
    *('DDE("soffice","/etc/passwd","A1")', "cmd|' /C calc'!A0", "'file:///etc/passwd'#$Sheet1.A1"),
    'IMPORTXML(CONCAT("http://127.0.0.1:9/?",A1),"//a")',
    'WEBSERVICE("http://127.0.0.1:9/"&A1)',
]
BEFORE = ["", " ", "\u200b", "\u00a0"]
INSIDE = [f"Ana{cut}{start}1+1" for cut in ";\t\n\r" for start in "=+-@\uff1d"]
# Every beginning with every command at the very start; the rest from those with something before.
PAYLOADS = (
    [f"{start}{what}" for what, start in itertools.product(WHAT, STARTS)]
    + INSIDE
    + [f"{mark}{start}{what}" for what, mark, start in itertools.product(WHAT, BEFORE[1:], STARTS)]
)[:300]
# Commas alone, as the file means it; then also where Germany and an old program would cut.
# The rest: quoted by ", UTF-8, from the first line, US English, unquoted numbers are numbers,
# and formulas are to be calculated.
COMMAS, ANYWHERE = (
    f"--infilter=CSV:{cut},34,76,1,,1033,false,true,false,false,false,-1,true,true"
    for cut in ("44", "44/59/9")
)
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
# LibreOffice fills a sheet up with empty rows and cells: no more of them than this.
FURTHEST = 100


@pytest.fixture(scope="module")
def convert(tmp_path_factory):
    """Cells of several files as LibreOffice understands them, all opened by one start of it."""
    office = shutil.which("soffice")
    assert office, "LibreOffice is not installed: sh deploy/bootstrap.sh faults"
    own = tmp_path_factory.mktemp("office")

    def run(files: dict[str, bytes], *how: str):
        for name, data in files.items():
            (own / name).write_bytes(data)
        subprocess.run(
            [
                office, f"-env:UserInstallation=file://{own}/profile", "--headless", *how,
                "--convert-to", "fods", "--outdir", str(own), *(str(own / name) for name in files),
            ],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
        return [cells((own / name).with_suffix(".fods")) for name in files]

    return run


def cells(path):
    """Rows of (type, formula, value); the flat form says each of every cell."""
    rows = []
    for row in ElementTree.parse(path).iter(f"{TABLE}table-row"):  # noqa: S314 - our own file
        told = []
        for cell in row.iter(f"{TABLE}table-cell"):
            kind = cell.get(f"{OFFICE}value-type", "")
            value = cell.get(f"{OFFICE}value")
            if value is None:
                value = "\n".join(map(written, cell.findall(f"{TEXT}p")))
            times = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
            told += [(kind, cell.get(f"{TABLE}formula"), value)] * min(times, FURTHEST)
        times = int(row.get(f"{TABLE}number-rows-repeated", "1"))
        rows += [told] * min(times, FURTHEST)
    return rows


def written(paragraph):
    """A paragraph's text; several spaces and tabs are elements of their own."""
    parts = [paragraph.text or ""]
    for part in paragraph:
        if part.tag == f"{TEXT}s":
            parts.append(" " * int(part.get(f"{TEXT}c", "1")))
        parts += ["\t"] if part.tag == f"{TEXT}tab" else [written(part)]
        parts.append(part.tail or "")
    return "".join(parts)


def formulas(rows):
    return [cell for row in rows for cell in row if cell[1] is not None]


def table(rows):
    """Rows by heading, without what LibreOffice fills up with."""
    heads = [value for _kind, _formula, value in rows[0] if value]
    return [dict(zip(heads, row, strict=False)) for row in rows[1:] if row and row[0][2]]


def lines(text):
    """Without what a line end became on the way."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def unspaced(text):
    """Without white space, which ODF's paragraphs need not keep."""
    return re.sub("[ \t\r\n]+", "", text)


@pytest.fixture
def typed(clerk, book):
    """Payloads as notes of a journal and as donors' names, each with an amount of its own."""
    for number, payload in enumerate(PAYLOADS):
        book(amount(number), reason=payload, source=f"src{number}")
    for numbers in (range(150), range(150, 300)):
        batch = clerk.batch(*map(amount, numbers))
        for number in numbers:
            clerk.gift(batch, amount(number), name=PAYLOADS[number], postcode=f"{number}")
        clerk.post(batch)
    clerk.books_are_damaged = True  # the journal's entries belong to no gift


def amount(number):
    return 1001 + 7 * number


TOTAL = sum(map(amount, range(300)))


def assert_is_text(journal, donors, expected):
    """Notes and names are text and as expected; amounts are numbers and add up."""
    assert formulas(journal) == formulas(donors) == []
    notes = [row for row in table(journal) if row["reference"][2].startswith("src")]
    names = table(donors)
    assert (len(notes), len(names)) == (600, 300)
    for rows, column, count in ((notes, "memo", 2), (names, "name", 1)):
        wanted = sorted(lines(expected(payload)) for payload in PAYLOADS * count)
        assert {row[column][0] for row in rows} == {"string"}
        assert sorted(lines(row[column][2]) for row in rows) == wanted
    for row in notes:
        wanted = lines(expected(PAYLOADS[int(row["reference"][2].removeprefix("src"))]))
        assert lines(row["memo"][2]) == wanted
    assert [in_cents(notes, side) for side in ("debit", "credit")] == [TOTAL, TOTAL]
    assert in_cents(names, "amount") == TOTAL


def in_cents(rows, column):
    assert {row[column][0] for row in rows} <= {"float", ""}
    return sum(round(float(row[column][2] or 0) * 100) for row in rows)


@pytest.fixture
def made(entity, asker):
    """The files of an export's job alone: the receipts of 300 gifts need not be drawn."""

    def make(form):
        files = {}
        for kind in ("journal", "donors"):
            asked = making.ask(
                kind, form=form, entity=entity, first_day=FIRST, last_day=LAST, actor=asker
            )
            making.make_export.func(asked.pk)
            asked.refresh_from_db()
            files[f"{kind}.{form}"] = bytes_of(asked)
        return files

    return make


def test_there_are_300_payloads_and_the_rule_knows_each():
    assert len(set(PAYLOADS)) == 300
    assert all(disarm.text(payload) != payload for payload in PAYLOADS)


def test_csv_and_workbooks(typed, made, convert, monkeypatch):
    files = made("csv")
    assert_is_text(*convert(files, COMMAS), disarm.text)
    for rows in convert(files, ANYWHERE):
        assert formulas(rows) == []
    assert_is_text(*convert(made("xlsx")), lambda payload: payload)
    # The same can fail: what is not disarmed is obeyed.
    monkeypatch.setattr(plain, "safe", lambda column: column.sql)
    journal, donors = convert(made("csv"), COMMAS)
    assert (len(formulas(journal)), len(formulas(donors))) == (2 * len(WHAT), len(WHAT))
    with pytest.raises(AssertionError):
        assert_is_text(journal, donors, lambda payload: payload)


def test_ods_for_gift_aid(convert):
    some = [
        replace(GOOD, title=text, first_name=text, last_name=text, house=text, postcode=text,
                amount_minor=amount(number))
        for number, text in enumerate(PAYLOADS)
    ]  # fmt: skip
    together = Line(together=PAYLOADS[0], day=GOOD.day, amount_minor=1)
    (rows,) = convert({"claim.ods": schedule.workbook([*some, together])})
    assert formulas(rows) == []
    first = schedule.FIRST_ROW - 1
    found = rows[first : first + 301]
    for payload, row in zip(PAYLOADS, found, strict=False):
        title, _first, _last, house, postcode = row[2:7]
        for kind, _formula, text in (title, house, postcode):
            assert kind == "string"
            assert unspaced(text) == unspaced(disarm.text(payload))
    assert {cell[0] for row in found for cell in row[2:10]} <= {"string", ""}
    assert [round(float(row[10][2]) * 100) for row in found] == [*map(amount, range(300)), 1]


def test_a_formula_in_a_sheet_is_found(book, made, convert):
    book(reason="=1+1")
    sheet = made("xlsx")["journal.xlsx"]
    claim = schedule.workbook([replace(GOOD, house="=1+1")])
    armed = {
        "a.xlsx": with_part(
            sheet,
            "xl/worksheets/sheet1.xml",
            r'<c t="inlineStr" s="3"><is><t xml:space="preserve">=1\+1</t></is></c>',
            "<c><f>1+1</f></c>",
        ),
        "b.ods": with_part(
            claim,
            "content.xml",
            r"""<table:table-cell office:value-type="string"><text:p>'=1\+1""",
            '<table:table-cell table:formula="of:=1+1"><text:p>',
        ),
    }
    for rows in convert(armed):
        assert {value for _kind, _formula, value in formulas(rows)} == {"2"}
    for rows in convert({"c.xlsx": sheet, "d.ods": claim}):
        assert formulas(rows) == []


def with_part(whole, name, text, instead):
    """A ZIP in one part of which some text is another."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(whole)) as source, ZipFile(out, "w") as target:
        for part in source.namelist():
            data = source.read(part)
            if part == name:
                data = re.sub(text, instead, data.decode()).encode()
            target.writestr(part, data)
    return out.getvalue()
