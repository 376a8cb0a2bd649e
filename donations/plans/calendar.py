"""The one rule of dates, which is Stripe's: every charge is counted from the plan's anchor.

Month n after the anchor is the same day of the month at the same time of day in UTC; a day that
the month lacks becomes its last one, and the next month has it again: 31 January, 28 February,
31 March. A year is twelve months: 29 February, 28 February … 29 February. Daylight saving moves
nothing at Stripe, so an hour before or after midnight the local date may differ by one.
"""

import calendar
from datetime import datetime, timedelta

MONTHS = {"month": 1, "year": 12}
# A pause ends so long before the charge that is made again; Stripe bills what is due after it.
BEFORE_THE_CHARGE = timedelta(hours=12)


def charge_at(anchor: datetime, interval: str, number: int) -> datetime:
    """When the charge with this number is due; number 0 is the anchor, in UTC."""
    months = anchor.year * 12 + anchor.month - 1 + MONTHS[interval] * number
    year, month = divmod(months, 12)
    day = min(anchor.day, calendar.monthrange(year, month + 1)[1])
    return anchor.replace(year=year, month=month + 1, day=day)


def first_charge_from(anchor: datetime, interval: str, moment: datetime) -> datetime:
    """The first charge at this moment or after it."""
    months = (moment.year - anchor.year) * 12 + moment.month - anchor.month
    number = max(0, months // MONTHS[interval] - 1)
    while (due := charge_at(anchor, interval, number)) < moment:
        number += 1
    return due


def charge_after(anchor: datetime, interval: str, moment: datetime, *, skip: int = 0) -> datetime:
    """The first charge later than this moment, or the one after `skip` more."""
    due = first_charge_from(anchor, interval, moment + timedelta(microseconds=1))
    for _ in range(skip):
        due = first_charge_from(anchor, interval, due + timedelta(microseconds=1))
    return due


def charge_before(anchor: datetime, interval: str, moment: datetime) -> datetime:
    """The last charge earlier than this moment; the anchor where there is none."""
    number = 0
    while charge_at(anchor, interval, number + 1) < moment:
        number += 1
    return charge_at(anchor, interval, number)
