"""A paid line goes to another designation at its donor's wish; the original stays."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from donations import books, moving, refunds, spending
from donations.models import Designation, Entry, LineMove
from tests.afterwards import settled
from tests.people import person

WISH = {"wish": "Letter of 3 November", "wished_on": date(2026, 11, 3), "reason": "as she asked"}


@pytest.fixture
def gift(giving, run_jobs):
    return settled(giving, run_jobs)  # 50.00 to where it is needed most


@pytest.fixture
def by(db):
    return person(factor=False)


def other():
    return Designation.objects.get(code="education")


def left(*designations):
    found = spending.left_minor([row.pk for row in designations], currency="USD")
    return [found[row.pk] for row in designations]


def test_the_money_moves_and_the_line_its_entry_and_receipt_stay(gift, by):
    line, receipt = gift.lines.get(), gift.receipts.get()
    charge = Entry.objects.get(donation=gift, kind="charge").sha256
    moved = moving.move(line, to=other(), by=by, **WISH)
    assert left(line.designation, other()) == [0, 5000]
    assert (moved.amount_minor, moved.moved_by, moved.wish) == (5000, by, WISH["wish"])
    assert moving.lies_at(line) == other()
    assert gift.lines.get().designation == line.designation
    assert gift.receipts.get().sha256 == receipt.sha256
    assert Entry.objects.get(donation=gift, kind="charge").sha256 == charge
    entry = Entry.objects.get(kind="moved")
    assert (entry.donation, entry.actor, entry.reason) == (gift, by, "as she asked")


def test_a_refund_after_the_move_is_borne_where_the_money_lies(giving, gift, by, run_jobs):
    line = gift.lines.get()
    moving.move(line, to=other(), by=by, **WISH)
    refunds.request(
        gift, amount_minor=2000, reason="requested_by_customer", actor=by, left_minor=5000
    )
    giving.deliver()
    run_jobs()
    gift.refresh_from_db()
    assert gift.refunded_minor == 2000
    assert left(line.designation, other()) == [0, 3000]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"wish": " "}, "no_wish"), ({"reason": ""}, "no_wish"), ({"to": "same"}, "same")],
)
def test_a_move_takes_a_wish_a_reason_and_another_place(gift, by, change, code):
    to = gift.lines.get().designation if change.pop("to", "") else other()
    with pytest.raises(moving.NotMovable, match=code):
        moving.move(gift.lines.get(), to=to, by=by, **WISH | change)
    assert not LineMove.objects.exists()


def test_nothing_moves_into_a_goal_nor_what_was_spent(giving, gift, by):
    giving.books_are_damaged = True  # money set aside by no order
    goal = other()
    goal.target_minor, goal.fallback = 10_000, Designation.objects.get(code="where-needed-most")
    with pytest.raises(moving.NotMovable, match="goal"):
        moving.move(gift.lines.get(), to=goal, by=by, **WISH)
    origin = gift.lines.get().designation
    cause = spending.Cause("order:1", gift.legal_entity)
    spending.commit({origin: 100}, currency="USD", cause=cause)
    with pytest.raises(spending.TooLittle):
        moving.move(gift.lines.get(), to=other(), by=by, **WISH)


def test_a_move_is_written_once_and_found_if_its_entry_is_not_there(giving, gift, by):
    giving.books_are_damaged = True
    moved = moving.move(gift.lines.get(), to=other(), by=by, **WISH)
    with (
        pytest.raises(DatabaseError, match=r"(?i)cannot update"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE donations_linemove SET wish = 'x'")
    assert books.verify()["moved lines are booked"] == []
    moved.pk = None
    moved.save(force_insert=True)
    assert [one.about for one in books.verify()["moved lines are booked"]] == [f"move {moved.pk}"]
