"""The books by month: sums of postings rebuilt by set, so that a page reads a small table alone.

Every ten minutes the running and the last month are counted anew, and those opened again; each
night all of them. A page says when its figures were counted.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min, Q, QuerySet, Sum
from django.utils import timezone
from procrastinate.contrib.django import app

from donations import periods, programme, rollforward
from donations.models import BooksMonth, Entry, LegalEntity, Period, Posting, SealItem
from donations.models.months import BY_APPEAL, BY_SOURCE, UNRECEIPTED

EVER = date(1970, 1, 1)
Account = Posting.Account
# By then an entry is under a seal, also one of a transaction that took long.
SEALED_WITHIN = timedelta(minutes=10)
# Figures of each month, beside each other.
BY_MONTH = (Account.CONTRIBUTIONS, Account.FEES, Account.REFUNDS, Account.DISPUTES)


@dataclass(frozen=True)
class Known:
    """What there are sums of, in one currency of one entity's books."""

    first: date
    last: date
    computed_at: datetime


@dataclass
class Figures:
    """The books of one entity and currency from `first` up to the day before `end`."""

    first: date
    end: date
    # Signed as in postings; of income above zero, by what it was for and how it came.
    totals: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    purposes: Counter[int] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    appeals: Counter[str] = field(default_factory=Counter)
    gifts: Counter[tuple[str, object]] = field(default_factory=Counter)
    sums: list[rollforward.Sum] = field(default_factory=list)


def known(entity: LegalEntity) -> dict[str, Known]:
    """The currencies of an entity's books, with the months there are and when they were counted."""
    rows = BooksMonth.objects.filter(legal_entity=entity, livemode=settings.STRIPE_LIVE)
    found = rows.values_list("currency").annotate(Min("month"), Max("month"), Max("computed_at"))
    return {currency: Known(*told) for currency, *told in found.order_by("currency")}


def read(entity: LegalEntity, currency: str, *, first: date, end: date) -> Figures:
    """All figures of this time: one query over the months up to its end."""
    figures = Figures(first, end)
    inside = Q(month__gte=first)
    rows = _of(entity, currency).filter(month__lt=end)
    found = rows.values_list("account", "designation_id", "source", "appeal").annotate(
        before=Sum("amount_minor", filter=~inside, default=0),
        within=Sum("amount_minor", filter=inside, default=0),
        number=Sum("count", filter=inside, default=0),
    )
    for account, purpose, source, appeal, before, within, number in found.order_by():
        if account in (BY_SOURCE, BY_APPEAL):
            if number:
                is_way = account == BY_SOURCE
                key = source if is_way else appeal
                (figures.sources if is_way else figures.appeals)[key] -= within
                figures.gifts[account, key] += number
            continue
        figures.totals[account] += within
        figures.counts[account] += number
        if account != UNRECEIPTED:
            figures.sums.append((account, purpose, currency, before, within))
        if account == Account.CONTRIBUTIONS and number:
            figures.purposes[purpose] -= within
            figures.gifts[account, purpose] += number
    return figures


def by_month(
    entity: LegalEntity, currency: str, *, first: date, end: date
) -> dict[tuple[date, str], int]:
    """Income, fees, refunds and disputes of each month, signed as in postings."""
    rows = _of(entity, currency).filter(month__gte=first, month__lt=end, account__in=BY_MONTH)
    found = rows.values_list("month", "account").annotate(Sum("amount_minor")).order_by()
    return {(month, account): minor for month, account, minor in found}


def _of(entity: LegalEntity, currency: str) -> QuerySet[BooksMonth]:
    return BooksMonth.objects.filter(
        legal_entity=entity, livemode=settings.STRIPE_LIVE, currency=currency
    )


def rebuild(since: date = EVER) -> None:
    """Sum the months from this one on anew, or all of them. Safe to repeat.

    Args:
        since: the first day of a month.
    """
    given = {"first": since, "now": timezone.now()}
    with transaction.atomic(), connection.cursor() as cursor:
        # One at a time; whoever reads sees the old figures until all are there.
        cursor.execute("LOCK TABLE donations_booksmonth IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM donations_booksmonth WHERE month >= %(first)s", given)
        cursor.execute(SUM_POSTINGS, given)
        cursor.execute(COUNT_UNRECEIPTED, given)


def booked_since(moment: datetime) -> date | None:
    """The first month with an entry that no seal from before this moment is on; none if none has.

    Each minute seals what is new, so the newest entry under such a seal is older than the moment.
    """
    sealed = SealItem.objects.filter(kind=SealItem.Kind.ENTRY, seal__sealed_at__lt=moment)
    newest = sealed.order_by("-row").values_list("row", flat=True).first() or 0
    day = Entry.objects.filter(pk__gt=newest).aggregate(first=Min("posted_on"))["first"]
    return day.replace(day=1) if day else None


def oldest_open() -> date:
    """The first month in which something can be booked still, but at the latest the last month."""
    running = programme.this_month()
    last = date(running.year - (running.month == 1), (running.month - 2) % 12 + 1, 1)
    reopened = Period.objects.filter(livemode=settings.STRIPE_LIVE, state=Period.State.REOPENED)
    oldest = reopened.order_by("begins_on").values_list("begins_on", flat=True).first()
    return min(last, oldest or last)


@app.periodic(cron="*/10 * * * *")
@app.task(queue="public", queueing_lock="sum_months")
def sum_months(timestamp: int) -> None:
    """Every ten minutes: the running and the last month, and back to any that was booked in."""
    known = BooksMonth.objects.aggregate(at=Max("computed_at"))["at"]
    if known is None:
        return rebuild()
    return rebuild(min(oldest_open(), booked_since(known - SEALED_WITHIN) or date.max))


@app.periodic(cron="23 4 * * *")
@app.task(queue="public", queueing_lock="sum_all_months")
def sum_all_months(timestamp: int) -> None:
    """Each night: every month; and the rows of those that began."""
    periods.keep_up()
    rebuild()


# Purposes, ways and appeals are summed apart: of all their pairs there are as many as gifts.
SUM_POSTINGS = """
    INSERT INTO donations_booksmonth
        (legal_entity_id, livemode, month, account, designation_id, currency, source, appeal,
         count, amount_minor, computed_at)
    SELECT e.legal_entity_id, e.livemode, date_trunc('month', e.posted_on)::date, f.account,
           f.purpose, p.currency, f.source, f.appeal, count(*), sum(p.amount_minor), %(now)s
      FROM donations_entry e
      JOIN donations_posting p ON p.entry_id = e.id
      LEFT JOIN donations_donation d ON d.id = e.donation_id AND p.account = 'contributions'
     CROSS JOIN LATERAL (VALUES
        (p.account, p.designation_id, '', ''),
        (CASE WHEN p.account = 'contributions' THEN 'by_source' END, NULL,
         coalesce(d.source, ''), ''),
        (CASE WHEN p.account = 'contributions' THEN 'by_appeal' END, NULL, '',
         coalesce(d.appeal, ''))
     ) AS f (account, purpose, source, appeal)
     WHERE e.posted_on >= %(first)s AND f.account IS NOT NULL
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
# The first condition on the time spares the older rows, the second one is exact.
COUNT_UNRECEIPTED = """
    INSERT INTO donations_booksmonth
        (legal_entity_id, livemode, month, account, designation_id, currency, source, appeal,
         count, amount_minor, computed_at)
    SELECT d.legal_entity_id, d.livemode, d.month, 'unreceipted', NULL, d.currency, '', '',
           count(*), sum(d.kept), %(now)s
      FROM (
        SELECT d.id, d.legal_entity_id, d.livemode, d.currency,
               d.amount_minor - d.refunded_minor - d.lost_minor AS kept,
               date_trunc('month', d.paid_at AT TIME ZONE e.time_zone)::date AS month
          FROM donations_donation d
          JOIN donations_legalentity e ON e.id = d.legal_entity_id
          LEFT JOIN donations_plan p ON p.id = d.plan_id
         WHERE d.paid_at >= %(first)s::timestamp AT TIME ZONE 'UTC' - interval '2 days'
           -- One a year is what they wish; to nobody there is nothing to give.
           AND NOT d.yearly_receipt AND p.yearly_receipt IS NOT TRUE
           AND d.name || d.receipt_name <> ''
      ) d
     WHERE d.month >= %(first)s AND d.kept > 0
       AND NOT EXISTS (
            SELECT 1 FROM donations_receipt r WHERE r.donation_id = d.id AND r.state = 'issued')
       AND NOT EXISTS (
            SELECT 1 FROM donations_receiptitem i JOIN donations_receipt r ON r.id = i.receipt_id
             WHERE i.donation_id = d.id AND r.state = 'issued')
     GROUP BY 1, 2, 3, 6
"""
