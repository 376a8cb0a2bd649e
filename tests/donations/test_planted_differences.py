"""Differences of every cause planted at once: each found, rightly named, and nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from donations.gateway.client import client
from donations.models import BalanceTransaction, Difference, Dispute, Event, Payout, Refund
from donations.reconciliation import run

Cause = Difference.Cause


def compare(**how):
    done = run.reconcile(until=timezone.now() + timedelta(minutes=1), **how)
    return {(one.cause, one.about) for one in done.differences.all()}


def heard_and_not_looked_into(giving):
    """Stripe's events are here, and their jobs were lost."""
    giving.deliver()
    ProcrastinateJob.objects.filter(task_name__endswith="process_event").update(status="cancelled")


@pytest.fixture
def world(giving, run_jobs, calm):
    """Twenty paid gifts with their fees; four refunded, three disputed; two payouts."""
    gifts = []
    for number in range(20):
        gift = giving.begin(5000 + number, email=f"donor{number}@example.org")
        gift.session = giving.pay(gift)
        gifts.append(gift)
    giving.sandbox.release_fees()
    for gift in gifts[:4]:
        giving.sandbox.refund(gift.session, 1000)
    for gift in gifts[4:8]:
        giving.sandbox.dispute(gift.session)
    giving.sandbox.pay_out()
    giving.deliver()
    run_jobs()
    for gift in gifts:
        gift.refresh_from_db()
    return gifts


class Planter:
    """Changes what Stripe holds, or what reached us, and keeps the list of what must be found."""

    def __init__(self, giving, world):
        self.giving, self.sandbox, self.world = giving, giving.sandbox, world
        self.charges = [gift.charge_id for gift in world]
        self.done = set()

    def note(self, cause, about):
        self.done.add((cause, about))
        return about

    def lose(self, cause, *keys):
        for key in keys:
            self.sandbox.lose(self.note(cause, key))

    def tamper(self, causes, *keys, **changed):
        for key in keys:
            self.sandbox.tamper(key, **changed)
            self.done |= {(cause, key) for cause in causes}

    def events(self):
        applied = Event.objects.filter(status="applied").order_by("pk")
        keys = list(applied.values_list("pk", flat=True))
        for key in keys[:4]:
            Event.objects.filter(pk=self.note(Cause.EVENT_MISSED, key)).delete()
        for key in keys[4:7]:
            Event.objects.filter(pk=self.note(Cause.EVENT_STUCK, key)).update(status="failed")

    def charges_and_movements(self):
        charges = self.charges
        self.lose(Cause.CHARGE_UNKNOWN_THERE, *charges[8:11])
        self.tamper([Cause.CHARGE_AMOUNT], *charges[11:14], amount=1)
        self.tamper([Cause.CHARGE_FAILED_THERE], *charges[14:16], status="failed")
        rows = dict(BalanceTransaction.objects.filter(kind="charge").values_list("source", "pk"))
        rows = [rows[charge] for charge in charges]
        self.lose(Cause.MOVEMENT_UNKNOWN_THERE, *rows[:2])
        both = [Cause.MOVEMENT_AMOUNT, Cause.FEE_AMOUNT]
        self.tamper(both, *rows[2:4], amount=1, fee=0, net=1)
        self.tamper([Cause.FEE_AMOUNT], *rows[4:6], fee=1)

    def what_came_after(self):
        refunds = list(Refund.objects.order_by("pk").values_list("stripe_id", flat=True))
        self.lose(Cause.REFUND_UNKNOWN_THERE, refunds[0])
        self.tamper([Cause.REFUND_AMOUNT], refunds[1], amount=1)
        self.tamper([Cause.REFUND_STATE], *refunds[2:], status="failed")
        disputes = list(Dispute.objects.order_by("pk").values_list("stripe_id", flat=True))
        self.lose(Cause.DISPUTE_UNKNOWN_THERE, disputes[0])
        self.tamper([Cause.DISPUTE_AMOUNT], disputes[1], amount=1)
        self.tamper([Cause.DISPUTE_STATE], *disputes[2:], status="won")
        payout = Payout.objects.get().stripe_id
        causes = [Cause.PAYOUT_AMOUNT, Cause.PAYOUT_STATE]
        self.tamper(causes, payout, amount=1, status="failed")

    def what_nobody_looked_into(self):
        for number in range(4):
            self.giving.pay(self.giving.begin(7000 + number))
        self.sandbox.release_fees()
        for gift in self.world[16:19]:
            self.note(Cause.REFUND_UNBOOKED, self.sandbox.refund(gift.session, 500)["id"])
        self.note(Cause.DISPUTE_UNBOOKED, self.sandbox.dispute(self.world[19].session)["id"])
        self.note(Cause.PAYOUT_UNBOOKED, self.sandbox.pay_out()["id"])
        heard_and_not_looked_into(self.giving)
        told = self.sandbox.events(types=["charge.succeeded"])
        for key in {event["data"]["object"]["id"] for event in told} - set(self.charges):
            self.note(Cause.CHARGE_UNBOOKED, key)


def test_every_planted_difference_is_found_and_rightly_named(giving, world):
    assert compare() == set()
    giving.books_are_damaged = True  # some gifts stay unbooked
    planter = Planter(giving, world)
    planter.events()
    planter.charges_and_movements()
    planter.what_came_after()
    planter.what_nobody_looked_into()

    assert compare() == planter.done
    assert len(planter.done) >= 40
    # Those of plans are planted in plans/test_disputed.py, the rest below.
    others = {cause for cause in Cause if cause.startswith(("plan_", "renewal_"))}
    assert {cause for cause, _about in planter.done} == set(Cause) - {
        *(Cause.MOVEMENT_UNBOOKED, Cause.PAYOUT_UNEXPLAINED, Cause.PAYOUT_UNKNOWN_THERE, *others),
    }


def test_fees_and_rows_of_a_payout_that_nobody_looked_at_are_found(giving, run_jobs, calm):
    gift = giving.paid()
    run_jobs()
    giving.sandbox.release_fees()
    payout = giving.sandbox.pay_out()["id"]
    heard_and_not_looked_into(giving)
    (row,) = gateway_movements(gift)
    assert compare() == {(Cause.MOVEMENT_UNBOOKED, row), (Cause.PAYOUT_UNBOOKED, payout)}

    assert compare(repair=True) == {
        (Cause.MOVEMENT_UNBOOKED, row),
        (Cause.PAYOUT_UNBOOKED, payout),
    }
    assert compare() == set()
    giving.sandbox.lose(payout)
    assert (Cause.PAYOUT_UNKNOWN_THERE, payout) in compare()


def gateway_movements(gift):
    gift.refresh_from_db()
    found = client().v1.balance_transactions.list({"source": gift.charge_id})
    return [movement.id for movement in found.data]
