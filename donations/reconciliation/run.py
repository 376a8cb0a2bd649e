"""One run over all families, its report, and the repair."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from core.retries import Patient
from donations import gateway, payments
from donations.models import Difference, Reconciliation
from donations.plans import refresh as plan_refresh
from donations.reconciliation import (
    charges,
    disputes,
    events,
    movements,
    payouts,
    plans,
    refunds,
)
from donations.reconciliation.compare import Comparison, Found, Stretch

log = logging.getLogger("northstar.reconcile")

# What happened just now may still be on its way to us.
SETTLING = timedelta(minutes=15)
# Each night looks this far back, so that one bad night is made good by the next.
NIGHTLY = timedelta(days=3)

FAMILIES: dict[str, Callable[[Stretch], Comparison]] = {
    "events": events.compare,
    "plans": plans.compare,
    "charges": charges.compare,
    "refunds": refunds.compare,
    "disputes": disputes.compare,
    "payouts": payouts.compare,
    "movements": movements.compare,
}


def reconcile(
    *, since: datetime | None = None, until: datetime | None = None, repair: bool = False
) -> Reconciliation:
    """Hold the books against Stripe and write down each difference with its cause.

    Args:
        since: beginning of the stretch; three days ago if not given.
        until: its end; what is younger than a quarter of an hour may still be on its way.
        repair: take over again whatever differs, then look once more; what is gone is marked.

    Raises:
        Unreachable: Stripe gave no answer; the run stays on record as broken off.
    """
    until = until or timezone.now() - SETTLING
    since = since or until - NIGHTLY
    run = Reconciliation.objects.create(
        since=since, until=until, livemode=settings.STRIPE_LIVE, repairs=repair
    )
    stretch = Stretch(since, until, run.livemode)
    try:
        found = _look(run, stretch)
        if repair and any(one.repair for one in found):
            for one in found:
                _repair(one)
            left = {(one.cause, one.about) for one in _look(run, stretch)}
        else:
            left = {(one.cause, one.about) for one in found}
    except gateway.GatewayError as error:
        run.problem = type(error).__name__
        run.save(update_fields=["problem"])
        raise
    Difference.objects.bulk_create(
        Difference(
            run=run,
            cause=one.cause,
            about=one.about[:120],
            detail=one.detail,
            repaired=(one.cause, one.about) not in left,
        )
        for one in found
    )
    run.finished_at = timezone.now()
    run.save(update_fields=["finished_at", "compared"])
    if left:
        log.error("the books and Stripe differ", extra={"count": len(left)})
    return run


@app.periodic(cron="31 3 * * *")
@app.task(queue="public", queueing_lock="reconcile_nightly", retry=Patient(gateway.Unreachable))
def reconcile_nightly(timestamp: int) -> None:
    """Each night: the last three days, mending what can be mended."""
    reconcile(repair=True)


@app.task(queue="public", retry=Patient(gateway.Unreachable))
def compare_stretch(since: str, until: str) -> None:
    """Job: one stretch of time once more, at somebody's request."""
    reconcile(since=datetime.fromisoformat(since), until=datetime.fromisoformat(until), repair=True)


def last() -> Reconciliation | None:
    """The latest run that came to its end in the mode of this installation."""
    return _finished().first()


def overdue(*, than: timedelta = timedelta(hours=26)) -> bool:
    """Has no nightly run come to its end for more than a day, although there is one to expect?"""
    run = last()
    if run is None:
        return Reconciliation.objects.filter(started_at__lt=timezone.now() - than).exists()
    return run.started_at < timezone.now() - than


def _finished() -> QuerySet[Reconciliation]:
    return Reconciliation.objects.filter(
        finished_at__isnull=False, livemode=settings.STRIPE_LIVE
    ).order_by("-started_at", "-pk")


def _look(run: Reconciliation, stretch: Stretch) -> list[Found]:
    found: list[Found] = []
    for name, compare in FAMILIES.items():
        comparison = compare(stretch)
        run.compared[name] = comparison.compared
        found += comparison.found
    return found


def _repair(one: Found) -> None:
    """One that cannot be mended must not hold up the others; it shows when looked for again."""
    if one.repair is None:
        return
    try:
        one.repair()
    except (gateway.GatewayError, payments.Busy, plan_refresh.Busy) as error:
        log.warning("%s at %s %s", type(error).__name__, one.cause, one.about)
