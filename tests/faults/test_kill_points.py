"""A process may die anywhere: before each statement to PostgreSQL, around each call to Stripe.

The whole way of one gift is cut at one point; then everything goes on as it does in life: the donor
presses again, Stripe delivers again, dead workers' jobs are requeued, the sweeps come by.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
import stripe as stripe_library
from django.core import mail as outgoing
from django.db import connection

from donations import checkout, jobs
from donations.models import Donation, Mail
from tests.faults.scale import many
from tests.giving import Giving, later, wrong_in_the_books

KILLS, PARTS = many(10, 100), 2


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


def killed_at(giving: Giving, run_jobs: Callable[..., Any], name: str, at: int | None) -> Reaper:
    reaper = Reaper(at)
    with suppress(Killed), reaper.watching():
        the_whole_way(giving, run_jobs, name)
    return reaper


def resumed(giving: Giving, run_jobs: Callable[..., Any], name: str) -> None:
    jobs.requeue_orphans(0)
    the_whole_way(giving, run_jobs, name)
    with later(hours=1.5):
        jobs.sweep(0)
        jobs.finish_receipts(0)
        run_jobs(until=timedelta(hours=1))


@pytest.mark.parametrize("part", range(PARTS))
def test_a_gift_survives_death_at_any_point(giving_for_real, run_jobs, part):
    giving = giving_for_real
    points = killed_at(giving, run_jobs, "unharmed", None).passed
    assert points > 60
    chosen = random.Random(part).sample(range(1, points + 1), min(points, KILLS // PARTS))
    if part == 0:
        chosen[0] = points - 2  # near the end: the mail has left and is not yet marked
    for at in chosen:
        giving.sandbox.reset()
        giving.sandbox.fees("held")
        outgoing.outbox.clear()
        name = f"killed at {at}"
        reaper = killed_at(giving, run_jobs, name, at)
        resumed(giving, run_jobs, name)

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
