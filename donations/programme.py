"""The giving programme by month: figures rebuilt from the rows by set, read in one query.

Every ten minutes the running and the last month are counted anew, each night all of them (a
step may be told days late). A page reads the table alone and says when it was computed.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from donations.models import LegalEntity, ProgrammeMonth

Measure = ProgrammeMonth.Measure
# Changes of what plans bring; with what has no name of its own they make up the month's change.
CHANGES = (
    *(Measure.NEW, Measure.RESTARTED, Measure.RAISED, Measure.RESUMED),
    *(Measure.LOWERED, Measure.PAUSED, Measure.LOST),
)


@dataclass
class Month:
    """What happened in a month, and what stood at its end."""

    month: date
    counts: Counter[str] = field(default_factory=Counter)
    amounts_minor: Counter[str] = field(default_factory=Counter)
    # Why plans were lost: how many, and what they had brought.
    lost: Counter[str] = field(default_factory=Counter)
    lost_minor: Counter[str] = field(default_factory=Counter)
    # At its end: plans that bring something, all that go on, and what they bring a month.
    giving: int = 0
    live: int = 0
    monthly_minor: int = 0

    @property
    def resting(self) -> int:
        return self.live - self.giving

    @property
    def other_minor(self) -> int:
        """What changed beside the steps that have a name, as a failed payment that was let go."""
        return self.amounts_minor[Measure.GIVING] - sum(self.amounts_minor[m] for m in CHANGES)


@dataclass
class Programme:
    """The programme in one currency, month by month without a gap, the running one last."""

    currency: str
    months: list[Month]
    computed_at: datetime


def rebuild(since: date | None = None) -> None:
    """Count the months from this one on anew, or all of them. Safe to repeat.

    Args:
        since: the first day of a month.
    """
    first = since or date(1970, 1, 1)
    with transaction.atomic(), connection.cursor() as cursor:
        # One at a time; whoever reads sees the old figures until all are there.
        cursor.execute("LOCK TABLE donations_programmemonth IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM donations_programmemonth WHERE month >= %s", [first])
        for count in (COUNT_STEPS, COUNT_GIFTS):
            cursor.execute(count, {"first": first, "now": timezone.now()})


def read() -> list[Programme]:
    """All figures of this mode, by currency: one query, and the months' borders."""
    rows = defaultdict[str, list[ProgrammeMonth]](list)
    for row in ProgrammeMonth.objects.filter(livemode=settings.STRIPE_LIVE).order_by("month"):
        rows[row.currency].append(row)
    running = this_month()
    return [
        Programme(currency, _months(found, running), max(row.computed_at for row in found))
        for currency, found in sorted(rows.items())
    ]


def _months(rows: list[ProgrammeMonth], running: date) -> list[Month]:
    by_month = {month: Month(month) for month in _row_of_months(rows[0].month, running)}
    for row in rows:
        month = by_month.setdefault(row.month, Month(row.month))
        month.counts[row.measure] += row.count
        month.amounts_minor[row.measure] += row.amount_minor
        if row.measure == Measure.LOST:
            month.lost[row.reason] += row.count
            month.lost_minor[row.reason] -= row.amount_minor
    giving = live = monthly = 0
    for month in by_month.values():
        counts = month.counts
        giving += counts[Measure.GIVING]
        monthly += month.amounts_minor[Measure.GIVING]
        live += counts[Measure.NEW] + counts[Measure.RESTARTED] - counts[Measure.LOST]
        month.giving, month.live, month.monthly_minor = giving, live, monthly
    return list(by_month.values())


def _row_of_months(first: date, last: date) -> list[date]:
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def this_month() -> date:
    """The running month, where it began first if entities differ in their midnight."""
    zones = {settings.TIME_ZONE, *LegalEntity.objects.values_list("time_zone", flat=True)}
    now = timezone.now()
    return max(now.astimezone(ZoneInfo(zone)).date().replace(day=1) for zone in zones)


@app.periodic(cron="*/10 * * * *")
@app.task(queue="public", queueing_lock="count_programme")
def count_programme(timestamp: int) -> None:
    """Every ten minutes: the running month, and the last one, whose end is still told."""
    running = this_month()
    last = date(running.year - (running.month == 1), (running.month - 2) % 12 + 1, 1)
    rebuild(last)


@app.periodic(cron="41 3 * * *")
@app.task(queue="public", queueing_lock="recount_programme")
def recount_programme(timestamp: int) -> None:
    """Each night: every month, for what was told late."""
    rebuild()


# Each step counts under its own name and in what stands at the month's end. The first condition
# on the time spares the older rows, the second one is exact. No zone is two days off.
COUNT_STEPS = """
    INSERT INTO donations_programmemonth
        (livemode, month, currency, measure, reason, count, amount_minor, computed_at)
    SELECT p.livemode, s.month, p.currency, f.measure, f.reason, sum(f.n), sum(f.minor), %(now)s
      FROM (
        SELECT s.*, s.monthly_before_minor AS before, s.monthly_after_minor AS after,
               date_trunc('month', s.at AT TIME ZONE e.time_zone)::date AS month
          FROM donations_planstep s
          JOIN donations_plan q ON q.id = s.plan_id
          JOIN donations_legalentity e ON e.id = q.legal_entity_id
         WHERE s.at >= %(first)s::timestamp AT TIME ZONE 'UTC' - interval '2 days'
      ) s
      JOIN donations_plan p ON p.id = s.plan_id
     CROSS JOIN LATERAL (VALUES
        ('giving', '', (s.after > 0)::int - (s.before > 0)::int, s.after - s.before),
        (CASE
            WHEN s.kind = 'started' THEN 'new'
            WHEN s.kind IN ('restarted', 'raised', 'lowered', 'resumed') THEN s.kind
            WHEN s.kind IN ('paused', 'skipped') AND s.after < s.before THEN 'paused'
            WHEN s.kind IN ('canceled', 'lapsed') THEN 'lost'
         END,
         CASE
            WHEN s.kind = 'lapsed' THEN 'lapsed'
            WHEN s.kind <> 'canceled' THEN ''
            WHEN s.detail->>'whose' IN ('dispute', 'stripe') THEN s.detail->>'whose'
            ELSE coalesce(nullif(s.detail->>'reason', ''), 'none')
         END, 1, s.after - s.before),
        (CASE
            WHEN s.kind = 'recovered' THEN 'recovered'
            WHEN s.kind = 'payment_failed' AND coalesce(s.detail->>'tries', '1') = '1' THEN 'failed'
         END, '', 1, s.after)
     ) AS f (measure, reason, n, minor)
     WHERE s.month >= %(first)s AND f.measure IS NOT NULL
     GROUP BY p.livemode, s.month, p.currency, f.measure, f.reason
"""
COUNT_GIFTS = """
    INSERT INTO donations_programmemonth
        (livemode, month, currency, measure, reason, count, amount_minor, computed_at)
    SELECT d.livemode, d.month, d.currency, d.measure, '', count(*), sum(d.amount_minor), %(now)s
      FROM (
        SELECT d.livemode, d.currency, d.amount_minor,
               CASE WHEN d.plan_id IS NULL THEN 'single' ELSE 'gifts' END AS measure,
               date_trunc('month', d.paid_at AT TIME ZONE e.time_zone)::date AS month
          FROM donations_donation d
          JOIN donations_legalentity e ON e.id = d.legal_entity_id
         WHERE d.paid_at >= %(first)s::timestamp AT TIME ZONE 'UTC' - interval '2 days'
      ) d
     WHERE d.month >= %(first)s
     GROUP BY d.livemode, d.month, d.currency, d.measure
"""
