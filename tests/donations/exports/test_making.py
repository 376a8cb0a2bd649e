"""From being asked for to being erased: equal to the books, the same each time, whole or not."""

import csv
import io
from datetime import date, timedelta
from unittest import mock

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from donations.exports import making, plain, reading
from donations.exports.copying import Source
from donations.models import Entry, Export, ExportPart, Posting
from tests.donations.exports.conftest import FIRST, LAST, bytes_of
from tests.people import person

KINDS = ["journal", "receipts", "lines", "donors"]


@pytest.fixture
def asked(entity, asker):
    """Asks for the journal; the job is left to the test."""

    def ask():
        return making.ask(
            "journal", form="csv", entity=entity, first_day=FIRST, last_day=LAST, actor=asker
        )

    return ask


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_adds_up_to_the_books(kind, make_gift, export):
    make_gift(amount=5000)
    make_gift(amount=1234, name="=cmd|'/C calc'!A0")
    made = export(kind)
    rows = list(csv.DictReader(io.StringIO(bytes_of(made).decode("utf-8-sig"), newline="")))
    assert len(rows) == made.rows
    column = "debit" if kind == "journal" else "amount"
    assert sorted(row[column] for row in rows if row[column]) == ["12.34", "50.00"]
    assert made.totals
    if kind in ("receipts", "donors"):
        assert {row["name"] for row in rows} == {"José Núñez", "'=cmd|'/C calc'!A0"}
    else:
        assert b"cmd" not in bytes_of(made)
    workbook = export(kind, "xlsx")
    assert (workbook.rows, workbook.totals) == (made.rows, made.totals)


def test_only_the_period_is_exported(book, export):
    entry = book()
    day = entry.posted_on
    assert export(first=day, last=day).rows == 2
    assert export(first=FIRST, last=day - timedelta(days=1)).rows == 0
    assert export(first=day + timedelta(days=1), last=LAST).rows == 0


@pytest.mark.parametrize("form", ["csv", "xlsx", "quickbooks"])
def test_the_same_period_gives_the_same_bytes_whoever_asks_and_whenever(form, book, export):
    for amount in range(1, 40):
        book(amount, reason=f"memo {amount}")
    first = export(form=form)
    later = timezone.now() + timedelta(days=3)
    with mock.patch.object(timezone, "now", return_value=later):
        again = export(form=form, actor=person(factor=False))
    assert again.asked_at == later
    assert first.sha256 == again.sha256
    assert bytes_of(first) == bytes_of(again)


def _spoiled(file, source: Source) -> None:
    """Writes like the real one, and loses a cent, a row, or moves money to another account."""
    held = io.BytesIO()
    REAL(held, source)
    file.write(_spoiled.how(held.getvalue()))


REAL = plain.write


@pytest.mark.parametrize(
    "how",
    [
        lambda data: data.replace(b",10.50,", b",10.49,", 1),
        lambda data: data[: data.rstrip().rindex(b"\n") + 1],
        lambda data: data.replace(b"contributions", b"refunds"),
    ],
    ids=["a cent", "a row", "an account"],
)
def test_a_file_that_is_not_what_the_books_say_is_not_offered(how, book, export):
    book()
    _spoiled.how = how
    with mock.patch.dict(making.WRITERS, {Export.Format.CSV: _spoiled}):
        made = export(until="failed")
    assert made.problem == "differs"
    assert made.detail
    assert not ExportPart.objects.exists()
    assert making.ask_again(made)
    assert not making.ask_again(made)  # asked for already


def test_a_job_killed_at_any_point_gives_one_whole_file_when_it_runs_again(
    book, export, asked, monkeypatch
):
    monkeypatch.setattr(making, "PART_BYTES", 1_000)
    for amount in range(1, 30):
        book(amount)
    whole = export()
    assert whole.parts.count() > 2
    third = mock.Mock(side_effect=[mock.DEFAULT, mock.DEFAULT, KeyboardInterrupt],
                      wraps=ExportPart.objects.create)  # fmt: skip
    kills = [
        mock.patch.object(making, "write", side_effect=KeyboardInterrupt),
        mock.patch.object(making, "_offer", side_effect=KeyboardInterrupt),
        mock.patch.object(ExportPart.objects, "create", third),
    ]
    for kill in kills:
        one = asked()
        with kill, pytest.raises(KeyboardInterrupt):
            making.make_export.func(one.pk)
        one.refresh_from_db()
        assert (one.state, one.parts.count()) == ("running", 0)
        making.make_export.func(one.pk)
        making.make_export.func(one.pk)  # a third time changes nothing
        one.refresh_from_db()
        assert bytes_of(one) == bytes_of(whole)


def test_a_worker_that_was_taken_for_dead_does_not_write_a_second_file(book, asked):
    book()
    one = asked()
    slow = making._begin(one.pk)
    making.make_export.func(one.pk)  # meanwhile the other worker
    file = io.BytesIO()
    making._offer(slow, file, making.write(slow, file))
    assert one.parts.count() == 1


def test_an_unexpected_fault_is_told_and_can_be_asked_for_again(book, export, run_jobs):
    book()
    with mock.patch.object(reading, "totals", side_effect=OSError("no space left")):
        made = export(until="failed")
    assert (made.problem, made.detail) == ("unexpected", "OSError")
    making.ask_again(made)
    run_jobs()
    made.refresh_from_db()
    assert (made.state, made.problem) == ("ready", "")


def test_bytes_are_erased_when_their_time_is_over_and_the_row_stays(book, export):
    book()
    made = export()
    digest = made.sha256
    making.erase_exports.func(0)
    assert made.parts.exists()
    later = timezone.now() + making.KEPT
    with mock.patch.object(timezone, "now", return_value=later):
        making.erase_exports.func(0)
    made.refresh_from_db()
    assert (made.state, made.sha256, made.parts.count()) == ("erased", digest, 0)
    with pytest.raises(making.Gone):
        making.download(made, actor=made.asked_by)


def test_the_database_keeps_what_was_asked_and_what_was_made(book, export):
    book()
    made = export()
    changes = [{"last_day": date(2035, 1, 1)}, {"sha256": "0" * 64}, {"state": "waiting"}]
    for change in [*changes, {"kind": "donors"}]:
        with pytest.raises(DatabaseError), transaction.atomic():
            Export.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        made.parts.update(data=b"other")
    with pytest.raises(DatabaseError), transaction.atomic():
        made.delete()


def test_bookkeeping_programs_take_journals_only(entity, asker):
    with pytest.raises(making.Refused):
        making.ask("donors", form="xero", entity=entity, first_day=FIRST, last_day=LAST,
                   actor=asker)  # fmt: skip


def test_ten_thousand_rows_are_told_of_in_between_and_fill_several_sheets(
    book, export, monkeypatch
):
    entry = book()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO donations_posting (entry_id, account, amount_minor, currency)"
            " SELECT %s, 'unclear', CASE WHEN n %% 2 = 0 THEN 100 ELSE -100 END, 'USD'"
            " FROM generate_series(1, 10000) n", [entry.pk]
        )  # fmt: skip
    said = []
    real = making.Source
    monkeypatch.setattr(
        making, "Source", lambda layout, given, tell: real(layout, given, said.append)
    )
    monkeypatch.setattr(making.workbook, "SHEET_ROWS", 4_000)
    made = export(form="xlsx")
    assert made.rows == Posting.objects.count() == 10_002
    assert said == [8_192]
    assert Entry.objects.count() == 1


def test_downloads_are_on_record(book, export, asker):
    book()
    made = export()
    assert b"".join(making.download(made, actor=asker)) == bytes_of(made)
    taken = made.downloads.get()
    assert taken.actor == asker
    assert taken.at <= timezone.now()
