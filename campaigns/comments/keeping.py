"""How long words are kept: the clock declines what nobody approved and erases what is over."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from campaigns.comments import danger, deciding
from campaigns.models import (
    CommentConcern,
    CommentReport,
    StoryComment,
    StoryPage,
    StoryTalk,
    StoryTask,
)

State = StoryComment.State
# A doubtful one that nobody approved by then is declined; the others have longer.
DOUBTFUL, UNDECIDED = timedelta(days=14), timedelta(days=90)
# From the day it was declined or taken down; of one that nobody decided, from when it was written.
KEEP = timedelta(days=90)
# Words of those who reported, after somebody looked at it.
KEEP_REPORTS = timedelta(days=90)
NETWORKS = timedelta(days=1)
A_RUN = 2_000


def run() -> int:
    """Safe to repeat at any hour.

    Returns:
        Of how many comments the words were erased.
    """
    now = timezone.now()
    _decline_late(now)
    over = Q(state__in=StoryComment.OVER, moved_at__lt=now - KEEP)
    over |= Q(state=State.DECLINED, why="nobody", written_at__lt=now - UNDECIDED)
    closed = CommentConcern.objects.filter(closed_at__lt=now - danger.KEEP)
    over |= Q(state=State.SAFEGUARDING, concerns__in=closed)
    # She took her words back while it was open: now it goes as the others did.
    over |= Q(
        state=State.SAFEGUARDING,
        story__tasks__kind=StoryTask.Kind.ELSEWHERE,
        story__tasks__made_at__gt=F("written_at"),
    )
    rows = StoryComment.objects.filter(over, erased_at=None).exclude(_is_open())
    count = sum(_empty(comment) for comment in rows.order_by("pk").distinct()[:A_RUN])
    StoryComment.objects.filter(written_at__lt=now - NETWORKS).exclude(network="").update(
        network=""
    )
    done = CommentReport.objects.filter(done_at__lt=now - KEEP_REPORTS)
    done.exclude(words="", network="").update(words="", network="")
    for concern in CommentConcern.objects.filter(closed_at=None, due_at__lt=now):
        danger.tell(concern, "late")
    return count


@transaction.atomic
def words_taken_back(story: StoryPage) -> None:
    """A survivor took her words back: comments may quote them, so all of them go, and stay off.

    What was marked as safeguarding stays with the named people until it is closed.
    """
    StoryTalk.objects.filter(story=story.pk).update(state=StoryTalk.State.OFF)
    rows = StoryComment.objects.filter(story=story.pk, erased_at=None)
    for comment in rows.exclude(_is_open()):
        _empty(comment)


def quoting_erased(is_in: Callable[[str], bool]) -> None:
    """Below any story, what repeats words that were taken back goes, as above."""
    for comment in StoryComment.objects.filter(erased_at=None).exclude(_is_open()):
        if is_in(comment.text) or is_in(comment.name):
            _empty(comment)
    for report in CommentReport.objects.exclude(words=""):
        if is_in(report.words):
            CommentReport.objects.filter(pk=report.pk).update(words="")


def _is_open() -> Q:
    return Q(pk__in=CommentConcern.objects.filter(closed_at=None).values("comment"))


def _decline_late(now: datetime) -> None:
    late = Q(doubts="", doubted_by=None, written_at__lt=now - UNDECIDED)
    late |= ~Q(doubts="", doubted_by=None) & Q(written_at__lt=now - DOUBTFUL)
    for comment in StoryComment.objects.filter(late, state=State.WAITING).order_by("pk")[:A_RUN]:
        try:
            deciding.decline(comment, why=StoryComment.Why.NOBODY, by=None)
        except deciding.Refused:
            continue  # meanwhile somebody decided


@transaction.atomic
def _empty(comment: StoryComment) -> bool:
    comment = deciding.locked(comment)
    if comment.erased_at:
        return False
    if comment.state in (State.WAITING, State.SAFEGUARDING):
        comment.why = StoryComment.Why.OTHER
        deciding.move(comment, to=State.DECLINED, act=deciding.Act.DECLINED, by=None)
    elif comment.state in StoryComment.SHOWN:
        deciding.move(comment, to=State.DOWN, act=deciding.Act.DOWN, by=None)
    deciding.empty(comment, by=None)
    return True
