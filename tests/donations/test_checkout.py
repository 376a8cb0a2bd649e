"""The way to the payment page and back: whatever is pressed or lost, one gift is paid once."""

import threading
import time
from unittest import mock

import pytest
from django.db import connection
from django.test import override_settings

from donations import checkout, gateway, jobs
from donations.checkout import Part
from donations.gateway.client import client
from donations.models import CheckoutAttempt, Designation, Donation
from sandbox.control import ControlError
from tests.giving import BANK, later

Status = Donation.Status
State = CheckoutAttempt.State
CREATE = {"match": "/v1/checkout/sessions", "method": "POST"}
# The official client tries a call three times by itself.
TRIES = 3


def status_of(donation: Donation) -> str:
    donation.refresh_from_db()
    return donation.status


def at_once(*calls) -> list[object]:
    """Run in threads that start together; results and exceptions in no order."""
    results, barrier = [], threading.Barrier(len(calls))

    def run(call) -> None:
        barrier.wait()
        try:
            results.append(call())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_the_same_form_sent_twice_is_one_gift(giving):
    first, second = (giving.begin(form_token="one form") for _ in range(2))
    assert first == second
    assert Donation.objects.count() == 1
    assert first.lines.count() == 1


def test_the_same_form_sent_by_two_requests_at_once_is_one_gift(giving_for_real):
    found = at_once(*[lambda: giving_for_real.begin(form_token="one form")] * 4)
    assert len({donation.pk for donation in found}) == 1
    assert Donation.objects.count() == 1


def test_a_double_click_opens_one_payment_page(giving_for_real):
    donation = giving_for_real.begin()
    found = at_once(*[lambda: checkout.send_to_stripe(donation)] * 2)
    assert giving_for_real.sessions() == 1
    assert donation.attempts.count() == 1
    # The slower of two identical calls may be told to come again; it then gets the same page.
    urls = {url for url in found if isinstance(url, str)}
    assert urls == {checkout.send_to_stripe(donation)}


def test_pressed_again_later_or_in_another_tab_it_leads_to_the_same_page(giving):
    donation = giving.begin()
    urls = {checkout.send_to_stripe(Donation.objects.get(pk=donation.pk)) for _ in range(3)}
    assert len(urls) == 1
    assert giving.sessions() == 1


def test_what_is_paid_in_one_tab_is_not_paid_again_in_another(giving, run_jobs):
    donation = giving.paid()
    run_jobs()
    with pytest.raises(checkout.AlreadyPaid):
        checkout.send_to_stripe(donation)


def test_a_bank_debit_under_way_is_not_paid_again(giving, run_jobs):
    donation = giving.begin()
    giving.pay(donation, BANK)
    giving.deliver()
    run_jobs()
    with pytest.raises(checkout.AlreadyPaid):
        checkout.send_to_stripe(donation)


def test_an_answer_lost_on_the_way_gives_the_same_page_at_the_next_try(giving):
    donation = giving.begin()
    giving.sandbox.fault("cut", count=TRIES, **CREATE)
    with pytest.raises(gateway.Unreachable):
        checkout.send_to_stripe(donation)
    assert donation.attempts.get().state == State.ASKED

    checkout.send_to_stripe(donation)
    assert donation.attempts.get().state == State.OPEN
    assert giving.sessions() == 1


@pytest.mark.parametrize("kind", ["cut-before", "429", "lock-timeout"])
def test_stripe_not_reached_is_tried_later_with_the_same_key(giving, kind):
    donation = giving.begin()
    giving.sandbox.fault(kind, count=TRIES, **CREATE)
    with pytest.raises(gateway.Unreachable):
        checkout.send_to_stripe(donation)
    giving.sandbox.clear_faults()
    giving.pay(donation)
    assert donation.attempts.count() == giving.sessions() == giving.charges() == 1


def test_stripe_being_slow_is_no_second_page(giving):
    donation = giving.begin()
    giving.sandbox.fault("hang", seconds=0.6, count=TRIES, **CREATE)
    client.cache_clear()
    with override_settings(STRIPE_TIMEOUT_SECONDS=0.2), pytest.raises(gateway.Unreachable):
        checkout.send_to_stripe(donation)
    client.cache_clear()
    giving.sandbox.clear_faults()
    time.sleep(0.8)  # while Stripe still works on it, the key is taken
    giving.pay(donation)
    assert giving.sessions() == giving.charges() == 1


def test_stripe_being_down_loses_nothing(giving):
    donation = giving.begin()
    client.cache_clear()
    down = override_settings(STRIPE_API_BASE="http://127.0.0.1:9")
    with down, pytest.raises(gateway.Unreachable):
        checkout.send_to_stripe(donation)
    client.cache_clear()
    giving.pay(donation)
    assert giving.charges() == 1


@pytest.mark.parametrize("kind", ["500-before", "500-after"])
def test_a_failure_that_stripe_repeats_for_a_key_needs_another_key(giving, run_jobs, kind):
    donation = giving.begin()
    giving.sandbox.fault(kind, count=1, **CREATE)
    giving.pay(donation)
    giving.deliver()
    run_jobs()
    assert status_of(donation) == Status.PAID
    assert [a.state for a in donation.attempts.order_by("pk")] == [State.REFUSED, State.COMPLETE]
    assert giving.charges() == 1


def test_a_page_nobody_knows_of_ends_by_itself_and_changes_nothing(giving, run_jobs):
    donation = giving.begin()
    giving.sandbox.fault("500-after", count=1, **CREATE)
    giving.pay(donation)
    giving.sandbox.set_clock(advance=3600)
    assert "checkout.session.expired" in giving.deliver()
    run_jobs()
    assert status_of(donation) == Status.PAID
    assert {a.state for a in donation.attempts.all()} == {State.EXPIRED, State.COMPLETE}


def test_refused_by_stripe_is_said_and_can_be_tried_again(giving):
    donation = giving.begin(1)
    for count in (1, 2):
        with pytest.raises(checkout.NotPossible, match="amount_too_small"):
            checkout.send_to_stripe(donation)
        assert donation.attempts.filter(state=State.REFUSED).count() == count
    assert giving.sessions() == 0


def test_after_an_expired_page_the_gift_can_be_paid_on_another(giving, run_jobs):
    donation = giving.begin()
    giving.sandbox.expire(giving.open(donation))
    first = giving.new_events()
    assert [giving.post(event) for event in first] == [200]
    run_jobs()
    assert status_of(donation) == Status.ABANDONED

    giving.pay(donation)
    assert status_of(donation) == Status.PENDING
    giving.deliver()
    giving.post(first[0])
    run_jobs()
    assert status_of(donation) == Status.PAID
    assert giving.charges() == 1


def test_a_page_past_its_time_is_closed_before_another_opens(giving):
    donation = giving.begin()
    first = giving.open(donation)
    with later(minutes=40):
        second = giving.open(donation)
    assert second != first
    assert donation.attempts.get(session_id=first).state == State.EXPIRED
    with pytest.raises(ControlError, match="expired"):
        giving.sandbox.pay(first)


def test_a_page_past_its_time_that_was_paid_is_not_opened_again(giving):
    donation = giving.begin()
    giving.pay(donation)
    with later(minutes=40), pytest.raises(checkout.AlreadyPaid):
        checkout.send_to_stripe(donation)
    assert status_of(donation) == Status.PAID


def test_a_lost_answer_found_too_late_leads_to_a_fresh_page_not_a_dead_one(giving):
    donation = giving.begin()
    giving.sandbox.fault("cut", count=TRIES, **CREATE)
    with pytest.raises(gateway.Unreachable):
        checkout.send_to_stripe(donation)
    giving.sandbox.set_clock(advance=40 * 60)
    with later(minutes=40):
        giving.pay(donation)
    assert sorted(a.state for a in donation.attempts.all()) == [State.EXPIRED, State.OPEN]
    assert giving.charges() == 1


def test_a_key_that_stripe_may_have_forgotten_is_not_used_again(giving):
    donation = giving.begin()
    giving.sandbox.fault("cut-before", count=TRIES, **CREATE)
    with pytest.raises(gateway.Unreachable):
        checkout.send_to_stripe(donation)
    asked = donation.attempts.get()
    giving.sandbox.set_clock(advance=25 * 3600)
    with later(hours=25):
        checkout.send_to_stripe(donation)
    asked.refresh_from_db()
    assert asked.state == State.EXPIRED
    assert donation.attempts.count() == 2


def test_changing_the_gift_closes_the_page_of_the_old_one(giving, run_jobs):
    old = giving.begin(5000)
    session = giving.open(old)
    new = giving.begin(7500, replaces=old)
    with pytest.raises(ControlError, match="expired"):
        giving.sandbox.pay(session)
    giving.pay(new)
    giving.deliver()
    run_jobs()
    assert (status_of(old), status_of(new)) == (Status.ABANDONED, Status.PAID)
    assert giving.charges() == 1


def test_changing_a_gift_that_had_no_page_yet_cancels_it(giving):
    old = giving.begin()
    giving.begin(7500, replaces=old)
    assert status_of(old) == Status.CANCELED


def test_a_canceled_gift_can_still_be_paid_by_going_back_to_it(giving, run_jobs):
    old = giving.begin()
    giving.begin(7500, replaces=old)
    giving.pay(old)
    giving.deliver()
    run_jobs()
    assert status_of(old) == Status.PAID


def test_changing_a_gift_that_was_just_paid_leaves_it_paid(giving, run_jobs):
    old = giving.begin()
    giving.pay(old)
    giving.begin(7500, replaces=old)
    assert status_of(old) == Status.PAID


def test_a_change_cut_short_is_finished_when_the_form_is_sent_again(giving):
    old = giving.begin()
    session = giving.open(old)
    killed = mock.patch.object(checkout, "give_up", side_effect=KeyboardInterrupt)
    with killed, pytest.raises(KeyboardInterrupt):
        giving.begin(7500, replaces=old, form_token="changed")
    giving.begin(7500, replaces=old, form_token="changed")
    with pytest.raises(ControlError, match="expired"):
        giving.sandbox.pay(session)


def test_the_lines_of_a_gift_add_up_with_the_covered_fee_split_along(giving):
    purposes = Designation.objects.order_by("position")[:3]
    parts = [Part(purpose, 3333) for purpose in purposes]
    donation = giving.begin(parts=parts, fee_cover_minor=341)
    assert donation.amount_minor == 3 * 3333 + 341
    assert sorted(donation.lines.values_list("amount_minor", flat=True)) == [3446, 3447, 3447]


@pytest.mark.parametrize(("currency", "amount"), [("JPY", 5000), ("KWD", 12_340)])
def test_currencies_with_no_or_three_decimals_keep_their_minor_units(
    giving, run_jobs, currency, amount
):
    donation = giving.paid(amount, currency=currency)
    giving.sandbox.release_fees()
    giving.deliver()
    run_jobs()
    assert status_of(donation) == Status.PAID
    session = client().v1.checkout.sessions.retrieve(giving.session_of(donation))
    assert (session.amount_total, session.currency) == (amount, currency.lower())
    posted = donation.entries.get(kind="charge").postings
    assert set(posted.values_list("currency", "amount_minor")) == {
        (currency, amount), (currency, -amount),
    }  # fmt: skip


def test_the_sweep_finds_a_page_whose_answer_and_events_were_lost(giving, run_jobs):
    donation = giving.begin()
    giving.sandbox.fault("cut", count=TRIES, **CREATE)
    with pytest.raises(gateway.Unreachable):
        checkout.send_to_stripe(donation)
    (session,) = client().v1.checkout.sessions.list().data
    giving.sandbox.pay(session.id)
    with later(hours=2):
        jobs.sweep(0)
    run_jobs()
    assert status_of(donation) == Status.PAID
    assert giving.charges() == 1


def test_an_event_names_the_page_whose_answer_was_lost(giving, run_jobs):
    donation = giving.begin()
    giving.sandbox.fault("cut", count=TRIES, **CREATE)
    with pytest.raises(gateway.Unreachable):
        checkout.send_to_stripe(donation)
    (session,) = client().v1.checkout.sessions.list().data
    giving.sandbox.pay(session.id)
    for event in reversed(giving.new_events()):
        giving.post(event)
    run_jobs()
    assert status_of(donation) == Status.PAID


def test_stripe_gets_no_name_and_no_purpose(giving):
    giving.begin(designation="education", message="for Ana", tribute_name="Ana")
    giving.open(Donation.objects.get())
    session = client().v1.checkout.sessions.list().data[0]
    sent = str(session)
    for private in ("Ruth Osei", "ducation", "Ana"):
        assert private not in sent
    assert session.metadata.to_dict() == {
        "reference": Donation.objects.get().attempts.get().reference
    }
