"""Sending a letter: its readers are noted once, then each is mailed once, in batches.

A copy is marked "being sent" and committed before its hand-over, as every mail of ours is: after a
crash it stays so and staff see it, rather than somebody getting it twice (decision 0003).
"""

import logging
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import get_connection
from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from campaigns.letters import audience, drawing
from campaigns.models import Letter, LetterCopy, Reader
from campaigns.news import links, reading
from core import mail as core_mail
from core.retries import Patient
from donations import mails

log = logging.getLogger("northstar.letters")
State, Copy = Letter.State, LetterCopy.State
TEST = "letter"
BATCH = 100
# Why a letter was paused, where no fault of ours is the reason.
TAKEN_BACK = "Quoted words that were taken back"
# Addresses of copies are kept so long after the letter.
KEEP = timedelta(days=365)


class Changed(Exception):
    """Others would get it than were counted."""


class NotPossible(Exception):
    """The letter is not in a state for this, or nobody would get it."""


@transaction.atomic
def queue(letter: Letter, *, seen: int, at: datetime | None, by: Any) -> Letter:
    """Note who gets the letter, and send it now or then. Whoever comes later does not get it.

    Args:
        seen: how many the person who decided was shown.

    Raises:
        Changed: there are more or fewer by now.
        NotPossible: there is nobody to send it to.
    """
    letter = Letter.objects.select_for_update(of=["self"]).get(pk=letter.pk)
    if letter.state != State.DRAFT:
        return letter
    rows = list(audience.readers(letter).values_list("pk", "email", "language"))
    if not rows:
        raise NotPossible
    if len(rows) != seen:
        raise Changed
    LetterCopy.objects.bulk_create(
        (LetterCopy(letter=letter, reader_id=pk, email=to, language=of) for pk, to, of in rows),
        batch_size=1000,
    )
    now = timezone.now()
    letter.state, letter.queued_at, letter.queued_by_id = State.WAITING, now, by.pk
    letter.send_at, letter.problem = at or now, ""
    letter.save(update_fields=["state", "queued_at", "queued_by", "send_at", "problem"])
    if letter.send_at <= now:
        send_letter.defer(letter_id=letter.pk)
    return letter


@transaction.atomic
def take_back(letter: Letter) -> Letter:
    """A draft again, while no copy has left.

    Raises:
        NotPossible: some have.
    """
    letter = Letter.objects.select_for_update(of=["self"]).get(pk=letter.pk)
    if letter.state == State.DRAFT:
        return letter
    touched = letter.copies.exclude(state=Copy.WAITING)
    if letter.state not in (State.WAITING, State.PAUSED) or touched.exists():
        raise NotPossible
    letter.copies.all().delete()
    letter.state, letter.queued_at, letter.queued_by, letter.send_at = State.DRAFT, None, None, None
    letter.save(update_fields=["state", "queued_at", "queued_by", "send_at"])
    return letter


def pause(letter: Letter, *, problem: str = "") -> bool:
    """Nothing more leaves, but perhaps the copy in hand. False if it was not on its way."""
    rows = Letter.objects.filter(pk=letter.pk, state__in=[State.WAITING, State.SENDING])
    return bool(rows.update(state=State.PAUSED, problem=problem[:80]))


@transaction.atomic
def go_on(letter: Letter) -> bool:
    """Send the rest, from now on. False if it is not paused."""
    rows = Letter.objects.filter(pk=letter.pk, state=State.PAUSED)
    if not rows.update(state=State.SENDING, problem=""):
        return False
    send_letter.defer(letter_id=letter.pk)
    return True


@app.task(queue="public", retry=Patient(core_mail.NotSentYet))
def send_letter(letter_id: int) -> None:
    """Job: one batch of a letter's copies, and a job for the next. Safe to repeat at any point.

    Raises:
        NotSentYet: the mail server is away; tried again.
    """
    letter = _begin(letter_id)
    if letter is None:
        return
    waiting = letter.copies.filter(state=Copy.WAITING)
    # Who left since is sorted out here at once, and by each claim once more.
    stay = Q(reader__confirmed_at__isnull=False, reader__left_at=None)
    waiting.exclude(stay).update(state=Copy.LEFT, at=timezone.now())
    batch = list(waiting.order_by("pk").values_list("pk", flat=True)[:BATCH])
    if not batch:
        _finish(letter)
        return
    drawn = _drawn(letter)
    with _server() as server:
        for pk in batch:
            _send_one(letter, pk, drawn, server)
    send_letter.defer(letter_id=letter.pk)


def send_test(letter: Letter, *, to: str, language: str) -> None:
    """The letter as it is now, to whoever writes it."""
    mails.queue(
        TEST,
        to=to,
        language=language,
        cause=f"letter-test:{letter.pk}:{to}:{language}:{timezone.now():%Y%m%d%H%M%S}",
        about=f"letter:{letter.pk}",
    )


def of_test(mail: Any, preview: bool) -> dict[str, Any]:
    letter = Letter.objects.get(pk=mail.about.removeprefix("letter:"))
    return drawing.draw(letter, mail.language, preview=preview).context()


def record_bounce(*, provider_id: str, complained: bool, problem: str) -> bool:
    """Note what the mail provider tells of a copy, and stop its address; false if it is none."""
    with transaction.atomic():
        rows = LetterCopy.objects.select_for_update().exclude(provider_id="")
        copy = rows.filter(provider_id=provider_id).first()
        if copy is None:
            return False
        if copy.state == Copy.SENT:
            _came_back(copy, complained=complained)
    return True


def unknown(letter: Letter) -> QuerySet[LetterCopy]:
    """Copies of which nobody knows whether they left: the worker died between."""
    late = timezone.now() - mails.STUCK
    return letter.copies.filter(state=Copy.SENDING, at__lt=late)


def figures(letter: Letter) -> dict[str, int]:
    """How many copies are in each state."""
    return dict(letter.copies.order_by().values_list("state").annotate(Count("pk")))


def finish_letters() -> None:
    """Letters whose time has come, and such whose job was lost, get one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM campaigns_letter l"
            " WHERE (l.state = 'sending' OR (l.state = 'waiting' AND l.send_at <= %s))"
            " AND NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing')"
            " AND j.task_name = %s AND (j.args->>'letter_id')::bigint = l.id)",
            [timezone.now(), send_letter.name],
        )
        for (letter_id,) in cursor.fetchall():
            send_letter.defer(letter_id=letter_id)


def forget() -> None:
    """Whom a letter of long ago went to is nobody's business any more; how many stays."""
    old = LetterCopy.objects.filter(letter__finished_at__lt=timezone.now() - KEEP)
    old.exclude(email=None).update(email=None, reader=None)


def _begin(letter_id: int) -> Letter | None:
    """The letter, if it is to be sent now."""
    due = Letter.objects.filter(pk=letter_id, state=State.WAITING, send_at__lte=timezone.now())
    due.update(state=State.SENDING)
    return Letter.objects.filter(pk=letter_id, state=State.SENDING).first()


def _finish(letter: Letter) -> None:
    rows = Letter.objects.filter(pk=letter.pk, state=State.SENDING)
    rows.update(state=State.SENT, finished_at=timezone.now())


def _drawn(letter: Letter) -> dict[str, drawing.Drawn]:
    try:
        return {language: drawing.draw(letter, language) for language in letter.languages}
    except Exception as fault:
        pause(letter, problem=type(fault).__name__)
        raise


@contextmanager
def _server() -> Iterator[Any]:
    """One connection for a batch.

    Raises:
        NotSentYet: the server cannot be reached.
    """
    server = get_connection()
    try:
        server.open()
    except (OSError, smtplib.SMTPException) as away:
        raise core_mail.NotSentYet(type(away).__name__) from None
    try:
        yield server
    finally:
        server.close()


# She still reads and the letter still goes out, or nothing is claimed; one statement.
CLAIM = """
    UPDATE campaigns_lettercopy c SET state = 'sending', at = %s
      FROM campaigns_reader r, campaigns_letter l
     WHERE c.id = %s AND c.state = 'waiting' AND l.id = c.letter_id AND l.state = 'sending'
       AND r.id = c.reader_id AND r.confirmed_at IS NOT NULL AND r.left_at IS NULL
    RETURNING c.reader_id, c.email, c.language
"""


def _send_one(letter: Letter, pk: int, drawn: dict[str, drawing.Drawn], server: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [timezone.now(), pk])
        claimed = cursor.fetchone()
    if claimed is None:
        return
    reader_id, email, language = claimed
    copy = LetterCopy(pk=pk, letter=letter, reader_id=reader_id, email=email)
    try:
        reader = Reader(pk=reader_id, language=language)
        message = drawn[language].mail(email, links.to_leave(reader))
    except Exception as fault:
        _mark(copy, Copy.WAITING)  # nothing has left
        pause(letter, problem=type(fault).__name__)
        raise
    message.connection = server
    try:
        copy.provider_id = core_mail.hand_over(message)
    except core_mail.NotSentYet:
        _mark(copy, Copy.WAITING)
        raise
    except core_mail.CameBack:
        with transaction.atomic():
            _came_back(copy, complained=False)
    except Exception as fault:
        # Perhaps it left: the copy stays as it is, and a person looks before the rest goes on.
        pause(letter, problem=type(fault).__name__)
        raise
    else:
        _mark(copy, Copy.SENT)


def _came_back(copy: LetterCopy, *, complained: bool) -> None:
    _mark(copy, Copy.COMPLAINED if complained else Copy.BOUNCED)
    why = Reader.Why.COMPLAINED if complained else Reader.Why.BOUNCED
    if copy.email:
        reading.stop(copy.email, why=why)


def _mark(copy: LetterCopy, state: LetterCopy.State) -> None:
    copy.state, copy.at = state, timezone.now()
    copy.save(update_fields=["state", "at", "provider_id"])
