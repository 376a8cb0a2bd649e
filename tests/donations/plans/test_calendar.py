"""The one rule of dates, as a table; Stripe's stand-in counts the same."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from donations.plans import calendar
from sandbox import periods


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


TABLE = [
    # anchor, interval, the charges that follow
    ("2026-01-15", "month", "2026-02-15 2026-03-15 2026-04-15"),
    ("2026-01-29", "month", "2026-02-28 2026-03-29 2026-04-29"),
    ("2026-01-30", "month", "2026-02-28 2026-03-30 2026-04-30"),
    ("2026-01-31", "month", "2026-02-28 2026-03-31 2026-04-30 2026-05-31"),
    ("2028-01-31", "month", "2028-02-29 2028-03-31"),
    ("2026-11-30", "month", "2026-12-30 2027-01-30 2027-02-28 2027-03-30"),
    ("2028-02-29", "year", "2029-02-28 2030-02-28 2031-02-28 2032-02-29"),
    ("2026-03-01", "year", "2027-03-01 2028-03-01"),
]


@pytest.mark.parametrize(("anchor", "interval", "charges"), TABLE)
@pytest.mark.parametrize("hour", ["00:00:00", "04:30:00", "23:59:59"])
def test_every_charge_is_counted_from_the_anchor(anchor, interval, charges, hour):
    start = utc(f"{anchor} {hour}")
    due = start
    for number, day in enumerate(charges.split(), 1):
        expected = utc(f"{day} {hour}")
        assert calendar.charge_at(start, interval, number) == expected
        assert calendar.charge_after(start, interval, due) == expected
        assert calendar.first_charge_from(start, interval, expected) == expected
        theirs = periods.boundary(int(start.timestamp()), interval, 1, number)
        assert theirs == expected.timestamp()
        due = expected
    skipped = calendar.charge_after(start, interval, start, skip=1)
    assert skipped == calendar.charge_at(start, interval, 2)


def test_the_charge_keeps_its_time_in_utc_when_the_clocks_change():
    start = utc("2026-02-08 04:30:00")  # 11.30 in the evening of the 7th in New York
    new_york = [
        calendar.charge_at(start, "month", number).astimezone(ZoneInfo("America/New_York"))
        for number in range(2)
    ]
    assert [f"{moment:%m-%d %H:%M}" for moment in new_york] == ["02-07 23:30", "03-07 23:30"]
    summer = calendar.charge_at(start, "month", 2).astimezone(ZoneInfo("America/New_York"))
    assert f"{summer:%m-%d %H:%M}" == "04-08 00:30"


def test_the_first_charge_is_the_anchor_itself():
    start = utc("2026-05-31 12:00:00")
    assert calendar.first_charge_from(start, "month", start - timedelta(days=400)) == start
    assert calendar.charge_after(start, "month", utc("2027-02-28 11:00:00")) == utc(
        "2027-02-28 12:00:00"
    )
