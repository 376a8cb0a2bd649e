"""Months pass for standing gifts: a process of its own in the worker's place, its clock moved.

`python -m tests.tour.months` runs with the environment of the public role, against the database,
the public site and the sandbox of a stage whose workers have ended. It moves the sandbox's clock
and `django.utils.timezone.now` of this process together, brings Stripe's events to the site's
webhook (shuffled, every fifth twice), and does the jobs by procrastinate's own worker. The site
itself keeps real time. Receipts are numbered and mailed; their pages are not drawn, for those of
the gifts before are.
"""

import argparse
import io
import json
import os
import random
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import django
from django.apps import apps

if not apps.ready:  # in a test that only loads it, they are
    django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from donations import inbox
from donations.models import (
    Dispute,
    Donation,
    Payout,
    Plan,
    PlanStep,
    Refund,
)
from donations.plans import calendar
from sandbox.control import Sandbox
from tests.tour import retold, standing, working
from tests.tour.finance import Finance
from tests.tour.standing import HOURS, Giver

# Told ahead of time by the clock, not by Stripe.
AHEAD = ("card_expires", "yearly_ahead", "resume_ahead")
LONGEST_SECONDS = 600
AT_A_TIME = 4
# A wish that was carried out at once has a job a minute later, in case it was not.
DUE = """
    SELECT count(*) FROM procrastinate_jobs
     WHERE status IN ('todo', 'doing') AND queueing_lock IS NULL AND queue_name = 'public'
       AND (scheduled_at IS NULL OR scheduled_at < now() + interval '20 s')
       AND (status = 'doing' OR task_name NOT LIKE '%carry_out_later')
"""


@dataclass
class Months:
    sandbox: Sandbox
    givers: list[Giver]
    clock: working.Clock = field(default_factory=working.Clock)
    # What the product had before it at each look, and what it made of it.
    stops: list[list[dict[str, Any]]] = field(default_factory=list)
    steps: list[list[PlanStep]] = field(default_factory=list)
    delivered: int = 0
    last_event: str | None = None
    last_step: int = 0
    # The same disorder each time.
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def now(self) -> datetime:
        return self.clock.now()

    def clocks_to(self, moment: datetime) -> None:
        self.sandbox.set_clock(now=moment.timestamp())
        self.clock.move(moment)

    def settle(self) -> None:
        """Bring what Stripe told, in any order, and do every job that is due."""
        events: list[dict[str, Any]] = []
        while fresh := self.sandbox.events(since=self.last_event):
            self.last_event = fresh[-1]["id"]
            events += fresh
            asked_for = [event for event in fresh if event["type"] in inbox.KINDS]
            asked_for += self.chance.sample(asked_for, len(asked_for) // 5)
            self.chance.shuffle(asked_for)
            with ThreadPoolExecutor(AT_A_TIME) as pool:
                self.delivered += len(list(pool.map(self._bring, asked_for)))
            self.do_jobs()
        steps = list(PlanStep.objects.filter(pk__gt=self.last_step).select_related("plan"))
        self.last_step = max([self.last_step, *(step.pk for step in steps)])
        self.stops.append(events)
        self.steps.append(steps)

    def _bring(self, event: dict[str, Any]) -> None:
        body, signature = self.sandbox.signed(event)
        request = urllib.request.Request(  # noqa: S310 - our own site
            f"{settings.PUBLIC_URL}/webhooks/stripe/",
            body,
            {"Content-Type": "application/json", "Stripe-Signature": signature},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            assert answer.status == 200

    def do_jobs(self) -> None:
        """Until no job is due; those that come again in a few seconds are waited for."""
        until = time.monotonic() + LONGEST_SECONDS
        with connection.cursor() as cursor:
            while True:
                cursor.execute(DUE)
                if not cursor.fetchone()[0]:
                    return
                assert time.monotonic() < until, "jobs do not come to an end"
                time.sleep(0.02)

    # --- The course of it -----------------------------------------------------------------------

    def run(self, months: int) -> None:
        for giver in self.givers:
            standing.begin(giver, self.sandbox)
        self.settle()
        began = min(giver.plan.started_at for giver in self.givers if giver.plan.started_at)
        for month in range(1, months + 1):
            for moment, hours in HOURS.items():
                due = calendar.charge_at(began, "month", month) + timedelta(hours=hours)
                self.clocks_to(due)
                self.settle()
                self._deeds(month, moment)
        self.clocks_to(self.now() + timedelta(days=6))
        self.settle()

    def _deeds(self, month: int, moment: str) -> None:
        done = 0
        for giver in self.givers:
            for deed in standing.deeds_of(giver, month, moment):
                if giver.plan.is_live or deed is standing.begin_again:
                    deed(giver, self.sandbox)
                    done += 1
        if done:
            self.clocks_to(self.now() + timedelta(minutes=1))
            self.settle()

    # --- What must hold -------------------------------------------------------------------------

    def differences(self) -> list[str]:
        """Between our plans and what Stripe's events say of them."""
        told = retold.retell(self.stops)
        found = []
        for giver in self.givers:
            for number, plan in enumerate(giver.plans):
                name = str(Plan.objects.get(pk=plan.pk).subscription_id)
                where = f"donor {giver.number} ({giver.story}), plan {number}"
                found += [f"{where}: {text}" for text in self._compare(giver, plan, told[name])]
        ours = sorted(
            Refund.objects.filter(donation__plan__isnull=False).values_list(
                "amount_minor", flat=True
            )
        )
        theirs = sorted(amount for giver in self.givers for amount in giver.refunded)
        if ours != theirs:
            found.append(f"refunds: {ours}, by Stripe {theirs}")
        for giver in self.givers:
            for key, how in giver.disputes.items():
                status = Dispute.objects.get(stripe_id=key).status
                if status != how:
                    found.append(f"dispute of donor {giver.number}: {status}, by the bank {how}")
        return found

    def _compare(self, giver: Giver, plan: Plan, told: retold.Retold) -> list[str]:
        found = []
        diary = Counter(kind for name, kind in giver.diary if name == told.now.get("id"))
        for number, steps in enumerate(self.steps):
            ours = Counter(s.kind for s in steps if s.plan_id == plan.pk and s.kind not in AHEAD)
            theirs = Counter(told.steps.get(number, Counter()))
            for own, at_stripe in (("skipped", "paused"), ("restarted", "started")):
                if ours[own]:
                    diary[own] -= ours[own]
                    ours[at_stripe] += ours.pop(own)
            if ours["designation"]:
                diary["designation"] -= ours.pop("designation")
            if +ours != +theirs:
                found.append(f"look {number}: {dict(+ours)}, by Stripe {dict(+theirs)}")
        diary["restarted"] += plan.pk != giver.plans[0].pk
        if any(diary.values()):
            found.append(f"her own count differs: {dict(diary)}")
        paid = plan.donations.filter(status="paid").values_list("invoice_id", "amount_minor")
        if dict(paid) != told.paid:
            found.append(f"gifts: {dict(paid)}, by Stripe {told.paid}")
        return found

    def figures(self) -> dict[str, Any]:
        kinds = Counter(step.kind for steps in self.steps for step in steps)
        paid = Donation.objects.filter(plan__isnull=False, status="paid")
        disputes = Counter(how for giver in self.givers for how in giver.disputes.values())
        payouts = Payout.objects.filter(status="paid")
        return {
            "Monthly plans": f"{sum(len(giver.plans) for giver in self.givers)} of "
            f"{len(self.givers)} donors",
            "Their gifts, and how many of these are renewals": f"{paid.count()}, "
            f"{paid.filter(attempts=None).count()}",
            "Failed payments, and how many bills arrived after all":
            f"{kinds['payment_failed'] + kinds['lapsed']}, {kinds['recovered']}",
            "Lapsed, stopped, taken up again":
            f"{kinds['lapsed']}, {kinds['canceled']}, {kinds['restarted']}",
            "Paused, skipped, raised, lowered":
            ", ".join(str(kinds[kind]) for kind in ("paused", "skipped", "raised", "lowered")),
            "Refunds of monthly gifts": sum(len(giver.refunded) for giver in self.givers),
            "Disputes won, lost": f"{disputes['won']}, {disputes['lost']}",
            "Payouts, and how many are explained row by row":
            f"{payouts.count()}, {payouts.exclude(explained_at=None).count()}",
            "Events of these months, and how often delivered":
            f"{sum(e['type'] in inbox.KINDS for stop in self.stops for e in stop)}, "
            f"{self.delivered}",
        }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=20)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    sandbox = Sandbox(settings.STRIPE_API_BASE, webhook_secret=os.environ["STRIPE_WEBHOOK_SECRETS"])
    sandbox.steer_deliveries(paused=True)
    sandbox.fees("at_once")
    course = Months(sandbox, standing.givers(options.donors))
    if known := sandbox.events():
        course.last_event = known[-1]["id"]

    with (
        mock.patch.object(timezone, "now", course.now),
        working.worker(),
        working.beside(course.clock),
    ):
        started = time.monotonic()
        course.run(options.months)
        passed = time.monotonic() - started
        differences = course.differences()
        assert not differences, "\n".join(differences)
        call_command("verify_books")
        said = io.StringIO()
        call_command("reconcile", days=max(400, 31 * options.months + 30), stdout=said)
        told = course.figures()
        of_the_books = Finance(course, options.folder).run()
    figures = (
        told
        | of_the_books
        | {
            "Differences between their stories and Stripe's events": len(differences),
            "Reconciliation": " ".join(said.getvalue().split()),
            "These months took": f"{passed:.0f} s",
        }
    )
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
