"""Which gifts are looked at: a simple random sample that anybody can draw again.

The population are the gifts of money booked in the period, charged by Stripe or received in other
ways. Each gets the SHA-256 of seed, the period's fingerprint and its reference, joined by colons;
those with the smallest are drawn, in that order. Without the same books there is no same sample:
nobody chooses it by trying seeds on books that are then changed.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from donations import periods
from donations.models import LegalEntity

METHOD = (
    "Simple random sample without replacement. Each gift gets the SHA-256 of "
    "seed:fingerprint:reference; those with the smallest are drawn, in that order."
)


@dataclass(frozen=True)
class Span:
    """Days of one entity's journal in one mode; both ends belong to it."""

    entity: LegalEntity
    livemode: bool
    first_day: date
    last_day: date

    @property
    def after(self) -> date:
        return self.last_day + timedelta(days=1)


def fingerprint(span: Span) -> tuple[int, str]:
    """How many entries the span has, and one fingerprint of them, as a closing has of a month."""
    with connection.cursor() as cursor:
        cursor.execute(
            periods.FINGERPRINT, [span.entity.pk, span.livemode, span.first_day, span.after]
        )
        count, digest = cursor.fetchone()
    return int(count), str(digest)


def population(span: Span) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {GIFTS}", _given(span))
        return int(cursor.fetchone()[0])


def draw(span: Span, *, seed: str, digest: str, size: int) -> list[int]:
    """The donations of the sample, in the order in which they were drawn."""
    given = {**_given(span), "prefix": f"{seed}:{digest}:", "size": size}
    with connection.cursor() as cursor:
        cursor.execute(DRAW, given)
        return [row[0] for row in cursor.fetchall()]


def _given(span: Span) -> dict[str, Any]:
    return {
        "entity": span.entity.pk,
        "livemode": span.livemode,
        "first": span.first_day,
        "after": span.after,
    }


GIFTS = """
      FROM donations_entry e JOIN donations_donation d ON d.id = e.donation_id
     WHERE e.kind IN ('charge', 'received')
       AND e.legal_entity_id = %(entity)s AND e.livemode = %(livemode)s
       AND e.posted_on >= %(first)s AND e.posted_on < %(after)s
"""
DRAW = f"""
    SELECT d.id {GIFTS}
     ORDER BY sha256(convert_to(%(prefix)s || d.reference, 'UTF8')), d.id
     LIMIT %(size)s
"""
