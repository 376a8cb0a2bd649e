"""Months of the books: closed with their figures, opened again by two people, never changed."""

from datetime import UTC, date, datetime

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction

from donations import books, closing, ledger, periods
from donations.books import checking
from donations.ledger import Account, Leg
from donations.models import (
    BooksCheck,
    Difference,
    Entry,
    LegalEntity,
    Payout,
    Period,
    PeriodStep,
    Posting,
    Reconciliation,
)  # fmt: skip
from tests.people import person

SEPTEMBER, OCTOBER = datetime(2026, 9, 15, 12, tzinfo=UTC), datetime(2026, 10, 15, 12, tzinfo=UTC)
UNGUARDED = (
    *("donations.Entry:entry_written_once", "donations.Entry:entry_in_an_open_month"),
    "donations.Posting:posting_written_once",
)


def post(source, at=SEPTEMBER, amount=500):
    """A payout: no gift, so that the rules about gifts have nothing to say."""
    made = ledger.post(
        [Leg(Account.BANK, amount, "USD"), Leg(Account.CASH, -amount, "USD")],
        source=source,
        kind="moved",
        entity=LegalEntity.objects.get(),
        livemode=False,
        occurred_at=at,
    )
    assert made
    return Entry.objects.get(source=source)


def reconciled(until=datetime(2026, 11, 2, tzinfo=UTC)):
    return Reconciliation.objects.create(
        since=datetime(2026, 8, 1, tzinfo=UTC), until=until, livemode=False, repairs=True,
        finished_at=until,
    )  # fmt: skip


@pytest.fixture
def ada(db):
    return person(factor=False)


@pytest.fixture
def ben(db):
    return person(factor=False)


@pytest.fixture
def september(giving):
    """Two entries, checked and reconciled: nothing hinders closing."""
    post("a")
    post("b", amount=700)
    reconciled()
    checking.perform(BooksCheck.objects.create())
    periods.keep_up()
    return Period.objects.select_related("legal_entity").get(begins_on=date(2026, 9, 1))


@pytest.fixture
def closed(september, ada):
    return closing.close(september, by=ada)


def refused(sql, message):
    with pytest.raises(DatabaseError, match=message), transaction.atomic():
        run(sql)


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


# Dates


def test_an_entry_is_dated_on_the_day_it_happened_by_the_organisations_clock(giving):
    """Half past three on the first by Greenwich is still the last evening in New York."""
    late = post("late", at=datetime(2026, 10, 1, 3, 30, tzinfo=UTC))
    assert late.posted_on == date(2026, 9, 30)


def test_a_late_fact_goes_to_the_first_open_day_and_keeps_its_own(closed):
    late = post("late")
    assert (late.posted_on, late.occurred_at) == (date(2026, 10, 1), SEPTEMBER)
    assert books.verify()["entries unchanged"] == []


def test_closed_months_in_a_row_are_passed_over(closed, ada):
    october = Period.objects.get(begins_on=date(2026, 10, 1))
    closing.close(october, by=ada)
    assert post("late").posted_on == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("first", "month", "year", "number"),
    [(1, 1, 2026, 1), (1, 12, 2026, 12), (7, 7, 2027, 1), (7, 6, 2026, 12), (10, 9, 2026, 12)],
)
def test_a_fiscal_year_begins_where_the_organisation_says(first, month, year, number):
    """July 2026 is month 1 of fiscal year 2027."""
    entity = LegalEntity(fiscal_year_begins=first)
    found = periods.fiscal(Period(legal_entity=entity, begins_on=date(2026, month, 1)))
    assert (found.year, found.month) == (year, number)


def test_each_month_since_the_first_entry_has_a_row(giving):
    periods.keep_up()
    assert not Period.objects.exists()
    post("a", at=datetime(2025, 11, 3, tzinfo=UTC))
    for _ in range(2):
        periods.keep_up()
    months = list(Period.objects.order_by("begins_on").values_list("begins_on", flat=True))
    assert months[:3] == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]
    assert months[-1] == periods.today_of(LegalEntity.objects.get()).replace(day=1)


# Closing


def test_a_closing_keeps_figures_and_a_fingerprint(closed, ada):
    step = closed.steps.get()
    assert (closed.state, closed.moved_at, step.by) == ("closed", step.at, ada)
    assert step.figures == {
        "entries": 2,
        "totals": [["bank_account", None, "USD", 0, 1200], ["bank_transit", None, "USD", 1200, 0]],
    }
    assert step.previous_sha256 == periods.FIRST_CLOSING
    assert not any(books.verify().values())


def test_closing_twice_is_done_once(closed, ben):
    assert closing.close(closed, by=ben).steps.count() == 1


def codes(period):
    return [one.code for one in closing.hindrances(period)]


def test_what_hinders_is_told(giving, ada, ben):
    post("a")
    post("b", at=OCTOBER)
    periods.keep_up()
    october = Period.objects.get(begins_on=date(2026, 10, 1))
    assert codes(october) == ["earlier_open", "unchecked", "not_reconciled"]
    assert codes(Period.objects.latest("begins_on"))[:2] == ["not_over", "earlier_open"]
    with pytest.raises(closing.NotClosable, match="earlier_open"):
        closing.close(october, by=ada, reason="in a hurry")


def told(check, rule):
    """A later run that found one problem."""
    BooksCheck.objects.create(
        finished_at=check.finished_at, newest_entry=check.newest_entry, problems=1,
        results=[[rule, 1, 1, [["entry 1", "off by 1"]]]],
    )  # fmt: skip


def test_a_check_must_have_seen_the_newest_entry_and_found_nothing(september, ada):
    post("c")
    assert codes(september) == ["unchecked"]
    check = checking.perform(BooksCheck.objects.create())
    assert codes(september) == []
    told(check, "payouts are explained")
    assert codes(september) == ["unexplained"]
    told(check, "entries balance")
    assert codes(september) == ["broken"]
    with pytest.raises(closing.NotClosable):
        closing.close(september, by=ada, reason="in a hurry")


def test_a_payout_without_explanation_is_overlooked_with_a_reason_alone(giving, september, ada):
    giving.books_are_damaged = True
    Payout.objects.create(
        stripe_id="po_1", legal_entity=september.legal_entity, livemode=False, currency="USD",
        created_at=SEPTEMBER,
    )  # fmt: skip
    assert codes(september) == ["payout"]
    with pytest.raises(closing.NotClosable, match="payout"):
        closing.close(september, by=ada, reason=" ")
    step = closing.close(september, by=ada, reason="Stripe lists it next week").steps.get()
    assert step.overlooked == [["payout", "po_1"]]


def test_a_difference_hinders_until_a_later_look_at_the_same_time_finds_none(september):
    run_ = reconciled()
    Difference.objects.create(run=run_, cause="charge_unbooked", about="ch_1")
    assert codes(september) == ["difference"]
    reconciled()
    assert codes(september) == []


# What the database refuses


ENTRY = (
    "INSERT INTO donations_entry (source, kind, legal_entity_id, livemode, occurred_at, posted_on,"
    " reason, sha256) SELECT 'x', 'x', legal_entity_id, livemode, occurred_at, {day}, '', ''"
    " FROM donations_entry LIMIT 1"
)


def test_nothing_can_be_booked_into_a_closed_month(giving, closed):
    giving.books_are_damaged = True  # an entry without postings
    refused(ENTRY.format(day="posted_on"), "month of 2026-09-15 is closed")
    run(ENTRY.format(day="posted_on + 30"))


def test_no_leg_can_join_an_entry_of_a_closed_month(closed):
    refused(
        "INSERT INTO donations_posting (entry_id, account, amount_minor, currency) SELECT"
        " min(entry_id), 'unclear', amount, 'USD' FROM donations_posting,"
        " (VALUES (1), (-1)) legs(amount) GROUP BY amount",
        "month of this entry is closed",
    )


@pytest.mark.parametrize(
    "change",
    ["UPDATE donations_entry SET reason = 'x'", "DELETE FROM donations_entry",
     "UPDATE donations_entry SET posted_on = posted_on + 30",
     "UPDATE donations_entry SET posted_on = '2026-09-01' WHERE source = 'late'"],
)  # fmt: skip
def test_an_entry_of_a_closed_month_is_guarded_twice(closed, change):
    """Also where the trigger that forbids any change is out of the way."""
    post("late")
    with pgtrigger.ignore("donations.Entry:entry_written_once"):
        refused(change, "is closed")


def test_a_month_moves_by_its_steps_alone(closed):
    refused("UPDATE donations_period SET state = 'open'", "moved by its steps")
    refused("UPDATE donations_period SET begins_on = '2026-08-01'", "cannot be changed")
    refused("DELETE FROM donations_period", "(?i)cannot delete")
    refused("UPDATE donations_periodstep SET reason = 'x'", "(?i)cannot update")
    refused("DELETE FROM donations_periodstep", "(?i)cannot update or delete")
    refused(
        "INSERT INTO donations_period (legal_entity_id, livemode, begins_on, state) SELECT"
        " legal_entity_id, livemode, '2026-01-01', 'closed' FROM donations_period LIMIT 1",
        "cannot be",
    )
    refused(
        "INSERT INTO donations_period (legal_entity_id, livemode, begins_on, state) SELECT"
        " legal_entity_id, livemode, '2026-01-02', 'open' FROM donations_period LIMIT 1",
        "begins_a_month",
    )


def step(period, **facts):
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        PeriodStep.objects.create(period=period, at=SEPTEMBER, **facts)
    return str(refusal.value)


def test_the_steps_of_a_month_follow_each_other(closed, ada, ben):
    assert "cannot become reopened" in step(closed, state="reopened", by=ben, asked_by=ada)
    assert "has_a_reason" in step(closed, state="asked", by=ada)
    assert "fingerprint" in step(
        Period.objects.get(begins_on=date(2026, 10, 1)), state="closed", by=ada
    )
    periods.ask(closed, by=ada, reason="a bill is missing")
    assert "two_people" in step(closed, state="reopened", by=ada, asked_by=ada)
    assert "another person" in step(closed, state="reopened", by=ada)


# Opened again


def test_a_month_is_opened_again_by_two_people(closed, ada, ben):
    periods.ask(closed, by=ada, reason="a bill is missing")
    assert post("still closed").posted_on == date(2026, 10, 1)
    with pytest.raises(periods.NotPossible, match="same_person"):
        periods.reopen(closed, by=ada)
    for _ in range(2):
        opened = periods.reopen(closed, by=ben)
    assert opened.state == "reopened"
    last = opened.steps.last()
    assert (last.by, last.asked_by, last.reason) == (ben, ada, "a bill is missing")
    assert post("the bill").posted_on == date(2026, 9, 15)
    checking.perform(BooksCheck.objects.create())
    again = closing.close(opened, by=ada)
    first, second = again.steps.filter(sha256__isnull=False)
    assert second.previous_sha256 == first.sha256
    assert (first.figures["entries"], second.figures["entries"]) == (2, 3)


def test_a_month_stays_closed_when_the_second_person_says_no(closed, ada, ben):
    with pytest.raises(periods.NotPossible, match="no_reason"):
        periods.ask(closed, by=ada, reason=" ")
    periods.ask(closed, by=ada, reason="a bill is missing")
    for _ in range(2):
        assert periods.decline(closed, by=ben).state == "closed"
    assert closed.steps.count() == 3
    assert not any(books.verify().values())


# Found out


@pytest.mark.parametrize(
    "change", ["UPDATE donations_entry SET reason = 'x' WHERE source = 'a'",
               "UPDATE donations_entry SET posted_on = '2026-10-01' WHERE source = 'a'",
               "UPDATE donations_posting SET amount_minor = amount_minor * 2",
               "UPDATE donations_posting SET account = 'advances' WHERE account = 'bank_account'"]
)  # fmt: skip
def test_who_changes_a_closed_month_behind_all_guards_is_found_out(giving, closed, change):
    giving.books_are_damaged = True
    assert books.verify()["closed months stand"] == []
    with pgtrigger.ignore(*UNGUARDED):
        run(change)
        # The thief mends the entries' own digests, so that they do not tell.
        for entry in Entry.objects.all():
            digest = ledger.digest(entry, list(entry.postings.all()))
            Entry.objects.filter(pk=entry.pk).update(sha256=digest)
    assert books.verify()["entries unchanged"] == []
    assert [one.about for one in books.verify()["closed months stand"]][:1] == ["month 2026-09"]


def test_who_changes_a_closing_is_found_out(giving, closed, ada):
    giving.books_are_damaged = True
    closing.close(Period.objects.get(begins_on=date(2026, 10, 1)), by=ada)
    with pgtrigger.ignore("donations.PeriodStep:period_step_written_once"):
        PeriodStep.objects.filter(pk=closed.steps.get().pk).update(reason="x")
    assert len(books.verify()["closings follow each other"]) == 1


# Runs of the checks


def test_a_run_of_the_checks_is_kept_and_then_stands(giving):
    check = checking.perform(BooksCheck.objects.create())
    assert len(check.results) == check.rules_count == len(books.CHECKS)
    assert check.problems == 0
    assert check.finished_at
    assert checking.perform(check).results == check.results
    refused("UPDATE donations_bookscheck SET problems = 0, results = '[]'", "cannot be changed")
    refused("DELETE FROM donations_bookscheck", "(?i)cannot delete")


def test_a_run_tells_what_is_wrong(giving):
    giving.books_are_damaged = True
    post("a")
    with pgtrigger.ignore("donations.Posting:posting_written_once"):
        Posting.objects.update(amount_minor=1)
    check = checking.perform(BooksCheck.objects.create())
    found = {name: problems for name, _ms, count, problems in check.results if count}
    assert "off by 2" in found["entries balance"][0][1]
    assert check.problems == sum(row[2] for row in check.results) > 1


def test_a_run_under_way_is_enough_for_everybody(giving, run_jobs, ada, ben):
    first = checking.ask(by=ada)
    assert checking.ask(by=ben) == first
    run_jobs()
    first.refresh_from_db()
    assert first.finished_at
    assert first.asked_by == ada
    assert checking.ask(by=ben) != first


def test_a_rule_that_breaks_ends_the_run_and_is_named(giving, monkeypatch):
    def breaks():
        raise LookupError

    check = BooksCheck.objects.create()
    with monkeypatch.context() as patch:
        patch.setitem(books.CHECKS, "entries balance", breaks)
        with pytest.raises(LookupError):
            checking.perform(check)
    check.refresh_from_db()
    assert (check.failure, check.finished_at) == ("LookupError", None)
