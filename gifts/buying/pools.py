"""The money of each wish as a buyer sees it: what can be bought now, and what it cost so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from core.tokens import new_token
from donations import spending
from donations.models import Designation, LegalEntity
from gifts.buying import Refused
from gifts.models import OrderedUnit, OrderLine, Unit, Wish

UNDER_WAY = ("draft", "approved", "ordered", "received")


@dataclass(frozen=True)
class Pool:
    """One wish: money paid and not yet spent or set aside, and what was bought."""

    wish: Wish
    left_minor: int
    ordered: int = 0
    # Of what has been invoiced: how many, for how much.
    bought: int = 0
    paid_minor: int = 0

    @property
    def can_buy(self) -> int:
        """Whole units that the money there is enough for, at the planned price."""
        return max(0, self.left_minor) // self.wish.unit_minor if self.wish.unit_minor else 0

    @property
    def above_plan_minor(self) -> int:
        """What was paid above (or, below zero, under) the plan for as many."""
        return self.paid_minor - self.bought * (self.wish.unit_minor or 0)


def of(wishes: Iterable[Wish]) -> list[Pool]:
    """Two queries for the wishes of one currency, whatever their number."""
    rows = [wish for wish in wishes if wish.designation_id]
    left: dict[int, int] = {}
    for currency in {wish.currency for wish in rows}:
        own = [wish.designation_id for wish in rows if wish.currency == currency]
        left |= spending.left_minor([pk for pk in own if pk], currency=currency)
    # Fees and shipping that the wish paid are no units of its kind, but they are its cost.
    its_own = Q(line__kind=F("line__wish__kind"))
    sums = {
        row["line__wish"]: row
        for row in OrderedUnit.objects.filter(line__wish__in=rows)
        .exclude(unit__state=Unit.State.CANCELED)
        .values("line__wish")
        .annotate(
            ordered=Count("pk", filter=its_own),
            bought=Count("pk", filter=its_own & Q(paid_minor__isnull=False)),
            paid=Coalesce(Sum("paid_minor"), 0),
        )
    }
    none = {"ordered": 0, "bought": 0, "paid": 0}
    return [
        Pool(
            wish,
            left_minor=left[wish.designation_id or 0],
            ordered=(found := sums.get(wish.pk, none))["ordered"],
            bought=found["bought"],
            paid_minor=found["paid"],
        )
        for wish in rows
    ]


def heir(wish: Wish) -> Designation:
    """Where what is left of a closed wish goes by its own rule.

    "Kept toward one more" helps the like wish to one more, as long as that is open.
    """
    assert wish.designation is not None  # it was published
    fallback = wish.designation.fallback
    assert fallback is not None  # the database: what has a goal has a fallback
    keeps = wish.leftover == Wish.Leftover.NEXT_UNIT
    like = wish.like
    if keeps and like and like.designation and like.state in ("published", "funded"):
        return like.designation
    return fallback


@transaction.atomic
def pass_on(wish: Wish, *, by: Any) -> tuple[Designation, int]:
    """What a closed wish has left goes where its rule says; says where and how much, minor units.

    Raises:
        Refused: not_closed, under_way (orders that may still cost more), next_unit (its rule is
            to buy one more, and there is enough for it), nothing.
    """
    wish = (
        Wish.objects.select_for_update(of=("self",))
        .select_related("designation__fallback", "like__designation")
        .get(pk=wish.pk)
    )
    if wish.state != Wish.State.CLOSED or wish.designation is None:
        raise Refused("not_closed")
    spending.locked([wish.designation.pk])
    if OrderLine.objects.filter(wish=wish, order__state__in=UNDER_WAY).exists():
        raise Refused("under_way")
    pool = of([wish])[0]
    if pool.left_minor <= 0:
        raise Refused("nothing")
    if wish.leftover == Wish.Leftover.NEXT_UNIT and pool.can_buy:
        raise Refused("next_unit")
    to = heir(wish)
    # A refund that comes back later leaves something anew: each time is an entry of its own.
    cause = spending.Cause(
        f"leftover:{new_token()}", LegalEntity.objects.get(is_default=True), by, wish.leftover
    )
    minor = spending.pass_on(wish.designation, to=to, currency=wish.currency, cause=cause)
    return to, minor
