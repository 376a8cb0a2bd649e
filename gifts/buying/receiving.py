"""What came of an order, counted by somebody who did not order it; then checked and ready."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from gifts import units
from gifts.buying import Refused, orders
from gifts.models import GoodsReceipt, OrderedUnit, OrderLine, PurchaseOrder, Unit

State = PurchaseOrder.State
WAITING = (State.ORDERED, State.RECEIVED)


@dataclass(frozen=True)
class Came:
    """How many of a line came, and how many of them are damaged."""

    well: int = 0
    damaged: int = 0


def outstanding(order: PurchaseOrder) -> dict[OrderLine, list[OrderedUnit]]:
    """The units that have not come yet, by line."""
    waiting: dict[OrderLine, list[OrderedUnit]] = {}
    if order.route == PurchaseOrder.Route.DIRECT or order.state not in WAITING:
        return waiting
    rows = OrderedUnit.objects.filter(line__order=order, unit__state=Unit.State.ORDERED)
    for row in rows.select_related("line__kind", "unit").order_by("pk"):
        waiting.setdefault(row.line, []).append(row)
    return waiting


@transaction.atomic
def receive(
    order: PurchaseOrder,
    *,
    came: Mapping[int, Came],
    waiting: int,
    by: Any,
    is_all: bool = False,
    note: str = "",
) -> PurchaseOrder:
    """Book what came, by line; the order is received once nothing more is to come.

    Things that are no devices are ready at once; devices are checked first.

    Args:
        came: by primary key of the line.
        waiting: how many were outstanding when the person looked: sent twice, it is one receipt.
        is_all: the rest will not come.

    Raises:
        Refused: not_ordered, same_person, changed, too_many, nothing.
    """
    order = orders.locked(order)
    if order.state not in WAITING or order.route == PurchaseOrder.Route.DIRECT:
        raise Refused("not_ordered")
    if by.pk in (order.drawn_up_by_id, order.placed_by_id):
        raise Refused("same_person")
    there = outstanding(order)
    if sum(map(len, there.values())) != waiting:
        raise Refused("changed")
    count = sum(line.well + line.damaged for line in came.values())
    if not count and not (is_all and order.state == State.ORDERED):
        raise Refused("nothing")
    by_line = {line.pk: rows for line, rows in there.items()}
    receipt = GoodsReceipt.objects.create(order=order, received_by=by, note=note)
    for pk, line in came.items():
        rows = by_line.get(pk, [])
        if line.well + line.damaged > len(rows):
            raise Refused("too_many")
        arrived = rows[: line.well + line.damaged]
        for place, row in enumerate(arrived):
            _arrive(row, receipt, well=place < line.well, by=by)
    orders.record(order, "received", by=by, note=note or str(count))
    if order.state == State.ORDERED and (is_all or count == waiting):
        order.state = State.RECEIVED
        order.save(update_fields=["state"])
    return order


@transaction.atomic
def check(order: PurchaseOrder, *, codes: Iterable[str], by: Any, note: str = "") -> int:
    """Somebody looked over these bought devices and they work: ready. Returns how many."""
    rows = Unit.objects.filter(
        bought__line__order=order, code__in=list(codes), state=Unit.State.RECEIVED
    )
    made = [units.move(unit, to=Unit.State.READY, by=by, note=note) for unit in rows]
    if made:
        orders.record(order, "checked", by=by, note=", ".join(unit.code for unit in made))
    return len(made)


def _arrive(row: OrderedUnit, receipt: GoodsReceipt, *, well: bool, by: Any) -> None:
    row.receipt = receipt
    row.save(update_fields=["receipt"])
    if not well:
        units.move(row.unit, to=Unit.State.DAMAGED, by=by)
        return
    units.move(row.unit, to=Unit.State.RECEIVED, by=by)
    if not row.line.kind.is_device:
        units.move(row.unit, to=Unit.State.READY, by=by)
