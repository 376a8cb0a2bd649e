"""The tables of a pack, each a CSV file: amounts as plain numbers, text disarmed, fixed order.

Apps above add tables of their own when they are ready, as of things given and of who held which
role.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from core import money
from donations import periods, rollforward
from donations.audit.sampling import Span
from donations.books.problem import Problem
from donations.exports import disarm
from donations.models import BooksCheck, Period, PeriodStep, Receipt, Seal

Rows = Iterable[Sequence[Any]]
Sheet = Callable[[Span], tuple[Sequence[str], Rows]]


def as_csv(headings: Sequence[str], rows: Rows) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headings)
    for row in rows:
        writer.writerow([disarm.text(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def amount(minor: int, currency: str) -> Any:
    """A number, which a spreadsheet reads as one."""
    return money.to_decimal(minor, currency)


def moment(value: datetime | None, span: Span) -> str:
    return (
        value.astimezone(ZoneInfo(span.entity.time_zone)).isoformat(" ", "seconds") if value else ""
    )


def borders(span: Span) -> tuple[datetime, datetime]:
    """From the first moment of the span to the first after it, by the entity's clock."""
    zone = ZoneInfo(span.entity.time_zone)
    return (
        datetime.combine(span.first_day, time(), zone),
        datetime.combine(span.after, time(), zone),
    )


def sums(span: Span) -> list[rollforward.Sum]:
    """Of each account, designation and currency what was posted before the span and in it."""
    with connection.cursor() as cursor:
        cursor.execute(SUMS, [span.first_day, span.first_day, *_books(span)])
        return [(row[0], row[1], row[2], int(row[3]), int(row[4])) for row in cursor.fetchall()]


def _books(span: Span) -> list[Any]:
    return [span.entity.pk, span.livemode, span.after]


SUMS = """
    SELECT p.account, p.designation_id, p.currency,
           coalesce(sum(p.amount_minor) FILTER (WHERE e.posted_on < %s), 0),
           coalesce(sum(p.amount_minor) FILTER (WHERE e.posted_on >= %s), 0)
      FROM donations_entry e JOIN donations_posting p ON p.entry_id = e.id
     WHERE e.legal_entity_id = %s AND e.livemode = %s AND e.posted_on < %s
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
# By another way than the roll-forward: what each designation has at the end.
CLOSING = """
    SELECT p.designation_id, p.currency, -sum(p.amount_minor)
      FROM donations_posting p JOIN donations_entry e ON e.id = p.entry_id
     WHERE p.designation_id IS NOT NULL AND p.account <> 'committed'
       AND e.legal_entity_id = %s AND e.livemode = %s AND e.posted_on < %s
     GROUP BY 1, 2
"""


def roll_forward(span: Span) -> tuple[Sequence[str], Rows]:
    headings = [
        *("code", "designation", "restriction", "currency", "opening", "given", "given back"),
        *("moved", "spent or released", "closing", "in the ledger", "difference", "committed"),
    ]
    with connection.cursor() as cursor:
        cursor.execute(CLOSING, _books(span))
        ledger = {(row[0], row[1]): int(row[2]) for row in cursor.fetchall()}
    rows = []
    for fund in rollforward.funds(sums(span)):
        purpose = fund.designation
        assert purpose is not None  # only sums have none
        told = ledger.get((purpose.pk, fund.currency), 0)
        figures = [
            *(fund.opening, *fund.changes.values(), fund.closing),
            *(told, fund.closing - told, fund.committed),
        ]
        rows.append(
            [
                *(purpose.code, purpose.name, purpose.restriction_class, fund.currency),
                *(amount(figure, fund.currency) for figure in figures),
            ]
        )
    return headings, rows


def by_class(span: Span) -> tuple[Sequence[str], Rows]:
    found = sorted(rollforward.by_class(sums(span)).items())
    return ["restriction", "currency", "opening", "change", "closing"], [
        [name, currency, *(amount(figure, currency) for figure in figures)]
        for (name, currency), figures in found
    ]


def accounts(span: Span) -> tuple[Sequence[str], Rows]:
    totals = dict[tuple[str, str], list[int]]()
    for account, _purpose, currency, before, within in sums(span):
        total = totals.setdefault((account, currency), [0, 0])
        total[0], total[1] = total[0] + before, total[1] + within
    headings = ["account", "currency", "opening", "change", "closing"]
    return headings, [
        [account, currency, *(amount(one, currency) for one in (before, within, before + within))]
        for (account, currency), (before, within) in sorted(totals.items())
    ]


def ended_receipts(span: Span) -> tuple[Sequence[str], Rows]:
    """Receipts that became void or were replaced in the period, whenever they were issued."""
    begin, end = borders(span)
    rows = Receipt.objects.exclude(state=Receipt.State.ISSUED).filter(
        series__legal_entity=span.entity,
        series__livemode=span.livemode,
        voided_at__gte=begin,
        voided_at__lt=end,
    )
    headings = [
        *("receipt", "state", "issued", "ended", "by", "reason", "note", "amount", "currency"),
        "replaced by",
    ]
    return headings, [
        [
            *(row.label, row.state, moment(row.issued_at, span), moment(row.voided_at, span)),
            *(str(row.voided_by or "by the site itself"), row.void_reason, row.void_note),
            amount(row.snapshot["amount_minor"], row.snapshot["currency"]),
            row.snapshot["currency"],
            getattr(getattr(row, "replaced_by", None), "label", ""),
        ]
        for row in rows.select_related("voided_by", "replaced_by").order_by("voided_at", "pk")
    ]


def month_steps(span: Span) -> tuple[Sequence[str], Rows]:
    """Everything that was done to the months of the period, and to any month in that time."""
    begin, end = borders(span)
    of_them = Q(period__begins_on__gte=span.first_day, period__begins_on__lt=span.after)
    steps = PeriodStep.objects.filter(
        of_them | Q(at__gte=begin, at__lt=end),
        period__legal_entity=span.entity,
        period__livemode=span.livemode,
    ).select_related("period", "by", "asked_by")
    headings = ["month", "step", "when", "by", "asked by", "reason", "overlooked"]
    return headings, [
        [
            *(f"{step.period.begins_on:%Y-%m}", step.state, moment(step.at, span), str(step.by)),
            *(str(step.asked_by or ""), step.reason),
            "; ".join(" ".join(part) for part in step.overlooked),
        ]
        for step in steps.order_by("pk")
    ]


def fingerprints(span: Span) -> tuple[Sequence[str], Rows]:
    """To be kept outside: `verify_books --anchors` finds out whether the books still have them."""
    closings = PeriodStep.objects.filter(
        sha256__isnull=False,
        period__legal_entity=span.entity,
        period__livemode=span.livemode,
        period__begins_on__gte=span.first_day,
        period__begins_on__lt=span.after,
    ).select_related("period")
    rows = [
        [f"{step.period.begins_on:%Y-%m} {what}", moment(step.at, span), digest]
        for step in closings.order_by("pk")
        for what, digest in (("closing", step.sha256), ("its entries", step.entries_sha256))
    ]
    last = Seal.objects.order_by("-pk").first()
    if last:
        rows.append(["last seal", moment(last.sealed_at, span), last.sha256])
    return ["what", "when", "fingerprint"], rows


def open_months(span: Span) -> list[date]:
    """The months of the span that are not closed; one that nobody has looked at is open."""
    closed = set(
        Period.objects.filter(
            legal_entity=span.entity, livemode=span.livemode, state__in=periods.CLOSED
        ).values_list("begins_on", flat=True)
    )
    found, month = list[date](), span.first_day.replace(day=1)
    while month <= span.last_day:
        if month not in closed:
            found.append(month)
        month = periods.after(month)
    return found


def checks(span: Span) -> tuple[Sequence[str], Rows]:
    """Each rule of the books in the last run that came to its end."""
    run = BooksCheck.objects.filter(finished_at__isnull=False, failure="").first()
    headings = ["run finished", "rule", "problems", "the first of them"]
    if run is None:
        return headings, []
    told = moment(run.finished_at, span)
    return headings, [
        [told, name, count, "; ".join(_said(Problem(*one)) for one in kept)]
        for name, _took, count, kept in run.results
    ]


def _said(problem: Problem) -> str:
    return f"{problem.about}: {problem.text}"


# The files of a pack, in order.
SHEETS: dict[str, Sheet] = {
    "roll-forward": roll_forward,
    "restriction-classes": by_class,
    "accounts": accounts,
    "receipts-void-or-replaced": ended_receipts,
    "months": month_steps,
    "checks-of-the-books": checks,
}
