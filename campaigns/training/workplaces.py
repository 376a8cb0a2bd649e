"""Organizations whose people learn: signed up from a mailbox, one link to hand round, counts."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Certificate, CoursePage, Sector, TrainingStep, Workplace
from campaigns.training import learning
from core.forms import single_line
from core.tokens import new_token
from donations import mails
from donations.exports import disarm
from donations.models import LegalEntity

Kind = TrainingStep.Kind


class NotOpen(Exception):
    """It was not confirmed yet, or closed for good."""


@dataclass(frozen=True)
class Line:
    """One course of one workplace, in figures."""

    title: str
    began: int
    finished: int


@transaction.atomic
def ask(
    *,
    name: str,
    sector: Sector,
    size: str,
    email: str,
    language: str,
    is_named: bool,
    reference: str,
) -> None:
    """Somebody signed an organization up; the mailbox is asked, at most once an hour.

    Known already, the mail leads to what is there: the caller's answer is the same for any.
    """
    now, name = timezone.now(), single_line(name)
    asked = Workplace(
        name=name,
        sector=sector,
        size=size,
        email=email,
        language=language,
        is_named=is_named,
        reference=reference,
        asked_at=now,
    )
    Workplace.objects.bulk_create([asked], ignore_conflicts=True)
    found = Workplace.objects.filter(email__iexact=email, name__iexact=name).first()
    if found and found.closed_at is None:
        _tell(found, "coordinator" if found.confirmed_at else "confirm")


@transaction.atomic
def confirm(workplace: Workplace) -> Workplace:
    """The button behind the mailed link was pressed. Safe to repeat."""
    row = Workplace.objects.select_for_update().get(pk=workplace.pk)
    if row.confirmed_at is None:
        row.confirmed_at, row.join_token = timezone.now(), new_token()
        row.save(update_fields=["confirmed_at", "join_token"])
    return row


def send_links(email: str) -> None:
    """A fresh link to each coordinator's page of this mailbox; to an unknown one nothing."""
    for row in Workplace.objects.filter(email__iexact=email):
        _tell(row, "coordinator" if row.confirmed_at else "confirm")


@transaction.atomic
def renew(workplace: Workplace) -> Workplace:
    """A new link to hand round, in place of the old one; who began already is not concerned.

    Raises:
        NotOpen: nobody may join it.
    """
    row = Workplace.objects.select_for_update().get(pk=workplace.pk)
    if row.confirmed_at is None or row.closed_at:
        raise NotOpen(row.name)
    row.join_token = new_token()
    row.save(update_fields=["join_token"])
    return row


@transaction.atomic
def stop(workplace: Workplace) -> None:
    """Nobody joins by the link any more, until a new one is made. Safe to repeat."""
    row = Workplace.objects.select_for_update().get(pk=workplace.pk)
    row.join_token = None
    row.save(update_fields=["join_token"])


@transaction.atomic
def close(workplace: Workplace) -> None:
    """Staff close it for good: nobody joins, its people keep what is theirs. Safe to repeat."""
    row = Workplace.objects.select_for_update().get(pk=workplace.pk)
    if row.closed_at is None:
        row.join_token, row.closed_at = None, timezone.now()
        row.save(update_fields=["join_token", "closed_at"])


class Taken(Exception):
    """This mailbox has another organization of that name."""


@transaction.atomic
def change(workplace: Workplace, *, name: str, is_named: bool) -> None:
    """Certificates that were made keep the name they were made with.

    Raises:
        Taken: see there.
    """
    row = Workplace.objects.select_for_update().get(pk=workplace.pk)
    name = single_line(name)
    others = Workplace.objects.filter(email__iexact=row.email, name__iexact=name)
    if others.exclude(pk=row.pk).exists():
        raise Taken(name)
    row.name, row.is_named = name, is_named
    row.save(update_fields=["name", "is_named"])


def erase(workplace: Workplace) -> None:
    """Name, mailbox and link are gone; its people keep what is theirs, as who learns alone."""
    with transaction.atomic():
        # They chose a coordinator who is no more.
        seen = Certificate.objects.filter(attempt__study__learner__workplace=workplace)
        seen.update(coordinator_sees=False)
        Workplace.objects.filter(pk=workplace.pk).delete()


def lines(workplace: Workplace) -> list[Line]:
    """How many began and finished each course; counts that stay when learners are erased."""
    counted: dict[UUID, Counter[str]] = defaultdict(Counter)
    steps = TrainingStep.objects.filter(workplace=workplace).values_list("course_key", "kind")
    for key, kind, number in steps.annotate(Count("pk")).order_by("course_key"):
        counted[key][kind] = number
    titles = _titles(counted)
    told = (
        Line(titles[key], kinds[Kind.BEGAN], kinds[Kind.FINISHED]) for key, kinds in counted.items()
    )
    return sorted(told, key=lambda line: line.title)


def names(workplace: Workplace) -> list[tuple[date, str, str]]:
    """Day, course and name of those who finished and let the coordinator see who they are."""
    chose = Certificate.objects.filter(
        attempt__study__learner__workplace=workplace, coordinator_sees=True, withdrawn_at=None
    ).select_related("attempt__study")
    day = _day_reader()
    told = {(day(row.attempt.study.finished_at), row.attempt.study_id): row for row in chose}
    titles = _titles(row.attempt.study.course_key for row in told.values())
    return sorted(
        (on, titles[row.attempt.study.course_key], row.name) for (on, _pk), row in told.items()
    )


def finishes(workplace: Workplace) -> Iterator[tuple[date, str, str]]:
    """A row for each finish: its day and course, and a name where one may be seen."""
    steps = TrainingStep.objects.filter(workplace=workplace, kind=Kind.FINISHED)
    rows = list(steps.order_by("on", "pk").values_list("on", "course_key"))
    titles = _titles(key for _on, key in rows)
    known: dict[tuple[date, str], list[str]] = defaultdict(list)
    for on, title, name in names(workplace):
        known[on, title].append(name)
    for on, key in rows:
        waiting = known[on, titles[key]]
        yield on, titles[key], waiting.pop(0) if waiting else ""


def as_csv(workplace: Workplace) -> bytes:
    """For a spreadsheet: what would be read as a formula there is quoted."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([_("Day"), _("Course"), _("Name, where chosen")])
    for on, title, name in finishes(workplace):
        writer.writerow([on.isoformat(), disarm.text(title), disarm.text(name)])
    return written.getvalue().encode("utf-8-sig")


def _titles(keys: Iterable[UUID]) -> dict[UUID, str]:
    """Of each course its title in the language of the moment, also after its page is gone."""
    wanted = list(keys)
    language = learning.language_now()
    pages = CoursePage.objects.filter(translation_key__in=wanted).select_related("locale")
    titles: dict[UUID, str] = {key: _("A course of the past") for key in wanted}
    for page in sorted(pages, key=lambda page: page.locale.language_code == language):
        titles[page.translation_key] = page.title
    return titles


def _day_reader() -> Callable[[datetime | None], date]:
    zone = ZoneInfo(LegalEntity.objects.get(is_default=True).time_zone)

    def day(at: datetime | None) -> date:
        assert at is not None  # she finished
        return at.astimezone(zone).date()

    return day


def _tell(workplace: Workplace, step: str) -> None:
    mails.queue(
        learning.TEMPLATE,
        to=workplace.email,
        language=workplace.language,
        cause=f"training:{step}:{workplace.pk}:{timezone.now():%Y%m%d%H}",
        about=f"{step}:{workplace.pk}",
    )
