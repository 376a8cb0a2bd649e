"""Money given back: from here and from Stripe's dashboard, in parts, failing later, once each."""

import threading
from datetime import timedelta
from unittest import mock

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from donations import books, gateway, ledger, refunds
from donations.ledger import Leg
from donations.models import (
    BalanceTransaction,
    Designation,
    Donation,
    Entry,
    Mail,
    Posting,
    Receipt,
    Refund,
)
from tests.afterwards import balance, refund, settled
from tests.giving import BANK, later
from tests.people import person

Status = Refund.Status
Account = Posting.Account
REFUND_FAILS = "4000000000005126"


@pytest.fixture
def gift(giving, run_jobs):
    """A gift of 50.00 with its fee and receipt."""
    return settled(giving, run_jobs)


def borne(donation):
    """What each designation gave back."""
    rows = Posting.objects.filter(entry__donation=donation, account=Account.REFUNDS)
    found = rows.values_list("designation__code", "amount_minor")
    return {code: sum(minor for of, minor in found if of == code) for code, _ in found}


def test_a_whole_refund_is_booked_once_voids_the_receipt_and_tells_the_donor(
    giving, gift, run_jobs
):
    row = refund(gift)
    assert row.status == Status.ASKED
    run_jobs()
    giving.deliver()
    run_jobs()

    row.refresh_from_db()
    gift.refresh_from_db()
    assert (row.status, gift.refunded_minor, gift.status) == (Status.SUCCEEDED, 5000, "paid")
    assert row.stripe_id.startswith("re_")
    assert gift.processor_fee_minor == 175  # Stripe keeps its fee
    assert balance() == {
        Account.PROCESSOR: -175,
        Account.CONTRIBUTIONS: -5000,
        Account.FEES: 175,
        Account.REFUNDS: 5000,
    }
    assert BalanceTransaction.objects.filter(kind="refund").count() == 1
    assert [receipt.state for receipt in gift.receipts.all()] == ["void"]
    mail = Mail.objects.get(template="gift_refunded")
    assert mail.status == "sent"
    kinds = list(gift.timeline.values_list("kind", flat=True))
    assert kinds[-3:] == ["refund_asked", "refunded", "receipt_voided"]


def test_a_refund_in_parts_reissues_the_receipt_for_the_rest_and_splits_to_the_cent(
    giving, run_jobs
):
    purposes = list(Designation.objects.filter(is_public=True)[:3])
    parts = [
        giving.part(purpose, minor)
        for purpose, minor in zip(purposes, (1001, 1001, 998), strict=True)
    ]
    gift = settled(giving, run_jobs, parts=parts)
    first = gift.receipts.get()

    for amount in (1000, 1, 1):
        refund(gift, amount)
        run_jobs()

    gift.refresh_from_db()
    live = gift.receipts.get(state="issued")
    assert live.snapshot["amount_minor"] == 1998
    assert live.snapshot["lines"][0]["amount_minor"] == 1001 - borne(gift)[purposes[0].code]
    assert sum(borne(gift).values()) == 1002
    first.refresh_from_db()
    assert (first.state, first.void_reason) == ("replaced", "refund")
    assert Receipt.objects.get(replaces=first).snapshot["replaces"] == first.label
    refund(gift, 1998)
    run_jobs()
    assert borne(gift) == {
        purpose.code: part.amount_minor for purpose, part in zip(purposes, parts, strict=True)
    }
    assert not gift.receipts.filter(state="issued").exists()


def test_refunds_made_in_the_dashboard_are_taken_over_whatever_event_tells_of_them(
    giving, gift, run_jobs
):
    session = giving.session_of(gift)
    giving.sandbox.refund(session, 1000, reason="duplicate")
    giving.sandbox.refund(session, 500)
    event = giving.new_events("charge.refunded")[0]
    giving.post(event)  # one event, two refunds
    giving.post(event)
    run_jobs()

    rows = list(gift.refunds.order_by("pk").values_list("amount_minor", "status", "requested_by"))
    assert rows == [(1000, "succeeded", None), (500, "succeeded", None)]
    gift.refresh_from_db()
    assert gift.refunded_minor == 1500
    assert Mail.objects.filter(template="gift_refunded").count() == 2


def test_a_refund_told_before_the_payment_itself_is_not_missed(giving, run_jobs):
    gift = giving.begin()
    session = giving.pay(gift)
    giving.sandbox.release_fees()
    giving.sandbox.refund(session, 2000)
    events = {event["type"]: event for event in giving.new_events()}

    giving.post(events["refund.created"])
    run_jobs()

    gift.refresh_from_db()
    assert (gift.status, gift.refunded_minor) == ("paid", 2000)
    assert gift.receipts.get().snapshot["amount_minor"] == 3000


def test_a_payment_refunded_before_we_heard_of_it_is_settled_and_looked_after(giving, run_jobs):
    gift = giving.begin()
    session = giving.pay(gift)
    giving.sandbox.release_fees()
    giving.sandbox.refund(session)

    giving.deliver("checkout.session.completed")
    run_jobs()

    gift.refresh_from_db()
    assert (gift.status, gift.refunded_minor) == ("paid", 5000)
    assert not gift.receipts.filter(state="issued").exists()


def test_a_refund_that_comes_back_makes_gift_and_receipt_whole_again(giving, run_jobs):
    gift = settled(giving, run_jobs, card=REFUND_FAILS)
    row = refund(gift)
    run_jobs()
    giving.sandbox.set_clock(advance=11)
    giving.deliver()
    run_jobs()

    row.refresh_from_db()
    gift.refresh_from_db()
    assert (row.status, row.problem) == (Status.FAILED, "expired_or_canceled_card")
    assert gift.refunded_minor == 0
    assert balance()[Account.REFUNDS] == 0
    assert [receipt.state for receipt in gift.receipts.order_by("pk")] == ["replaced", "issued"]
    assert Entry.objects.filter(kind="refund_failure").count() == 1
    assert refunds.refundable_minor(gift) == 5000


def test_a_debits_refund_is_on_its_way_for_days(giving, run_jobs):
    gift = settled(giving, run_jobs, card=BANK)
    row = refund(gift, 2000)
    run_jobs()
    row.refresh_from_db()
    assert row.status == Status.PENDING
    giving.sandbox.set_clock(advance=6 * 86_400)
    giving.deliver()
    run_jobs()
    row.refresh_from_db()
    gift.refresh_from_db()
    assert (row.status, gift.refunded_minor) == (Status.SUCCEEDED, 2000)
    assert Mail.objects.filter(template="gift_refunded").count() == 1


def test_a_large_refund_waits_for_a_second_person_who_may_say_no(giving, run_jobs, settings):
    settings.REFUND_SECOND_PERSON_MINOR = 3000
    gift = settled(giving, run_jobs)
    ada, ben = person(factor=False), person(factor=False)
    row = refund(gift, 5000, actor=ada)
    run_jobs()
    assert row.status == Status.PROPOSED
    with pytest.raises(refunds.NotRefundable, match="same_person"):
        refunds.approve(row, actor=ada)
    assert refunds.decline(row, actor=ben).status == Status.DECLINED
    assert refunds.approve(row, actor=ben).status == Status.DECLINED

    row = refund(gift, 5000, actor=ada)
    for _ in range(2):
        refunds.approve(row, actor=ben)
    run_jobs()
    row.refresh_from_db()
    assert (row.status, row.approved_by) == (Status.SUCCEEDED, ben)
    with pytest.raises(IntegrityError, match="refund_by_two_people"), transaction.atomic():
        Refund.objects.filter(pk=row.pk).update(approved_by=ada)


def test_what_cannot_be_refunded_is_refused_kindly(giving, gift, run_jobs):
    unpaid = giving.begin()
    for donation, amount, left, code in (
        (unpaid, 100, 0, "not_paid"),
        (gift, 5001, 5000, "too_much"),
        (gift, 0, 5000, "too_much"),
        (gift, 100, 4900, "changed"),
    ):
        with pytest.raises(refunds.NotRefundable, match=code):
            refund(donation, amount, left_minor=left)
    refund(gift, 100)
    with pytest.raises(refunds.NotRefundable, match="under_way"):
        refund(gift, 100)
    run_jobs()
    with pytest.raises(refunds.NotRefundable, match="changed"):  # the same form once more
        refund(gift, 100, left_minor=5000)
    giving.sandbox.dispute(giving.session_of(gift))
    giving.deliver()
    run_jobs()
    with pytest.raises(refunds.NotRefundable, match="disputed"):
        refund(gift, 100, left_minor=0)


def test_a_dispute_that_stripe_knows_first_refuses_the_refund(giving, gift, run_jobs):
    row = refund(gift)
    giving.sandbox.dispute(giving.session_of(gift))
    run_jobs()
    row.refresh_from_db()
    assert (row.status, row.problem) == (Status.REFUSED, "charge_disputed")
    gift.refresh_from_db()
    assert gift.refunded_minor == 0
    giving.deliver()
    run_jobs()


@pytest.mark.parametrize("fault", ["cut", "cut-before", "500-after"])
def test_a_lost_answer_refunds_once(giving, gift, run_jobs, fault):
    row = refund(gift, 2000)
    giving.sandbox.fault(fault, count=1 if fault == "500-after" else 4, match="/v1/refunds")
    run_jobs(until=timedelta(hours=1))
    row.refresh_from_db()
    gift.refresh_from_db()
    assert (row.status, gift.refunded_minor) == (Status.SUCCEEDED, 2000)
    assert len(gateway.list_refunds(gift.charge_id)) == 1


def test_a_key_older_than_stripes_memory_is_looked_up_and_not_used_again(giving, gift, run_jobs):
    row = refund(gift, 2000)
    with later(hours=24), mock.patch.object(gateway, "create_refund") as create:
        refunds.send_refund(row.pk)
    create.assert_not_called()
    row.refresh_from_db()
    assert (row.status, row.problem) == (Status.REFUSED, "too_old")


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


def test_fraud_is_refunded_without_a_mail_to_whoever_held_the_card(giving, gift, run_jobs):
    refund(gift, reason="fraudulent")
    run_jobs()
    assert not Mail.objects.filter(template="gift_refunded").exists()


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
        for _ in range(3):
            refunds.refresh(gift)
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
