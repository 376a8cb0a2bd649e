"""Each rule of the defence against card testing, alone."""

import base64
import html
import json
import threading
from datetime import timedelta
from unittest import mock

import altcha
import pytest
from django.core import mail, signing
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from core.tokens import new_token
from donations import checkout, defence, jobs, mails, proof
from donations.models import (
    CheckoutAttempt,
    Donation,
    EventWindow,
    Mail,
    PaymentFailure,
    Tally,
    UsedChallenge,
)
from sandbox.control import CARD
from tests.donations.visitors import CHALLENGE, Paused, Visitor, hear, no_receipts, solve
from tests.giving import DECLINED, Giving, later

HERE, THERE = "network-of-here", "network-of-there"
LIMIT = 10


@pytest.fixture
def failures(giving: Giving):
    """Writes down failed cards, each of a card and for a gift of its own."""
    made = iter(range(1_000))

    def fail(
        count: int = 1, *, network=HERE, email="", card="", ago=timedelta(), gift=None
    ) -> None:
        for _ in range(count):
            number = next(made)
            PaymentFailure.objects.create(
                charge_id=f"ch_{number}",
                donation=gift or giving.begin(email=email or f"donor{number}@example.org"),
                network=network,
                card=card or f"card-{number}",
                failed_at=timezone.now() - ago,
            )

    return fail


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
    monkeypatch.setattr(defence, "PAGES", 0.2)  # two places
    first, second = visitor.open_page(), visitor.open_page()
    with pytest.raises(Paused):
        visitor.open_page()
    visitor.clock.move(301)
    assert visitor.open_page()
    assert visitor.pay(first, CARD) == "closed"
    assert visitor.pay(second, CARD) == "paid"


def test_places_hold_when_many_press_at_once(giving_for_real, monkeypatch):
    monkeypatch.setattr(defence, "PAGES", 0.3)  # three places
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


def hot(visitor: Visitor, failures) -> str:
    """A filled form of a network that is hot; the address of its payment step."""
    visitor.open_page("early@example.org")
    failures(5, network=CheckoutAttempt.objects.get().network)
    return visitor.fill_in()


def test_where_it_is_hot_a_proof_opens_the_payment_page(visitor, failures):
    url = hot(visitor, failures)
    assert visitor.go_to_payment(url)
    assert visitor.proofs == 1
    # Pressed again it is the same page, and no further proof.
    assert visitor.go_to_payment(url)
    assert (visitor.proofs, visitor.giving.sessions()) == (1, 2)


def test_a_proof_is_good_once_and_for_its_own_gift(giving, cheap_proof):
    gift, other = giving.begin(), giving.begin()
    solution = solve(proof.challenge(gift))
    assert not proof.spend(solution, other)
    assert proof.spend(solution, gift)
    assert not proof.spend(solution, gift)
    assert UsedChallenge.objects.count() == 1


def test_a_proof_runs_out(giving, cheap_proof):
    gift = giving.begin()
    with later(minutes=-31):
        solution = solve(proof.challenge(gift))
    assert not proof.spend(solution, gift)


def test_a_proof_with_an_easier_task_of_ones_own_is_refused(giving, cheap_proof):
    gift = giving.begin()
    own = altcha.create_challenge(
        proof.ALGORITHM, 1, counter=1, data={"for": gift.reference}, hmac_secret="a guess"
    )
    assert not proof.spend(solve(json.dumps(own.to_dict())), gift)
    asked = json.loads(proof.challenge(gift))
    asked["parameters"]["keyPrefix"] = "00"
    assert not proof.spend(solve(json.dumps(asked)), gift)


@pytest.mark.parametrize(
    "nonsense",
    [
        *("", "x", "{}", "é", "A" * 5_000, "bnVsbA==", "W10=", "eyJjaGFsbGVuZ2UiOiAxfQ=="),
        base64.b64encode(b'{"challenge": {"parameters": []}, "solution": {}}').decode(),
        base64.b64encode(b"[" * 2_000).decode(),
    ],
)
def test_nonsense_is_no_proof(giving, nonsense):
    assert proof.spend(nonsense, giving.begin()) is False


def test_without_javascript_a_link_by_mail_takes_the_place_of_the_proof(
    visitor, failures, run_jobs
):
    visitor.solves = False
    url = hot(visitor, failures)
    for _ in range(2):
        answer = visitor._post(url, {"proof": "by-mail"})
        assert "Look into your mail" in answer.content.decode()
    with mock.patch("donations.payments.issue_receipt.defer"):
        run_jobs(queue="public")
    (letter,) = mail.outbox
    link = next(word for word in letter.body.split() if "/give/confirm/" in word)
    path = link.removeprefix("http://localhost:8000")

    donation = Donation.objects.latest("pk")
    assert "Is this gift yours?" in visitor._get(path)  # a mail scanner looks: nothing changes
    donation.refresh_from_db()
    assert donation.confirmed_at is None
    assert visitor.go_to_payment(url) == ""
    assert visitor._post(path, {}).url == f"/give/review/{donation.reference}/"
    assert CHALLENGE.search(visitor._get(f"/give/review/{donation.reference}/")) is None
    assert visitor.go_to_payment(url)


def test_a_made_up_or_old_confirmation_link_confirms_nothing(visitor):
    gift = visitor.giving.begin()
    forged = signing.dumps(gift.reference, salt="another")
    good = signing.dumps(gift.reference, salt=mails.CONFIRM_SALT)
    with mock.patch("time.time", return_value=timezone.now().timestamp() + 90_000):
        assert mails.confirmable(good) is None
    assert mails.confirmable(good) == gift
    answer = visitor.giving.client.post(f"/give/confirm/{forged}/")
    assert answer.status_code == 404
    gift.refresh_from_db()
    assert gift.confirmed_at is None


def test_a_mailbox_gets_three_links_in_ten_minutes(visitor, failures):
    visitor.solves = False
    hot(visitor, failures)
    for _ in range(5):
        answer = visitor._post(visitor.fill_in("victim@example.org"), {"proof": "by-mail"})
        assert "Look into your mail" in answer.content.decode()
    assert Mail.objects.filter(template="confirm_gift").count() == 3


def test_the_page_that_asks_for_a_proof_says_the_same_to_everyone(visitor, failures):
    url = hot(visitor, failures)
    page = html.unescape(visitor._post(url, {}).content.decode())
    shown = page.partition("<main")[2]
    for word in ("network", "failed", "stolen", "limit"):
        assert word not in shown


def test_counting_is_right_across_stretches_of_ten_minutes(db):
    with later(seconds=0):
        assert [defence.is_allowed("act", HERE, 2) for _ in range(3)] == [True, True, False]
    assert defence.is_allowed("act", THERE, 2)
    assert defence.is_allowed("other", HERE, 2)
    with later(minutes=10):
        assert defence.is_allowed("act", HERE, 2)


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
