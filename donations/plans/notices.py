"""What is told ahead of time, and what no event brings: jobs that look after plans by the clock."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, Subquery
from django.utils import timezone
from procrastinate.contrib.django import app

from donations import gateway, payments
from donations.models import Donation, Plan, PlanChange
from donations.models.plans import LIVE
from donations.plans import actions, changes, renewals, steps
from donations.plans.changes import NotAllowed
from donations.plans.refresh import Busy
from donations.plans.steps import SYSTEM, Kind

log = logging.getLogger("northstar.jobs")

CARD_AHEAD = timedelta(days=30)
YEARLY_AHEAD = timedelta(days=14)
RESUME_AHEAD = timedelta(days=7)
# A plan whose payment failed and that Stripe tries no more ends after so long without a new card.
PATIENCE = timedelta(days=30)
# By then every event, and every repetition of it, has come or never will.
OVERDUE = timedelta(days=1)
PASSING = (gateway.GatewayError, Busy, payments.Busy)


@app.periodic(cron="7 15 * * *")
@app.task(queue="public", queueing_lock="tell_ahead")
def tell_ahead(timestamp: int) -> None:
    """Each day: cards that end, yearly gifts and ends of pauses that come near; each told once."""
    for plan, kind, source in due_notices(timezone.now()):
        with transaction.atomic():
            locked = Plan.objects.select_for_update().get(pk=plan.pk)
            steps.record(locked, kind, by=SYSTEM, source=source)


def due_notices(now: datetime) -> Iterator[tuple[Plan, str, str]]:
    """What is to be told by now, each with the name that keeps it from being told twice."""
    soon = Plan.objects.filter(status__in=["active", "paused"], next_charge_at__gt=now)
    for plan in soon.filter(next_charge_at__lt=now + CARD_AHEAD, card_exp_year__isnull=False):
        assert plan.next_charge_at is not None  # by the filter
        charged = (plan.next_charge_at.year, plan.next_charge_at.month)
        ends = (plan.card_exp_year or 0, plan.card_exp_month or 0)
        if ends < charged:
            yield plan, Kind.CARD_EXPIRES, f"card:{plan.payment_method_id}:{ends[0]}-{ends[1]}"
    yearly = Q(interval="year", status="active", next_charge_at__lt=now + YEARLY_AHEAD)
    for plan in soon.filter(yearly):
        yield plan, Kind.YEARLY_AHEAD, f"yearly:{plan.pk}:{plan.next_charge_at:%Y-%m-%d}"
    for plan in soon.filter(status="paused", next_charge_at__lt=now + RESUME_AHEAD):
        yield plan, Kind.RESUME_AHEAD, f"resume:{plan.pk}:{plan.next_charge_at:%Y-%m-%d}"


@app.periodic(cron="11 4 * * *")
@app.task(queue="public", queueing_lock="look_after_plans")
def look_after_plans(timestamp: int) -> None:
    """Each night: payments and fees we heard nothing of, wishes left over, plans that have failed.

    What is overdue here is what events should have brought; `verify_books` counts it too.
    """
    now = timezone.now()
    late = now - OVERDUE
    live = Plan.objects.filter(status__in=LIVE)
    for plan in live.filter(Q(next_charge_at__lt=late) | Q(retry_at__lt=late))[:500]:
        _try(plan, renewals.catch_up)
    feeless = Donation.objects.filter(
        status="paid", invoice_id__isnull=False, processor_fee_minor=None, paid_at__lt=late
    )
    for donation in feeless.filter(attempts=None)[:500]:
        _try(donation, lambda row: renewals.book(str(row.invoice_id)))
    # Their jobs have given up by then; each names a final state, so it may still be done.
    for change in PlanChange.objects.filter(state="asked", created_at__lt=now - 4 * OVERDUE)[:100]:
        changes.carry_out_later.defer(change_id=change.pk)
    given_up = live.filter(status="past_due", retry_at=None)
    for plan in given_up:
        well = plan.steps.exclude(status="past_due").values("pk").order_by("-pk")[:1]
        failed = plan.steps.filter(pk__gt=Subquery(well)).first()
        if failed and failed.at < now - PATIENCE:
            _try(plan, actions.let_lapse)


def _try(row: Any, work: Callable[[Any], object]) -> None:
    """One that cannot be asked about must not hold up those behind it."""
    try:
        work(row)
    except (*PASSING, NotAllowed) as error:
        log.warning("%s of %s %s", type(error).__name__, type(row).__name__, row.pk)
