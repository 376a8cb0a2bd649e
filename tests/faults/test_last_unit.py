"""Two hundred donors for the last thing: one gets it, nobody else is charged against her wish."""

import threading
from collections import Counter
from queue import Empty, SimpleQueue

import pytest
from django.db import connection

from donations import checkout, payments, room
from donations.models import CheckoutAttempt, Designation, Donation, DonationLine
from tests.faults.scale import many

UNIT, DONORS, WORKERS, ROUNDS = 45_000, 200, 25, many(2, 100)
CHOICES = ("like", "fund", "back")


def all_at_once(work, items):
    """Each item is worked on by one of many threads; what went wrong is raised here."""
    waiting = SimpleQueue()
    for item in items:
        waiting.put(item)
    wrong = []

    def one() -> None:
        try:
            while True:
                work(waiting.get_nowait())
        except Empty:
            pass
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong[0]


@pytest.mark.parametrize("number", range(ROUNDS))
def test_the_last_thing_goes_to_one_and_the_rest_as_they_wished(
    giving_for_real, calm, run_jobs, number
):
    giving = giving_for_real
    giving.sandbox.fees("at_once")
    fund = Designation.objects.get(code="education")
    like = Designation.objects.create(code="like", name="Tablets", target_minor=UNIT, fallback=fund)
    wish = Designation.objects.create(
        code="wish", name="Laptops", target_minor=UNIT, fallback=fund, like=like
    )
    gifts = [
        giving.begin(
            parts=[checkout.Part(wish, UNIT, CHOICES[one % 3])], email=f"d{one}@example.org"
        )
        for one in range(DONORS)
    ]
    opened, refused = [], []

    def press(gift):
        try:
            checkout.send_to_stripe(gift)
            opened.append(gift)
        except room.Covered:
            refused.append(gift)

    all_at_once(press, gifts)
    assert (len(opened), len(refused)) == (1, DONORS - 1)

    # Thrice we hold a page for ended that can still be paid; each time the next donor gets it.
    for _ in range(3):
        CheckoutAttempt.objects.update(state="expired")
        all_at_once(press, refused[:40])
        refused = [gift for gift in gifts if gift not in opened]
    assert len(opened) == 4

    def pay(gift):
        session = giving.session_of(gift)
        giving.sandbox.pay(session)
        payments.refresh(gift.attempts.get())

    all_at_once(pay, opened)
    giving.deliver()
    run_jobs()
    giving.deliver()
    run_jobs()

    paid = DonationLine.objects.filter(donation__status="paid").select_related("donation")
    assert giving.charges() == len(paid) == 4
    went = Counter(line.designation.code for line in paid if not line.goes_back)
    assert went["wish"] == 1
    assert went["like"] <= 1
    for line in paid:
        moved = line.asked_for_id is not None
        assert line.designation in ((like, fund) if moved else (wish,))
        assert line.goes_back is (moved and line.if_covered == "back")
        assert line.donation.kept_minor == (0 if line.goes_back else UNIT)
        assert not (moved and line.if_covered == "fund" and line.designation == like)
    assert room.standing([wish.pk])[wish.pk].taken_minor == UNIT
    unpaid = Donation.objects.exclude(status="paid")
    assert not unpaid.exclude(charge_id=None).exists()
