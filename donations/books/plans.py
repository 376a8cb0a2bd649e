"""What must hold of plans, recomputed from the rows."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from django.db.models import F, Q
from django.utils import timezone

from donations.books.problem import Problem
from donations.models import Donation, Plan
from donations.models.plans import LIVE

CHUNK = 500
# Stripe charges an hour after a period's end; events may be late by as much as they are repeated.
PATIENCE = timedelta(days=4)


def purposes_are_open() -> Iterator[Problem]:
    """A plan that goes on has a purpose without goal and end."""
    ends = Q(designation__target_minor__isnull=False) | Q(designation__closes_at__isnull=False)
    for pk in Plan.objects.filter(ends, status__in=LIVE).values_list("pk", flat=True):
        yield Problem(f"plan {pk}", "its purpose has a goal or an end")


def stories_are_whole() -> Iterator[Problem]:
    """Each step begins where the one before ended, and the last one ends where the plan stands."""
    for plan in Plan.objects.order_by("pk").prefetch_related("steps").iterator(CHUNK):
        story = list(plan.steps.all())
        if not story:
            if plan.status != Plan.Status.INCOMPLETE:
                yield Problem(f"plan {plan.pk}", f"is {plan.status} and nothing tells why")
            continue
        for before, after in pairwise(story):
            if after.monthly_before_minor != before.monthly_after_minor:
                yield Problem(f"plan {plan.pk}", f"its story breaks at step {after.pk}")
        last = story[-1]
        if (last.status, last.monthly_after_minor) != (plan.status, plan.monthly_minor):
            yield Problem(f"plan {plan.pk}", f"is {plan.status}, its story ends at {last.status}")


def charges_are_due() -> Iterator[Problem]:
    """Each payment has its invoice; none was made after the end; none is overdue unheard of."""
    paid = Donation.objects.filter(status=Donation.Status.PAID, plan__isnull=False)
    for pk in paid.filter(invoice_id=None).values_list("pk", flat=True):
        yield Problem(f"donation {pk}", "is of a plan and has no invoice")
    # Given back, the donor has it again; until then somebody must look.
    late = paid.filter(paid_at__gt=F("plan__ended_at")).exclude(
        amount_minor=F("refunded_minor") + F("lost_minor")
    )
    for pk in late.values_list("pk", flat=True):
        yield Problem(f"donation {pk}", "was charged after its plan had ended")
    overdue = Plan.objects.filter(status__in=LIVE, next_charge_at__lt=timezone.now() - PATIENCE)
    for pk in overdue.values_list("pk", flat=True):
        yield Problem(f"plan {pk}", "its charge is overdue and nothing was heard")
