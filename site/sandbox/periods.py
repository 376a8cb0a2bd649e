"""Billing periods: where a cycle's boundaries lie, counted from its anchor as Stripe does."""

import calendar
from datetime import UTC, datetime, timedelta

DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "year": 12}
FURTHEST = 3 * 366 * 86_400


def boundary(anchor: int, interval: str, count: int, number: int) -> int:
    """The anchor plus `number` intervals. A day that a month lacks becomes its last one.

    Counted from the anchor, not from the boundary before: 31 January, 28 February, 31 March.
    """
    start = datetime.fromtimestamp(anchor, UTC)
    if interval in DAYS:
        return int((start + timedelta(days=DAYS[interval] * count * number)).timestamp())
    months = start.year * 12 + start.month - 1 + MONTHS[interval] * count * number
    year, month = divmod(months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return int(start.replace(year=year, month=month + 1, day=day).timestamp())


def next_boundary(anchor: int, interval: str, count: int, after: int) -> int:
    """The first boundary later than `after`; the anchor itself is one."""
    if after < anchor:
        return anchor
    longest = {"day": 86_400, "week": 7 * 86_400, "month": 31 * 86_400, "year": 366 * 86_400}
    number = (after - anchor) // (longest[interval] * count)
    while boundary(anchor, interval, count, number) <= after:
        number += 1
    return boundary(anchor, interval, count, number)
