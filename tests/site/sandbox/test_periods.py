"""Where the boundaries of billing cycles lie."""

import bisect
from datetime import UTC, datetime

import pytest

from sandbox.periods import boundary, next_boundary


def moment(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def day(stamp):
    return datetime.fromtimestamp(stamp, UTC).date().isoformat()


@pytest.mark.parametrize(
    ("anchor", "interval", "count", "days"),
    [
        ("2027-01-31T10:00", "month", 1, ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]),
        ("2028-01-30T10:00", "month", 1, ["2028-02-29", "2028-03-30"]),
        ("2028-01-29T10:00", "month", 1, ["2028-02-29", "2028-03-29"]),
        ("2027-11-30T10:00", "month", 3, ["2028-02-29", "2028-05-30"]),
        ("2028-02-29T10:00", "year", 1, ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
        ("2027-12-31T23:59:59", "week", 2, ["2028-01-14", "2028-01-28"]),
        ("2027-12-31T23:59:59", "day", 1, ["2028-01-01", "2028-01-02"]),
    ],
)
def test_a_month_that_lacks_the_day_gives_its_last(anchor, interval, count, days):
    start = now = moment(anchor)
    seen = []
    for _ in days:
        now = next_boundary(start, interval, count, now)
        seen.append(day(now))
        assert now % 86_400 == start % 86_400
    assert seen == days


def test_the_first_boundary_is_an_anchor_in_the_future():
    anchor = moment("2027-05-01")
    assert next_boundary(anchor, "month", 1, anchor - 1) == anchor


@pytest.mark.parametrize("interval", ["day", "week", "month", "year"])
def test_the_next_boundary_is_the_nearest_one_later(interval):
    anchor = moment("2024-02-29T12:00")
    boundaries = [boundary(anchor, interval, 1, number) for number in range(3400)]
    for after in range(anchor, anchor + 9 * 366 * 86_400, 86_400 * 37 + 4321):
        nearest = boundaries[bisect.bisect_right(boundaries, after)]
        assert next_boundary(anchor, interval, 1, after) == nearest
