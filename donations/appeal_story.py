"""How one appeal went: by day and rhythm, by language, and who gave for the first time."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db import connection

from donations.appeals import BOOKED

# Each line of the books on the day it happened: a gift when it was paid, a refund when it went.
DAYS = f"""
    SELECT (e.occurred_at AT TIME ZONE %(zone)s)::date, p.currency,
           COALESCE(pl.interval, 'once'), d.language,
           COUNT(DISTINCT d.id) FILTER (WHERE p.account = 'contributions'),
           COALESCE(SUM(-p.amount_minor) FILTER (WHERE p.account = 'contributions'), 0),
           COALESCE(SUM(p.amount_minor) FILTER (WHERE p.account IN ('refunds', 'disputes')), 0),
           COALESCE(SUM(-p.amount_minor) FILTER (WHERE p.account = 'transfers'), 0)
    FROM donations_donation d LEFT JOIN donations_plan pl ON pl.id = d.plan_id {BOOKED}
    WHERE d.appeal <> '' AND upper(d.appeal) = %(code)s AND p.designation_id = %(purpose)s
    GROUP BY 1, 2, 3, 4 ORDER BY 1"""  # noqa: S608 - a part of another file, joined
PEOPLE = f"""
    SELECT COUNT(*), COUNT(*) FILTER (WHERE NOT EXISTS (
        SELECT 1 FROM donations_donation o
        WHERE o.donor_id = one.donor_id AND o.status = 'paid' AND o.livemode = %(livemode)s
            AND (o.paid_at, o.id) < (one.first_at, one.first_id)))
    FROM (
        SELECT d.donor_id, MIN(d.paid_at) AS first_at,
               (ARRAY_AGG(d.id ORDER BY d.paid_at, d.id))[1] AS first_id
        FROM donations_donation d {BOOKED}
        WHERE d.appeal <> '' AND upper(d.appeal) = %(code)s AND p.designation_id = %(purpose)s
        GROUP BY 1 HAVING SUM(-p.amount_minor) > 0
    ) AS one"""  # noqa: S608 - as above


@dataclass(frozen=True)
class Line:
    """What one day brought in one currency, rhythm ("once", "month", "year") and language."""

    day: date
    currency: str
    rhythm: str
    language: str
    gifts: int
    given_minor: int
    # Refunded that day, or taken back by a bank.
    back_minor: int
    # Moved here from another purpose; below zero where it left.
    moved_minor: int

    @property
    def kept_minor(self) -> int:
        return self.given_minor - self.back_minor + self.moved_minor


@dataclass(frozen=True)
class Story:
    """One appeal for one purpose, from its first gift to now."""

    lines: list[Line] = field(default_factory=list)
    # Whose gifts stayed, and for how many of them this was the first gift to us.
    donors: int = 0
    new_donors: int = 0

    @property
    def currencies(self) -> list[str]:
        """The one that brought most gifts first."""
        counts: Counter[str] = Counter()
        for line in self.lines:
            counts[line.currency] += line.gifts
        return [code for code, _count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]

    def of(self, currency: str) -> list[Line]:
        return [line for line in self.lines if line.currency == currency]


def total(lines: list[Line], what: Callable[[Line], int]) -> int:
    return sum(map(what, lines))


def read(code: str, designation_id: int) -> Story:
    """Two queries, over the gifts of this appeal alone."""
    where = {
        "code": code,
        "purpose": designation_id,
        "zone": settings.TIME_ZONE,
        "livemode": settings.STRIPE_LIVE,
    }
    with connection.cursor() as cursor:
        cursor.execute(DAYS, where)
        lines = [Line(*row[:4], *map(int, row[4:])) for row in cursor.fetchall()]
        cursor.execute(PEOPLE, where)
        donors, new = cursor.fetchone()
    return Story(lines, donors, new)
