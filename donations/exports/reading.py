"""Files read back after writing, by other code than wrote them: what do they add up to?"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import IO
from xml.parsers import expat
from zipfile import ZipFile

from donations.exports.layouts import Layout
from donations.exports.problem import Problem, Unfit
from donations.exports.totals import ZERO, Totals
from donations.models import Export

Format = Export.Format
Row = Sequence[str]
BLOCK = 1 << 18


def totals(file: IO[bytes], form: str, layout: Layout) -> Totals:
    """What is in the file.

    Raises:
        Unfit: debits and credits of one of its files differ, in any currency.
    """
    file.seek(0)
    if form == Format.XERO:
        return _xero(file, layout)
    if form == Format.PARQUET:
        from donations.exports import parquet  # noqa: PLC0415 - 100 MB that few processes need

        return _balanced(parquet.totals(file, layout), layout)
    rows = _sheets(file) if form == Format.XLSX else _lines(file)
    return _balanced(_added(rows, layout.places(layout.by), layout.places(layout.sums)), layout)


def _lines(file: IO[bytes]) -> Iterator[Row]:
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    try:
        rows = csv.reader(text, strict=True)
        next(rows)
        yield from rows
    finally:
        text.detach()


def _added(rows: Iterator[Row], by: Sequence[int], sums: Sequence[int]) -> Totals:
    found: dict[tuple[str, ...], list[Decimal]] = {}
    count = 0
    for row in rows:
        count += 1
        group = tuple([row[place] for place in by])
        added = found.get(group)
        if added is None:
            added = found[group] = [ZERO] * len(sums)
        for place, column in enumerate(sums):
            if value := row[column]:
                added[place] += Decimal(value)
    return Totals(count, found)


def _balanced(found: Totals, layout: Layout) -> Totals:
    """The same, if what has debits and credits has as much of each in every currency."""
    if len(layout.sums) > 1:
        off: dict[str, Decimal] = {}
        for group, (debit, credit) in found.groups.items():
            off[group[-1]] = off.get(group[-1], ZERO) + debit - credit
        for currency, difference in off.items():
            if difference:
                raise Unfit(Problem.DIFFERS, f"debits - credits: {difference:f} {currency}")
    return found


def _xero(file: IO[bytes], layout: Layout) -> Totals:
    """All files of the ZIP together; each must balance by itself."""
    by, sums = layout.places(layout.by[:1]), layout.places(layout.sums)
    found = Totals()
    with ZipFile(file) as archive:
        for name in archive.namelist():
            currency = name.split("-")[1]
            with archive.open(name) as page:
                # The first two columns are not in the files.
                part = _added(_lines(page), [by[0] - 2], [sums[0] - 2])
            if off := sum((amounts[0] for amounts in part.groups.values()), ZERO):
                raise Unfit(Problem.DIFFERS, f"{name}: {off:f} {currency}")
            for (code,), amounts in part.groups.items():
                found.add((code, currency), amounts, 0)
            found.rows += part.rows
    return found


def _sheets(file: IO[bytes]) -> Iterator[Row]:
    """Rows of every sheet of a workbook but their headings, cells as text."""
    with ZipFile(file) as archive:
        pages = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        for name in pages:
            with archive.open(name) as page:
                rows = _parsed(page.read)
                next(rows)
                yield from rows


def _parsed(read: Callable[[int], bytes]) -> Iterator[Row]:
    done: list[Row] = []
    cells: list[str] = []
    value: list[str] = []

    def begin(name: str, _attributes: object) -> None:
        if name == "c":
            value.clear()
        elif name == "row":
            cells.clear()

    def end(name: str) -> None:
        if name == "c":
            cells.append("".join(value))
        elif name == "row":
            done.append(cells.copy())

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = value.append
    while block := read(BLOCK):
        parser.Parse(block, False)
        yield from done
        done.clear()
    parser.Parse(b"", True)
