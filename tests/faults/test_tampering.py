"""A hundred changes by somebody who got past every trigger, after sealing: all are found.

And one that rewrites the books with all their chains: only a fingerprint kept outside tells.
"""

import random
from datetime import UTC, date, datetime

import pgtrigger
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from donations import books, ledger, periods
from donations.ledger import Account
from donations.models import Entry, LegalEntity, Period, PeriodStep, Seal, SealItem
from tests.donations.test_months import book
from tests.faults.scale import FULL
from tests.people import person

EDITS = 100
# The rules that guard what is sealed; the rest of them look at what it means.
GUARDS = (
    *("entries balance", "entries unchanged", "receipts are unchanged"),
    *("receipts are what is printed on them", "the chain of seals is whole"),
    *("closed months stand", "closings follow each other", "months stand as their steps tell"),
)
# Table, column, what it becomes (SQL over the row). One of them is done to one row at random.
CHANGES = [
    ("entry", "source", "source || 'x'"),
    ("entry", "kind", "'other'"),
    ("entry", "livemode", "NOT livemode"),
    ("entry", "occurred_at", "occurred_at + interval '1 second'"),
    ("entry", "posted_on", "posted_on + 1"),
    ("entry", "reason", "reason || '.'"),
    ("entry", "actor_id", "(SELECT max(id) FROM accounts_user)"),
    ("entry", "donation_id", "NULL"),
    ("entry", "sha256", "encode(sha256(sha256::bytea), 'hex')"),
    ("posting", "account", "'unclear'"),
    ("posting", "amount_minor", "amount_minor + 1"),
    ("posting", "currency", "'EUR'"),
    ("posting", "designation_id", "(SELECT max(id) FROM donations_designation)"),
    ("posting", "entry_id", "(SELECT min(id) FROM donations_entry e WHERE e.id <> entry_id)"),
    ("receipt", "snapshot", "jsonb_set(snapshot, '{receipt_name}', '\"Somebody Else\"')"),
    ("receipt", "snapshot", "jsonb_set(snapshot, '{amount_minor}', '999999')"),
    ("receipt", "snapshot_sha256", "encode(sha256(snapshot_sha256::bytea), 'hex')"),
    ("receipt", "sha256", "encode(sha256(sha256::bytea), 'hex')"),
    ("receipt", "code", "reverse(code) || '0'"),
    ("receipt", "label", "label || '9'"),
    ("receipt", "number", "number + 500"),
    ("receiptfile", "data", "data || '\\x00'::bytea"),
    ("periodstep", "figures", "jsonb_set(figures, '{entries}', '9')"),
    ("periodstep", "figures", "jsonb_set(figures, '{totals,0,3}', '1')"),
    ("periodstep", "entries_sha256", "encode(sha256(entries_sha256::bytea), 'hex')"),
    ("periodstep", "reason", "reason || '!'"),
    ("periodstep", "at", "at + interval '1 second'"),
    ("periodstep", "by_id", "(SELECT max(id) FROM accounts_user)"),
    ("period", "state", "CASE state WHEN 'closed' THEN 'reopened' ELSE 'closed' END"),
    ("seal", "sha256", "encode(sha256(sha256::bytea), 'hex')"),
    ("seal", "previous_sha256", "encode(sha256(previous_sha256::bytea), 'hex')"),
    ("sealitem", "sha256", "encode(sha256(sha256::bytea), 'hex')"),
    ("sealitem", "row", "row + 100000"),
]
REMOVED = ("posting", "sealitem", "receiptfile", "periodstep")


@pytest.fixture
def sealed(make_gift):
    """Gifts with receipts, entries of somebody, a month closed twice with a reason; all sealed."""
    ada, ben = person(factor=False), person(factor=False)
    person(factor=False)  # whom nothing names: another one to put in somebody's place
    for number in range(3):
        make_gift(amount=2500 + number)
    entity = LegalEntity.objects.get()
    at = datetime(2026, 8, 10, tzinfo=UTC)
    for number in range(4):
        book(f"x{number}", (Account.BANK, 700, "USD"), (Account.CASH, -700, "USD"), at=at)
    month = Period.objects.create(legal_entity=entity, livemode=False, begins_on=date(2026, 8, 1))
    periods.write_closing(month, by=ada, reason="as agreed", overlooked=[])
    ledger.seal()
    periods.ask(month, by=ada, reason="a bill is missing")
    periods.reopen(month, by=ben)
    book("late", (Account.BANK, 300, "USD"), (Account.CASH, -300, "USD"), at=at)
    month.refresh_from_db()
    periods.write_closing(month, by=ben, reason="", overlooked=[])
    ledger.seal()
    assert found() == []
    return month


def found():
    """Names of the rules that are broken."""
    if FULL:
        return [name for name, problems in books.verify().items() if problems]
    return [name for name in GUARDS if next(books.CHECKS[name](), None)][:1]


def run(sql):
    with pgtrigger.ignore(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.rowcount


def edit(rng, change):
    """Do it to a row; none if no row lets itself be changed so."""
    table, column, value = change
    where = f"FROM donations_{table}"
    key = "receipt_id" if table == "receiptfile" else "id"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key} {where} ORDER BY {key}")
        rows = [row[0] for row in cursor]
    rng.shuffle(rows)
    for row in rows:
        sql = (
            f"UPDATE donations_{table} SET {column} = {value} WHERE {key} = {row}"
            f" AND {column} IS DISTINCT FROM ({value})"
            if column
            else f"DELETE {where} WHERE {key} = {row}"
        )
        try:
            if run(sql):
                return sql
        except IntegrityError:
            continue  # a plain constraint stands against this one
    return None


def test_each_of_a_hundred_changes_past_the_triggers_is_found(sealed):
    rng = random.Random(2026)
    changes = [*CHANGES, *((table, "", "") for table in REMOVED)]
    unseen, done, number = [], 0, 0
    while done < EDITS:
        change = changes[number % len(changes)]
        number += 1
        with transaction.atomic():
            sql = edit(rng, change)
            assert sql or number > len(changes), f"nothing lets itself be changed: {change}"
            if sql:
                done += 1
                if not found():
                    unseen.append(sql)
            transaction.set_rollback(True)
    assert unseen == []
    assert found() == []


def test_the_command_names_what_was_changed(sealed, capsys):
    run("UPDATE donations_posting SET amount_minor = amount_minor + 1"
        " WHERE id = (SELECT max(id) FROM donations_posting)")  # fmt: skip
    with pytest.raises(CommandError, match="do not hold"):
        call_command("verify_books")
    told = capsys.readouterr().out
    assert "facts and digest disagree" in told
    assert "month 2026-08: its entries are not those it was closed with" in told


def test_books_rewritten_with_all_their_chains_disagree_with_a_fingerprint_kept_outside(
    sealed, tmp_path, capsys
):
    closing = periods.last_closing(sealed)
    kept = tmp_path / "kept.txt"
    kept.write_text(f"August 2026: {closing.sha256}\n{closing.entries_sha256}\n")
    call_command("verify_books", anchors=kept)
    assert "ok   2 fingerprints kept outside" in capsys.readouterr().out
    rewrite(sealed)
    assert [name for name, problems in books.verify().items() if problems] == []
    with pytest.raises(CommandError, match="2 problems"):
        call_command("verify_books", anchors=kept)
    assert "is not in the books" in capsys.readouterr().out
    kept.write_text("nothing of the kind")
    with pytest.raises(CommandError, match="no fingerprint"):
        call_command("verify_books", anchors=kept)


def rewrite(month):
    """Move money out of a closed month and make every digest and chain say so, from the start."""
    run("UPDATE donations_posting SET amount_minor = amount_minor * 2 WHERE entry_id ="
        " (SELECT id FROM donations_entry WHERE source = 'late')")  # fmt: skip
    with pgtrigger.ignore():
        for entry in Entry.objects.prefetch_related("postings"):
            Entry.objects.filter(pk=entry.pk).update(
                sha256=ledger.digest(entry, list(entry.postings.all()))
            )
        previous = periods.FIRST_CLOSING
        for step in PeriodStep.objects.filter(sha256__isnull=False).order_by("pk"):
            if step == periods.last_closing(month):
                count, digest = periods.fingerprint(month)
                step.entries_sha256 = digest
                step.figures = {"entries": count, "totals": periods.totals(month)}
            step.previous_sha256 = previous
            previous = step.sha256 = periods.link(step)
            step.save()
        SealItem.objects.all().delete()
        Seal.objects.all().delete()
    ledger.seal()
