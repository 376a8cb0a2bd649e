"""Stripe's answers get lost on the way, after the work was done: as many charges as gifts."""

import random
from contextlib import suppress
from datetime import timedelta

import pytest

from donations import checkout, gateway
from donations.models import Donation
from sandbox.control import CARD, ControlError
from tests.faults.scale import many
from tests.giving import DECLINED

GIFTS, PARTS = many(30, 300), 3
KINDS = ("cut", "cut", "cut-before", "500-after", "429")


@pytest.mark.parametrize("part", range(PARTS))
def test_as_many_charges_as_gifts_whatever_answers_are_lost(giving, calm, run_jobs, part):
    chance = random.Random(part)
    lost = 0
    gifts = [
        giving.begin(form_token=f"gift {number}", email=f"donor{number}@example.org")
        for number in range(part, GIFTS, PARTS)
    ]
    for gift in gifts:
        for _ in range(chance.randint(1, 3)):
            method = chance.choice(["POST", "GET", ""])
            giving.sandbox.fault(
                chance.choice(KINDS), count=chance.randint(1, 4), method=method, match="/v1/"
            )
        for _ in range(20):  # a patient donor
            try:
                checkout.send_to_stripe(gift)
                break
            except gateway.Unreachable:
                lost += 1
            except checkout.AlreadyPaid:
                break
        session = giving.session_of(gift)
        if chance.random() < 0.2:
            giving.sandbox.pay(session, DECLINED)
        giving.sandbox.pay(session, CARD)
        giving.client.get(f"/give/return/{gift.reference}/")
        # Impatient: presses once more, and would pay once more if there were a page to pay at.
        with suppress(checkout.AlreadyPaid, gateway.Unreachable, ControlError):
            checkout.send_to_stripe(gift)
            giving.sandbox.pay(giving.session_of(gift), CARD)
        giving.deliver()
        run_jobs(may_fail=True)
    giving.sandbox.clear_faults()
    for event in giving.sandbox.events():
        giving.post(event)
    run_jobs(until=timedelta(hours=2))
    assert lost > 0
    assert giving.charges() == len(gifts)
    assert set(Donation.objects.values_list("status", flat=True)) == {"paid"}
    assert Donation.objects.count() == len(gifts)
