"""Rows straight from PostgreSQL's COPY: one block a row, never all of them at once."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from donations.exports import disarm
from donations.exports.layouts import Column, Layout, Type

# How many rows between two words about how far it is.
STEP = 8_192
CSV = "FORMAT csv"


@dataclass(frozen=True)
class Source:
    """The rows of one export: what to select, for which period, and whom to tell how far it is."""

    layout: Layout
    given: Mapping[str, Any]
    tell: Callable[[int], None]

    @contextmanager
    def copied(self, cells: str, form: str = CSV) -> Iterator[Iterator[memoryview]]:
        """Blocks of COPY of this list of expressions, in the layout's order."""
        statement = f"COPY (SELECT {cells} {self.layout.source}) TO STDOUT ({form})"
        with connection.cursor() as cursor, cursor.copy(statement, self.given) as copy:
            yield self._told(iter(copy))

    def _told(self, blocks: Iterator[memoryview]) -> Iterator[memoryview]:
        for number, block in enumerate(blocks, start=1):
            yield block
            if number % STEP == 0:
                self.tell(number)


def listed(layout: Layout, cell: Callable[[Column], str]) -> str:
    return ", ".join(cell(column) for column in layout.columns)


def safe(column: Column) -> str:
    """The value as a text file carries it: nothing in it begins a formula."""
    return disarm.sql(column.sql) if column.type is Type.TEXT else column.sql
