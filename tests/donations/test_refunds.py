"""Money given back: from here and from Stripe's dashboard, in parts, failing later, once each."""

from datetime import timedelta
from unittest import mock

import pytest
from django.db import IntegrityError, transaction

from donations import gateway, mails, refunds
from donations.models import (
    BalanceTransaction,
    Designation,
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
    last = Mail.objects.filter(template="gift_refunded").latest("pk")
    assert mails.context_of(last) | {"whole": False, "remains": False} == mails.context_of(last)
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


def test_fraud_is_refunded_without_a_mail_to_whoever_held_the_card(giving, gift, run_jobs):
    refund(gift, reason="fraudulent")
    run_jobs()
    assert not Mail.objects.filter(template="gift_refunded").exists()
