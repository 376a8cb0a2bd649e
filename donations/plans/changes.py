"""A wish about a plan is stored first, then carried out at Stripe, then seen in what Stripe says.

    asked ─┬→ done        Stripe's subscription stands as wished
           ├→ refused     Stripe said no
           └→ replaced    another wish came before it was carried out

Whatever is lost on the way, a job tries again: each wish names a final state, so that doing it
twice changes nothing.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from core.retries import Patient
from core.tokens import new_token
from donations import gateway
from donations.models import Plan, PlanChange
from donations.plans.refresh import Busy, is_met, refresh
from donations.plans.steps import By

State = PlanChange.State
Kind = PlanChange.Kind
# The request that asked carries it out itself; the job comes for what was lost.
LATER = 60


class NotAllowed(Exception):
    """The plan cannot be changed so; `why` is one word for the page to explain."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def ask(plan: Plan, *, kind: str, wanted: dict[str, Any], by: By) -> PlanChange:
    """Store a wish; the same one asked twice is one, another one takes its place.

    Raises:
        NotAllowed: "over": the plan does not go on.
    """
    with transaction.atomic():
        plan = Plan.objects.select_for_update().get(pk=plan.pk)
        if not plan.is_live:
            raise NotAllowed("over")
        waiting = plan.changes.filter(state=State.ASKED).first()
        if waiting and (waiting.kind, waiting.wanted) == (kind, wanted):
            return waiting
        if waiting:
            waiting.state = State.REPLACED
            waiting.save(update_fields=["state"])
        change = PlanChange.objects.create(
            plan=plan,
            reference=new_token(),
            kind=kind,
            wanted=wanted,
            channel=by.channel,
            actor_id=by.actor_id,
        )
        carry_out_later.configure(schedule_in={"seconds": LATER}).defer(change_id=change.pk)
    return change


def carry_out(change: PlanChange) -> None:
    """Do at Stripe what was asked, and take over what Stripe then says. Safe to repeat.

    Raises:
        Unreachable, Busy: not known whether it is done; a job sees it through.
        NotAllowed: "refused": Stripe said no.
    """
    change.refresh_from_db()
    if change.state != State.ASKED:
        return
    plan = change.plan
    assert plan.subscription_id is not None  # it is live
    found = gateway.fetch_subscription(plan.subscription_id)
    try:
        if not is_met(change, found) and not found.ended_at:
            _call(change, found)
        if change.kind in (Kind.PAUSE, Kind.SKIP, Kind.CANCEL):
            # What is billed already and not paid would still be charged within the hour.
            gateway.let_go_of_invoices(found.id)
    except gateway.UsedUp:
        change.reference = new_token()
        change.save(update_fields=["reference"])
        raise gateway.Unreachable("a saved failure") from None
    except gateway.Refused as refusal:
        refresh(plan)
        change.refresh_from_db()
        if change.state == State.ASKED:
            _end(change, State.REFUSED, problem=refusal.code)
            raise NotAllowed("refused") from None
        return
    refresh(plan)
    # It ended before the wish was carried out: there is nothing left to change.
    _end(change, State.REPLACED)


@app.task(queue="public", retry=Patient(gateway.Unreachable, Busy))
def carry_out_later(change_id: int) -> None:
    """Job: see a wish through if the request that asked for it could not.

    Raises:
        Unreachable, Busy: not now; the job is tried again.
    """
    change = PlanChange.objects.select_related("plan").get(pk=change_id)
    try:
        carry_out(change)
    except NotAllowed:
        return  # noted with the wish, for staff


def _call(change: PlanChange, found: gateway.Subscription) -> None:
    wanted, key = change.wanted, change.reference
    if change.kind == Kind.AMOUNT:
        gateway.change_amount(found, amount_minor=wanted["amount_minor"], key=key)
    elif change.kind in (Kind.PAUSE, Kind.SKIP):
        gateway.pause_subscription(found.id, until=datetime.fromisoformat(wanted["until"]), key=key)
    elif change.kind == Kind.RESUME:
        gateway.resume_subscription(found.id, key=key)
    else:
        gateway.cancel_subscription(found.id, key=key)


def _end(change: PlanChange, state: State, *, problem: str = "") -> None:
    PlanChange.objects.filter(pk=change.pk, state=State.ASKED).update(
        state=state, problem=problem[:200]
    )
