"""Files read by other programs than ours: whole, equal to the ledger, and no formula in them."""

import csv
import io
import itertools
from collections import defaultdict
from decimal import Decimal
from zipfile import ZipFile

import openpyxl
import pytest
from django.db import connection
from django.db.models import Sum

from donations.exports import disarm
from donations.ledger import Account, Leg
from donations.models import ChartAccount, Designation, Posting
from tests.donations.exports.conftest import bytes_of

STARTS = [
    *("=", "+", "-", "@", "\t", "\r", "\n", "|", "%"),
    *"\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212",
]
WHAT = ["1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x.example","y")', "SUM(A1:A9)", "A0"]
BEFORE = ["", " ", "\x01", "\u200b", "\u00a0"]
# What begins a formula, the formula, and what may stand before: 280 of these, and 20 inside.
PAYLOADS = [
    f"{before}{start}{what}" for before, what, start in itertools.product(BEFORE, WHAT, STARTS)
][:280] + [f"Ana{cut}{start}1+1" for cut in ";\t\n\r" for start in "=+-@\uff1d"]
HARMLESS = [
    *("", "Ana", "José Núñez", "a@b.example", "x=1", "1-2", "O'Neil", '"quoted", said', "<b>&amp;"),
    *("a\\b", "_x0041_", "Ünal; Ali", "多谢", "0", "{x}", "~", "(x)", "50%", "a|b", "line\nline"),
]


def rows_of(data, form):
    """What an independent program reads: a heading and rows."""
    if form == "csv":
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def amounts_by_account(rows):
    head, *rest = rows
    account, debit, credit = map(head.index, ("account", "debit", "credit"))
    sums = defaultdict(Decimal)
    for row in rest:
        sums[row[account]] += Decimal(str(row[debit] or 0)) - Decimal(str(row[credit] or 0))
    return {name: amount for name, amount in sums.items() if amount}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_another_program_reads_what_the_ledger_holds(book, export, form):
    for amount in (1, 1050, 99_999_999):
        book(amount, reason="A “reason”, with commas; and\nlines")
    made = export(form=form)
    rows = rows_of(bytes_of(made), form)
    assert len(rows) == 1 + Posting.objects.count() == 1 + made.rows
    in_books = Posting.objects.values_list("account").annotate(total=Sum("amount_minor"))
    assert amounts_by_account(rows) == {name: Decimal(total) / 100 for name, total in in_books}
    memo = rows[0].index("memo")
    assert {row[memo] for row in rows[1:]} == {"A “reason”, with commas; and\nlines"}


def test_both_forms_of_the_rule_say_the_same_and_change_nothing_harmless(db):
    values = [*PAYLOADS, *HARMLESS]
    assert len(set(PAYLOADS)) == 300
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {disarm.sql('v')} FROM unnest(%s::text[]) WITH ORDINALITY u(v, n)"
                       " ORDER BY n", [values])  # fmt: skip
        by_server = [row[0] for row in cursor.fetchall()]
    assert by_server == [disarm.text(value) for value in values]
    assert by_server[len(PAYLOADS) :] == HARMLESS
    for payload, written in zip(PAYLOADS, by_server, strict=False):
        assert written != payload
        assert written.replace("'", "") == payload.replace("'", "")


def test_no_payload_is_a_formula(book, export):
    for number, payload in enumerate(PAYLOADS):
        # Sources are unique; the payload itself stands in the memo.
        book(reason=payload, source=f"src{number}")
    rows = rows_of(bytes_of(export()), "csv")
    read = told(rows)
    assert [read[f"src{number}"] for number in range(300)] == list(map(disarm.text, PAYLOADS))
    for cell in itertools.chain(*rows):
        assert not cell.lstrip("\x01 \u00a0\u200b").startswith(tuple(STARTS)), cell

    data = bytes_of(export(form="xlsx"))
    with ZipFile(io.BytesIO(data)) as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml")
    read = told(rows_of(data, "xlsx"))
    for number, payload in enumerate(PAYLOADS):
        assert read[f"src{number}"] == payload.replace("\x01", "")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    # Text, numbers (no value is one, too) and days; a formula would be "f".
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


def told(rows):
    memo, reference = rows[0].index("memo"), rows[0].index("reference")
    return {row[reference]: row[memo] or "" for row in rows[1:]}


def test_text_of_every_sort_survives_in_a_workbook(book, export):
    for number, text in enumerate(HARMLESS):
        book(reason=text, source=f"s{number}")
    read = told(rows_of(bytes_of(export(form="xlsx")), "xlsx"))
    # openpyxl leaves Excel's escape of an escape as it is (ECMA-376, ST_Xstring).
    expected = [text.replace("_x0041_", "_x005F_x0041_") for text in HARMLESS]
    assert [read[f"s{number}"] for number in range(len(HARMLESS))] == expected


def test_amounts_are_numbers_with_the_digits_of_their_currency(book, export):
    book(1234, currency="JPY")
    book(1234, currency="KWD")
    book(1234, currency="USD")
    made = export()
    rows = rows_of(bytes_of(made), "csv")
    debit, currency = rows[0].index("debit"), rows[0].index("currency")
    assert {row[currency]: row[debit] for row in rows[1:] if row[debit]} == {
        "JPY": "1234", "KWD": "1.234", "USD": "12.34",
    }  # fmt: skip
    sheet = rows_of(bytes_of(export(form="xlsx")), "xlsx")
    assert {type(row[debit]) for row in sheet[1:] if row[debit] is not None} <= {int, float}


@pytest.mark.parametrize("form", ["csv", "xlsx", "quickbooks", "xero"])
def test_an_empty_period_gives_a_heading_and_no_rows(entity, export, form):
    made = export(form=form)
    assert (made.rows, made.totals) == (0, [])
    data = bytes_of(made)
    if form == "xero":
        assert ZipFile(io.BytesIO(data)).namelist() == []
    elif form == "xlsx":
        assert len(rows_of(data, "xlsx")) == 1
    else:
        assert data.count(b"\n") == 1


def test_quickbooks_gets_balanced_journals_with_its_own_account_names(book, export):
    for amount in (100, 250):
        book(amount)
    chart(Account.CONTRIBUTIONS).update(name="Income:Gifts, all")
    chart(Account.PROCESSOR).update(name="=Stripe")
    data = bytes_of(export(form="quickbooks"))
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    assert {row["AccountName"] for row in rows} == {"Income:Gifts, all", "'=Stripe"}
    journals = defaultdict(Decimal)
    for row in rows:
        assert bool(row["Debits"]) != bool(row["Credits"])
        journals[row["JournalNo"]] += Decimal(row["Debits"] or 0) - Decimal(row["Credits"] or 0)
        month, day, year = row["JournalDate"].split("/")
        assert (len(month), len(day), len(year)) == (2, 2, 4)
    assert len(journals) == 2
    assert set(journals.values()) == {Decimal(0)}


def test_xero_gets_files_of_at_most_300_lines_each_of_whole_balanced_journals(book, export):
    purpose = Designation.objects.get(is_default=True)
    for number, legs in enumerate([298, 4, 2, 2, 296, 300, 2]):
        parts = [Leg(Account.CONTRIBUTIONS, -1 - i, "USD", purpose) for i in range(legs - 1)]
        whole = -sum(leg.amount_minor for leg in parts)
        book(legs=[Leg(Account.PROCESSOR, whole, "USD"), *parts], source=f"x{number}")
    book(500, currency="EUR")
    made = export(form="xero")
    lines, narrations = [], []
    with ZipFile(io.BytesIO(bytes_of(made))) as archive:
        for name in archive.namelist():
            rows = list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))
            lines.append((name, len(rows)))
            by_journal = defaultdict(Decimal)
            for row in rows:
                by_journal[row["*Narration"], row["*Date"]] += Decimal(row["*Amount"])
                assert row["*TaxRate"]
                assert row["*AccountCode"] in {"4010", "1050"}
            assert set(by_journal.values()) == {Decimal(0)}
            narrations += by_journal
    assert lines == [
        *(("xero-EUR-0001.csv", 2), ("xero-USD-0001.csv", 298), ("xero-USD-0002.csv", 8)),
        *(("xero-USD-0003.csv", 296), ("xero-USD-0004.csv", 300), ("xero-USD-0005.csv", 2)),
    ]
    assert len(narrations) == len(set(narrations)) == 8


def test_a_journal_longer_than_a_file_of_xero_is_refused_in_words(book, export):
    purpose = Designation.objects.get(is_default=True)
    parts = [Leg(Account.CONTRIBUTIONS, -1, "USD", purpose)] * 300
    book(legs=[Leg(Account.PROCESSOR, 300, "USD"), *parts])
    made = export(form="xero", until="failed")
    assert made.problem == "too-long"
    assert not made.parts.exists()


def chart(account, purpose=None):
    return ChartAccount.objects.filter(account=account, designation=purpose)


@pytest.mark.parametrize("form", ["quickbooks", "xero"])
def test_an_account_that_the_chart_lacks_refuses_the_export_and_is_named(book, export, form):
    chart(Account.PROCESSOR).delete()
    book()
    made = export(form=form, until="failed")
    assert (made.problem, made.detail) == ("no-code", "processor_balance")


def test_a_purpose_takes_the_account_of_its_fund_unless_that_is_of_another_restriction(
    book, export
):
    """The file is written by SQL and compared with what donations.chart says."""
    fund = Designation.objects.get(code="education")
    wishes = [
        Designation.objects.create(code=code, name=code, restriction=restriction, fallback=fund)
        for code, restriction in zip("abc", [fund.restriction] * 2 + ["without"], strict=True)
    ]
    own = {"number": "4999", "name": "Own", "family": "income"}
    ChartAccount.objects.create(account=Account.CONTRIBUTIONS, designation=wishes[1], **own)
    parts = [Leg(Account.CONTRIBUTIONS, -100, "USD", wish) for wish in wishes]
    book(legs=[Leg(Account.PROCESSOR, 300, "USD"), *parts])
    made = export(form="xero")
    with ZipFile(io.BytesIO(bytes_of(made))) as archive:
        rows = csv.DictReader(io.StringIO(archive.read("xero-USD-0001.csv").decode()))
        found = {row["Description"].split()[0]: row["*AccountCode"] for row in rows}
    assert [found[code] for code in "abc"] == ["4120", "4999", "4010"]

    kept = bytes_of(made)
    chart(Account.CONTRIBUTIONS, fund).update(number="5")
    made.refresh_from_db()
    assert bytes_of(made) == kept
    assert export(form="xero").sha256 != made.sha256
