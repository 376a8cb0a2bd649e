"""A bank's CSV file, by the columns that the account names; balances are typed from the paper."""

import csv
import io
import re
from datetime import datetime

from core import money
from core.tokens import sha256
from donations.bank.camt import MOST_REFERENCE, MOST_TEXT
from donations.bank.facts import Line, Statement, Unreadable
from donations.models import BankAccount


def read(data: bytes, account: BankAccount, *, opening_minor: int, closing_minor: int) -> Statement:
    """The file as one statement between these balances.

    Raises:
        Unreadable: not_text, no_column, bad_amount, bad_day.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError as error:
            raise Unreadable("not_text") from error
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    needed = (account.csv_day, account.csv_amount, account.csv_text, account.csv_reference)
    for name in needed:
        if name and name not in (rows.fieldnames or ()):
            raise Unreadable("no_column", name)
    lines = tuple(_line(row, account) for row in rows if any(row.values()))
    return Statement(
        statement_id=f"sha256:{sha256(text)}",
        number="",
        currency=account.currency,
        opening_minor=opening_minor,
        closing_minor=closing_minor,
        lines=lines,
    )


def _line(row: dict[str, str | None], account: BankAccount) -> Line:
    told, written = row[account.csv_day] or "", row[account.csv_amount] or ""
    try:
        day = datetime.strptime(told.strip(), account.csv_day_format).date()  # noqa: DTZ007 - a day
    except ValueError as error:
        raise Unreadable("bad_day", told) from error
    return Line(
        day,
        amount(written, account.currency),
        (row.get(account.csv_reference) or "").strip()[:MOST_REFERENCE],
        " ".join((row[account.csv_text] or "").split())[:MOST_TEXT],
    )


def amount(written: str, currency: str) -> int:
    """Minor units with a sign: "-1,234.50", "(12.00)", "12,00-", "+5".

    Raises:
        Unreadable: bad_amount.
    """
    text = written.strip().replace("\u2212", "-")
    found = re.fullmatch(r"(?P<open>\()?(?P<sign>[-+])?(?P<figure>[^-+()]+)(?P<after>-)?\)?", text)
    if not found:
        raise Unreadable("bad_amount", written)
    below = found["open"] or found["sign"] == "-" or found["after"]
    try:
        minor = money.parse(found["figure"].strip(), currency)
    except ValueError as error:
        raise Unreadable("bad_amount", written) from error
    return -minor if below else minor
