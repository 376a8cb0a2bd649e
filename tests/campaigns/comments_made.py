"""Comments for tests: written through the form, or put there in any state."""

import re
from datetime import timedelta
from typing import Any
from unittest import mock

from django.core.cache import caches
from django.utils import timezone

from campaigns.comments import danger, deciding
from campaigns.models import StoryComment, StoryPage, StoryTalk
from core.tokens import new_token, of_text
from tests.campaigns.stories_told import told
from tests.people import person
from tests.roles import RoleClient

HIDDEN = re.compile(r'name="(token|started)" value="([^"]*)"')
KIND = "This stayed with me all day. Thank you for telling it."
GUESS = "I think she lives in Honduras and is called Rosa."


def open_talk(story: StoryPage, to: str = "open") -> StoryTalk:
    talk, _made = StoryTalk.objects.get_or_create(story=story)
    return deciding.switch(talk, to=to, by=person(factor=False))


def send(client: RoleClient, url: str, *, wait: float = 5, **typed: str) -> Any:
    """Open the form and send it as a person would, after some seconds."""
    marks = dict(HIDDEN.findall(client.get(url).content.decode()))
    later = timezone.now() + timedelta(seconds=wait)
    with mock.patch("core.forms.timezone.now", return_value=later):
        return client.post(url, {**marks, **typed})


def make(story: StoryPage, state: str = "waiting", **facts: Any) -> StoryComment:
    """A comment that came to this state by the product's own steps."""
    first, second = person(factor=False), person(factor=False)
    now = timezone.now()
    given = {
        **{"name": "", "text": KIND, "doubts": "", "language": "en", "is_proven": True},
        **{"network": new_token()[:20], "form_token": new_token(), "written_at": now},
        **facts,
    }
    row = StoryComment.objects.create(
        story=story, moved_at=now, text_sha256=of_text(given["text"]), **given
    )
    if state in ("approved", "reported", "down"):
        deciding.approve(row, by=first)
        if row.is_doubtful:
            deciding.approve(row, by=second)
    if state == "down":
        deciding.take_down(row, by=first)
    if state == "declined":
        deciding.decline(row, why="topic", by=first)
    if state == "safeguarding":
        danger.mark(row, by=first)
    row.refresh_from_db()
    return row


def page_of(client: RoleClient, url: str) -> str:
    """The page as it is now, not as it was kept."""
    caches["local"].clear()
    return client.get(url).content.decode()


def addresses() -> dict[str, object]:
    """For tests/site/matrix/house.py."""
    story, _codes = told()
    talk = open_talk(story)
    row, shown, marked = (make(story, state) for state in ("waiting", "approved", "safeguarding"))
    return {
        **{"comments:pk": row.pk, "comments-by-story:pk": talk.pk, "comments:story": story.pk},
        "/comments/report/<int:pk>/": f"/comments/report/{shown.pk}/",
        "/admin/comments/close/<int:pk>/": f"/admin/comments/close/{marked.pk}/",
    }
