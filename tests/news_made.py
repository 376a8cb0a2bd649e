"""Readers and letters for tests."""

import json
from typing import Any

from django.utils import timezone

from campaigns.models import Campaign, Letter, Reader
from campaigns.news import links
from donations.models import Designation
from tests.people import person


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
    letter = make_letter()
    acts = ("edit", "inspect", "progress", "test", "send", "pause", "resume", "back", "offline")
    web = make_letter(is_on_web=True)
    Letter.objects.filter(pk=web.pk).update(
        state="waiting", queued_at=reader.asked_at, queued_by=person(), send_at=reader.asked_at
    )
    Letter.objects.filter(pk=web.pk).update(state="sending")
    return {
        **{f"/admin/letters/{act}/<int:pk>/": f"/admin/letters/{act}/{letter.pk}/" for act in acts},
        "/news/letters/<int:pk>/": f"/news/letters/{web.pk}/",
        "readers:pk": reader.pk,
        "leave:token": links.to_leave(reader).rstrip("/").rpartition("/")[2],
        "confirm:token": links.to_confirm(reader).rstrip("/").rpartition("/")[2],
    }


TEXT = '<p>Twelve <b>laptops</b> <a href="/give/">so far</a>.</p>'
BODY = [
    {
        "type": "text",
        "value": {
            "heading": "Spring",
            "text": TEXT,
        },
    },
    {"type": "button", "value": {"label": "Give", "address": "https://northstar.example/give/"}},
]


def make_letter(**changes: Any) -> Letter:
    """A draft in English to the readers of the newsletter, unless it is said otherwise."""
    values = {"audience": "newsletter", "subject": "Spring", "preview": "Twelve so far"}
    return Letter.objects.create(**values | {"body": json.dumps(BODY)} | changes)
