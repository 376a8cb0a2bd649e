"""Readers and letters for tests."""

from typing import Any

from django.utils import timezone

from campaigns.models import Campaign, Reader
from campaigns.news import links
from donations.models import Designation


def make_reader(email: str = "ada@example.org", **changes: Any) -> Reader:
    """Somebody who reads the newsletter, unless it is said otherwise."""
    now = timezone.now()
    values = {"language": "en", "consent": "x", "consent_version": "x", "asked_at": now}
    return Reader.objects.create(email=email, **values | {"confirmed_at": now} | changes)


def make_campaign(code: str = "X") -> Campaign:
    purpose = Designation.objects.get(is_default=True)
    return Campaign.objects.create(
        name=code, code=code, goal_kind="donors", goal=1, designation=purpose
    )


def addresses() -> dict[str, object]:
    """For tests/site/matrix/house.py."""
    reader = make_reader()
    return {
        "readers:pk": reader.pk,
        "leave:token": links.to_leave(reader).rstrip("/").rpartition("/")[2],
        "confirm:token": links.to_confirm(reader).rstrip("/").rpartition("/")[2],
    }
