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
    found = set(Dispute.objects.filter(donation__plan=plan).values_list("status", flat=True))
    frozen = plan.changes.filter(kind=PlanChange.Kind.PAUSE, wanted__has_key="frozen").exists()
    if Status.LOST in found:
        actions.end_disputed(plan)
    elif found & set(OPEN) and not frozen:
        actions.freeze(plan)
    elif not found & set(OPEN) and frozen and plan.status == Plan.Status.PAUSED:
        actions.resume(plan, by=SYSTEM)
