"""Campaigns and what belongs to them, as rows, for tests of other things."""

from datetime import timedelta

from django.utils import timezone

from campaigns.models import Campaign, Challenge
from donations.models import Designation


def make_campaign(code: str = "X", **facts: object) -> Campaign:
    """For a number of donors, unless it is told otherwise."""
    purpose = Designation.objects.get(is_default=True)
    plain = {"name": "x", "goal_kind": "donors", "goal": 1, "designation": purpose}
    return Campaign.objects.create(code=code, **plain | facts)


def make_challenge() -> Challenge:
    """Of a campaign of its own."""
    campaign = make_campaign("Y", goal_kind="amount", goal_currency="USD")
    now, plain = timezone.now(), {"currency": "USD", "cap_minor": 1}
    times = {"starts_at": now, "ends_at": now + timedelta(days=1)}
    return Challenge.objects.create(campaign=campaign, code="Y-MATCH", **plain | times)
