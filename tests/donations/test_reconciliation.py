"""The books against Stripe: every planted difference found and rightly named, no false alarm."""

from datetime import timedelta
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from donations import gateway, inbox
from donations.gateway.client import client
from donations.models import Difference, Donation, Event, Reconciliation
from donations.reconciliation import run

Cause = Difference.Cause


def compare(*, repair=False):
    """Everything up to a moment from now; the tests' events are seconds old."""
    return run.reconcile(until=timezone.now() + timedelta(minutes=1), repair=repair)


def found(done):
    return {(one.cause, one.about) for one in done.differences.all()}


def charge_of(giving):
    (event,) = giving.sandbox.events(types=["charge.succeeded"])
    return event["data"]["object"]["id"]


def test_books_that_agree_give_a_run_without_a_difference(giving, run_jobs):
    for amount in (5000, 2500):
        giving.paid(amount)
    giving.sandbox.release_fees()
    giving.deliver()
    run_jobs()
    done = compare()
    assert found(done) == set()
    assert done.finished_at
    assert done.compared["charges"] == done.compared["movements"] == 2
    assert done.compared["events"] == Event.objects.exclude(status="ignored").count()


def test_after_an_outage_the_events_are_fetched_and_the_books_agree(giving, run_jobs):
    gift = giving.begin()
    giving.pay(gift)
    giving.sandbox.release_fees()
    missed = [event["id"] for event in giving.new_events(*inbox.KINDS)]
    charge = charge_of(giving)

    first = compare()
    assert found(first) == {
        *((Cause.EVENT_MISSED, key) for key in missed),
        (Cause.CHARGE_UNBOOKED, charge),
    }
    mended = compare(repair=True)
    assert found(mended) == found(first)
    assert all(one.repaired for one in mended.differences.all())
    run_jobs()
    gift.refresh_from_db()
    assert gift.status == "paid"
    assert found(compare()) == set()


def test_an_event_that_failed_is_looked_into_again(giving, run_jobs):
    giving.paid()
    run_jobs()
    Event.objects.filter(kind="checkout.session.completed").update(status="failed")
    (one,) = compare(repair=True).differences.all()
    assert (one.cause, one.repaired) == (Cause.EVENT_STUCK, True)


def test_somebody_elses_charge_is_no_difference(giving, run_jobs):
    gift = giving.begin()
    giving.pay(gift)
    gift.attempts.update(reference="somebody-elses")
    for event in giving.new_events():
        giving.post(event | {"data": {"object": {"id": "x", "object": "x"}}})
    assert found(compare()) == set()


def test_while_stripe_is_away_the_run_stays_on_record_as_broken_off(giving):
    client.cache_clear()
    with (
        override_settings(STRIPE_API_BASE="http://127.0.0.1:9"),
        pytest.raises(gateway.Unreachable),
    ):
        compare()
    client.cache_clear()
    broken = Reconciliation.objects.get()
    assert (broken.finished_at, broken.problem) == (None, "Unreachable")
    assert run.last() is None


def test_a_night_without_a_run_is_noticed(giving):
    assert not run.overdue()
    compare()
    assert not run.overdue()
    connection.cursor().execute(
        "UPDATE donations_reconciliation SET started_at = now() - interval '27 hours'"
    )
    assert run.overdue()


def test_the_command_names_what_is_left_and_its_exit_code_tells(giving, run_jobs, capsys):
    giving.paid()
    run_jobs()
    giving.sandbox.tamper(Donation.objects.get().charge_id, amount=4000)
    with (
        mock.patch.object(run, "SETTLING", timedelta(minutes=-1)),
        pytest.raises(CommandError, match="1 differences are left"),
    ):
        call_command("reconcile")
    assert "A charge has another amount" in capsys.readouterr().out


def test_each_night_the_books_are_compared_and_mended(giving, run_jobs):
    gift = giving.begin()
    giving.pay(gift)
    with mock.patch.object(run, "SETTLING", timedelta(minutes=-1)):
        run.reconcile_nightly(0)
    run_jobs()
    gift.refresh_from_db()
    assert gift.status == "paid"
    assert run.last().differences.filter(repaired=False).count() == 0
