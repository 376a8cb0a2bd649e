"""What a learner does: begin, take the check, again if she likes, and be forgotten."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation

from campaigns.models import (
    Attempt,
    CoursePage,
    Learner,
    LearnerLink,
    Study,
    TrainingStep,
    Workplace,
)
from campaigns.training import checking, links, marks
from core.tokens import sha256
from donations import mails, periods
from donations.models import LegalEntity

TEMPLATE = "training"
Kind = TrainingStep.Kind


class Closed(Exception):
    """The course is not offered now, has no questions, or the sign-up link was renewed."""


class Passed(Exception):
    """The check was passed, and its certificate stands or can be made."""


def course_of(key: UUID, language: str) -> CoursePage | None:
    """The live page of a course in this language, else in the site's first one."""
    pages = CoursePage.objects.live().filter(translation_key=key).select_related("sector")
    found = {page.locale.language_code: page for page in pages.select_related("locale")}
    return found.get(language) or next(iter(found.values()), None)


@transaction.atomic
def begin(
    course: CoursePage, *, token: str, language: str, workplace: Workplace | None = None
) -> Learner:
    """Somebody begins, alone or through a workplace's link. Sent twice is once.

    Args:
        token: of her private link; only its hash is kept.

    Raises:
        Closed: the workplace takes nobody any more.
    """
    link = LearnerLink.objects.select_related("learner").filter(token_sha256=sha256(token)).first()
    if link:
        return link.learner
    if workplace:
        # Against closing at the same moment.
        workplace = Workplace.objects.select_for_update(no_key=True).get(pk=workplace.pk)
        if workplace.join_token is None:
            raise Closed(workplace.name)
    now = timezone.now()
    learner = Learner.objects.create(
        workplace=workplace, language=language, begun_at=now, active_at=now
    )
    links.add(learner, token)
    study(learner, course)
    return learner


@transaction.atomic
def study(learner: Learner, course: CoursePage) -> Study:
    """She takes up a course. Safe to repeat."""
    learner = Learner.objects.select_for_update(of=["self"]).get(pk=learner.pk)
    row, is_new = Study.objects.get_or_create(
        learner=learner,
        course_key=course.translation_key,
        defaults={
            "title": course.title,
            "sector_id": course.sector_id,
            "begun_at": timezone.now(),
        },
    )
    if is_new:
        note(row, Kind.BEGAN)
        _active(learner)
    return row


@transaction.atomic
def start(row: Study, *, language: str) -> Attempt:
    """Freeze the questions for one attempt; the one that is open goes on. Safe to repeat.

    Raises:
        Closed: the course is not offered now.
        Passed: there is nothing left to pass.
    """
    row = Study.objects.select_for_update().get(pk=row.pk)
    attempts = row.attempts.all()
    if going := attempts.filter(graded_at=None).first():
        return going
    today = periods.today_of(LegalEntity.objects.get(is_default=True))
    passed = attempts.filter(passed=True)
    stands = passed.filter(certificate__withdrawn_at=None, certificate__expires_on__gt=today)
    if passed.filter(certificate=None).exists() or stands.exists():
        raise Passed(row.title)
    course = course_of(row.course_key, language)
    questions = checking.freeze(course) if course else []
    if course is None or not questions:
        raise Closed(row.title)
    [outline] = marks.outlines([course])
    _active(row.learner)
    return Attempt.objects.create(
        study=row,
        language=course.locale.language_code,
        title=course.title,
        is_sample=outline.is_sample,
        questions=questions,
        total=len(questions),
        pass_percent=course.pass_percent,
        begun_at=timezone.now(),
    )


@transaction.atomic
def answer(attempt: Attempt, *, answers: Sequence[Sequence[int]]) -> Attempt:
    """Grade an attempt by its own questions. What was graded first stands: two tabs are one check.

    Raises:
        ValueError: a question is left out, or an answer is none of its own.
    """
    attempt = Attempt.objects.select_for_update(of=["self"]).get(pk=attempt.pk)
    if attempt.graded_at:
        return attempt
    for question, chosen in zip(attempt.questions, answers, strict=True):
        if not chosen or not set(chosen) <= set(range(len(question["answers"]))):
            raise ValueError("each question is answered by its own answers")
    scored = checking.score(attempt.questions, answers)
    attempt.answers = [sorted({*chosen}) for chosen in answers]
    attempt.right, attempt.graded_at = scored.right, timezone.now()
    attempt.passed = scored.passes(attempt.pass_percent)
    attempt.save(update_fields=["answers", "right", "graded_at", "passed"])
    _active(attempt.study.learner)
    if attempt.passed:
        row = Study.objects.select_for_update(of=["self"]).get(pk=attempt.study_id)
        if row.finished_at is None:
            row.finished_at = attempt.graded_at
            row.save(update_fields=["finished_at"])
            note(row, Kind.FINISHED)
    return attempt


def send_link(learner: Learner, *, to: str, language: str) -> None:
    """Her link to a mailbox of hers. The address is erased with the mail, a day after sending."""
    hour = f"{timezone.now():%Y%m%d%H}"
    mails.queue(
        TEMPLATE,
        to=to,
        language=language,
        # By a fingerprint of the address: the same link to the same mailbox once an hour.
        cause=f"training:learner:{learner.pk}:{sha256(to.lower())[:16]}:{hour}",
        about=f"learner:{learner.pk}",
    )


@transaction.atomic
def renew_link(learner: Learner) -> str:
    """A new link in place of all others; its token."""
    learner = Learner.objects.select_for_update(of=["self"]).get(pk=learner.pk)
    links.close_all(learner)
    return links.add(learner)


def forget(learner: Learner) -> None:
    """Everything about her is erased, certificates too. The counts stay, which name nobody."""
    Learner.objects.filter(pk=learner.pk).delete()


def note(row: Study, kind: TrainingStep.Kind) -> None:
    """Count it, on the day of the organisation's clock."""
    TrainingStep.objects.create(
        kind=kind,
        on=periods.today_of(LegalEntity.objects.get(is_default=True)),
        course_key=row.course_key,
        sector_id=row.sector_id,
        workplace_id=row.learner.workplace_id,
    )


def language_now() -> str:
    return (translation.get_language() or "en")[:2]


def _active(learner: Learner) -> None:
    Learner.objects.filter(pk=learner.pk).update(active_at=timezone.now())
