"""Quarters of the organisation's calendar, and the days on which news of them is published."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

# After the end of a quarter: late words of partners are in by then. The day is the same for every
# quarter and announced, so that it tells nothing by itself.
PUBLISHED_ON = 10


def today() -> date:
    return day_of(timezone.now())


def day_of(moment: datetime) -> date:
    """The day of a moment, where the organisation is."""
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def start_of(day: date) -> date:
    """The first day of the quarter of a day."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def before(start: date) -> date:
    return start_of(start - timedelta(days=1))


def after(start: date) -> date:
    return start_of(start + timedelta(days=100))


def last_day(start: date) -> date:
    return after(start) - timedelta(days=1)


def end_of(start: date) -> datetime:
    """The moment when a quarter is over."""
    return datetime.combine(after(start), time.min, ZoneInfo(settings.TIME_ZONE))


def published_on(start: date) -> date:
    """When the news of a quarter is published."""
    return after(start).replace(day=PUBLISHED_ON)


def next_news(day: date | None = None) -> date:
    """The next day on which news is published."""
    day = day or today()
    ended = before(start_of(day))
    return published_on(ended) if day < published_on(ended) else published_on(after(ended))


def told_until(day: date | None = None) -> datetime:
    """Up to which moment the news published so far goes."""
    return end_of(before(before(start_of(next_news(day)))))
