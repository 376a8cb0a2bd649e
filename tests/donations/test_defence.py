"""Each rule of the defence against card testing, alone."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from core.tokens import new_token
from donations import checkout, defence, jobs
from donations.models import (
    CheckoutAttempt,
    Donation,
    EventWindow,
    PaymentFailure,
    Tally,
    UsedChallenge,
)
from sandbox.control import CARD
from tests.donations.visitors import Paused, Visitor, hear, no_receipts
from tests.giving import DECLINED, Giving, later

HERE, THERE = "network-of-here", "network-of-there"
LIMIT = 10


def paid(giving: Giving, count: int) -> None:
    """So many gifts from here have arrived, as far as the limits can see."""
    giving.books_are_damaged = True
    gift = giving.begin()
    CheckoutAttempt.objects.bulk_create(
        CheckoutAttempt(
            donation=gift,
            reference=new_token(),
            state="complete",
            outcome="paid",
            expires_at=timezone.now(),
            network=HERE,
        )
        for _ in range(count)
    )


def test_heat_rises_with_the_failures_of_a_network_and_of_that_one_alone(failures):
    heats = []
    for _ in range(LIMIT):
        heats.append(defence.assess(HERE))
        failures()
    assert [heat.hot for heat in heats] == [False] * 5 + [True] * 5
    assert not any(heat.closed for heat in heats)
    assert defence.assess(HERE).closed
    assert defence.assess(THERE) == defence.Heat(hot=False)


def test_it_cools_by_itself_and_says_when(failures):
    failures(2, ago=timedelta(minutes=50))
    failures(LIMIT - 2, ago=timedelta(minutes=5))
    assert defence.assess(HERE).minutes == 10
    with later(minutes=9):
        assert defence.assess(HERE).minutes == 1
    with later(minutes=10, seconds=1):
        assert defence.assess(HERE) == defence.Heat(hot=True)
    with later(minutes=56):
        assert defence.assess(HERE) == defence.Heat(hot=False)


def test_gifts_that_arrive_earn_a_network_more_failures_up_to_twice_as_many(giving, failures):
    paid(giving, 20)
    failures(13)
    assert not defence.assess(HERE).closed
    failures()
    assert defence.assess(HERE).closed
    paid(giving, 200)
    assert not defence.assess(HERE).closed
    failures(2 * LIMIT - 14)
    assert defence.assess(HERE).closed


def test_an_address_that_fails_from_many_networks_is_hot_then_closed(failures):
    for number in range(6):
        assert defence.assess("", "ruth@example.org").hot == (number >= 3)
        failures(network=f"network-{number}", email="Ruth@Example.org")
    assert defence.assess("", "ruth@example.org").closed
    assert not defence.assess("", "sara@example.org").closed


@pytest.mark.parametrize("spread", ["addresses", "networks"])
def test_one_card_passed_around_makes_everybody_careful(giving, failures, spread):
    gift = giving.begin()
    for number in range(3):
        assert not defence.assess(THERE).hot
        failures(
            card="one card",
            network=HERE if spread == "addresses" else f"network-{number}",
            gift=None if spread == "addresses" else gift,
        )
    assert defence.assess(THERE) == defence.Heat(hot=True)


def test_a_donor_who_tries_her_own_card_again_disturbs_nobody(giving, failures):
    failures(3, card="hers", gift=giving.begin())
    assert not defence.assess(THERE).hot


def test_a_wave_over_many_networks_makes_everybody_careful(giving, failures):
    for number in range(20):
        assert not defence.assess(THERE).hot
        failures(network=f"network-{number}")
    assert defence.assess(THERE) == defence.Heat(hot=True)
    with later(minutes=11):
        assert not defence.assess(THERE).hot


def test_the_ordinary_declines_of_a_busy_day_are_no_wave(giving, failures, run_jobs, monkeypatch):
    monkeypatch.setattr(defence, "WAVE_PERCENT", 95)
    with no_receipts():
        giving.paid()
        giving.paid()
        run_jobs(queue="public")
    for number in range(20):
        failures(network=f"network-{number}")
    assert not defence.assess(THERE).hot
    monkeypatch.setattr(defence, "WAVE_PERCENT", 90)
    assert defence.assess(THERE).hot


def test_during_an_event_a_network_may_do_ten_times_as_much(giving, failures):
    staff = User.objects.create(email="staff@example.org")
    now = timezone.now()
    window = defence.open_window(
        now - timedelta(minutes=1), now + timedelta(hours=2), note="Gala", opened_by=staff
    )
    failures(LIMIT)
    assert not defence.assess(HERE).hot
    with later(hours=2):
        failures(LIMIT)
        assert defence.assess(HERE).closed
    assert (window.note, window.opened_by) == ("Gala", staff)


@pytest.mark.parametrize(("start", "end"), [(1, 0), (0, 25), (-3, -1)])
def test_a_window_that_makes_no_sense_is_refused(db, start, end):
    now = timezone.now()
    with pytest.raises(ValueError):
        defence.open_window(
            now + timedelta(hours=start), now + timedelta(hours=end), note="", opened_by=User()
        )


def test_the_database_refuses_a_window_that_ends_before_it_starts(db):
    staff = User.objects.create(email="staff@example.org")
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        EventWindow.objects.create(starts_at=now, ends_at=now, note="", opened_by=staff)


def test_a_network_holds_thirty_open_pages_and_failures_together(giving, failures):
    failures(4)
    for _ in range(26):
        checkout.send_to_stripe(giving.begin(), network=HERE)
    with pytest.raises(defence.Resting) as pause:
        checkout.send_to_stripe(giving.begin(), network=HERE)
    assert pause.value.minutes == 1
    assert giving.sessions() == 26
    assert checkout.send_to_stripe(giving.begin(), network=THERE)


def test_a_page_that_stands_idle_gives_way_to_the_next_donor(visitor, monkeypatch):
    monkeypatch.setattr(defence, "PAGES", -0.8)  # two places
    first, second = visitor.open_page(), visitor.open_page()
    with pytest.raises(Paused):
        visitor.open_page()
    visitor.clock.move(301)
    assert visitor.open_page()
    assert visitor.pay(first, CARD) == "closed"
    assert visitor.pay(second, CARD) == "paid"


def test_places_hold_when_many_press_at_once(giving_for_real, monkeypatch):
    monkeypatch.setattr(defence, "PAGES", -0.7)  # three places
    gifts = [giving_for_real.begin() for _ in range(8)]
    barrier, opened = threading.Barrier(len(gifts)), []

    def press(gift: Donation) -> None:
        barrier.wait()
        try:
            opened.append(checkout.send_to_stripe(gift, network=HERE))
        except defence.Resting:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[gift]) for gift in gifts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == giving_for_real.sessions() == 3


def test_at_the_limit_every_open_page_of_the_network_is_closed(visitor, failures, run_jobs):
    hoard = [visitor.open_page(f"{number}@example.org") for number in range(4)]
    network = CheckoutAttempt.objects.first().network
    elsewhere = Visitor(visitor.giving, visitor.clock, address="198.51.100.1").open_page()
    failures(LIMIT - 1, network=network)
    assert visitor.pay(hoard[0], DECLINED) == "declined"
    hear(visitor.giving, run_jobs)
    assert [visitor.pay(session, CARD) for session in hoard] == ["closed"] * 4
    assert visitor.pay(elsewhere, CARD) == "paid"
    with pytest.raises(Paused) as pause:
        visitor.look()
    assert pause.value.minutes == 60
    with pytest.raises(Paused):
        visitor.fill_in()


def test_closing_pages_goes_on_until_stripe_has_answered(visitor, failures, run_jobs):
    session = visitor.open_page()
    attempt = CheckoutAttempt.objects.get(session_id=session)
    failures(LIMIT, network=attempt.network)
    visitor.giving.sandbox.fault("500-before", count=20, match=session)
    checkout.close_pages.defer(attempt_id=attempt.pk)
    (ran,) = run_jobs(queue="public")
    assert ran.retry_at
    visitor.giving.sandbox.clear_faults()
    run_jobs(queue="public", until=timedelta(minutes=5))
    assert not defence.open_pages(Q(network=attempt.network)).exists()


def test_pressing_pay_is_refused_once_it_is_closed(visitor, failures):
    url = visitor.fill_in()
    visitor.go_to_payment(url)
    failures(LIMIT, network=CheckoutAttempt.objects.get().network)
    with pytest.raises(Paused):
        visitor.go_to_payment(url)


def test_counting_begins_anew_with_each_stretch_of_ten_minutes(db, monkeypatch):
    monkeypatch.setattr(defence, "TALLY_TIME", timedelta(minutes=10))

    def at(minute: int, second: int) -> Any:
        moment = datetime(2026, 5, 4, 9, minute, second, tzinfo=UTC)
        return mock.patch.object(timezone, "now", return_value=moment)

    with at(10, 0):
        assert defence.is_allowed("act", HERE, 2)
    with at(19, 59):
        assert [defence.is_allowed("act", HERE, 2) for _ in range(2)] == [True, False]
        assert defence.is_allowed("act", THERE, 2)
        assert defence.is_allowed("other", HERE, 2)
    with at(20, 0):
        assert [defence.is_allowed("act", HERE, 2) for _ in range(3)] == [True, True, False]


def test_a_flood_of_forms_rests_before_it_fills_the_tables(visitor, monkeypatch):
    monkeypatch.setattr("donations.views.give.FORMS", 2)
    visitor.fill_in()
    visitor.fill_in()
    with pytest.raises(Paused):
        visitor.fill_in()
    assert Donation.objects.count() == 2


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [("get", "/receipts/check/?code=7KQ4-M2XD-9RTN", 60), ("post", "/receipts/x/again/", 10)],
)
def test_guessing_at_receipts_is_slowed_down(db, public_client, method, path, limit):
    send = getattr(public_client, method)
    codes = [send(path, REMOTE_ADDR="192.0.2.9").status_code for _ in range(limit + 1)]
    assert codes == [200] * limit + [429]
    assert send(path, REMOTE_ADDR="192.0.2.10").status_code == 200


def test_each_night_what_was_counted_is_forgotten(giving, failures):
    failures(2, ago=timedelta(hours=2))
    failures(1)
    checkout.send_to_stripe(giving.begin(), network=HERE)
    defence.is_allowed("act", HERE, 2)
    UsedChallenge.objects.create(pk="used", expires_at=timezone.now())
    with later(minutes=30):
        jobs.forget_unpaid(0)
    assert PaymentFailure.objects.exclude(network="", card="").count() == 1
    with later(days=1):
        jobs.forget_unpaid(0)
    assert not PaymentFailure.objects.exclude(network="", card="").exists()
    assert not CheckoutAttempt.objects.exclude(network="").exists()
    assert not Tally.objects.exists()
    assert not UsedChallenge.objects.exists()
