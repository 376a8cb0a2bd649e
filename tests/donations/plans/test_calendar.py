"""The one rule of dates, as a table; Stripe's stand-in counts the same."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import formats

from donations.models import LegalEntity, Plan
from donations.plans import calendar, letters
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


# Both hemispheres, half hours, no daylight saving at all, and both sides of the date line.
ZONES = [
    *("America/New_York", "America/Los_Angeles", "America/St_Johns", "America/Sao_Paulo"),
    *("Europe/London", "Europe/Berlin", "Africa/Nairobi", "Asia/Kolkata"),
    *("Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Pago_Pago"),
]
STANDING_STILL = {
    *("America/Sao_Paulo", "Africa/Nairobi", "Asia/Kolkata"),
    *("Pacific/Kiritimati", "Pacific/Pago_Pago"),
}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", ["2026-01-29", "2026-01-30", "2026-01-31", "2028-02-29"])
@pytest.mark.parametrize("hour", [0, 11, 23])
def test_donors_are_told_the_day_of_the_charge_in_the_entitys_zone(zone, day, hour):
    """Two years of charges cross every change of the clocks, forward and back."""
    start = utc(f"{day} {hour:02}:30:00")
    entity = LegalEntity(name="Here", time_zone=zone)
    plan = Plan(legal_entity=entity, language="en")
    offsets = set()
    for number in range(25):
        due = calendar.charge_at(start, "month", number)
        last = monthrange(due.year, due.month)[1]
        assert (due.day, due.hour, due.minute) == (min(start.day, last), hour, 30)
        # What the zone's own clock shows at that moment, reckoned without it.
        offset = due.astimezone(ZoneInfo(zone)).utcoffset()
        assert offset is not None
        local = (due + offset).date()
        assert abs((local - due.date()).days) <= 1
        assert letters.day(due, plan) == formats.date_format(local, "DATE_FORMAT")
        offsets.add(offset)
    assert len(offsets) == (1 if zone in STANDING_STILL else 2)
