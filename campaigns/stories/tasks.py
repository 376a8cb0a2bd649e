"""What is left to a person about a story, on the list until somebody did it."""

from typing import Any

from django.utils import timezone

from campaigns.models import StoryPage, StoryTask


def open_task(story: StoryPage, kind: str, text_sha256: str = "") -> StoryTask:
    """Once, however often it is asked for while it waits."""
    return StoryTask.objects.get_or_create(
        story=story, kind=kind, text_sha256=text_sha256, done_at=None
    )[0]


def back_to_draft(story: StoryPage) -> None:
    """Its day came and it may not go public: nothing is planned any more, and an editor is told."""
    story.revisions.update(approved_go_live_at=None)
    open_task(story, StoryTask.Kind.DRAFT)


def done(task: StoryTask, *, by: Any) -> None:
    """Safe to repeat."""
    StoryTask.objects.filter(pk=task.pk, done_at=None).update(done_at=timezone.now(), done_by=by)
