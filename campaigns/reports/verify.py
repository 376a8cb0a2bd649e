"""Counts every published figure once more, by SQL of its own over books and deliveries."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from campaigns.models import ReportEdition
from campaigns.reports import editions
from gifts.ladder import K
from gifts.trace import calendar

# Of each kind and region: things told of up to a quarter, each once.
TOLD = """
    SELECT k.code, c.region, COUNT(*) FROM gifts_unit u
    JOIN gifts_itemkind k ON k.id = u.kind_id
    JOIN LATERAL (
        SELECT c.region, r.quarter FROM gifts_releasedunit ru
        JOIN gifts_releasecell c ON c.id = ru.cell_id
        JOIN gifts_release r ON r.id = c.release_id
        WHERE ru.unit_id = u.id AND c.kind_id IS NOT NULL AND c.region <> 'world'
        ORDER BY r.quarter, ru.id LIMIT 1
    ) c ON TRUE
    WHERE c.quarter <= %(quarter)s
    GROUP BY 1, 2"""
# What of each was ready by then, the first ones first: its cost, and the day it was paid for.
READY = """
    SELECT k.code, w.region, u.cost_minor, (
        SELECT (MAX(d.paid_at) AT TIME ZONE %(zone)s)::date FROM gifts_unitshare h
        JOIN donations_donationline l ON l.id = h.line_id
        JOIN donations_donation d ON d.id = l.donation_id WHERE h.unit_id = u.id
    ) FROM gifts_unit u
    JOIN gifts_itemkind k ON k.id = u.kind_id JOIN gifts_wish w ON w.id = u.wish_id
    JOIN LATERAL (SELECT MIN(s.at) AS at FROM gifts_unitstep s
                  WHERE s.unit_id = u.id AND s.state = 'ready') s ON s.at < %(end)s
    ORDER BY s.at, u.id"""
GIVEN = """
    SELECT p.currency, -SUM(p.amount_minor), COUNT(DISTINCT e.donation_id)
    FROM donations_posting p JOIN donations_entry e ON e.id = p.entry_id
    WHERE p.account = 'contributions' AND e.livemode = %(live)s
      AND e.posted_on BETWEEN %(first)s AND %(last)s
    GROUP BY 1"""


def disagreements() -> Iterator[str]:
    """A line for each published figure that the rows do not give, and for each changed one."""
    for edition in ReportEdition.objects.filter(published_at__isnull=False).order_by("pk"):
        name = f"{edition.pk} ({edition})"
        if editions.digest(edition.figures) != edition.sha256:
            yield _("Report %(name)s: its figures are not those that were frozen.") % {"name": name}
        for what, told, found in compared(edition):
            if told != found:
                text = _("Report %(name)s, %(what)s: it says %(told)s, the rows say %(found)s.")
                yield text % {"name": name, "what": what, "told": told, "found": found}


def compared(edition: ReportEdition) -> Iterator[tuple[str, Any, Any]]:
    """What the edition says and what the rows say, figure by figure."""
    told = {
        (one["kind"], one["region"]): (one["count"], one["cost_minor"])
        for one in edition.figures["delivered"]
    }
    found = _delivered(edition)
    for cell in sorted({*told, *found}):
        yield ", ".join(cell), told.get(cell), found.get(cell)
    yield _("months"), edition.figures["days"], _months(edition)
    if not edition.is_whole:
        return
    given = edition.figures["given"]
    money = {one["currency"]: (one["amount_minor"], one["gifts"]) for one in given}
    booked = {
        currency: (int(minor), gifts)
        for currency, minor, gifts in _rows(
            GIVEN, live=settings.STRIPE_LIVE, first=edition.first, last=edition.last
        )
        if gifts >= K
    }
    for currency in sorted({*money, *booked}):
        yield currency, money.get(currency), booked.get(currency)
    for one in edition.figures["given"]:
        for table in ("purposes", "ways"):
            parts = sum(part["amount_minor"] for part in one[table])
            yield f"{one['currency']}, {table}", parts, one["amount_minor"]


def _delivered(edition: ReportEdition) -> dict[tuple[str, str], tuple[int, int | None]]:
    end = calendar.start_of(edition.last)
    stock = _ready(end)
    until, since = _printed(end), _printed(calendar.before(edition.first))
    found: dict[tuple[str, str], tuple[int, int | None]] = {}
    for cell, count in until.items():
        new = stock[cell][since.get(cell, 0) : count]
        if new and (edition.is_whole or cell[0] in edition.kinds):
            known = [cost for cost, _paid in new if cost is not None]
            found[cell] = len(new), sum(known) if len(known) == len(new) else None
    return found


def _months(edition: ReportEdition) -> dict[str, int] | None:
    """Within how many months of thirty days half of them, and nine in ten, were told of."""
    days: list[int] = []
    stock = _ready(calendar.start_of(edition.last))
    shown = _printed(calendar.before(edition.first))
    for quarter in edition.quarters:
        until = _printed(quarter)
        for cell, count in until.items():
            if edition.is_whole or cell[0] in edition.kinds:
                new = stock[cell][shown.get(cell, 0) : count]
                days += [(calendar.last_day(quarter) - paid).days for _cost, paid in new if paid]
        shown = until
    days.sort()
    if len(days) < K:
        return None
    half, most = ((share * len(days) + 99) // 100 for share in (50, 90))
    return {"half": max(1, -(-days[half - 1] // 30)), "most": max(1, -(-days[most - 1] // 30))}


def _printed(quarter: Any) -> dict[tuple[str, str], int]:
    """Ever, up to a quarter: whole elevens of what was told of, the last ten ready left open."""
    ready = _ready(quarter)
    return {
        (kind, region): least // 11 * 11
        for kind, region, count in _rows(TOLD, quarter=quarter)
        if (least := min(count, len(ready.get((kind, region), [])) - 10)) >= 11
    }


def _ready(quarter: Any) -> dict[tuple[str, str], list[tuple[int | None, date | None]]]:
    found: dict[tuple[str, str], list[tuple[int | None, date | None]]] = {}
    facts = {"end": calendar.end_of(quarter), "zone": settings.TIME_ZONE}
    for kind, region, cost, paid in _rows(READY, **facts):
        found.setdefault((kind, region), []).append((cost, paid))
    return found


def _rows(query: str, **given: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())
