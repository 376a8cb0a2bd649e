"""What becomes of a payment: every ending, whatever Stripe tells first."""

import threading
from unittest import mock

import pytest
from django.db import connection

from donations import gateway, payments
from donations.models import CheckoutAttempt, Donation, Donor, Mail
from sandbox.control import ControlError
from tests.giving import ASKS_THE_BANK, BANK, DECLINED, later

Status = Donation.Status
State = CheckoutAttempt.State


def status_of(donation: Donation) -> str:
    donation.refresh_from_db()
    return donation.status


def test_a_paid_gift_is_booked_with_donor_charge_card_and_receipt(giving, run_jobs):
    donation = giving.paid(7500)
    run_jobs()
    assert status_of(donation) == Status.PAID
    assert donation.donor.email == "ruth@example.org"
    assert (donation.card_brand, donation.card_last4) == ("visa", "4242")
    assert donation.entries.get().source == donation.charge_id
    assert donation.receipts.get().snapshot["amount_minor"] == 7500
    assert [entry.kind for entry in donation.timeline.all()] == [
        *("begun", "sent_to_stripe", "paid", "receipt_numbered"),
    ]  # fmt: skip


def test_a_decline_and_then_a_success_in_one_session_is_one_paid_gift(giving, run_jobs):
    donation = giving.begin()
    session = giving.pay(donation, DECLINED)
    giving.deliver()
    run_jobs()
    assert status_of(donation) == Status.PENDING
    failure = donation.failures.get()
    assert (failure.code, failure.decline_code) == ("card_declined", "generic_decline")

    giving.sandbox.pay(session)
    giving.deliver()
    run_jobs()
    assert status_of(donation) == Status.PAID
    assert donation.failures.count() == donation.receipts.count() == 1


def test_a_decline_told_after_the_success_changes_nothing(giving, run_jobs):
    donation = giving.begin()
    session = giving.pay(donation, DECLINED)
    giving.sandbox.pay(session)
    for event in reversed(giving.new_events()):
        giving.post(event)
        run_jobs()
    assert status_of(donation) == Status.PAID
    assert donation.failures.count() == 1


def test_the_bank_may_ask_the_donor_first(giving, run_jobs):
    donation = giving.begin()
    session = giving.pay(donation, ASKS_THE_BANK)
    giving.deliver()
    run_jobs()
    assert status_of(donation) == Status.NEEDS_ACTION
    giving.sandbox.command("expire", session=session)
    giving.deliver()
    run_jobs()
    assert status_of(donation) == Status.ABANDONED


@pytest.mark.parametrize(("passed", "after"), [(True, Status.PAID), (False, Status.PENDING)])
def test_the_answer_to_the_banks_question_decides(giving, run_jobs, passed, after):
    donation = giving.begin()
    giving.pay(donation, ASKS_THE_BANK, authenticate=passed)
    giving.deliver()
    run_jobs()
    assert status_of(donation) == after


def test_who_tries_card_after_card_loses_the_page(giving, run_jobs):
    donation = giving.begin()
    session = giving.open(donation)
    for _ in range(3):
        giving.sandbox.pay(session, DECLINED)
    giving.deliver()
    run_jobs()
    with pytest.raises(ControlError, match="expired"):
        giving.sandbox.pay(session)
    assert status_of(donation) == Status.ABANDONED
    assert donation.failures.count() == 3


def test_a_fresh_page_allows_as_many_tries_as_the_first(giving, run_jobs):
    donation = giving.begin()
    session = giving.open(donation)
    for _ in range(3):
        giving.sandbox.pay(session, DECLINED)
    giving.deliver()
    run_jobs()
    session = giving.pay(donation, DECLINED)
    giving.deliver()
    run_jobs()
    giving.sandbox.pay(session)
    giving.deliver()
    run_jobs()
    assert status_of(donation) == Status.PAID


def test_a_bank_debit_is_on_its_way_and_then_paid(giving, run_jobs):
    donation = giving.begin()
    session = giving.pay(donation, BANK)
    giving.deliver()
    run_jobs()
    assert status_of(donation) == Status.PROCESSING
    assert not donation.receipts.exists()
    assert Mail.objects.get().template == "gift_processing"

    giving.sandbox.settle(session)
    giving.deliver()
    run_jobs()
    assert status_of(donation) == Status.PAID
    assert Mail.objects.latest("pk").template == "receipt"


def test_a_bank_debit_that_bounces_is_told_and_can_be_tried_again(giving, run_jobs):
    donation = giving.begin()
    session = giving.pay(donation, BANK)
    giving.deliver()
    run_jobs()
    giving.sandbox.fail(session)
    giving.deliver()
    run_jobs()
    assert status_of(donation) == Status.FAILED
    assert Mail.objects.latest("pk").template == "gift_failed"
    assert donation.failures.get().code == "insufficient_funds"

    giving.pay(donation)
    giving.deliver()
    run_jobs()
    assert status_of(donation) == Status.PAID


def second_payment(giving, donation: Donation) -> tuple[str, str]:
    """Two sessions of one gift, both paid: we had held the first for ended."""
    first = giving.open(donation)
    donation.attempts.update(state=State.REFUSED)
    second = giving.open(donation)
    giving.sandbox.pay(first)
    giving.sandbox.pay(second)
    return first, second


def test_a_second_payment_of_one_gift_is_booked_as_a_gift_of_its_own(giving, run_jobs):
    donation = giving.begin(
        tribute_kind="honor", tribute_name="Ana", tribute_recipient_email="ana@example.org"
    )
    second_payment(giving, donation)
    giving.deliver()
    run_jobs()
    first, twin = Donation.objects.order_by("pk")
    assert (first.status, twin.status) == (Status.PAID, Status.PAID)
    assert first.donor == twin.donor
    assert first.charge_id != twin.charge_id
    assert twin.timeline.first().kind == "second_payment"
    assert giving.charges() == 2
    assert Mail.objects.filter(template="receipt").count() == 2
    assert Mail.objects.filter(template="tribute_notice").count() == 1


def test_whoever_looked_before_a_second_payment_was_found_looks_again(giving, run_jobs):
    donation = giving.begin()
    _, second = second_payment(giving, donation)
    attempt = donation.attempts.get(session_id=second)
    giving.deliver()
    run_jobs()
    assert attempt.donation_id == donation.pk  # as it was read before
    assert payments.refresh(attempt) is False


def test_one_person_with_two_gifts_is_one_donor_in_whatever_case_she_types(giving, run_jobs):
    giving.paid(email="Ruth@Example.ORG")
    giving.paid(email="ruth@example.org", name="Somebody Else", language="es", country="MX")
    run_jobs()
    donor = Donor.objects.get()
    assert donor.donations.count() == 2
    # What a form says never changes a donor: anybody can type an address.
    assert (donor.name, donor.language, donor.country) == ("Ruth Osei", "en", "")
    assert Donation.objects.latest("pk").name == "Somebody Else"


def test_a_fee_that_comes_later_is_booked_when_it_comes(giving, run_jobs):
    donation = giving.paid(10_000)
    run_jobs()
    donation.refresh_from_db()
    assert donation.processor_fee_minor is None

    giving.sandbox.release_fees()
    assert giving.deliver() == ["charge.updated"]
    run_jobs()
    donation.refresh_from_db()
    assert donation.processor_fee_minor == 320
    assert sorted(donation.entries.values_list("kind", flat=True)) == ["charge", "fee"]


def test_a_fee_known_at_once_is_booked_at_once(giving, run_jobs):
    giving.sandbox.fees("at_once")
    donation = giving.paid(10_000)
    run_jobs()
    donation.refresh_from_db()
    assert donation.processor_fee_minor == 320


def test_the_year_and_time_are_those_of_the_charge(giving, run_jobs):
    donation = giving.begin()
    giving.pay(donation)
    with later(hours=30):
        giving.deliver()
        run_jobs()
    donation.refresh_from_db()
    (charge,) = gateway.client.client().v1.charges.list().data
    assert int(donation.paid_at.timestamp()) == charge.created


def test_the_honored_persons_family_hears_once(giving, run_jobs):
    giving.paid(
        tribute_kind="honor",
        tribute_name="Ana",
        tribute_recipient_name="Luz",
        tribute_recipient_email="luz@example.org",
    )
    giving.post(giving.sandbox.events()[0])
    run_jobs()
    assert Mail.objects.get(template="tribute_notice").to == "luz@example.org"


def test_a_row_that_never_comes_to_rest_is_left_for_later(giving):
    donation = giving.begin()
    giving.open(donation)
    attempt = donation.attempts.get()
    real = gateway.fetch_checkout

    def meanwhile(session_id):
        Donation.objects.filter(pk=donation.pk).update(sync_version=donation.sync_version + 1)
        donation.refresh_from_db()
        return real(session_id)

    with mock.patch.object(gateway, "fetch_checkout", meanwhile), pytest.raises(payments.Busy):
        payments.refresh(attempt)


def test_an_older_answer_never_overwrites_a_newer_one(giving_for_real):
    giving = giving_for_real
    donation = giving.begin()
    session = giving.open(donation)
    fetched, newer = threading.Event(), threading.Event()
    real = gateway.fetch_checkout
    asked: list[str] = []

    def slow(session_id):
        answer = real(session_id)
        asked.append(answer.state)
        if threading.current_thread().name == "older" and len(asked) == 1:
            fetched.set()
            assert newer.wait(10)
        return answer

    def older() -> None:
        payments.refresh(donation.attempts.get())
        connection.close()

    with mock.patch.object(gateway, "fetch_checkout", slow):
        thread = threading.Thread(target=older, name="older")
        thread.start()
        assert fetched.wait(10)
        giving.sandbox.pay(session, BANK)
        payments.refresh(donation.attempts.get())
        newer.set()
        thread.join(10)
    assert asked == ["open", "complete", "complete"]
    assert status_of(donation) == Status.PROCESSING
    assert donation.attempts.get().state == State.COMPLETE
