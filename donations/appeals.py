"""What an appeal has brought, read from the books: money that stayed, and who gave it.

A gift answers the appeal whose code it carries, by a link or by the hand that entered it; a plan's
later payments carry its code on. Money counts for the purpose it lies with today.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from donations.models.plans import LIVE

# What of an appeal's gifts stayed, beside donations_donation d.
BOOKED = """
    JOIN donations_entry e ON e.donation_id = d.id AND e.livemode = %(livemode)s
    JOIN donations_posting p ON p.entry_id = e.id
        AND p.account IN ('contributions', 'refunds', 'disputes', 'transfers')"""
# Of an appeal and a purpose: by currency, and (without one) by all; a donor is one however often
# she gave, and none if all went back. A bank's dispute lowers it until it is won.
MONEY = f"""
    SELECT 'money', code, designation_id, currency, SUM(kept),
           COUNT(DISTINCT donor_id) FILTER (WHERE kept > 0)
    FROM (
        SELECT upper(d.appeal) AS code, p.designation_id, p.currency, d.donor_id,
               -SUM(p.amount_minor) AS kept
        FROM donations_donation d {BOOKED}
        WHERE d.appeal <> '' AND upper(d.appeal) = ANY(%(codes)s)
            AND p.designation_id = ANY(%(designations)s)
        GROUP BY 1, 2, 3, 4
    ) AS by_donor
    GROUP BY GROUPING SETS ((code, designation_id, currency), (code, designation_id))"""  # noqa: S608
MONTHLY = """
    SELECT 'monthly', upper(appeal), designation_id, NULL, 0, COUNT(DISTINCT donor_id)
    FROM donations_plan
    WHERE appeal <> '' AND upper(appeal) = ANY(%(codes)s) AND livemode = %(livemode)s
        AND designation_id = ANY(%(designations)s)
        AND interval = 'month' AND status = ANY(%(live)s)
    GROUP BY 2, 3"""
# A gift belongs to the span in which it was paid, whenever a part of it went back.
SPANS = f"""
    SELECT 'span', s.code, s.place, NULL, SUM(-p.amount_minor), COUNT(DISTINCT d.id)
    FROM unnest(%(span_places)s::int[], %(span_codes)s::text[], %(span_purposes)s::bigint[],
                %(span_currencies)s::text[], %(span_starts)s::timestamptz[],
                %(span_ends)s::timestamptz[])
        AS s(place, code, purpose, currency, starts_at, ends_at)
    JOIN donations_donation d ON d.appeal <> '' AND upper(d.appeal) = s.code
        AND (s.starts_at IS NULL OR d.paid_at >= s.starts_at)
        AND (s.ends_at IS NULL OR d.paid_at < s.ends_at) {BOOKED}
        AND p.designation_id = s.purpose AND p.currency = s.currency
    GROUP BY 2, 3"""  # noqa: S608 - parts of this file, joined


@dataclass(frozen=True)
class Span:
    """Gifts of one appeal for one purpose in one currency, paid from one instant to another."""

    code: str
    designation_id: int
    currency: str
    starts_at: datetime | None = None
    # No longer counted.
    ends_at: datetime | None = None


@dataclass
class Raised:
    """What one appeal brought for one purpose, refunds and disputes taken off."""

    # Minor units by currency; nothing is converted.
    amounts_minor: dict[str, int] = field(default_factory=dict)
    donors: int = 0
    # Whose monthly gift goes on, also while it rests or its payment is tried again.
    monthly_donors: int = 0


# What else is to be said on the form about an appeal, joined by the floors above: its code (in
# capitals) and the form's currency go in.
REMARKS: list[Callable[[str, str], str]] = []


def remarks(code: str, currency: str) -> list[str]:
    """What a donor who comes by this appeal ought to know before she gives."""
    if not code:
        return []
    return [told for remark in REMARKS if (told := remark(code.upper(), currency))]


def raised(asked: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], Raised]:
    """By appeal code (in capitals) and designation's primary key; one query for any number."""
    return together(asked)[0]


def within(spans: Iterable[Span]) -> Mapping[Span, int]:
    """What of each span stayed, in minor units."""
    return together((), spans)[1]


def together(
    asked: Iterable[tuple[str, int]], spans: Iterable[Span] = ()
) -> tuple[Mapping[tuple[str, int], Raised], Mapping[Span, int]]:
    """`raised` and `within`, read at one instant by one query."""
    found = {key: Raised() for key in asked}
    wanted = list(dict.fromkeys(spans))
    stayed = dict.fromkeys(wanted, 0)
    parts = [*([MONEY, MONTHLY] if found else []), *([SPANS] if wanted else [])]
    if not parts:
        return found, stayed
    where: dict[str, Any] = {
        "codes": list({code for code, _purpose in found}),
        "designations": list({purpose for _code, purpose in found}),
        "livemode": settings.STRIPE_LIVE,
        "live": list(LIVE),
        "span_places": list(range(len(wanted))),
        "span_codes": [span.code for span in wanted],
        "span_purposes": [span.designation_id for span in wanted],
        "span_currencies": [span.currency for span in wanted],
        "span_starts": [span.starts_at for span in wanted],
        "span_ends": [span.ends_at for span in wanted],
    }
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), where)
        for kind, code, number, currency, kept, people in cursor.fetchall():
            if kind == "span":
                stayed[wanted[number]] = int(kept)
            elif one := found.get((code, number)):
                if kind == "monthly":
                    one.monthly_donors = people
                elif currency:
                    one.amounts_minor[currency] = int(kept)
                else:
                    one.donors = people
    return found, stayed
