"""The story of a plan: what happened, when, by whom. What concerns the donor is mailed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from donations import mails
from donations.models import Channel, Plan, PlanStep

Kind = PlanStep.Kind
# Staff read of these in the story; the donor need not hear of them.
SILENT = {Kind.EXCUSED, Kind.PAID_AFTER_END, Kind.RECEIPTS}


@dataclass(frozen=True)
class By:
    """Who did it, and which way it came in."""

    channel: str
    actor_id: int | None = None

    @classmethod
    def account(cls, user: Any) -> "By":
        return cls(Channel.ACCOUNT, user.pk)

    @classmethod
    def link(cls) -> "By":
        return cls(Channel.LINK)

    @classmethod
    def staff(cls, user: Any) -> "By":
        return cls(Channel.STAFF, user.pk)


STRIPE, SYSTEM = By(Channel.STRIPE), By(Channel.SYSTEM)


def record(
    plan: Plan,
    kind: str,
    *,
    by: By,
    monthly_before_minor: int | None = None,
    at: datetime | None = None,
    source: str | None = None,
    **detail: Any,
) -> PlanStep | None:
    """Write a line and owe the donor its mail. The plan's row must be locked and written already.

    Args:
        monthly_before_minor: what it brought before this step; none if the step changes nothing.
        source: what may be told only once; None comes back if it was.
    """
    if source and PlanStep.objects.filter(source=source).exists():
        return None
    before = plan.monthly_minor if monthly_before_minor is None else monthly_before_minor
    step = PlanStep.objects.create(
        plan=plan,
        kind=kind,
        at=at or timezone.now(),
        channel=by.channel,
        actor_id=by.actor_id,
        status=plan.status,
        monthly_before_minor=before,
        monthly_after_minor=plan.monthly_minor,
        source=source,
        detail=detail,
    )
    if kind not in SILENT and plan.email:
        mails.queue(
            "plan",
            to=plan.email,
            language=plan.language,
            cause=f"step:{step.pk}",
            plan=plan,
            step=step,
        )
    return step
