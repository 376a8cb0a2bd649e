"""Links in mails to one plan: two weeks, no sign-in.

A link can show, pause, lower, skip and stop a plan and lead to Stripe's page for another card.
"""

from core import mailbox_links
from core.links import public_url
from core.mailbox_links import Opened
from donations.models import Plan

PURPOSE = "plan-link"
LINK_DAYS = 14


def new_link(plan: Plan, *, language: str = "") -> str:
    """A fresh address of the plan's page."""
    token = mailbox_links.token_for(plan, purpose=PURPOSE)
    return public_url("plan", token, language=language or plan.language)


def open_link(token: str) -> Opened[Plan]:
    plans = Plan.objects.exclude(status=Plan.Status.INCOMPLETE)
    return mailbox_links.opened(token, plans, purpose=PURPOSE, days=LINK_DAYS)
