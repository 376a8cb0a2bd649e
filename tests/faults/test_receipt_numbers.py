"""Many workers draw numbers from one series while transactions fail: 1…n without a gap.

Only the numbering is run: drawing the page is a step of its own, outside the lock.
"""

import random
import threading
from datetime import UTC, datetime
from queue import Empty, SimpleQueue

from django.db import connection, transaction

from donations import gateway, payments
from donations.models import Donation, Receipt, ReceiptSeries
from donations.receipts import book
from tests.faults.scale import many

RECEIPTS, WORKERS = many(120, 1000), many(8, 16)


class Failure(Exception):
    """Something after the numbering went wrong."""


def paid_without_page(giving, number: int) -> int:
    """A gift settled by the same function that Stripe's answers go through."""
    gift = giving.begin(form_token=f"gift {number}", email=f"donor{number}@example.org")
    charge = gateway.Charge(
        id=f"ch_{number}", status="succeeded", amount_minor=gift.amount_minor, currency="USD",
        created_at=datetime.now(UTC), brand="visa", last4="4242", fingerprint="f",
        failure_code="", decline_code="", movement=None,
    )  # fmt: skip
    with transaction.atomic():
        payments.settle(
            Donation.objects.select_for_update().get(pk=gift.pk),
            charge=charge,
            payment_intent_id=f"pi_{number}",
        )
    return gift.pk


def test_numbers_from_many_workers_have_no_gap_whatever_fails(giving_for_real):
    waiting: SimpleQueue[int] = SimpleQueue()
    for number in range(RECEIPTS):
        waiting.put(paid_without_page(giving_for_real, number))
    rolled_back: list[int] = []
    wrong: list[BaseException] = []

    def work(seed: int) -> None:
        chance = random.Random(seed)
        try:
            while True:
                pk = waiting.get_nowait()
                try:
                    with transaction.atomic():
                        book.number_receipt(pk)
                        if chance.random() < 0.05:
                            raise Failure
                except Failure:
                    rolled_back.append(pk)
                    waiting.put(pk)
        except Empty:
            pass
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[seed]) for seed in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while not waiting.empty():  # put back when the others had gone home
        book.number_receipt(waiting.get())

    assert not wrong
    assert rolled_back
    numbers = Receipt.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, RECEIPTS + 1))
    assert ReceiptSeries.objects.get().last_number == RECEIPTS
    assert Receipt.objects.values("donation").distinct().count() == RECEIPTS
