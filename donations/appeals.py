"""What an appeal has brought, read from the books: money that stayed, and who gave it.

A gift answers the appeal whose code it carries, by a link or by the hand that entered it; a plan's
later payments carry its code on. Money counts for the purpose it lies with today.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection

from donations.models.plans import LIVE

# Of an appeal and a purpose: by currency, and (without one) by all; a donor is one however often
# she gave, and none if all went back. A bank's dispute lowers it until it is won.
MONEY = """
    SELECT code, designation_id, currency, SUM(kept),
           COUNT(DISTINCT donor_id) FILTER (WHERE kept > 0)
    FROM (
        SELECT upper(d.appeal) AS code, p.designation_id, p.currency, d.donor_id,
               -SUM(p.amount_minor) AS kept
        FROM donations_donation d
        JOIN donations_entry e ON e.donation_id = d.id
        JOIN donations_posting p ON p.entry_id = e.id
        WHERE d.appeal <> '' AND upper(d.appeal) = ANY(%(codes)s) AND e.livemode = %(livemode)s
            AND p.designation_id = ANY(%(designations)s)
            AND p.account IN ('contributions', 'refunds', 'disputes', 'transfers')
        GROUP BY 1, 2, 3, 4
    ) AS by_donor
    GROUP BY GROUPING SETS ((code, designation_id, currency), (code, designation_id))"""
MONTHLY = """
    SELECT upper(appeal), designation_id, COUNT(DISTINCT donor_id) FROM donations_plan
    WHERE appeal <> '' AND upper(appeal) = ANY(%(codes)s) AND livemode = %(livemode)s
        AND designation_id = ANY(%(designations)s)
        AND interval = 'month' AND status = ANY(%(live)s)
    GROUP BY 1, 2"""


@dataclass
class Raised:
    """What one appeal brought for one purpose, refunds and disputes taken off."""

    # Minor units by currency; nothing is converted.
    amounts_minor: dict[str, int] = field(default_factory=dict)
    donors: int = 0
    # Whose monthly gift goes on, also while it rests or its payment is tried again.
    monthly_donors: int = 0


def raised(asked: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], Raised]:
    """By appeal code (in capitals) and designation's primary key; two queries for any number."""
    found = {key: Raised() for key in asked}
    if not found:
        return found
    where: dict[str, Any] = {
        "codes": list({code for code, _purpose in found}),
        "designations": list({purpose for _code, purpose in found}),
        "livemode": settings.STRIPE_LIVE,
        "live": list(LIVE),
    }
    with connection.cursor() as cursor:
        cursor.execute(MONEY, where)
        for code, purpose, currency, kept, donors in cursor.fetchall():
            one = found.get((code, purpose))
            if one and currency:
                one.amounts_minor[currency] = int(kept)
            elif one:
                one.donors = donors
        cursor.execute(MONTHLY, where)
        for code, purpose, donors in cursor.fetchall():
            if one := found.get((code, purpose)):
                one.monthly_donors = donors
    return found
