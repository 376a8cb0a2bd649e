"""A process may die anywhere: before each statement to PostgreSQL, around each call to Stripe.

The whole way of one gift is cut at one point; then everything goes on as it does in life: the donor
presses again, Stripe delivers again, dead workers' jobs are requeued, the sweeps come by.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any
from unittest import mock

import pytest
import stripe as stripe_library
from django.core import mail as outgoing
from django.db import connection

from donations import checkout, gateway, jobs, refunds
from donations.models import Channel, Donation, Entry, Mail, Plan
from donations.plans import actions
from donations.plans.steps import By
from tests.faults.scale import many
from tests.giving import Giving, later, wrong_in_the_books
from tests.people import person

KILLS, PARTS = many(10, 100), 2
# After the first gift: 10 and 100 in all.
FOLLOWING = {"refund_way": many(4, 34), "change_way": many(3, 33), "renewal_way": many(3, 33)}


class Killed(BaseException):
    """The process is no more; no `except Exception` may handle it."""


class Reaper:
    """Counts the points where a process can die, and ends it at the one that was chosen."""

    def __init__(self, at: int | None) -> None:
        self.at, self.passed, self.where = at, 0, ""

    def point(self, where: str) -> None:
        self.passed += 1
        if self.passed == self.at:
            self.where = where
            raise Killed(where)

    def statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.point(sql[:60])
        return execute(sql, params, many, context)

    @contextmanager
    def watching(self) -> Iterator[None]:
        real = stripe_library.RequestsClient.request

        def call(client: Any, method: str, url: str, *rest: Any, **named: Any) -> Any:
            self.point(f"before {method} {url}")
            answer = real(client, method, url, *rest, **named)
            self.point(f"after {method} {url}")
            return answer

        with (
            connection.execute_wrapper(self.statement),
            mock.patch.object(stripe_library.RequestsClient, "request", call),
        ):
            yield


def the_whole_way(giving: Giving, run_jobs: Callable[..., Any], name: str) -> None:
    """Form, payment page, payment, events, receipt, mail. Done again, it is no second gift."""
    gift = giving.begin(form_token=name)
    with suppress(checkout.AlreadyPaid):
        checkout.send_to_stripe(gift)
        session = giving.session_of(gift)
        if giving.sandbox.events(types=["checkout.session.completed"]) == []:
            giving.sandbox.pay(session)
            giving.sandbox.release_fees()
    for event in giving.sandbox.events():
        giving.post(event)
    giving.client.get(f"/give/return/{gift.reference}/")
    run_jobs()


def killed_at(way: Callable[[], object], at: int | None) -> Reaper:
    reaper = Reaper(at)
    with suppress(Killed), reaper.watching():
        way()
    return reaper


def resumed(way: Callable[[], object], run_jobs: Callable[..., Any]) -> None:
    jobs.requeue_orphans(0)
    way()
    with later(hours=1.5):
        jobs.sweep(0)
        jobs.finish_receipts(0)
        run_jobs(until=timedelta(hours=1))


@pytest.mark.parametrize("part", range(PARTS))
def test_a_gift_survives_death_at_any_point(giving_for_real, run_jobs, part):
    giving = giving_for_real
    points = killed_at(partial(the_whole_way, giving, run_jobs, "unharmed"), None).passed
    assert points > 60
    chosen = random.Random(part).sample(range(1, points + 1), min(points, KILLS // PARTS))
    if part == 0:
        chosen[0] = points - 2  # near the end: the mail has left and is not yet marked
    for at in chosen:
        giving.sandbox.reset()
        giving.sandbox.fees("held")
        outgoing.outbox.clear()
        name = f"killed at {at}"
        way = partial(the_whole_way, giving, run_jobs, name)
        reaper = killed_at(way, at)
        resumed(way, run_jobs)

        where = f"{name}: {reaper.where}"
        gift = Donation.objects.get(form_token=name)
        assert gift.status == "paid", where
        assert giving.charges() == 1, where
        assert gift.receipts.count() == 1, where
        mail = gift.mails.get(template="receipt")
        # Sent once; or it is unknown whether it was sent, and staff are asked.
        assert len(outgoing.outbox) <= 1, where
        assert mail.status == Mail.Status.SENDING or len(outgoing.outbox) == 1, where
        assert mail.status in (Mail.Status.SENT, Mail.Status.SENDING), where
        assert not wrong_in_the_books(), where


def refund_way(giving: Giving, run_jobs: Callable[..., Any], plan: Plan, actor: Any) -> None:
    gift = plan.donations.get()
    with suppress(refunds.NotRefundable):  # under way, or done
        refunds.request(
            gift, amount_minor=1000, reason="duplicate", actor=actor, left_minor=gift.amount_minor
        )
    run_jobs()
    hear_all(giving, run_jobs)


def change_way(giving: Giving, run_jobs: Callable[..., Any], plan: Plan, actor: Any) -> None:
    by = By(Channel.STAFF, actor.pk)
    actions.change_amount(Plan.objects.get(pk=plan.pk), gift_minor=7000, by=by)
    hear_all(giving, run_jobs)


def renewal_way(giving: Giving, run_jobs: Callable[..., Any], plan: Plan, actor: Any) -> None:
    with later(days=32):
        hear_all(giving, run_jobs)


def hear_all(giving: Giving, run_jobs: Callable[..., Any]) -> None:
    for event in giving.sandbox.events():
        giving.post(event)
    run_jobs()


@pytest.mark.parametrize("way", [refund_way, change_way, renewal_way])
def test_what_follows_the_first_gift_survives_death_at_any_point(giving_for_real, run_jobs, way):
    giving, actor = giving_for_real, person(factor=False)

    def begun(name: str) -> Plan:
        giving.sandbox.reset()
        giving.sandbox.fees("at_once")
        gift = giving.begin(form_token=name, interval="month")
        giving.pay(gift)
        hear_all(giving, run_jobs)
        outgoing.outbox.clear()
        if way is renewal_way:
            giving.sandbox.set_clock(advance=32 * 86_400)
        return Plan.objects.get(donations=gift)

    points = killed_at(partial(way, giving, run_jobs, begun("unharmed"), actor), None).passed
    assert points > 40
    kills = FOLLOWING[way.__name__]
    for at in random.Random(way.__name__).sample(range(1, points + 1), min(points, kills)):
        plan = begun(f"killed at {at}")
        going = partial(way, giving, run_jobs, plan, actor)
        where = f"{at}: {killed_at(going, at).where}"
        resumed(going, run_jobs)

        plan.refresh_from_db()
        gifts = plan.donations.order_by("pk")
        assert [gift.status for gift in gifts] == ["paid"] * (1 + (way is renewal_way)), where
        charges = Entry.objects.filter(donation__plan=plan, kind="charge")
        assert charges.count() == giving.charges() == len(gifts), where
        there = [
            refund.amount_minor
            for gift in gifts
            for refund in gateway.list_refunds(str(gift.charge_id))
        ]
        assert there == ([1000] if way is refund_way else []), where
        assert gifts[0].refunded_minor == sum(there), where
        assert plan.amount_minor == (7000 if way is change_way else 5000), where
        assert plan.steps.count() == 1 + (way is change_way), where
        assert not plan.changes.exclude(state="done").exists(), where
        assert all(gift.receipts.filter(state="issued").count() == 1 for gift in gifts), where
        assert len(outgoing.outbox) <= 2, where  # a receipt, and the news of the change or refund
        assert not wrong_in_the_books(), where
