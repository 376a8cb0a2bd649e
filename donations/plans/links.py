"""Links in mails to one plan: two weeks, no sign-in.

A link can show, pause, lower, skip and stop a plan and lead to Stripe's page for another card. It
holds the plan's reference, signed together with the address it was mailed to: when that address
is corrected, the links that went to the wrong one are dead.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from core.links import public_url
from core.tokens import keyed_hash
from donations.models import Plan

SALT = "plan-link"
LINK_DAYS = 14


@dataclass(frozen=True)
class Opened:
    """What a link leads to; an expired one still says whose mailbox may get a fresh one."""

    state: str  # ready, expired, unknown
    plan: Plan | None = None


def new_link(plan: Plan, *, language: str = "") -> str:
    """A fresh address of the plan's page."""
    token = signing.dumps([plan.reference, _mailbox(plan)], salt=SALT)
    return public_url("plan", token, language=language or plan.language)


def open_link(token: str) -> Opened:
    """Look a token up. Looking changes nothing, so that mail scanners may."""
    try:
        reference, mailbox = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return Opened("unknown")
    plan = Plan.objects.filter(reference=reference).exclude(status=Plan.Status.INCOMPLETE).first()
    if plan is None or _mailbox(plan) != mailbox:
        return Opened("unknown")
    try:
        signing.loads(token, salt=SALT, max_age=timedelta(days=LINK_DAYS))
    except signing.SignatureExpired:
        return Opened("expired", plan)
    return Opened("ready", plan)


def _mailbox(plan: Plan) -> str:
    return keyed_hash(plan.email.lower(), purpose="plan-link")[:12]
