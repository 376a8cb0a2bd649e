"""Subscriptions at Stripe against plans, and charges that are due against those that were made."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from donations import gateway, payments
from donations.models import CheckoutAttempt, Plan
from donations.models.plans import LIVE
from donations.plans import refresh, renewals
from donations.reconciliation.compare import Cause, Comparison, Found, Stretch, side_by_side

Status = Plan.Status
HERE = {"trialing": Status.ACTIVE, "unpaid": Status.PAST_DUE}
# Not begun: its first payment is still to come, and ours is no plan yet either.
NOT_YET = ("incomplete", "incomplete_expired")
# Stripe charges an hour after a period's end, and its tries take their time.
DUE = timedelta(days=1)


def compare(stretch: Stretch) -> Comparison:
    """Of everything that runs now, whenever it began."""
    there = {
        one.id: one
        for one in gateway.list_running_subscriptions()
        if one.livemode == stretch.livemode and one.status not in NOT_YET
    }
    plans = Plan.objects.filter(livemode=stretch.livemode, subscription_id__isnull=False)
    ours = plans.filter(status__in=LIVE) | plans.filter(subscription_id__in=there)
    found = side_by_side(
        there,
        {plan.subscription_id or "": plan for plan in ours.distinct()},
        only_there=_unknown_here,
        only_here=_not_running,
        both=_differing,
    )
    overdue = ours.filter(
        status=Status.ACTIVE, open_invoice_id="", next_charge_at__lt=stretch.until - DUE
    )
    known = {one.about for one in found.found}
    found.found += [
        Found(
            Cause.RENEWAL_OVERDUE,
            str(plan.subscription_id),
            {"plan": plan.pk, "due": f"{plan.next_charge_at:%Y-%m-%d}"},
            partial(renewals.catch_up, plan),
        )
        for plan in overdue.order_by("pk")
        if plan.subscription_id not in known
    ]
    return found


def _unknown_here(key: str, one: gateway.ListedSubscription) -> Found | None:
    attempt = CheckoutAttempt.objects.filter(reference=one.reference or None).first()
    if attempt is None:
        return None  # not ours
    again = partial(payments.refresh, attempt)
    return Found(Cause.PLAN_UNKNOWN_HERE, key, {"status": one.status}, again)


def _not_running(key: str, plan: Plan) -> Found:
    """Live here and not in Stripe's list: it ended there, or Stripe knows no such thing."""
    try:
        there = gateway.fetch_subscription(key).status
    except gateway.NotFound:
        return Found(Cause.PLAN_UNKNOWN_THERE, key, {"plan": plan.pk})
    detail = {"there": there, "here": plan.status}
    return Found(Cause.PLAN_STATE, key, detail, partial(refresh.refresh, plan))


def _differing(key: str, one: gateway.ListedSubscription, plan: Plan) -> Iterator[Found]:
    again = partial(refresh.refresh, plan)
    status = Status.PAUSED if one.is_paused else HERE.get(one.status, one.status)
    if status != plan.status:
        yield Found(Cause.PLAN_STATE, key, {"there": status, "here": plan.status}, again)
    there = [one.amount_minor, one.currency, one.interval]
    here = [plan.amount_minor, plan.currency, plan.interval]
    if there != here:
        yield Found(Cause.PLAN_TERMS, key, {"there": there, "here": here}, again)
