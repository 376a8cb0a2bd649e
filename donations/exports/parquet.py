"""Parquet, column by column in groups of rows; amounts are exact decimals, text is text.

Imported only when one is written or read: the library behind it takes some 100 MB.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import IO

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from donations.exports.copying import Source, listed
from donations.exports.layouts import Column, Layout, Type
from donations.exports.totals import ZERO, Totals

# Parsed and written at once; half a dozen megabytes.
GROUP_ROWS = 16_384
# Room for the digits of any currency.
KINDS = {
    Type.TEXT: pa.string(),
    Type.WORD: pa.string(),
    Type.DAY: pa.date32(),
    Type.WHOLE: pa.int64(),
    Type.AMOUNT: pa.decimal128(20, 3),
}


def write(file: IO[bytes], source: Source) -> None:
    schema = pa.schema([(column.name, KINDS[column.type]) for column in source.layout.columns])
    reading = pa.csv.ReadOptions(column_names=schema.names)
    # What is not there is empty without quotes; empty text has them.
    converting = pa.csv.ConvertOptions(
        column_types=schema,
        null_values=[""],
        strings_can_be_null=False,
        quoted_strings_can_be_null=False,
    )
    parsing = pa.csv.ParseOptions(newlines_in_values=True)
    with (
        pa.parquet.ParquetWriter(file, schema, compression="zstd") as writer,
        # One group is written while the next one comes from the database.
        ThreadPoolExecutor(1) as beside,
        source.copied(listed(source.layout, _plain)) as blocks,
    ):

        def keep(rows: bytes) -> None:
            data = pa.BufferReader(rows)
            writer.write_table(pa.csv.read_csv(data, reading, parsing, converting))

        before: Future[None] | None = None
        for rows in _groups(blocks):
            if before:
                before.result()
            before = beside.submit(keep, rows)
        if before:
            before.result()


def _plain(column: Column) -> str:
    return column.sql


def _groups(blocks: Iterator[memoryview]) -> Iterator[bytes]:
    while rows := b"".join(islice(blocks, GROUP_ROWS)):
        yield rows


def totals(file: IO[bytes], layout: Layout) -> Totals:
    """What is in the file, by the layout's groups."""
    found = Totals()
    names = [*layout.by, *layout.sums]
    asked = [*((name, "sum") for name in layout.sums), ([], "count_all")]
    with pa.parquet.ParquetFile(file) as held:
        for batch in held.iter_batches(GROUP_ROWS, columns=names):
            groups = pa.Table.from_batches([batch]).group_by(layout.by).aggregate(asked)
            for row in groups.to_pylist():
                sums = [row[f"{name}_sum"] or ZERO for name in layout.sums]
                found.add(tuple(row[name] for name in layout.by), sums, row["count_all"])
    return found
