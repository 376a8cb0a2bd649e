"""CSV (RFC 4180, UTF-8), disarmed; and Xero's, in files of at most 300 lines."""

import csv
import io
from collections.abc import Iterable
from itertools import groupby
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from donations.exports.copying import Source, listed, safe
from donations.exports.problem import Problem, Unfit

# By this a spreadsheet knows that it is UTF-8; importing programs would take it for a heading.
MARK = b"\xef\xbb\xbf"
# Of Xero's import of manual journals; a journal may not be divided.
XERO_LINES = 300


def write(file: IO[bytes], source: Source) -> None:
    file.write(MARK)
    write_bare(file, source)


def write_bare(file: IO[bytes], source: Source) -> None:
    file.write(heading(column.name for column in source.layout.columns))
    with source.copied(listed(source.layout, safe)) as blocks:
        file.writelines(blocks)


def write_xero(file: IO[bytes], source: Source) -> None:
    """A file for each currency and each 300 lines, of whole journals.

    Raises:
        Unfit: an entry has more lines than Xero takes, or an account has no code there.
    """
    head = heading(column.name for column in source.layout.columns[2:])
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        pages = _Pages(archive, head)
        with source.copied(listed(source.layout, safe)) as blocks:
            parted = (bytes(block).split(b",", 2) for block in blocks)
            for (currency, entry), journal in groupby(parted, key=lambda row: (row[0], row[1])):
                pages.add([line for _, _, line in journal], currency.decode(), entry.decode())
        pages.end()


class _Pages:
    """The files inside the ZIP; with a name and no clock they are the same each time."""

    def __init__(self, archive: ZipFile, head: bytes) -> None:
        self.archive, self.head = archive, head
        self.lines: list[bytes] = []
        self.currency, self.count = "", 0

    def add(self, journal: list[bytes], currency: str, entry: str) -> None:
        if len(journal) > XERO_LINES:
            raise Unfit(Problem.TOO_LONG, f"{entry}: {len(journal)}")
        if self.currency != currency or len(self.lines) + len(journal) > XERO_LINES:
            self.end()
        if self.currency != currency:
            self.currency, self.count = currency, 0
        self.lines += journal

    def end(self) -> None:
        """Write the file that is full, or the last one."""
        if self.lines:
            self.count += 1
            with self.archive.open(f"xero-{self.currency}-{self.count:04}.csv", "w") as page:
                page.writelines([self.head, *self.lines])
            self.lines = []


def heading(names: Iterable[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(names)
    return out.getvalue().encode()
