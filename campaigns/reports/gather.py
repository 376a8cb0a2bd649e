"""Gathers the figures of a report from the books and the releases, as they may be printed.

What comes out is what is frozen and shown: nothing of what was held back is in it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaigns.reports import suppression
from campaigns.reports.suppression import Part
from campaigns.training import figures as learned
from donations import given
from donations.given import Given
from donations.models import Designation, Donation
from gifts.ladder import K
from gifts.models import ItemKind, Wish
from gifts.trace import calendar, told
from gifts.trace.told import Cell, ReadyThing, ToldThing

VERSION = 1
# What stands in place of a purpose's code.
WISHES, OTHERS = "wishes", "others"


@dataclass(frozen=True)
class Delivered:
    """One printed line: so many things of a kind that reached a region, and what so many cost."""

    kind: str
    region: str
    count: int
    # None: not all of them were bought.
    cost_minor: int | None
    days: tuple[int, ...] = ()


def figures(*, first: date, last: date, kinds: Collection[str] = ()) -> dict[str, Any]:
    """The figures of whole quarters, from the day `first` to the day `last`.

    Args:
        kinds: codes of kinds of things; none for the whole organisation.
    """
    lines = delivered(first=first, last=last, kinds=kinds)
    whole = not kinds
    return {
        "version": VERSION,
        "delivered": _delivered(lines),
        "days": months(lines),
        "given": _given(first, last) if whole else [],
        "training": _training(first, last) if whole else [],
    }


def delivered(*, first: date, last: date, kinds: Collection[str] = ()) -> list[Delivered]:
    """The lines of the table of things, by kind and region."""
    end = calendar.start_of(last)
    lines = printed(told.things(last=end), told.ready(last=end), first=first, end=end)
    return [line for line in lines if not kinds or line.kind in kinds]


def printed(
    things: Sequence[ToldThing], stock: Sequence[ReadyThing], *, first: date, end: date
) -> list[Delivered]:
    """What is printed of each cell for the quarters from `first` to `end` (their first days).

    How many depends on the cell's told things and on what is ready, and on nothing else. What they
    cost and how long they took is told of as many that were ready first: which of them reached
    somebody is in no figure, or a sum of prices would say how many of them were of one purpose.
    """
    quarters = _up_to(end, [*(one.since for one in stock), *(one.quarter for one in things)])
    cells: defaultdict[Cell, list[ReadyThing]] = defaultdict(list)
    for one in stock:
        cells[one.kind, one.region].append(one)
    counts = Counter((one.kind, one.region, one.quarter) for one in things)
    lines = []
    for (kind, region), rows in sorted(cells.items()):
        told_of, shown, new = 0, 0, []
        for quarter in quarters:
            told_of += counts[kind, region, quarter]
            stop = suppression.step(told_of, sum(one.since <= quarter for one in rows))
            if quarter >= first:
                new += [(one, _days(one, quarter)) for one in rows[shown:stop]]
            shown = stop
        if new:
            costs = [one.cost_minor for one, _days_of in new]
            lines.append(
                Delivered(
                    kind,
                    region,
                    len(new),
                    sum(cost or 0 for cost in costs) if None not in costs else None,
                    tuple(days for _one, days in new if days is not None),
                )
            )
    return lines


def _up_to(end: date, starts: Sequence[date]) -> list[date]:
    """All quarters from the first of these to the one at the end."""
    found, start = [], min([*starts, end])
    while start <= end:
        found.append(start)
        start = calendar.after(start)
    return found


def _days(one: ReadyThing, quarter: date) -> int | None:
    """From the gift to the end of the quarter in whose figures as many are told of."""
    return (calendar.last_day(quarter) - one.paid_on).days if one.paid_on else None


def _delivered(lines: Sequence[Delivered]) -> list[dict[str, Any]]:
    kinds = {kind.code: kind for kind in ItemKind.objects.filter(code__in=[o.kind for o in lines])}
    return [
        {
            "kind": line.kind,
            "name": {"en": kinds[line.kind].plural, "es": kinds[line.kind].plural_es},
            "region": line.region,
            "count": line.count,
            "cost_minor": line.cost_minor,
            "currency": kinds[line.kind].currency,
        }
        for line in lines
    ]


def months(lines: Sequence[Delivered]) -> dict[str, int] | None:
    """From gift to news of the delivery, in months, of all things printed together."""
    days = [one for line in lines for one in line.days]
    half = suppression.months(days, share=50)
    most = suppression.months(days, share=90)
    return None if half is None or most is None else {"half": half, "most": most}


def _given(first: date, last: date) -> list[dict[str, Any]]:
    """By currency: the sum, and its parts by purpose and by way."""
    gifts = given.gifts(first=first, last=last)
    by_designation = given.by_designation(first=first, last=last)
    by_way = given.by_way(first=first, last=last)
    told_of = []
    for currency in sorted(gifts):
        own = [one for one in by_designation if one.currency == currency]
        ways = {one.key: one for one in by_way if one.currency == currency}
        if gifts[currency] < K:
            continue
        told_of.append(
            {
                "currency": currency,
                "gifts": gifts[currency],
                "amount_minor": sum(one.amount_minor for one in own),
                "purposes": by_purpose(own),
                "ways": _parts(
                    [
                        Part(str(key), ways[key].gifts, ways[key].amount_minor)
                        for key in [*Donation.Source.values, ""]
                        if key in ways
                    ],
                    {},
                ),
            }
        )
    return told_of


def by_purpose(rows: Sequence[Given]) -> list[dict[str, Any]]:
    """Sums of designations in one currency, as they may be printed; all wishes are one purpose."""
    purposes = Designation.objects.in_bulk([one.key for one in rows if one.key])
    wished = set(
        Wish.objects.filter(designation__in=purposes).values_list("designation_id", flat=True)
    )
    parts = [
        Part(purposes[int(one.key)].code if one.key else "", one.gifts, one.amount_minor)
        for one in sorted(rows, key=lambda one: int(one.key or 0))
        if one.key not in wished
    ]
    wishes = [one for one in rows if one.key in wished]
    if wishes:
        count, minor = sum(o.gifts for o in wishes), sum(o.amount_minor for o in wishes)
        parts.append(Part(WISHES, count, minor))
    return _parts(
        parts, {row.code: {"en": row.name, "es": row.name_es} for row in purposes.values()}
    )


def _parts(rows: Sequence[Part], names: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those that may be printed; what stands together comes last."""
    found = suppression.together(rows)
    if found is None:
        return []
    parts = [*found.parts]
    if found.rest:
        parts.append(Part(OTHERS, found.rest.count, found.rest.amount_minor))
    return [
        {
            "key": one.key,
            "name": names.get(one.key),
            "gifts": one.count,
            "amount_minor": one.amount_minor,
        }
        for one in parts
    ]


def _training(first: date, last: date) -> list[dict[str, Any]]:
    """People who finished awareness training, by sector; none of fewer than eleven."""
    found = learned.finished_by_sector(first=first, last=last)
    return [
        {"sector": one.code, "name": {"en": one.name, "es": one.name_es}, "count": count}
        for one, count in sorted(found.items(), key=lambda pair: pair[0].code)
        if count >= K
    ]
