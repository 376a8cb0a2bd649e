"""Stripe's events: stored once, looked into until it worked, never believed."""

from datetime import timedelta
from unittest import mock

import pytest
from django.test import override_settings

from donations import gateway, inbox
from donations.gateway.client import client
from donations.models import Donation, Event
from tests.giving import later

Status = Event.Status
ABOUT_A_PAYMENT = ("checkout.", "payment_intent.", "charge.updated")


def test_a_repeated_event_counts_and_changes_nothing(giving, run_jobs):
    donation = giving.begin()
    giving.pay(donation)
    events = giving.new_events()
    for event in events * 3:
        assert giving.post(event) == 200
    run_jobs()
    assert set(Event.objects.values_list("deliveries", flat=True)) == {3}
    assert donation.receipts.count() == donation.entries.count() == 1


def test_an_event_that_comes_again_after_its_job_changes_nothing(giving, run_jobs):
    giving.paid()
    run_jobs()
    for event in giving.sandbox.events():
        giving.post(event)
    assert run_jobs() == []


def test_two_events_of_one_change_give_one_entry(giving, run_jobs):
    giving.sandbox.steer_deliveries(twin=-1)
    donation = giving.paid()
    run_jobs()
    assert Event.objects.filter(kind="checkout.session.completed").count() == 2
    assert donation.entries.count() == donation.receipts.count() == 1


def test_while_stripe_cannot_be_asked_an_event_waits(giving, run_jobs):
    donation = giving.paid()
    client.cache_clear()
    with override_settings(STRIPE_API_BASE="http://127.0.0.1:9"):
        first = run_jobs()
    client.cache_clear()
    assert {type(ran.error) for ran in first if ran.error} == {gateway.Unreachable}
    assert set(
        Event.objects.exclude(status=Status.IGNORED).values_list("status", "problem")
    ) == {(Status.WAITING, "Unreachable")}  # fmt: skip

    run_jobs(until=timedelta(minutes=1))
    donation.refresh_from_db()
    assert donation.status == "paid"
    assert not Event.objects.filter(status=Status.WAITING).exists()


def test_after_three_days_an_event_is_given_up_and_can_be_replayed(giving, run_jobs):
    donation = giving.begin()
    giving.pay(donation)
    giving.deliver("checkout.session.completed")
    down = gateway.Unreachable("down")
    with mock.patch.object(gateway, "fetch_checkout", side_effect=down):
        tries = run_jobs(until=timedelta(days=5), may_fail=True)
    event = Event.objects.get()
    assert (event.status, event.attempts) == (Status.FAILED, len(tries))
    assert len(tries) > 70

    inbox.replay(event)
    run_jobs()
    donation.refresh_from_db()
    assert donation.status == "paid"


def test_a_kind_we_do_not_handle_is_kept_and_marked(giving, run_jobs):
    giving.paid()
    run_jobs()
    assert Event.objects.get(kind="charge.succeeded").status == Status.IGNORED


def test_an_event_of_the_other_mode_never_touches_the_books(giving, run_jobs):
    donation = giving.begin()
    giving.pay(donation)
    for event in giving.new_events():
        assert giving.post(event | {"livemode": True}) == 200
    run_jobs()
    assert set(Event.objects.values_list("status", flat=True)) == {Status.IGNORED}
    donation.refresh_from_db()
    assert donation.status == "pending"


def test_somebody_elses_payment_on_the_same_account_is_ignored(giving, run_jobs):
    donation = giving.begin()
    giving.pay(donation)
    for event in giving.new_events():
        about = event["data"]["object"]
        about |= {"id": f"other_{about['id']}", "metadata": {}, "payment_intent": "pi_other"}
        assert giving.post(event) == 200
    run_jobs()
    assert set(Event.objects.values_list("status", flat=True)) == {Status.IGNORED}


def test_what_an_event_claims_is_not_believed(giving, run_jobs):
    """A signed body of an older moment: the object at Stripe decides."""
    donation = giving.begin()
    session = giving.open(donation)
    giving.sandbox.expire(session)
    (event,) = giving.new_events()
    event["type"] = "checkout.session.completed"
    event["data"]["object"] |= {"status": "complete", "payment_status": "paid"}
    giving.post(event)
    run_jobs()
    donation.refresh_from_db()
    assert donation.status == "abandoned"


def test_events_hold_ids_and_nothing_of_a_person(giving):
    giving.paid(name="Ruth Osei", email="ruth@example.org")
    for row in Event.objects.values():
        assert "ruth" not in str(row).lower()


def test_silence_of_stripe_is_noticed(giving, run_jobs):
    donation = giving.begin()
    giving.open(donation)
    assert inbox.silent_since() is None
    with later(minutes=31 + 31):
        assert inbox.silent_since() == donation.attempts.get().expires_at
    giving.sandbox.pay(giving.session_of(donation))
    giving.deliver()
    run_jobs()
    with later(hours=2):
        assert inbox.silent_since() is None


def test_the_endpoint_asks_for_exactly_the_kinds_we_handle(stripe):
    made = gateway.set_up_endpoint("https://example.org/webhooks/stripe/", list(inbox.KINDS))
    again = gateway.set_up_endpoint("https://example.org/webhooks/stripe/", list(inbox.KINDS))
    assert (made.created, again.created) == (True, False)
    assert made.secret.startswith("whsec_")
    (endpoint,) = client().v1.webhook_endpoints.list().data
    assert sorted(endpoint.enabled_events) == sorted(inbox.KINDS)


def test_events_that_never_came_can_be_listed(giving):
    donation = giving.begin()
    giving.pay(donation)
    found = list(gateway.list_events(list(inbox.KINDS), since=donation.created_at))
    assert {hint.kind for hint in found} == {
        *("payment_intent.succeeded", "checkout.session.completed"),
    }  # fmt: skip
    assert {hint.reference for hint in found} == {donation.attempts.get().reference}
    assert Donation.objects.get() == donation


@pytest.mark.parametrize("kind", sorted(k for k in inbox.KINDS if k.startswith(ABOUT_A_PAYMENT)))
def test_every_kind_of_a_payment_leads_to_the_same_state(giving, run_jobs, kind):
    donation = giving.begin()
    giving.pay(donation)
    (completed,) = giving.new_events("checkout.session.completed")
    completed["type"] = kind
    giving.post(completed)
    run_jobs()
    donation.refresh_from_db()
    assert donation.status == "paid"
