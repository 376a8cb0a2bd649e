"""Somebody may be in danger and wrote it into a comment: named people see it, by a deadline."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from campaigns.comments import deciding, people
from campaigns.models import CommentConcern, CommentStep, StoryComment
from donations import mails
from donations.models import LegalEntity, Mail
from donations.staff.cells import moment

TEMPLATE = "safeguarding"
State = StoryComment.State
Outcome = CommentConcern.Outcome
# By then somebody has seen to it.
DUE = timedelta(hours=24)
# What was marked keeps its words so long after it was closed, then they are erased.
KEEP = timedelta(days=180)


@transaction.atomic
def mark(comment: StoryComment, *, by: Any) -> CommentConcern:
    """From now on named people alone see it: shown nowhere, in no list, mail or search.

    Each of them gets a mail, which holds nothing of it. Safe to repeat.

    Raises:
        campaigns.comments.deciding.Refused: "erased".
    """
    comment = deciding.locked(comment)
    if comment.state == State.SAFEGUARDING:
        return comment.concerns.get(closed_at=None)
    if comment.erased_at:
        raise deciding.Refused("erased")
    now = timezone.now()
    comment.why = ""
    deciding.move(comment, to=State.SAFEGUARDING, act=CommentStep.Act.SAFEGUARDING, by=by)
    concern = CommentConcern.objects.create(
        comment=comment, marked_at=now, marked_by=by, due_at=now + DUE
    )
    tell(concern, "marked")
    return concern


@transaction.atomic
def close(comment: StoryComment, *, outcome: str, by: Any) -> None:
    """It has been seen to. It is never shown, unless it was marked by mistake. Safe to repeat."""
    comment = deciding.locked(comment)
    concern = comment.concerns.filter(closed_at=None).first()
    if concern is None:
        return
    concern.closed_at, concern.closed_by, concern.outcome = timezone.now(), by, outcome
    concern.save(update_fields=["closed_at", "closed_by", "outcome"])
    if outcome == Outcome.MISTAKE:
        deciding.back_to_the_queue(comment, act=CommentStep.Act.CLOSED, by=by)
    else:
        deciding.record(comment, CommentStep.Act.CLOSED, by=by)


def tell(concern: CommentConcern, step: str) -> None:
    """A mail to each named person, once for each step."""
    for person in people.named():
        mails.queue(
            TEMPLATE,
            to=person.email,
            language="en",
            cause=f"safeguarding:{step}:{concern.pk}:{person.pk}",
            about=f"{concern.pk}",
        )


def mail_of(mail: Mail, preview: bool) -> dict[str, Any]:
    concern = CommentConcern.objects.get(pk=mail.about)
    entity = LegalEntity.objects.get(is_default=True)
    with override(mail.language):
        due = moment(concern.due_at)
    return {
        "due": due,
        "link": f"{settings.STAFF_URL}/admin/comments/inspect/{concern.comment_id}/",
        "organisation": entity.short_name,
        "help_email": entity.email,
    }
