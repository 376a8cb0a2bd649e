"""A thousand gifts within 26 hours around New Year, seen from twelve time zones.

The clock of the organisation decides, not the donor's and not the server's. Gifts and their entries
are written set by set, each trigger in force; one in ten was refunded within the hour.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from donations import demo
from donations.models import Designation, Donation, DonationLine, Donor, Entry, LegalEntity, Posting
from donations.receipts import gathering, yearly
from donations.receipts.gathering import Year

COUNT = 1_000
# From the first New Year on earth to the last, both in Kiribati and on Baker Island.
BEGINS, HOURS = datetime(2025, 12, 31, 10, tzinfo=UTC), 26
ZONES = (
    *("Pacific/Kiritimati", "Pacific/Auckland", "Asia/Tokyo", "Asia/Kathmandu", "Asia/Kolkata"),
    *("Africa/Nairobi", "Europe/London", "America/Sao_Paulo", "America/St_Johns"),
    *("America/New_York", "America/Los_Angeles", "Pacific/Pago_Pago"),
)
# What the ledger says of a calendar year, by the clock of a zone, in the database's own reckoning.
BOOKED = """
    SELECT coalesce(-sum(p.amount_minor), 0)
      FROM donations_entry e JOIN donations_posting p ON p.entry_id = e.id
     WHERE p.account IN ('contributions', 'refunds', 'disputes')
       AND extract(year FROM e.occurred_at AT TIME ZONE %s) = %s
"""


@pytest.fixture
def gifts(db: None) -> list[Donation]:
    demo.seed()
    entity, purpose = LegalEntity.objects.get(), Designation.objects.get(is_default=True)
    donors = Donor.objects.bulk_create(
        Donor(name=f"Donor {n}", search_name="x", email=f"donor{n}@example.org") for n in range(40)
    )
    made = Donation.objects.bulk_create(
        Donation(
            reference=f"end{n:05d}", form_token=f"end-{n}", legal_entity=entity, livemode=False,
            currency="USD", amount_minor=1_000 + n, name=f"Donor {n % 40}", yearly_receipt=True,
            email=f"donor{n % 40}@example.org",
        )
        for n in range(COUNT)
    )  # fmt: skip
    DonationLine.objects.bulk_create(
        DonationLine(donation=gift, designation=purpose, amount_minor=gift.amount_minor)
        for gift in made
    )
    for n, gift in enumerate(made):
        gift.paid_at = BEGINS + n * timedelta(hours=HOURS) / COUNT
        gift.status, gift.donor, gift.charge_id = "paid", donors[n % 40], f"ch_end{n}"
    Donation.objects.bulk_update(made, ["status", "paid_at", "donor", "charge_id"])
    facts = [
        (gift, kind, at, minor)
        for n, gift in enumerate(made)
        for kind, at, minor in (
            ("charge", gift.paid_at, gift.amount_minor),
            ("refund", gift.paid_at + timedelta(minutes=59), -gift.amount_minor // 2),
        )
        if kind == "charge" or n % 10 == 0
    ]
    entries = Entry.objects.bulk_create(
        Entry(
            source=f"{kind}{gift.pk}", kind=kind, legal_entity=entity, livemode=False,
            donation=gift, occurred_at=at, posted_on=at.date(), sha256="x",
        )
        for gift, kind, at, _minor in facts
    )  # fmt: skip
    Posting.objects.bulk_create(
        Posting(
            entry=entry, account=account, amount_minor=sign * minor, currency="USD",
            designation=purpose if sign < 0 else None,
        )
        for entry, (_gift, kind, _at, minor) in zip(entries, facts, strict=True)
        for account, sign in (
            ("contributions" if kind == "charge" else "refunds", -1), ("processor_balance", 1),
        )
    )  # fmt: skip
    return made


def test_each_gift_falls_in_the_tax_year_of_its_organisation(gifts):
    entity = LegalEntity.objects.get()
    told = set()
    for name in ZONES:
        zone, turn = ZoneInfo(name), datetime(2026, 1, 1, tzinfo=ZoneInfo(name))
        LegalEntity.objects.update(time_zone=name)
        entity.refresh_from_db()
        for year in (2025, 2026):
            papers = list(gathering.statements(Year(entity, livemode=False, year=year)))
            rows = [row for paper in papers for row in paper.facts.rows]
            mine = {
                gift.reference.upper() for gift in gifts if (gift.paid_at < turn) == (year == 2025)
            }
            assert {row.reference for row in rows if row.kind == "gift"} == mine, name
            assert all(row.after or row.day.year == year for row in rows), name
            told.add((name, year, len(mine)))
            with connection.cursor() as cursor:
                cursor.execute(BOOKED, [str(zone), year])
                assert sum(paper.facts.amount_minor for paper in papers) == cursor.fetchone()[0]
    assert len({count for _name, _year, count in told}) > 12  # they did not all agree


@pytest.mark.parametrize(
    ("moment", "year"),
    [("2025-12-31T23:59:59.999999-05:00", 2025), ("2026-01-01T00:00:00-05:00", 2026)],
)
def test_the_last_microsecond_of_a_year_is_of_that_year(moment, year):
    begins, ends = Year(LegalEntity(receipt_pack="us"), False, year).span
    assert begins <= datetime.fromisoformat(moment) < ends
    assert yearly.days_of("us", year) == (date(year, 1, 1), date(year, 12, 31))
