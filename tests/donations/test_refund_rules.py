"""What holds for refunds whoever is at work: the database, the ledger, rivals, older answers."""

import threading
from contextlib import suppress
from unittest import mock

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from donations import books, gateway, ledger, payments, refunds
from donations.ledger import Leg
from donations.models import (
    BalanceTransaction,
    Designation,
    Donation,
    Entry,
    Posting,
    Refund,
)
from tests.afterwards import refund, settled
from tests.people import person

Status = Refund.Status
Account = Posting.Account


@pytest.fixture
def gift(giving, run_jobs):
    """A gift of 50.00 with its fee and receipt."""
    return settled(giving, run_jobs)


def test_what_was_spent_is_covered_by_the_shortfall(giving, gift, run_jobs):
    purpose = gift.lines.get().designation
    other = Designation.objects.exclude(pk=purpose.pk).first()
    ledger.post(
        [
            Leg(Account.TRANSFERS, 4000, "USD", purpose),
            Leg(Account.TRANSFERS, -4000, "USD", other),
        ],
        source="spent",
        kind="spending",
        entity=gift.legal_entity,
        livemode=gift.livemode,
        occurred_at=gift.paid_at,
    )
    refund(gift, 3000)
    run_jobs()
    assert (
        sum(Posting.objects.filter(designation=purpose).values_list("amount_minor", flat=True)) == 0
    )
    lacking = Posting.objects.get(designation=ledger.shortfall())
    assert lacking.amount_minor == 2000
    assert lacking.entry.donation == gift
    assert ledger.shortfalls() == {"USD": 2000}


def test_a_refund_settled_in_another_currency_is_exchanged(giving, gift):
    legs = ledger.given_back_legs(gift, Account.REFUNDS, _in_euros(gift), 5000)
    sums = {}
    for leg in legs:
        sums[leg.account, leg.currency] = (
            sums.get((leg.account, leg.currency), 0) + leg.amount_minor
        )
    assert sums == {
        (Account.PROCESSOR, "USD"): 0,
        (Account.REFUNDS, "USD"): 5000,
        (Account.EXCHANGE, "USD"): -5000,
        (Account.EXCHANGE, "EUR"): 4600,
        (Account.PROCESSOR, "EUR"): -4600,
    }


def _in_euros(gift):
    return gateway.Movement(
        id="txn_1",
        kind="refund",
        source="re_1",
        amount_minor=-4600,
        fee_minor=0,
        net_minor=-4600,
        currency="EUR",
        created_at=gift.paid_at,
        available_at=gift.paid_at,
    )


def test_one_refund_under_way(gift):
    ask = {"donation": gift, "amount_minor": 1, "currency": "USD", "status": Status.PROPOSED}
    Refund.objects.create(**ask, reference="a")
    with pytest.raises(IntegrityError, match="one_refund_under_way"), transaction.atomic():
        Refund.objects.create(**ask, reference="b")


def test_an_older_answer_never_overwrites_a_newer_one(giving, gift):
    """A worker fetched before the refund failed and writes after another told of that."""
    session = giving.session_of(gift)
    refund_id = giving.sandbox.refund(session)["id"]
    fetch, answers = gateway.list_refunds, []

    def slow(charge_id):
        answer = fetch(charge_id)
        answers.append(answer)
        if len(answers) == 1:
            giving.sandbox.command("fail_refund", refund=refund_id)
            refunds.refresh(gift)
        return answer

    with mock.patch.object(gateway, "list_refunds", slow):
        refunds.refresh(gift)

    gift.refresh_from_db()
    assert gift.refunds.get().status == Status.FAILED
    assert gift.refunded_minor == 0


def test_the_database_keeps_the_sums_and_the_steps_of_a_refund(giving, gift, run_jobs):
    row = refund(gift, 1000)
    run_jobs()
    for change in (
        lambda: Donation.objects.filter(pk=gift.pk).update(refunded_minor=0),
        lambda: Donation.objects.filter(pk=gift.pk).update(disputed_minor=1),
        lambda: Refund.objects.filter(pk=row.pk).update(status=Status.PENDING),
        lambda: Refund.objects.filter(pk=row.pk).update(amount_minor=10),
        lambda: Refund.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_books_notice_a_refund_that_is_not_booked_or_not_evenly_borne(giving, gift, run_jobs):
    giving.books_are_damaged = True
    refund(gift, 1000)
    run_jobs()
    BalanceTransaction.objects.create(
        id="txn_ghost",
        kind="refund",
        source="re_ghost",
        amount_minor=-100,
        fee_minor=0,
        net_minor=-100,
        currency="USD",
        livemode=False,
        created_at=gift.paid_at,
        available_at=gift.paid_at,
    )
    other = Designation.objects.exclude(pk=gift.lines.get().designation_id).first()
    legs = [Leg(Account.REFUNDS, 7, "USD", other), Leg(Account.PROCESSOR, -7, "USD")]
    ledger.post(
        legs,
        source="by hand",
        kind="refund",
        entity=gift.legal_entity,
        livemode=False,
        occurred_at=gift.paid_at,
        donation=gift,
    )
    found = books.verify()
    assert {problem.about for problem in found["the balance at Stripe agrees"]} == {
        "movement txn_ghost",
        "entry of by hand",
    }
    assert found["what went back is borne by its purposes"]
    assert found["refunds and disputes are booked"]


def test_two_of_the_staff_at_once_refund_once(giving_for_real, run_jobs):
    gift = settled(giving_for_real, run_jobs)
    people = [person(factor=False) for _ in range(4)]
    start, outcomes = threading.Barrier(len(people)), []

    def press(actor):
        start.wait()
        try:
            refund(gift, 5000, actor=actor, left_minor=5000)
            outcomes.append("asked")
        except refunds.NotRefundable as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[actor]) for actor in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run_jobs()

    assert sorted(outcomes) == ["asked", *["under_way"] * 3]
    assert len(gateway.list_refunds(gift.charge_id)) == 1


def test_many_workers_at_the_same_refunds_book_each_once(giving_for_real, run_jobs):
    gift = settled(giving_for_real, run_jobs)
    session = giving_for_real.session_of(gift)
    start = threading.Barrier(5)

    def look():
        start.wait()
        try:
            for _ in range(3):
                with suppress(payments.Busy):  # a job would come again
                    refunds.refresh(gift)
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    start.wait()
    for amount in (700, 800, 900):
        giving_for_real.sandbox.refund(session, amount)
    for thread in threads:
        thread.join()
    refunds.refresh(gift)

    assert Entry.objects.filter(kind="refund").count() == 3
    gift.refresh_from_db()
    assert gift.refunded_minor == 2400
    run_jobs()
