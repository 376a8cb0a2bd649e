"""How much a designation with a goal can still take, and what happens to money that comes too late.

A line holds its place from the moment its donor leaves for Stripe until Stripe's word: paid,
expired, or a bank debit that came back. No clock of ours ends a hold.

    room left?  ─→ at checkout: refused, nothing is charged (`hold`)
                └→ if it is paid all the same, after its hold: moved as its donor wished (`place`)
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from donations import timeline
from donations.models import Designation, Donation, DonationLine
from donations.models.attempts import GIVEN, HELD

IfCovered = DonationLine.IfCovered


class Covered(Exception):
    """Meanwhile too little is missing for this gift, or what it is for has ended."""

    def __init__(self, designations: list[Designation]) -> None:
        super().__init__(", ".join(row.code for row in designations))
        self.designations = designations


@dataclass(frozen=True)
class Standing:
    """What a designation has, in minor units."""

    given_minor: int = 0
    # Being paid for just now.
    held_minor: int = 0

    @property
    def taken_minor(self) -> int:
        return self.given_minor + self.held_minor


def standing(
    designations: Iterable[int], *, livemode: bool | None = None, but: Donation | None = None
) -> dict[int, Standing]:
    """Of each designation, by primary key; one query for any number of them.

    Args:
        but: a donation whose own hold does not count.
    """
    pks = list(designations)
    where: dict[str, Any] = {
        "designations": pks,
        "livemode": settings.STRIPE_LIVE if livemode is None else livemode,
        "donation": but.pk if but else 0,
    }
    named = {name: f"%({name})s" for name in where}
    both = f"SELECT true, g.* FROM ({GIVEN}) g UNION ALL SELECT false, h.* FROM ({HELD}) h"  # noqa: S608
    sums: dict[tuple[bool, int], int] = {}
    with connection.cursor() as cursor:
        cursor.execute(both.format(**named), where)
        for given, pk, amount in cursor.fetchall():
            sums[given, pk] = int(amount)
    return {pk: Standing(sums.get((True, pk), 0), sums.get((False, pk), 0)) for pk in pks}


def most_minor(designation: Designation) -> int | None:
    """The goal and what staff let come above it; None takes any amount."""
    goal = designation.target_minor
    return None if goal is None else goal + goal * designation.over_funding_percent // 100


def left_minor(designation: Designation) -> int | None:
    """What can be given just now without going above the goal; None: any amount."""
    most = most_minor(designation)
    if most is None:
        return None
    return max(0, most - standing([designation.pk])[designation.pk].taken_minor)


def has_ended(designation: Designation) -> bool:
    return designation.closes_at is not None and designation.closes_at <= timezone.now()


def hold(donation: Donation) -> None:
    """Is there room for all of a donation? Call under its row lock, just before its attempt.

    The designations stay locked until the attempt is stored: of two donors for the last unit one
    comes second. The database asks the same when the attempt is stored.

    Raises:
        Covered: names what is covered or has ended.
    """
    wanted: Counter[int] = Counter()
    for line in donation.lines.select_related("designation"):
        if line.designation.ends:
            wanted[line.designation_id] += line.amount_minor
    if not wanted:
        return
    rows = _locked(wanted)
    taken = _standing_but(donation, [row.pk for row in rows])
    lacking = [row for row in rows if not _takes(row, taken[row.pk].taken_minor + wanted[row.pk])]
    if lacking:
        raise Covered(lacking)


def place(donation: Donation) -> int:
    """Move what arrives too late to where its donor wished. Under the row lock, before it is paid.

    What was held always fits. A line moves whole: to the like designation if that has room, else to
    the one that takes any amount; from there it may go back to the donor.

    Returns:
        What goes back to the donor, in minor units.
    """
    lines = list(donation.lines.select_related("designation"))
    chosen = [line.designation for line in lines if line.designation.ends]
    if not chosen:
        return 0
    known = {row.pk for row in chosen} | {row.like_id for row in chosen if row.like_id}
    rows = {row.pk: row for row in _locked(known)}
    taken = {pk: one.taken_minor for pk, one in _standing_but(donation, rows).items()}
    default = Designation.objects.get(is_default=True)
    for line in lines:
        wanted = rows.get(line.designation_id)
        if wanted is None:
            continue
        like = wanted.like_id if line.if_covered == IfCovered.LIKE else None
        row = wanted.fallback or default
        for candidate in (wanted, rows.get(like or 0)):
            if candidate and _takes(candidate, taken[candidate.pk] + line.amount_minor):
                taken[candidate.pk] += line.amount_minor
                row = candidate
                break
        if row != wanted:
            line.designation, line.asked_for = row, wanted
            line.goes_back = line.if_covered == IfCovered.BACK
            line.save(update_fields=["designation", "asked_for", "goes_back"])
            timeline.note(donation, "line_moved", origin=wanted.code, to=row.code)
    return sum(line.amount_minor for line in lines if line.goes_back)


def _takes(row: Designation, all_minor: int) -> bool:
    most = most_minor(row)
    return not has_ended(row) and (most is None or all_minor <= most)


def _standing_but(donation: Donation, pks: Iterable[int]) -> dict[int, Standing]:
    return standing(pks, livemode=donation.livemode, but=donation)


def _locked(pks: Iterable[int]) -> list[Designation]:
    """In one order for everybody, so that no two wait for each other."""
    rows = Designation.objects.filter(pk__in=list(pks)).order_by("pk")
    return list(rows.select_for_update(no_key=True))
