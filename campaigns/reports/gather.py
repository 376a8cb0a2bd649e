"""Gathers the figures of a report from the books and the releases, as they may be printed.

What comes out is what is frozen and shown: nothing of what was held back is in it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaigns.reports import suppression
from campaigns.reports.suppression import Part
from campaigns.training import figures as learned
from donations import given
from donations.models import Designation, Donation
from gifts.ladder import K
from gifts.models import ItemKind, Wish
from gifts.trace import calendar, told
from gifts.trace.told import Cell, ToldThing

VERSION = 1
# What stands in place of a purpose's code.
WISHES, OTHERS = "wishes", "others"


@dataclass(frozen=True)
class Delivered:
    """One printed line: so many things of a kind that reached a region, and their cost."""

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
        "days": _days(lines),
        "given": _given(first, last) if whole else [],
        "training": _training(first, last) if whole else [],
    }


def delivered(*, first: date, last: date, kinds: Collection[str] = ()) -> list[Delivered]:
    """The lines of the table of things, by kind and region."""
    before, end = calendar.before(first), calendar.start_of(last)
    found = told.things(last=end)
    ready = told.ready(quarters=[before, end])
    lines = printed(found, ready, before=before, end=end)
    return [line for line in lines if not kinds or line.kind in kinds]


def printed(
    things: Sequence[ToldThing],
    ready: Mapping[date, Mapping[Cell, int]],
    *,
    before: date,
    end: date,
) -> list[Delivered]:
    """Of the things told of, in their order, those that are printed for quarters after `before`.

    Whatever is printed depends on this cell's told things and on what is ready, on nothing else:
    no line tells of a thing that no release told of in its kind and region.
    """
    cells: defaultdict[Cell, list[ToldThing]] = defaultdict(list)
    for one in things:
        if one.quarter <= end:
            cells[one.kind, one.region].append(one)
    lines = []
    for (kind, region), rows in sorted(cells.items()):
        earlier = sum(one.quarter <= before for one in rows)
        start = suppression.step(earlier, ready[before].get((kind, region), 0))
        stop = suppression.step(len(rows), ready[end].get((kind, region), 0))
        if stop <= start:
            continue
        new = rows[start:stop]
        costs = [one.cost_minor for one in new]
        lines.append(
            Delivered(
                kind,
                region,
                len(new),
                sum(cost or 0 for cost in costs) if None not in costs else None,
                tuple(one.days for one in new if one.days is not None),
            )
        )
    return lines


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


def _days(lines: Sequence[Delivered]) -> dict[str, int] | None:
    """From gift to hand-over, in months, of all things printed together."""
    days = [one for line in lines for one in line.days]
    half = suppression.months(days, share=50)
    most = suppression.months(days, share=90)
    return None if half is None or most is None else {"half": half, "most": most}


def _given(first: date, last: date) -> list[dict[str, Any]]:
    """By currency: the sum, and its parts by purpose and by way."""
    gifts = given.gifts(first=first, last=last)
    by_purpose = given.by_designation(first=first, last=last)
    by_way = given.by_way(first=first, last=last)
    purposes = Designation.objects.in_bulk([one.key for one in by_purpose])
    wished = set(
        Wish.objects.filter(designation__in=purposes).values_list("designation_id", flat=True)
    )
    told_of = []
    for currency in sorted(gifts):
        own = [one for one in by_purpose if one.currency == currency]
        ways = {one.key: one for one in by_way if one.currency == currency}
        rows = [
            Part(purposes[int(one.key)].code, one.gifts, one.amount_minor)
            for one in sorted(own, key=lambda one: int(one.key))
            if one.key not in wished
        ]
        wishes = [one for one in own if one.key in wished]
        if wishes:
            count, minor = sum(o.gifts for o in wishes), sum(o.amount_minor for o in wishes)
            rows.append(Part(WISHES, count, minor))
        if gifts[currency] < K:
            continue
        names = {row.code: {"en": row.name, "es": row.name_es} for row in purposes.values()}
        told_of.append(
            {
                "currency": currency,
                "gifts": gifts[currency],
                "amount_minor": sum(one.amount_minor for one in own),
                "purposes": _parts(rows, names),
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
