"""What an export must add up to, asked of the ledger in another way than its rows were."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from core import money
from donations import ledger
from donations.chart import Chart
from donations.exports import disarm
from donations.exports.problem import Problem, Unfit
from donations.models import Export, Posting, Receipt

Kind, Format = Export.Kind, Export.Format
Group = tuple[str, ...]
ZERO = Decimal(0)


@dataclass
class Totals:
    """How many rows, and the sums of each group of them."""

    rows: int = 0
    groups: dict[Group, list[Decimal]] = field(default_factory=dict)

    def add(self, group: Group, amounts: Sequence[Decimal], rows: int) -> None:
        self.rows += rows
        sums = self.groups.setdefault(group, [ZERO] * len(amounts))
        for place, amount in enumerate(amounts):
            sums[place] += amount

    def against(self, books: "Totals") -> str:
        """The first difference in figures, ready to be read; empty if all is equal."""
        if self.rows != books.rows:
            return f"rows: {self.rows} in the file, {books.rows} in the books"
        for group in sorted(self.groups.keys() | books.groups.keys()):
            mine, theirs = (one.groups.get(group, [ZERO]) for one in (self, books))
            if any(mine) != any(theirs) or (any(mine) and mine != theirs):
                told = [" / ".join(f"{amount:f}" for amount in one) for one in (mine, theirs)]
                return f"{', '.join(group)}: {told[0]} in the file, {told[1]} in the books"
        return ""

    def as_json(self) -> list[Any]:
        return [
            [list(group), [f"{amount:f}" for amount in sums]]
            for group, sums in sorted(self.groups.items())
        ]


def period(export: Export) -> dict[str, Any]:
    """The parameters of a layout: whose books, and which days or moments."""
    zone = ZoneInfo(export.legal_entity.time_zone)
    after = export.last_day + timedelta(days=1)
    return {
        "entity": export.legal_entity_id,
        "live": export.livemode,
        "first": export.first_day,
        "last": export.last_day,
        "begins": datetime.combine(export.first_day, time(), zone),
        "ends": datetime.combine(after, time(), zone),
        "zone": export.legal_entity.time_zone,
    }


def of_books(export: Export) -> Totals:
    """What the file must add up to.

    Raises:
        Unfit: an account of the ledger has none in the organisation's books.
    """
    read = {
        Kind.JOURNAL: _of_postings,
        Kind.RECEIPTS: _of_receipts,
        Kind.LINES: _of_gifts,
        Kind.DONORS: _of_givers,
    }[Kind(export.kind)]
    totals = Totals()
    text = str if export.format in (Format.XLSX, Format.PARQUET) else disarm.text
    for group, amounts_minor, rows in read(export):
        amounts = [money.to_decimal(amount, group[-1]) for amount in amounts_minor]
        totals.add(tuple(map(text, group)), amounts, rows)
    return totals


Sums = Iterable[tuple[Group, Sequence[int], int]]


def _of_postings(export: Export) -> Sums:
    rows = (
        Posting.objects.filter(
            entry__legal_entity=export.legal_entity_id,
            entry__livemode=export.livemode,
            entry__posted_on__range=(export.first_day, export.last_day),
        )
        .values_list("account", "designation", "currency")
        .annotate(
            debit=Coalesce(Sum("amount_minor", filter=Q(amount_minor__gt=0)), 0),
            credit=Coalesce(Sum("amount_minor", filter=Q(amount_minor__lt=0)), 0),
            count=Count("pk"),
        )
        .order_by("account")
    )
    named = _names(export, {(account, purpose) for account, purpose, *_ in rows})
    for account, purpose, currency, debit, credit, count in rows:
        group = (named[account, purpose], currency)
        if export.format == Format.XERO:
            yield group, [int(debit + credit)], count
        else:
            yield group, [int(debit), int(-credit)], count


def _names(export: Export, legs: set[tuple[str, int | None]]) -> dict[tuple[str, int | None], str]:
    """As the program that reads the file knows each account: ours, or theirs by the chart."""
    if export.format not in (Format.QUICKBOOKS, Format.XERO):
        return {leg: leg[0] for leg in legs}
    book = Chart.load()
    found = {leg: book.found(*leg) for leg in legs}
    if lacking := {account for (account, _), line in found.items() if line is None}:
        raise Unfit(Problem.NO_CODE, ", ".join(sorted(lacking)))
    by_name = export.format == Format.QUICKBOOKS
    return {leg: line.name if by_name else line.number for leg, line in found.items() if line}


def _of_receipts(export: Export) -> Sums:
    given = period(export)
    rows = (
        Receipt.objects.filter(
            series__legal_entity=export.legal_entity_id,
            series__livemode=export.livemode,
            issued_at__gte=given["begins"],
            issued_at__lt=given["ends"],
        )
        .values_list("state", KeyTextTransform("currency", "snapshot"))
        .annotate(
            total=Sum(Cast(KeyTextTransform("amount_minor", "snapshot"), BigIntegerField())),
            count=Count("pk"),
        )
    )
    for state, currency, total, count in rows:
        yield (state, currency), [int(total)], count


def _income(export: Export) -> QuerySet[Posting]:
    """What the ledger says of the gifts that were paid in the period."""
    given = period(export)
    return Posting.objects.filter(
        account=Posting.Account.CONTRIBUTIONS,
        entry__kind__in=ledger.OF_GIFTS,
        entry__donation__legal_entity=export.legal_entity_id,
        entry__donation__livemode=export.livemode,
        entry__donation__paid_at__gte=given["begins"],
        entry__donation__paid_at__lt=given["ends"],
    ).order_by()


def _of_gifts(export: Export) -> Sums:
    rows = (
        _income(export)
        .values_list("designation__code", "currency")
        .annotate(total=-Sum("amount_minor"), count=Count("pk"))
    )
    for code, currency, total, count in rows:
        yield (code, currency), [int(total)], count


def _of_givers(export: Export) -> Sums:
    rows = (
        _income(export)
        .values_list("currency")
        .annotate(
            total=-Sum("amount_minor"), count=Count(F("entry__donation__donor"), distinct=True)
        )
    )
    for currency, total, count in rows:
        yield (currency,), [int(total)], count
