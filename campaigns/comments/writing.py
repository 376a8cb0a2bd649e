"""A reader writes a comment, or reports one. Nothing of it shows before people have read it."""

import re
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from campaigns.comments import deciding
from campaigns.models import CommentReport, CommentStep, StoryComment, StoryPage, StoryTalk
from core.findable import all_findable
from core.tokens import keyed_hash, of_text

State = StoryComment.State
# Reports from so many different networks hide a comment until somebody has looked at it.
REPORTS_TO_HIDE = 3
# So long a network is known by its fingerprint.
DAY = timedelta(days=1)
# So many comments declined as advertising in that day: a proof of work is asked for from there.
SPAM_FROM_THERE = 3
# Without a proof of work so many may wait at a time, from anywhere: a flood ends here.
UNPROVEN = 60
# A name of more than one word may be somebody's full name.
_WORDS = re.compile(r"\s")


class Closed(Exception):
    """Nobody may write below this story, or no longer."""


class Flooded(Exception):
    """Too much of this kind is waiting."""


def doubts_about(name: str, text: str) -> str:
    """Kinds of what could make somebody findable; a first name at the end is no doubt."""
    kinds = [found.kind for found in all_findable(text)]
    if _WORDS.search(name) or any(found.kind != "name" for found in all_findable(name)):
        kinds.append("full_name")
    return " ".join(kinds)


def write(
    story: StoryPage,
    *,
    name: str,
    text: str,
    language: str,
    form_token: str,
    network: str,
    is_proven: bool,
    by: Any = None,
) -> StoryComment:
    """Put it into the queue. Sent twice, or the same words from one place within a day, is once.

    Args:
        network: a keyed hash.
        by: a colleague, where one is signed in.

    Raises:
        Closed: the story's comments are not open.
        Flooded: too many that nobody proved are waiting.
    """
    digest, now = of_text(text), timezone.now()
    same = Q(story=story, text_sha256=digest, network=network, written_at__gt=now - DAY)
    if known := StoryComment.objects.filter(Q(form_token=form_token) | same).first():
        return known
    if not StoryTalk.objects.filter(story=story, state=StoryTalk.State.OPEN).exists():
        raise Closed
    if not is_proven:
        waiting = StoryComment.objects.filter(is_proven=False, state=State.WAITING).count()
        if waiting >= UNPROVEN or _spam_from(network) >= SPAM_FROM_THERE:
            raise Flooded
    try:
        with transaction.atomic():
            return StoryComment.objects.create(
                story=story,
                name=name,
                text=text,
                text_sha256=digest,
                doubts=doubts_about(name, text),
                language=language,
                form_token=form_token,
                network=network,
                is_proven=is_proven,
                written_by=by,
                written_at=now,
                moved_at=now,
            )
    except IntegrityError:  # the same page, sent twice at once
        return StoryComment.objects.get(form_token=form_token)


def _spam_from(network: str) -> int:
    spam = StoryComment.objects.filter(network=network, why=StoryComment.Why.SPAM)
    return spam.filter(written_at__gt=timezone.now() - DAY).count()


@transaction.atomic
def report(
    comment: StoryComment, *, why: str, words: str, form_token: str, network: str
) -> CommentReport | None:
    """Count it once for each network; enough of them hide the comment until somebody looks.

    Returns:
        None if this network has reported it already, or it is shown no more.
    """
    comment = deciding.locked(comment)
    if comment.state not in StoryComment.SHOWN:
        return None
    reports = CommentReport.objects.filter(comment=comment, done_at=None)
    place = keyed_hash(f"{comment.pk}:{network}", purpose="comment report")
    if reports.filter(Q(network=place) | Q(form_token=form_token)).exists():
        return None
    made = CommentReport.objects.create(
        comment=comment,
        why=why,
        words=words,
        form_token=form_token,
        network=place,
        at=timezone.now(),
    )
    if comment.state == State.APPROVED and reports.count() >= REPORTS_TO_HIDE:
        deciding.move(comment, to=State.REPORTED, act=CommentStep.Act.REPORTED, by=None)
    return made
