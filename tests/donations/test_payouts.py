"""What went to the bank: each row stored and booked once, and a page that explains it to 0.00."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from donations import books, gateway, jobs, payouts
from donations.models import BalanceTransaction, Entry, Payout, Posting
from donations.reconciliation.run import reconcile
from tests.afterwards import balance, refund, settled

Account = Posting.Account


@pytest.fixture
def hear(giving, run_jobs):
    def hear(*kinds):
        giving.deliver(*kinds)
        run_jobs()

    return hear


def busy_week(giving, run_jobs):
    """Gifts, a refund, disputes both ways, and something Stripe took for itself."""
    gifts = [settled(giving, run_jobs, 5000 + number) for number in range(4)]
    refund(gifts[0], 1200)
    run_jobs()
    lost, won = (giving.sandbox.dispute(giving.session_of(gift)) for gift in gifts[1:3])
    giving.sandbox.command("lose_dispute", dispute=lost["id"])
    giving.sandbox.command("win_dispute", dispute=won["id"])
    giving.sandbox.command("stripe_fee", amount=37)
    return gifts


def test_a_payout_is_explained_to_the_cent_and_clears_the_balance(giving, run_jobs, hear):
    busy_week(giving, run_jobs)
    hear()
    made = giving.sandbox.pay_out()
    hear()

    payout = Payout.objects.get()
    found = payouts.explain(payout)
    assert payout.amount_minor == made["amount"]
    assert (found.difference_minor, found.total.net_minor) == (0, made["amount"])
    assert {group.name: len(group.rows) for group in found.groups} == {
        "gifts": 4,
        "refunds": 1,
        "disputes": 3,
        "fees": 1,
    }
    assert payout.explained_at
    sums = balance()
    assert (sums[Account.PROCESSOR], sums[Account.BANK]) == (0, made["amount"])
    assert Account.UNCLEAR not in sums


def test_a_payout_with_a_dispute_a_refund_and_a_currency_gain_is_explained_to_the_cent(
    giving, run_jobs, hear
):
    """Euros given at 1.10 went back at 1.05: what Stripe keeps of the balance is our gain."""
    giving.sandbox.rates(eur="1.10")
    given = [settled(giving, run_jobs, amount, currency="EUR") for amount in (50_00, 30_00, 20_00)]
    giving.sandbox.rates(eur="1.05")
    refund(given[0])
    run_jobs()
    lost = giving.sandbox.dispute(giving.session_of(given[1]))
    giving.sandbox.command("lose_dispute", dispute=lost["id"])
    hear()
    giving.sandbox.pay_out()
    hear()

    found = payouts.explain(Payout.objects.get())
    assert found.difference_minor == 0
    assert {group.name: len(group.rows) for group in found.groups if group.rows} == {
        "gifts": 3,
        "refunds": 1,
        "disputes": 1,
    }
    dollars, euros = balance(currency="USD"), balance(currency="EUR")
    assert (dollars[Account.PROCESSOR], euros[Account.PROCESSOR]) == (0, 0)
    # 110.00 came for 100.00; 84.00 went for 80.00: four dollars are the gain.
    assert euros[Account.EXCHANGE] == 20_00
    assert -dollars[Account.EXCHANGE] == 110_00 - 84_00
    assert balance(currency="EUR")[Account.CONTRIBUTIONS] == -100_00


def test_a_payout_heard_of_first_brings_everything_that_was_missed(giving, run_jobs):
    """Not one event about gifts, refunds or disputes arrives: the payout's rows tell of them."""
    gift, other = giving.begin(), giving.begin(3000)
    for donation in (gift, other):
        giving.pay(donation)
    giving.sandbox.release_fees()
    giving.sandbox.refund(giving.session_of(gift), 1000)
    giving.sandbox.dispute(giving.session_of(other))
    giving.sandbox.command("stripe_fee", amount=-4000)
    giving.sandbox.pay_out()
    giving.post(giving.new_events("payout.reconciliation_completed")[0])
    run_jobs()

    for donation in (gift, other):
        donation.refresh_from_db()
    assert (gift.status, gift.refunded_minor) == ("paid", 1000)
    assert other.disputed_minor == 3000
    assert payouts.explain(Payout.objects.get()).difference_minor == 0
    assert balance()[Account.PROCESSOR] == 0


def test_news_of_a_payout_in_any_order_and_twice_books_each_row_once(giving, run_jobs):
    settled(giving, run_jobs)
    giving.new_events()
    made = giving.sandbox.pay_out()
    giving.sandbox.command("arrive_payout", payout=made["id"])
    events = giving.new_events()
    for event in [*reversed(events), *events]:
        giving.post(event)
        run_jobs()

    payout = Payout.objects.get()
    assert (payout.status, payout.explained_at is not None) == ("paid", True)
    assert Entry.objects.filter(kind="payout").count() == 1
    assert payout.movements.count() == 2


def test_a_payout_that_comes_back_is_booked_and_carried_by_the_next(giving, run_jobs, hear):
    settled(giving, run_jobs)
    first = giving.sandbox.pay_out()
    hear()
    giving.sandbox.command("fail_payout", payout=first["id"], code="no_account")
    hear()
    failed = Payout.objects.get()
    assert (failed.status, failed.failure_code) == ("failed", "no_account")
    assert balance()[Account.BANK] == 0
    assert payouts.explain(failed).difference_minor == 0

    giving.sandbox.pay_out()
    hear()

    second = Payout.objects.exclude(pk=failed.pk).get()
    found = payouts.explain(second)
    assert ([group.name for group in found.groups], found.difference_minor) == (["payouts"], 0)
    assert balance()[Account.BANK] == second.amount_minor


def test_a_payout_made_by_hand_is_booked_and_a_canceled_one_returns(giving, run_jobs, hear):
    settled(giving, run_jobs)
    made = giving.sandbox.pay_out(1000)
    hear()
    payout = Payout.objects.get()
    assert not payout.automatic
    assert balance()[Account.BANK] == 1000
    giving.sandbox.command("cancel_payout", payout=made["id"])
    hear()
    payout.refresh_from_db()
    assert (payout.status, balance()[Account.BANK]) == ("canceled", 0)


def test_what_belongs_to_nothing_we_know_is_booked_as_unclear_and_reported(giving, run_jobs, hear):
    """A payment that was taken with the same account, but not through this site."""
    giving.books_are_damaged = True
    client = gateway.client.client()
    stranger = client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "ui_mode": "hosted_page",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "usd",
                        "unit_amount": 2500,
                        "product_data": {"name": "A mug"},
                    },
                }
            ],
            "success_url": "http://localhost:9/",
        }
    )
    giving.sandbox.pay(stranger.id)
    giving.sandbox.release_fees()
    giving.sandbox.refund(stranger.id, 100)
    giving.sandbox.pay_out()
    hear()

    payout = Payout.objects.get()
    assert payouts.explain(payout).difference_minor == 0
    assert balance()[Account.UNCLEAR] == -2500 + 100
    found = books.verify()
    assert not found["the balance at Stripe agrees"]
    assert len(found["payouts are explained"]) == 2


def test_a_row_goes_into_one_payout_and_is_never_changed(giving, run_jobs, hear):
    settled(giving, run_jobs)
    giving.sandbox.pay_out()
    hear()
    row = BalanceTransaction.objects.get(kind="charge")
    for change in (
        lambda: BalanceTransaction.objects.filter(pk=row.pk).update(payout=None),
        lambda: BalanceTransaction.objects.filter(pk=row.pk).update(net_minor=0, amount_minor=175),
        lambda: BalanceTransaction.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_books_notice_a_payout_whose_rows_do_not_add_up(giving, run_jobs, hear):
    giving.books_are_damaged = True
    settled(giving, run_jobs)
    giving.sandbox.pay_out()
    hear()
    Payout.objects.update(amount_minor=1)
    assert books.verify()["payouts are explained"]


def test_what_no_event_told_is_found_at_night(giving, run_jobs):
    gift, other = settled(giving, run_jobs), settled(giving, run_jobs)
    row = refund(gift, 1000)
    giving.sandbox.dispute(giving.session_of(other))
    giving.deliver()
    run_jobs()
    giving.sandbox.command("fail_refund", refund=gateway.list_refunds(gift.charge_id)[0].id)
    giving.sandbox.command("win_dispute", dispute=other.disputes.get().stripe_id)
    giving.sandbox.pay_out()
    jobs.ask_afterwards(0)
    reconcile(until=timezone.now() + timedelta(minutes=1), repair=True)

    row.refresh_from_db()
    assert (row.status, other.disputes.get().status) == ("failed", "won")
    assert Payout.objects.get().explained_at


def test_a_payout_that_the_bank_sent_back_unheard_is_found_at_night(giving, run_jobs, hear):
    settled(giving, run_jobs)
    made = giving.sandbox.pay_out()
    giving.sandbox.command("arrive_payout", payout=made["id"])
    hear()
    giving.sandbox.command("fail_payout", payout=made["id"])
    assert Payout.objects.get().status == "paid"
    jobs.ask_afterwards(0)
    assert Payout.objects.get().status == "failed"
