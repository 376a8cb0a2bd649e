"""Sample comments: some shown, in both languages, two that wait, one of them doubtful."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from campaigns.comments import deciding
from campaigns.comments.writing import doubts_about
from campaigns.models import StoryComment, StoryPage, StoryTalk
from core.tokens import of_text, sha256


def seed(
    comments: Mapping[str, Iterable[tuple[str, str, int, bool]]], *, by: Any, second: Any
) -> None:
    """Make what is not there yet.

    Args:
        comments: by the story's slug: name, words, how many days ago, and whether it is shown.
    """
    for slug, said in comments.items():
        story = StoryPage.objects.filter(slug=slug, live=True).select_related("locale").first()
        if story is None:
            continue
        talk, _made = StoryTalk.objects.get_or_create(story=story)
        if talk.changed_at is None:
            deciding.switch(talk, to=StoryTalk.State.OPEN, by=by)
        for name, text, days, is_shown in said:
            at = timezone.now() - timedelta(days=days)
            row, is_new = StoryComment.objects.get_or_create(
                form_token=f"demo-{sha256(slug + text)[:40]}",
                defaults={
                    "story": story,
                    "name": name,
                    "text": text,
                    "text_sha256": of_text(text),
                    "doubts": doubts_about(name, text),
                    "language": story.locale.language_code,
                    "is_proven": True,
                    "written_at": at,
                    "moved_at": at,
                },
            )
            if is_new and is_shown:
                deciding.approve(row, by=second)
                if row.is_doubtful:
                    deciding.approve(row, by=by)
