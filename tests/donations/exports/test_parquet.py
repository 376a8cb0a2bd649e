"""Parquet read by another program than wrote it: whole, typed, exact, the same each time."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from django.db.models import Sum

from donations.models import Posting
from tests.donations.exports.conftest import bytes_of


@pytest.fixture
def read(tmp_path):
    """What DuckDB's own reader says of a file."""

    def ask(export, query):
        path = tmp_path / f"{export.pk}.parquet"
        path.write_bytes(bytes_of(export))
        with duckdb.connect() as database:
            return database.execute(query.replace("FILE", f"read_parquet('{path}')")).fetchall()

    return ask


def test_another_program_reads_the_ledger_from_parquet(book, export, read):
    for amount, reason in [(1, ""), (1050, "=1+1"), (99_999_999, 'a "b",\nc')]:
        book(amount, reason=reason)
    book(1234, currency="KWD")
    made = export(form="parquet")
    rows = read(made, "SELECT account, currency, sum(debit), sum(credit) FROM FILE GROUP BY ALL")
    told = {
        (account, currency): (debit or 0) - (credit or 0)
        for account, currency, debit, credit in rows
    }
    digits = {"USD": 2, "KWD": 3}
    totals = Posting.objects.values_list("account", "currency").annotate(total=Sum("amount_minor"))
    assert told == {
        (account, currency): Decimal(total).scaleb(-digits[currency])
        for account, currency, total in totals
    }
    memos = read(made, "SELECT DISTINCT memo FROM FILE ORDER BY memo")
    assert memos == [("",), ("=1+1",), ('a "b",\nc',)]
    types = dict(row[:2] for row in read(made, "DESCRIBE SELECT * FROM FILE"))
    assert types["date"] == types["happened"] == "DATE"
    assert types["entry"] == "BIGINT"
    assert types["debit"] == types["credit"] == "DECIMAL(20,3)"
    assert types["memo"] == "VARCHAR"
    assert read(made, "SELECT DISTINCT happened FROM FILE") == [(date(2026, 3, 4),)]
    again = export(form="parquet")
    assert again.sha256 == made.sha256


@pytest.mark.parametrize("kind", ["journal", "receipts", "lines", "donors"])
def test_every_kind_is_parquet_too_and_none_of_it_is_that_as_well(
    kind, make_gift, entity, export, read
):
    assert read(export(kind, "parquet"), "SELECT count(*) FROM FILE") == [(0,)]
    make_gift(amount=1234)
    made = export(kind, "parquet")
    column = "debit" if kind == "journal" else "amount"
    assert read(made, f"SELECT sum({column}) FROM FILE") == [(Decimal("12.34"),)]
