"""Statements of a bank: read in each version, taken whole, once, and only if they add up."""

import random
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from donations import demo
from donations.bank import camt, plain, statements
from donations.bank.facts import Unreadable
from donations.models import BankAccount, BankLine, BankStatement, LegalEntity
from tests.donations.bank import made
from tests.people import person


@pytest.fixture
def account(db):
    demo.seed()
    entity = LegalEntity.objects.get()
    return BankAccount.objects.create(legal_entity=entity, name="Main", number="DE0212")


@pytest.fixture
def ada(db):
    return person(factor=False)


def refuses(code, work):
    with pytest.raises(Unreadable) as refused:
        work()
    assert refused.value.code == code


@pytest.mark.parametrize("version", ["02", "04", "08"])
def test_each_version_of_camt_says_the_same(version):
    (found,) = camt.read(made.camt(version=version, pending=made.LINES))
    assert (found.number, found.currency, found.opening_minor) == ("DE0212", "USD", 100_000)
    assert [line.amount_minor for line in found.lines] == [12_345, -2_000, 50_000]
    assert found.lines[0].day == date(2026, 10, 5)
    assert found.lines[0].text == "STRIPE PAYOUT / Ruth"
    assert found.difference_minor == 0


def test_a_statement_is_taken_once_whatever_file_it_comes_in(account, ada):
    (told,) = camt.read(made.camt())
    first, is_new = statements.take(told, account, by=ada)
    assert is_new
    (again,) = camt.read(made.camt(version="02"))
    assert statements.take(again, account, by=ada) == (first, False)
    assert (BankStatement.objects.count(), BankLine.objects.count()) == (1, 3)


@pytest.mark.parametrize(("code", "given"), [
    ("does_not_add_up", {"closing": "1603.44"}), ("other_account", {"number": "DE99"}),
    ("other_currency", {"currency": "EUR"}), ("no_days", {"lines": ()}),
])  # fmt: skip
def test_a_statement_that_is_not_right_is_refused_whole(code, given, account, ada):
    (told,) = camt.read(made.camt(**given))
    refuses(code, lambda: statements.take(told, account, by=ada))
    assert not BankStatement.objects.exists()


def test_a_statement_that_changed_or_overlaps_is_refused(account, ada):
    statements.take(camt.read(made.camt())[0], account, by=ada)
    (changed,) = camt.read(made.camt(made.LINES[:2]))
    refuses("changed", lambda: statements.take(changed, account, by=ada))
    (overlaps,) = camt.read(made.camt(made.LINES[:2], ident="S2"))
    refuses("overlaps", lambda: statements.take(overlaps, account, by=ada))
    good, bad = (camt.read(made.camt((("2026-11-01", "1.00", ref, "x"),), ident=ref, closing=end))
                 for ref, end in (("S3", "1001.00"), ("S4", "1009.00")))  # fmt: skip
    refuses("does_not_add_up", lambda: statements.take_all([*good, *bad], account, by=ada))
    assert BankStatement.objects.count() == 1


@pytest.mark.parametrize(("code", "content"), [
    ("not_xml", b"<Document"), ("not_camt", b"<html></html>"),
    ("not_camt", made.camt().replace(b"camt.053", b"camt.052")),
    ("not_xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    ("no_balance", made.camt().replace(b"OPBD", b"XXXX")),
    ("bad_amount", made.camt().replace(b">123.45<", b">123.456<")),
    ("bad_amount", made.camt().replace(b">123.45<", b">many<")),
    ("bad_day", made.camt().replace(b"2026-10-05", b"2026-13-05")),
])  # fmt: skip
def test_a_file_that_cannot_be_read_says_why(code, content):
    refuses(code, lambda: camt.read(content))


def test_a_csv_file_is_read_by_the_columns_of_its_account(account, ada):
    def read(content):
        return plain.read(content.encode(), account, opening_minor=0, closing_minor=158_345)

    told = read(made.CSV)
    amounts = [line.amount_minor for line in told.lines]
    assert amounts == [12_345, -2_000, -2_000, 150_000]
    # Two equal lines of a day are two, in this file and when it comes again.
    assert len(set(told.keys())) == 4
    taken, _new = statements.take(told, account, by=ada)
    assert statements.take(read("\ufeff" + made.CSV), account, by=ada) == (taken, False)
    refuses("no_column", lambda: read(made.CSV.replace("Amount", "Betrag")))
    account.csv_amount, account.csv_day_format = "Betrag", "%d.%m.%Y"
    german = "Date;Description;Betrag\n22.11.2026;Fee;-1.234,50\n23.11.2026;x;12,00-\n"
    assert [one.amount_minor for one in read(german).lines] == [-123_450, -1_200]
    refuses("bad_day", lambda: read(german.replace("22.11", "11.22")))
    refuses("bad_amount", lambda: read(german.replace("-1.234,50", "much")))


def test_the_database_itself_refuses_lines_that_do_not_add_up_and_changes(account, ada):
    taken, _new = statements.take(camt.read(made.camt())[0], account, by=ada)
    line = taken.lines.first()
    refused = pytest.raises(DatabaseError, match="from its opening to its closing")
    with refused, transaction.atomic():
        BankLine.objects.create(
                statement=taken, account=account, day=line.day, amount_minor=5, currency="USD",
                key="another",
            )  # fmt: skip
    for change in (line.delete, lambda: BankLine.objects.update(amount_minor=1)):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_random_statements_come_through_as_they_were_written(account, ada):
    rng = random.Random(5)
    opening = 0
    for number in range(8):
        lines = tuple(
            (
                f"2026-{number + 1:02}-{rng.randint(1, 28):02}",
                f"{rng.choice(['', '-'])}{rng.randint(1, 99999)}.{rng.randint(0, 99):02}",
                rng.choice(["", f"R{number}-{place}"]),
                rng.choice(["rent", "a transfer"]),
            )
            for place in range(rng.randint(1, 12))
        )
        content = made.camt(lines, opening=f"{opening / 100:.2f}", ident=f"T{number}")
        (told,) = camt.read(content)
        taken, is_new = statements.take(told, account, by=ada)
        assert is_new
        total = sum(taken.lines.values_list("amount_minor", flat=True))
        assert opening + total == taken.closing_minor == told.closing_minor
        assert not statements.take(told, account, by=ada)[1]
        opening = taken.closing_minor
