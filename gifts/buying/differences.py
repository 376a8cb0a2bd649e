"""Where order, receipt and invoice disagree; each is explained before the order is closed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from gifts.buying import Refused, orders
from gifts.models import Explanation, OrderedUnit, OrderLine, PurchaseOrder, UnitStep

About = Explanation.About
State = PurchaseOrder.State
# Once everything has come that will; before, the order is simply under way.
COMPARED = (State.RECEIVED, State.INVOICED, State.CLOSED)


@dataclass(frozen=True)
class Difference:
    """Two figures of a line that should agree: how many, or (for the price) minor units."""

    line: OrderLine
    about: str
    expected: int
    found: int
    explanation: Explanation | None = None


def of(wanted: Iterable[PurchaseOrder]) -> list[Difference]:
    """What does not agree in these orders, explained or not; a few queries for any number."""
    compared = {order.pk: order for order in wanted if order.state in COMPARED}
    lines = OrderLine.objects.filter(order__in=compared).select_related(
        "kind", "wish__kind", "order__supplier"
    )
    lines = lines.prefetch_related("explanations", "invoiced__invoice")
    came, damaged = _counts(compared)
    found: list[Difference] = []
    for line in lines:
        direct = line.order.route == PurchaseOrder.Route.DIRECT
        arrived = line.quantity if direct else came[line.pk]
        pairs = [(About.RECEIVED, line.quantity, arrived), (About.DAMAGED, 0, damaged[line.pk])]
        if line.order.state != State.RECEIVED:
            pairs += _billed(line, arrived)
        explained = {(one.about, one.expected, one.found): one for one in line.explanations.all()}
        found += [
            Difference(line, *pair, explained.get(pair)) for pair in pairs if pair[1] != pair[2]
        ]
    return found


@transaction.atomic
def explain(
    order: PurchaseOrder, *, line: int, about: str, expected: int, found: int, text: str, by: Any
) -> None:
    """Say why two figures differ. It holds for these figures alone; safe to repeat.

    Raises:
        Refused: changed (they do not differ like this any more), no_reason.
    """
    order = orders.locked(order)
    if not text:
        raise Refused("no_reason")
    wanted = line, about, expected, found
    match = next(
        (one for one in of([order]) if (one.line.pk, one.about, one.expected, one.found) == wanted),
        None,
    )
    if match is None:
        raise Refused("changed")
    if match.explanation:
        return
    Explanation.objects.create(
        line=match.line, about=about, expected=expected, found=found, text=text, by=by
    )
    orders.record(order, "explained", by=by, note=text)


@transaction.atomic
def close(order: PurchaseOrder, *, by: Any) -> PurchaseOrder:
    """Everything came, is paid and explained. Safe to repeat.

    Raises:
        Refused: not_invoiced, not_paid, advance (not settled), unexplained.
    """
    order = orders.locked(order)
    if order.state == State.CLOSED:
        return order
    if order.state != State.INVOICED:
        raise Refused("not_invoiced")
    if not order.invoices.filter(state="paid").exists():
        raise Refused("not_paid")
    ahead = getattr(order, "advance", None)
    if ahead and not ahead.settled_at:
        raise Refused("advance")
    if any(one.explanation is None for one in of([order])):
        raise Refused("unexplained")
    order.state = State.CLOSED
    order.save(update_fields=["state"])
    orders.record(order, "closed", by=by)
    return order


def _counts(compared: Iterable[int]) -> tuple[Counter[int], Counter[int]]:
    """How many came of each line, and how many of them were damaged when they came."""
    came: Counter[int] = Counter()
    broken: Counter[int] = Counter()
    rows = OrderedUnit.objects.filter(line__order__in=list(compared), receipt__isnull=False)
    came.update(rows.values_list("line_id", flat=True))
    # A unit whose first step after "ordered" is "damaged": later damage is no difference here.
    first = UnitStep.objects.filter(unit__bought__in=rows).exclude(state="ordered")
    seen = first.order_by("unit_id", "pk").distinct("unit_id")
    broken.update(
        line
        for line, state in seen.values_list("unit__bought__line", "state")
        if state == "damaged"
    )
    return came, broken


def _billed(line: OrderLine, arrived: int) -> list[tuple[About, int, int]]:
    counted = [one for one in line.invoiced.all() if one.invoice.state in ("approved", "paid")]
    quantity = sum(one.quantity for one in counted)
    cost = sum(one.cost_minor for one in counted)
    return [
        (About.BILLED, arrived, quantity),
        (About.PRICE, quantity * line.unit_minor, cost),
    ]
