"""What stands below a story: its comments, a page of them, by two queries."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from campaigns.models import StoryComment, StoryPage, StoryTalk
from campaigns.models.comments import talk_of

A_PAGE = 20
ASKED = "comments"


def below(story: StoryPage, request: HttpRequest) -> dict[str, Any]:
    """For the story's template; the newest comments come first."""
    talk = talk_of(story) if story.pk else StoryTalk.State.OFF
    shows = talk in (StoryTalk.State.OPEN, StoryTalk.State.CLOSED)
    asked = request.GET.get(ASKED, "1")
    number = int(asked) if asked.isdecimal() and 0 < int(asked) < 10_000 else 1
    rows: list[StoryComment] = []
    if shows:
        first = (number - 1) * A_PAGE
        shown = StoryComment.objects.filter(story=story.pk, state=StoryComment.State.APPROVED)
        rows = list(shown.order_by("-written_at", "-pk")[first : first + A_PAGE + 1])
    return {
        "talk_is_open": talk == StoryTalk.State.OPEN,
        "talk_is_shown": shows,
        "comments": rows[:A_PAGE],
        "earlier_url": f"?{ASKED}={number + 1}#comments" if len(rows) > A_PAGE else "",
        "later_url": f"?{ASKED}={number - 1}#comments" if number > 1 else "",
        "comments_page": gettext("Page %(number)d") % {"number": number},
    }
