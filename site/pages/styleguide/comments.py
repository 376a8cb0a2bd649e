"""The states of comments below a story and of their forms, with made-up data."""

from typing import Any

from django.http import QueryDict
from django.utils import timezone

from campaigns.comments.forms import CommentForm, ReportForm
from campaigns.models import StoryComment
from pages.demo.comments import COMMENTS
from pages.styleguide.forms import LONG
from pages.styleguide.stories import story

SAID = COMMENTS["the-form-that-was-due-on-friday"]


def said(*, long: bool = False) -> list[StoryComment]:
    rows = [(name, text) for name, text, _days, is_shown in SAID if is_shown]
    rows += [(LONG[:40], f"{LONG} " * 6)] if long else []
    now = timezone.now()
    return [
        StoryComment(pk=number, name=name, text=text, written_at=now)
        for number, (name, text) in enumerate(rows, start=1)
    ]


def below(*rows: StoryComment, is_open: bool = True, **more: Any) -> dict[str, Any]:
    talk = {"talk_is_open": is_open, "talk_is_shown": True, "comments": rows}
    return story() | talk | more


def write(**typed: str) -> dict[str, Any]:
    data = QueryDict(mutable=True)
    data.update({**CommentForm.marks(), **typed})
    form = CommentForm(data) if typed else CommentForm(initial=CommentForm.fresh_values())
    return {"form": form, "story": story()["page"], "challenge": ""}


def report(*, wrong: bool = False) -> dict[str, Any]:
    form = ReportForm(ReportForm.marks() if wrong else None, initial=ReportForm.fresh_values())
    return {"form": form, "story": story()["page"], "comment": said(long=True)[-1]}


def about_the_story() -> dict[str, Any]:
    return {"story": story()["page"]}


STATES = {
    "comments": ("campaigns/stories/story.html", lambda: below(*said())),
    "comments-long": (
        "campaigns/stories/story.html",
        lambda: below(
            *said(long=True), earlier_url="?comments=3", later_url="?comments=1",
            comments_page="2",
        ),
    ),
    "comments-none": ("campaigns/stories/story.html", below),
    "comments-closed": ("campaigns/stories/story.html", lambda: below(*said(), is_open=False)),
    "comment": ("campaigns/comments/write.html", write),
    "comment-errors": (
        "campaigns/comments/write.html",
        lambda: write(text="See www.example.org", name="x" * 60),
    ),
    "comment-thanks": ("campaigns/comments/thanks.html", about_the_story),
    "comment-too-late": ("campaigns/comments/closed.html", about_the_story),
    "comment-report": ("campaigns/comments/report.html", report),
    "comment-report-errors": ("campaigns/comments/report.html", lambda: report(wrong=True)),
    "comment-reported": ("campaigns/comments/reported.html", about_the_story),
}  # fmt: skip
