"""An order from draft to placed: money is set aside and units begin their life in one step.

Placing is the moment of purchase: from then on a gift that goes back is borne by the shortfall.
"""

from collections import Counter
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from donations import spending
from donations.models import Designation, LegalEntity
from gifts import units
from gifts.buying import Refused, shares
from gifts.models import (
    ItemKind,
    OrderedUnit,
    OrderLine,
    OrderStep,
    PurchaseOrder,
    Supplier,
    Unit,
    UnitShare,
    Wish,
)
from gifts.models.buying import MOST_OF_A_LINE

State = PurchaseOrder.State


def draw_up(
    supplier: Supplier, *, route: str, by: Any, currency: str = "", note: str = ""
) -> PurchaseOrder:
    """A new draft, without lines.

    Args:
        currency: of the money it spends; the organisation's own if none is given.

    Raises:
        Refused: closed (we do not buy there any more).
    """
    if not supplier.is_open:
        raise Refused("closed")
    entity = LegalEntity.objects.get(is_default=True)
    with transaction.atomic():
        order = PurchaseOrder.objects.create(
            supplier=supplier,
            route=PurchaseOrder.Route(route),
            legal_entity=entity,
            livemode=settings.STRIPE_LIVE,
            currency=currency or entity.currency,
            note=note,
            drawn_up_by=by,
        )
        record(order, "drawn_up", by=by)
    return order


@transaction.atomic
def add_line(
    order: PurchaseOrder,
    *,
    kind: ItemKind,
    quantity: int,
    unit_minor: int,
    by: Any,
    wish: Wish | None = None,
    designation: Designation | None = None,
) -> OrderLine:
    """So many of a kind, for a wish or, with a designation of our choice, for general stock.

    Raises:
        Refused: not_draft, no_money (the wish was never published, or no designation was chosen),
            other_kind, other_currency, quantity.
    """
    order = locked(order)
    if order.state != State.DRAFT:
        raise Refused("not_draft")
    if wish and kind != wish.kind and kind.route != ItemKind.Route.DIRECT:
        raise Refused("other_kind")
    purse = wish.designation if wish else designation
    if purse is None:
        raise Refused("no_money")
    if (wish or kind).currency != order.currency:
        raise Refused("other_currency")
    if not 0 < quantity <= MOST_OF_A_LINE or unit_minor <= 0:
        raise Refused("quantity")
    line = OrderLine.objects.create(
        order=order,
        wish=wish,
        kind=kind,
        designation=purse,
        quantity=quantity,
        unit_minor=unit_minor,
    )
    record(order, "line_added", by=by, note=str(line), amount_minor=line.total_minor)
    return line


@transaction.atomic
def remove_line(line: OrderLine, *, by: Any) -> None:
    """Raises: Refused: not_draft."""
    order = locked(line.order)
    if order.state != State.DRAFT:
        raise Refused("not_draft")
    record(order, "line_removed", by=by, note=str(line), amount_minor=line.total_minor)
    line.delete()


@transaction.atomic
def approve(order: PurchaseOrder, *, by: Any) -> PurchaseOrder:
    """A second person agrees to buy this. Safe to repeat.

    Raises:
        Refused: same_person, empty, not_draft (it was canceled).
    """
    order = locked(order)
    if order.state == State.CANCELED:
        raise Refused("not_draft")
    if order.state != State.DRAFT:
        return order
    if order.drawn_up_by_id == by.pk:
        raise Refused("same_person")
    if not order.lines.exists():
        raise Refused("empty")
    order.state, order.approved_by = State.APPROVED, by
    order.save(update_fields=["state", "approved_by"])
    record(order, "approved", by=by)
    return order


@transaction.atomic
def place(order: PurchaseOrder, *, by: Any) -> PurchaseOrder:
    """Order it: set the money aside, make the units, and freeze whose gifts pay for each.

    Pressed by two people at once it is placed once. Of two orders for the same money one comes
    second: the designations are locked until the units are there.

    Raises:
        TooLittle: names the designation, what is wanted and what it has left.
        Refused: not_approved.
    """
    order = locked(order)
    if order.placed_by_id:
        return order
    if order.state != State.APPROVED:
        raise Refused("not_approved")
    lines = list(order.lines.select_related("kind", "wish", "designation"))
    spending.commit(wanted(lines), currency=order.currency, cause=cause(order, by))
    order.state, order.placed_by, order.placed_at = State.ORDERED, by, timezone.now()
    order.save(update_fields=["state", "placed_by", "placed_at"])
    _make_units(order, lines, by)
    record(order, "placed", by=by, amount_minor=sum(line.total_minor for line in lines))
    return order


@transaction.atomic
def cancel(order: PurchaseOrder, *, by: Any, reason: str) -> PurchaseOrder:
    """Nothing of it will come or be paid; what was set aside is free again. Safe to repeat.

    Raises:
        Refused: under_way (something came, was billed, or an advance is out), no_reason.
    """
    order = locked(order)
    if order.state == State.CANCELED:
        return order
    if not reason:
        raise Refused("no_reason")
    advance = getattr(order, "advance", None)
    if (
        order.state not in (State.DRAFT, State.APPROVED, State.ORDERED)
        or order.receipts.exists()
        or order.invoices.exclude(state="rejected").exists()
        or (advance and not advance.settled_at)
    ):
        raise Refused("under_way")
    if order.state == State.ORDERED:
        lines = list(order.lines.select_related("designation"))
        spending.uncommit(
            wanted(lines), currency=order.currency, cause=cause(order, by), kind="order_canceled"
        )
        for unit in Unit.objects.filter(bought__line__order=order):
            units.move(unit, to=Unit.State.CANCELED, by=by)
    order.state = State.CANCELED
    order.save(update_fields=["state"])
    record(order, "canceled", by=by, note=reason)
    return order


@transaction.atomic
def cover(
    order: PurchaseOrder,
    *,
    designation: Designation,
    origin: Designation,
    amount_minor: int,
    token: str,
    reason: str,
    by: Any,
) -> None:
    """General money is passed to a purpose whose own does not suffice for the order.

    Args:
        token: of the form: sent twice, it is one.

    Raises:
        TooLittle: the general money does not suffice.
        NotAllowed: no_reason, restricted, nothing.
        Refused: not_approved, other_purpose.
    """
    order = locked(order)
    if order.state not in (State.APPROVED, State.ORDERED, State.RECEIVED):
        raise Refused("not_approved")
    if not order.lines.filter(designation=designation).exists():
        raise Refused("other_purpose")
    done = spending.cover(
        designation,
        amount_minor=amount_minor,
        origin=origin,
        currency=order.currency,
        cause=spending.Cause(f"cover:{token}", order.legal_entity, by, reason),
    )
    if done:
        record(order, "covered", by=by, note=reason, amount_minor=amount_minor)


def lacking(order: PurchaseOrder) -> dict[Designation, tuple[int, int]]:
    """Of each purpose with too little: what the order wants of it, and what it has left."""
    needs = wanted(list(order.lines.select_related("designation")))
    left = spending.left_minor([row.pk for row in needs], currency=order.currency)
    return {row: (minor, left[row.pk]) for row, minor in needs.items() if minor > left[row.pk]}


def wanted(lines: list[OrderLine]) -> dict[Designation, int]:
    """What lines cost, by the purpose that pays."""
    sums: Counter[Designation] = Counter()
    for line in lines:
        sums[line.designation] += line.total_minor
    return dict(sums)


def locked(order: PurchaseOrder) -> PurchaseOrder:
    rows = PurchaseOrder.objects.select_for_update(of=("self",))
    return rows.select_related("supplier", "legal_entity").get(pk=order.pk)


def cause(order: PurchaseOrder, by: Any) -> spending.Cause:
    return spending.Cause(f"order:{order.pk}", order.legal_entity, by)


def record(
    order: PurchaseOrder, kind: str, *, by: Any, note: str = "", amount_minor: int | None = None
) -> None:
    OrderStep.objects.create(
        order=order, kind=kind, actor=by, note=note[:200], amount_minor=amount_minor
    )


def _make_units(order: PurchaseOrder, lines: list[OrderLine], by: Any) -> None:
    """The units of an order that is being placed; its designations are locked."""
    paid: list[UnitShare] = []
    ordered: list[OrderedUnit] = []
    for line in lines:
        parts = shares.allot(
            line.designation, prices=[line.unit_minor] * line.quantity, order=order
        )
        # Alike in what gifts pay: made together.
        for cost, group in groupby(parts, key=lambda part: sum(minor for _, minor in part)):
            alike = list(group)
            made = units.make(
                line.kind,
                origin=Unit.Origin.BOUGHT,
                count=len(alike),
                wish=line.wish,
                cost_minor=cost or None,
                by=by,
            )
            for unit, part in zip(made, alike, strict=True):
                ordered.append(
                    OrderedUnit(
                        unit=unit,
                        line=line,
                        price_minor=line.unit_minor,
                        covered_minor=line.unit_minor - cost,
                    )
                )
                paid += [UnitShare(unit=unit, line_id=pk, amount_minor=minor) for pk, minor in part]
        # One INSERT for each line of the order, so that the next one sees what is used.
        UnitShare.objects.bulk_create(paid)
        paid.clear()
    OrderedUnit.objects.bulk_create(ordered)
