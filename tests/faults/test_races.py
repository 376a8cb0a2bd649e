"""Two workers at one row, at the same moment."""

import random
import threading
from datetime import timedelta
from queue import Empty, SimpleQueue
from unittest import mock

from django.db import connection
from django.utils import timezone

from donations import gateway, payments, refunds
from donations.models import Donation, Entry, Refund, TimelineEntry
from tests.faults.scale import many
from tests.people import person

GIFTS, WORKERS = many(20, 500), 20


def test_two_workers_with_the_same_answer_book_it_once(giving_for_real):
    giving = giving_for_real
    donation = giving.begin()
    giving.sandbox.fees("at_once")
    giving.pay(donation)
    attempt = donation.attempts.get()
    both_have_it = threading.Barrier(2)
    real_fetch, real_settle = gateway.fetch_checkout, payments.settle
    fetched: list[str] = []
    wrong: list[BaseException] = []

    def fetch(session_id):
        answer = real_fetch(session_id)
        fetched.append(answer.state)
        if len(fetched) <= 2:
            both_have_it.wait(10)
        return answer

    def slow_settle(donation, **facts):
        threading.Event().wait(0.3)  # time enough for the other to pass a missing lock
        return real_settle(donation, **facts)

    def work() -> None:
        try:
            payments.refresh(attempt)
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    with (
        mock.patch.object(gateway, "fetch_checkout", fetch),
        mock.patch.object(payments, "settle", slow_settle),
    ):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong
    assert Donation.objects.get().status == "paid"
    assert sorted(Entry.objects.values_list("kind", flat=True)) == ["charge", "fee"]
    assert TimelineEntry.objects.filter(kind="paid").count() == 1
    assert len(fetched) == 3  # the second found the row changed, and looked again


def test_refunds_that_two_people_ask_for_at_once_are_made_once(giving_for_real, calm, run_jobs):
    giving, actor = giving_for_real, person(factor=False)
    giving.sandbox.fees("at_once")
    for number in range(GIFTS):
        giving.pay(giving.begin(email=f"donor{number}@example.org"))
    giving.deliver("checkout.session.completed")
    run_jobs()
    gifts = list(Donation.objects.all())
    waiting: SimpleQueue[Donation] = SimpleQueue()
    for gift in random.Random(1).sample(gifts * 2, 2 * GIFTS):
        waiting.put(gift)
    made: list[int] = []
    refused: list[str] = []
    wrong: list[BaseException] = []

    def work() -> None:
        try:
            while True:
                gift = waiting.get_nowait()
                left = gift.amount_minor
                try:
                    refunds.request(
                        gift, amount_minor=left, reason="duplicate", actor=actor, left_minor=left
                    )
                    made.append(gift.pk)
                except refunds.NotRefundable as refusal:
                    refused.append(refusal.code)
        except Empty:
            pass
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert sorted(made) == sorted(gift.pk for gift in gifts)
    assert refused == ["under_way"] * GIFTS

    run_jobs()
    hour = timedelta(hours=1)
    there = list(gateway.list_refunds_made(timezone.now() - hour, timezone.now() + hour))
    assert len(there) == Refund.objects.filter(status="succeeded").count() == GIFTS
    assert set(Donation.objects.values_list("refunded_minor", flat=True)) == {5000}
