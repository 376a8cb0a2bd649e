"""The states of stories' pages, with made-up data."""

from typing import Any

from campaigns.blocks import StoryBodyBlock
from campaigns.models import StoryIndexPage, StoryPage
from pages.demo.stories import STORIES
from pages.styleguide.forms import LONG


def story(place: int = 0, **facts: Any) -> dict[str, Any]:
    told = {**STORIES[place][0], **facts}
    parts = [{"type": kind, "value": value} for kind, value in told.pop("body")]
    page = StoryPage(url_path="/front/stories/one/", **told)
    page.body = StoryBodyBlock().to_python(parts)
    return {"page": page, "index": StoryIndexPage(title="Stories", url_path="/front/stories/")}


def long_story() -> dict[str, Any]:
    return story(title=LONG, summary=f"{LONG}. " * 2, teller=LONG)


def stories(*places: int) -> dict[str, Any]:
    told = [story(place)["page"] for place in places]
    return {"page": {"title": "Stories", "lead": "Told by those who were there."}, "stories": told}
