"""The months of the books: which day an entry gets, which months there are, how one is closed.

close → ask (somebody wants to correct something in it) → reopen, by another person → close …
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min, Q, QuerySet, Sum
from django.utils import timezone

from core.tokens import sha256
from donations.models import Entry, LegalEntity, Period, PeriodStep, Posting
from donations.models.periods import LOCK

State = Period.State
CLOSED = (State.CLOSED, State.ASKED)
FIRST_CLOSING = "0" * 64
# One fingerprint of all facts of a month's entries, made where they lie: a line each, in order.
FINGERPRINT = """
    SELECT count(*), encode(sha256(convert_to(
        coalesce(string_agg(line, '' ORDER BY id), ''), 'UTF8')), 'hex')
    FROM (
        SELECT e.id, encode(sha256(convert_to(jsonb_build_array(
            e.id, e.source, e.kind, e.donation_id, extract(epoch FROM e.occurred_at), e.posted_on,
            e.corrects_id, e.reason, e.actor_id, e.sha256,
            (SELECT jsonb_agg(jsonb_build_array(
                    p.id, p.account, p.designation_id, p.amount_minor, p.currency) ORDER BY p.id)
                FROM donations_posting p WHERE p.entry_id = e.id)
        )::text, 'UTF8')), 'hex') AS line
        FROM donations_entry e
        WHERE e.legal_entity_id = %s AND e.livemode = %s AND e.posted_on >= %s AND e.posted_on < %s
    ) lines
"""


class NotPossible(Exception):
    """The month cannot take this step; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Fiscal:
    """A month's place in its fiscal year, which is named for the calendar year it ends in."""

    year: int
    month: int


def day_for(entity: LegalEntity, *, livemode: bool, occurred_at: datetime) -> date:
    """The day an entry gets: when it happened, by the organisation's clock, or the first open one.

    Call in the transaction that books: no month is closed before it ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [LOCK, entity.pk])
    day = occurred_at.astimezone(ZoneInfo(entity.time_zone)).date()
    months = Period.objects.filter(legal_entity=entity, livemode=livemode, state__in=CLOSED)
    closed = set(
        months.filter(begins_on__gte=day.replace(day=1)).values_list("begins_on", flat=True)
    )
    while day.replace(day=1) in closed:
        day = after(day)
    return day


def over_and_open() -> QuerySet[Period]:
    """Months of this mode that are over, as the site's clock says, and can be booked in still."""
    rows = Period.objects.filter(livemode=settings.STRIPE_LIVE).exclude(state__in=CLOSED)
    return rows.filter(begins_on__lt=timezone.localdate().replace(day=1))


def hold(entity: LegalEntity) -> None:
    """Nobody books for this organisation until the transaction ends; who was booking has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, entity.pk])


def after(day: date) -> date:
    """The first day of the month that follows."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def last_day(period: Period) -> date:
    return after(period.begins_on) - timedelta(days=1)


def fiscal(period: Period) -> Fiscal:
    first, begins = period.legal_entity.fiscal_year_begins, period.begins_on
    number = (begins.month - first) % 12 + 1
    started = begins.year - (begins.month < first)
    return Fiscal(year=started if first == 1 else started + 1, month=number)


def keep_up() -> None:
    """There is a row for each month since the first entry, up to the present one."""
    mode = settings.STRIPE_LIVE
    known = set(Period.objects.filter(livemode=mode).values_list("legal_entity_id", "begins_on"))
    missing = []
    first = Min("entry__posted_on", filter=Q(entry__livemode=mode))
    for entity in LegalEntity.objects.annotate(first=first).exclude(first=None):
        month, today = entity.first.replace(day=1), today_of(entity)
        while month <= today:
            if (entity.pk, month) not in known:
                missing.append(Period(legal_entity=entity, livemode=mode, begins_on=month))
            month = after(month)
    Period.objects.bulk_create(missing, ignore_conflicts=True)


def today_of(entity: LegalEntity) -> date:
    return timezone.now().astimezone(ZoneInfo(entity.time_zone)).date()


def entries(period: Period) -> QuerySet[Entry]:
    return Entry.objects.filter(
        legal_entity_id=period.legal_entity_id,
        livemode=period.livemode,
        posted_on__gte=period.begins_on,
        posted_on__lt=after(period.begins_on),
    )


def totals(period: Period) -> list[list[Any]]:
    """Debits and credits of each account, designation and currency: what a closing keeps."""
    debit, credit = Q(amount_minor__gt=0), Q(amount_minor__lt=0)
    rows = (
        Posting.objects.filter(entry__in=entries(period))
        .values_list("account", "designation_id", "currency")
        .annotate(
            debit=Sum("amount_minor", filter=debit, default=0),
            credit=-Sum("amount_minor", filter=credit, default=0),
        )
        .order_by("account", "designation_id", "currency")
    )
    return [list(row) for row in rows]


def fingerprint(period: Period) -> tuple[int, str]:
    """How many entries a month has, and one fingerprint of all of them, from the rows."""
    facts: list[Any] = [period.legal_entity_id, period.livemode]
    facts += [period.begins_on, after(period.begins_on)]
    with connection.cursor() as cursor:
        cursor.execute(FINGERPRINT, facts)
        count, digest = cursor.fetchone()
    return int(count), str(digest)


def link(step: PeriodStep) -> str:
    """The fingerprint of a closing: of the one before, of its month's entries and figures."""
    month = step.period
    facts = [
        step.previous_sha256,
        month.legal_entity_id,
        month.livemode,
        month.begins_on.isoformat(),
        step.entries_sha256,
        step.figures,
        step.overlooked,
        step.reason,
        step.by_id,
    ]
    return sha256(json.dumps(facts, separators=(",", ":"), sort_keys=True))


def digest(step: PeriodStep) -> str:
    """Fingerprint of all that a step says, also of one that carries no closing."""
    facts = [
        *(step.period_id, step.state, step.at.astimezone(UTC).isoformat(), step.by_id),
        *(step.asked_by_id, step.reason, step.overlooked, step.figures, step.entries_sha256),
        *(step.previous_sha256, step.sha256),
    ]
    return sha256(json.dumps(facts, separators=(",", ":"), sort_keys=True))


def write_closing(
    period: Period, *, by: Any, reason: str, overlooked: list[list[str]]
) -> PeriodStep:
    """Close a locked and held month with its figures; only `closing.close` decides that it may."""
    count, digest = fingerprint(period)
    closings = PeriodStep.objects.filter(sha256__isnull=False).order_by("-pk")
    step = PeriodStep(
        period=period,
        state=State.CLOSED,
        at=timezone.now(),
        by=by,
        reason=reason,
        overlooked=overlooked,
        figures={"entries": count, "totals": totals(period)},
        entries_sha256=digest,
        previous_sha256=closings.values_list("sha256", flat=True).first() or FIRST_CLOSING,
    )
    step.sha256 = link(step)
    step.save(force_insert=True)
    return step


def last_closing(period: Period) -> PeriodStep | None:
    return period.steps.filter(sha256__isnull=False).order_by("-pk").first()


@transaction.atomic
def ask(period: Period, *, by: Any, reason: str) -> Period:
    """Ask that a closed month be opened again; it stays closed until another person agrees.

    Raises:
        NotPossible: open, no_reason.
    """
    period = Period.objects.select_for_update().get(pk=period.pk)
    if period.state == State.ASKED:
        return period
    if period.state != State.CLOSED:
        raise NotPossible("open")
    if not reason.strip():
        raise NotPossible("no_reason")
    return _step(period, state=State.ASKED, by=by, reason=reason.strip())


@transaction.atomic
def reopen(period: Period, *, by: Any) -> Period:
    """The second person agrees: the month can be booked in again. Safe to repeat.

    Raises:
        NotPossible: not_asked, same_person.
    """
    period, asked = _asked(period)
    if period.state == State.REOPENED:
        return period
    if asked is None:
        raise NotPossible("not_asked")
    if asked.by_id == by.pk:
        raise NotPossible("same_person")
    return _step(period, state=State.REOPENED, by=by, asked_by=asked.by, reason=asked.reason)


@transaction.atomic
def decline(period: Period, *, by: Any) -> Period:
    """The second person, or whoever asked, says no: it stays closed as it was. Safe to repeat."""
    period, asked = _asked(period)
    if asked is None:
        return period
    return _step(period, state=State.CLOSED, by=by, asked_by=asked.by)


def _asked(period: Period) -> tuple[Period, PeriodStep | None]:
    period = Period.objects.select_for_update().get(pk=period.pk)
    if period.state != State.ASKED:
        return period, None
    return period, period.steps.select_related("by").order_by("-pk").first()


def _step(period: Period, **facts: Any) -> Period:
    PeriodStep.objects.create(period=period, at=timezone.now(), **facts)
    period.refresh_from_db()
    return period
