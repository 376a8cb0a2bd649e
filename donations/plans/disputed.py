"""Whoever disputes a gift is not charged again: the plan rests while the bank decides.

The bank decides for the donor, or nobody answers: the plan ends. For us: it goes on.
"""

from procrastinate.contrib.django import app

from core.retries import Patient
from donations import gateway
from donations.models import Dispute, Plan, PlanChange
from donations.plans import actions
from donations.plans.refresh import Busy
from donations.plans.steps import SYSTEM

Status = Dispute.Status
Kind, State = PlanChange.Kind, PlanChange.State
# A mere question of the bank is none of these.
OPEN = (Status.NEEDS_RESPONSE, Status.UNDER_REVIEW)


@app.task(queue="public", retry=Patient(gateway.Unreachable, Busy))
def follow_disputes(plan_id: int) -> None:
    """Job: bring a plan to where its gifts' disputes want it. Safe to repeat, in any order.

    Raises:
        Unreachable, Busy: not now; the job is tried again.
    """
    plan = Plan.objects.get(pk=plan_id)
    if not plan.is_live:
        return
    disputes = Dispute.objects.filter(donation__plan=plan)
    undecided = set(disputes.filter(status__in=OPEN).values_list("pk", flat=True))
    pauses = [Kind.PAUSE, Kind.SKIP, Kind.RESUME]
    done = plan.changes.filter(kind__in=pauses, state__in=[State.ASKED, State.DONE])
    ours = done.filter(kind=Kind.PAUSE, channel=SYSTEM.channel)
    rests = plan.status == Plan.Status.PAUSED and done.last() in ours
    if disputes.filter(status=Status.LOST).exists():
        actions.end_disputed(plan)
    # Once for each dispute: what the donor wishes afterwards, a pause or none, holds.
    elif undecided.difference(*ours.values_list("wanted__disputes", flat=True)):
        actions.freeze(plan, disputes=sorted(undecided))
    elif rests and not undecided:
        actions.resume(plan, by=SYSTEM)
