"""Counts every published figure once more, by SQL of its own over books and deliveries."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from campaigns.models import ReportEdition
from campaigns.reports import editions
from gifts.ladder import K
from gifts.trace import calendar

# Of each kind and region: things told of up to a quarter, in the order in which they are printed.
TOLD = """
    SELECT k.code, c.region, u.cost_minor, u.id FROM gifts_unit u
    JOIN gifts_itemkind k ON k.id = u.kind_id
    JOIN LATERAL (
        SELECT c.region, r.quarter FROM gifts_releasedunit ru
        JOIN gifts_releasecell c ON c.id = ru.cell_id
        JOIN gifts_release r ON r.id = c.release_id
        WHERE ru.unit_id = u.id AND c.kind_id IS NOT NULL AND c.region <> 'world'
        ORDER BY r.quarter, ru.id LIMIT 1
    ) c ON TRUE
    WHERE c.quarter <= %(quarter)s
    ORDER BY c.quarter, u.id"""
READY = """
    SELECT k.code, w.region, COUNT(*) FROM gifts_unit u
    JOIN gifts_itemkind k ON k.id = u.kind_id JOIN gifts_wish w ON w.id = u.wish_id
    WHERE EXISTS (SELECT 1 FROM gifts_unitstep s
                  WHERE s.unit_id = u.id AND s.state = 'ready' AND s.at < %(end)s)
    GROUP BY 1, 2"""
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
    costs: dict[tuple[str, str], list[int | None]] = {}
    end = calendar.start_of(edition.last)
    for kind, region, cost, _pk in _rows(TOLD, quarter=end):
        costs.setdefault((kind, region), []).append(cost)
    until, since = _printed(end), _printed(calendar.before(edition.first))
    found: dict[tuple[str, str], tuple[int, int | None]] = {}
    for cell, count in until.items():
        new = costs[cell][since.get(cell, 0) : count]
        if new and (edition.is_whole or cell[0] in edition.kinds):
            known = [cost for cost in new if cost is not None]
            found[cell] = len(new), sum(known) if len(known) == len(new) else None
    return found


def _printed(quarter: Any) -> dict[tuple[str, str], int]:
    """Ever, up to a quarter: whole elevens of what was told of, the last ten ready left open."""
    told: dict[tuple[str, str], int] = {}
    for kind, region, *_rest in _rows(TOLD, quarter=quarter):
        told[kind, region] = told.get((kind, region), 0) + 1
    ready = {(kind, region): n for kind, region, n in _rows(READY, end=calendar.end_of(quarter))}
    return {
        cell: least // 11 * 11
        for cell, count in told.items()
        if (least := min(count, ready.get(cell, 0) - 10)) >= 11
    }


def _rows(query: str, **given: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())
