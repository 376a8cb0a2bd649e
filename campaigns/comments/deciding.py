"""What staff do with a comment: each act is recorded; where it is in doubt it takes two people."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import CommentStep, StoryComment, StoryTalk

State, Why = StoryComment.State, StoryComment.Why
Act = CommentStep.Act
WHY: dict[str, Any] = {
    "own": _("You wrote it yourself: somebody else decides."),
    "same_person": _("It takes a second person: you approved it first."),
    "gone": _("Nothing was changed: meanwhile somebody else has decided."),
    "erased": _("Nothing was changed: its words are erased."),
}


class Refused(Exception):
    """It cannot be done; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return str(WHY[self.code])


@transaction.atomic
def approve(comment: StoryComment, *, by: Any) -> StoryComment:
    """Show it; one in doubt waits for a second person first. Safe to repeat.

    Raises:
        Refused: "own", "same_person" or "gone".
    """
    comment = locked(comment)
    if comment.state == State.APPROVED:
        return comment
    if comment.state != State.WAITING:
        raise Refused("gone")
    if comment.written_by_id == by.pk:
        raise Refused("own")
    if comment.first_by_id == by.pk:
        raise Refused("same_person")
    if comment.is_doubtful and comment.first_by_id is None:
        comment.first_by = by
        comment.save(update_fields=["first_by"])
        record(comment, Act.FIRST, by=by)
        return comment
    if comment.first_by_id is None:
        comment.first_by = by
    else:
        comment.second_by = by
    return move(comment, to=State.APPROVED, act=Act.APPROVED, by=by)


@transaction.atomic
def decline(comment: StoryComment, *, why: str, by: Any) -> StoryComment:
    """One person is enough. Safe to repeat.

    Raises:
        Refused: "gone".
    """
    comment = locked(comment)
    if comment.state == State.DECLINED:
        return comment
    if comment.state != State.WAITING:
        raise Refused("gone")
    comment.why = why
    return move(comment, to=State.DECLINED, act=Act.DECLINED, by=by)


@transaction.atomic
def take_down(comment: StoryComment, *, by: Any) -> StoryComment:
    """Off the page at once, by one person. Safe to repeat.

    Raises:
        Refused: "gone".
    """
    comment = locked(comment)
    if comment.state == State.DOWN:
        return comment
    if comment.state not in StoryComment.SHOWN:
        raise Refused("gone")
    _reports_done(comment, by)
    return move(comment, to=State.DOWN, act=Act.DOWN, by=by)


@transaction.atomic
def keep(comment: StoryComment, *, by: Any) -> StoryComment:
    """The reports were looked at and it is shown (again). Safe to repeat.

    Raises:
        Refused: "gone".
    """
    comment = locked(comment)
    if comment.state not in StoryComment.SHOWN:
        raise Refused("gone")
    _reports_done(comment, by)
    if comment.state == State.APPROVED:
        record(comment, Act.KEPT, by=by)
        return comment
    return move(comment, to=State.APPROVED, act=Act.KEPT, by=by)


@transaction.atomic
def again(comment: StoryComment, *, by: Any) -> StoryComment:
    """Undo: it waits as if nobody had looked at it, and shows nowhere. Safe to repeat.

    Raises:
        Refused: "gone" or "erased".
    """
    comment = locked(comment)
    if comment.erased_at:
        raise Refused("erased")
    if comment.state == State.WAITING:
        if comment.first_by_id:
            comment.first_by = None
            comment.save(update_fields=["first_by"])
            record(comment, Act.AGAIN, by=by)
        return comment
    if comment.state not in (State.APPROVED, *StoryComment.OVER):
        raise Refused("gone")
    return back_to_the_queue(comment, act=Act.AGAIN, by=by)


@transaction.atomic
def doubt(comment: StoryComment, *, by: Any) -> StoryComment:
    """Somebody sees a guess that the rules do not: from now on it takes two. Safe to repeat.

    Raises:
        Refused: "gone".
    """
    comment = locked(comment)
    if comment.state != State.WAITING:
        raise Refused("gone")
    if comment.doubted_by_id is None:
        comment.doubted_by = by
        comment.save(update_fields=["doubted_by"])
        record(comment, Act.DOUBTED, by=by)
    return comment


@transaction.atomic
def erase(comment: StoryComment, *, by: Any) -> StoryComment:
    """Somebody asks for it: off the page and without its words at once. Safe to repeat.

    Raises:
        Refused: "gone", while it is marked as safeguarding.
    """
    comment = locked(comment)
    if comment.erased_at:
        return comment
    if comment.state == State.SAFEGUARDING:
        raise Refused("gone")
    if comment.state in StoryComment.SHOWN:
        take_down(comment, by=by)
    elif comment.state == State.WAITING:
        decline(comment, why=Why.OTHER, by=by)
    comment.refresh_from_db()
    empty(comment, by=by)
    return comment


@transaction.atomic
def switch(talk: StoryTalk, *, to: str, by: Any) -> StoryTalk:
    """Open or close the comments of a story, effective at once. Safe to repeat."""
    talk = StoryTalk.objects.select_for_update().get(pk=talk.pk)
    if talk.state != to:
        talk.state, talk.changed_by, talk.changed_at = to, by, timezone.now()
        talk.save(update_fields=["state", "changed_by", "changed_at"])
    return talk


def locked(comment: StoryComment) -> StoryComment:
    return StoryComment.objects.select_for_update(of=["self"]).get(pk=comment.pk)


def move(comment: StoryComment, *, to: str, act: str, by: Any) -> StoryComment:
    """Inside a transaction that holds the row; saves what the caller set beside it."""
    comment.state, comment.moved_at = to, timezone.now()
    comment.save(update_fields=["state", "moved_at", "why", "first_by", "second_by"])
    record(comment, act, by=by)
    return comment


def back_to_the_queue(comment: StoryComment, *, act: str, by: Any) -> StoryComment:
    comment.first_by = comment.second_by = None
    comment.why = ""
    return move(comment, to=State.WAITING, act=act, by=by)


def empty(comment: StoryComment, *, by: Any) -> None:
    """Its words go, and what readers wrote about them; that it was there stays."""
    now = timezone.now()
    comment.name = comment.text = comment.text_sha256 = comment.network = ""
    comment.erased_at = now
    comment.save(update_fields=["name", "text", "text_sha256", "network", "erased_at"])
    comment.reports.update(words="", network="")
    record(comment, Act.ERASED, by=by)


def record(comment: StoryComment, act: str, *, by: Any) -> None:
    CommentStep.objects.create(comment=comment, act=act, why=comment.why, by=by, at=timezone.now())


def _reports_done(comment: StoryComment, by: Any) -> None:
    now = timezone.now()
    comment.reports.filter(done_at=None).update(done_at=now, done_by=by, network="")
