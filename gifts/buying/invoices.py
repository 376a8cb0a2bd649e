"""Bills: entered by one, approved by another, booked as spending; and advances to partners."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import money
from donations import spending
from donations.models import Designation
from gifts import units
from gifts.buying import Refused, orders
from gifts.models import Advance, Invoice, InvoiceLine, OrderedUnit, OrderLine, PurchaseOrder, Unit

State = PurchaseOrder.State
SAME = Decimal(1)


@dataclass(frozen=True)
class Billed:
    """What an invoice asks for a line of the order, in the invoice's currency."""

    line: OrderLine
    quantity: int
    amount_minor: int


def cost_minor(amount_minor: int, *, currency: str, rate: Decimal, into: str) -> int:
    """A sum in our currency, rounded once, half up."""
    exact = money.to_decimal(amount_minor, currency) * rate
    cent = Decimal(1).scaleb(-money.exponent(into))
    return money.to_minor(exact.quantize(cent, ROUND_HALF_UP), into)


@transaction.atomic
def enter(
    order: PurchaseOrder,
    *,
    number: str,
    dated: date,
    billed: Sequence[Billed],
    by: Any,
    currency: str = "",
    rate: Decimal = SAME,
    extra_minor: int = 0,
) -> Invoice:
    """Write down an invoice as it is on paper; nothing is booked yet.

    Shipping and taxes are shared by the lines in proportion to what they cost.

    Raises:
        Refused: not_ordered, entered (the order has an invoice, or this one was taken before),
            nothing, too_many (more than ordered), rate.
    """
    order = orders.locked(order)
    if order.state not in (State.ORDERED, State.RECEIVED):
        raise Refused("not_ordered")
    currency = currency or order.currency
    if rate <= 0 or (currency == order.currency and rate != SAME):
        raise Refused("rate")
    some = [one for one in billed if one.quantity]
    if not some or any(one.amount_minor <= 0 for one in some):
        raise Refused("nothing")
    if any(one.quantity > one.line.quantity or one.line.order_id != order.pk for one in some):
        raise Refused("too_many")
    amounts = [one.amount_minor for one in some]
    total = sum(amounts) + extra_minor
    cost = cost_minor(total, currency=currency, rate=rate, into=order.currency)
    costs = money.allocate(cost, amounts)
    if not all(costs):
        raise Refused("rate")
    try:
        with transaction.atomic():
            invoice = Invoice.objects.create(
                order=order,
                supplier=order.supplier,
                number=number.strip(),
                dated=dated,
                currency=currency,
                amount_minor=total,
                extra_minor=extra_minor,
                rate=rate,
                cost_minor=cost,
                entered_by=by,
            )
    except IntegrityError:
        raise Refused("entered") from None
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            line=one.line,
            quantity=one.quantity,
            amount_minor=one.amount_minor,
            cost_minor=part,
        )
        for one, part in zip(some, costs, strict=True)
    )
    orders.record(order, "invoice_entered", by=by, note=invoice.number, amount_minor=cost)
    return invoice


@transaction.atomic
def reject(order: PurchaseOrder, *, by: Any, reason: str) -> None:
    """The invoice that waits is wrong; the supplier is asked for another. Safe to repeat.

    Raises:
        Refused: same_person, no_reason.
    """
    order = orders.locked(order)
    invoice = order.invoices.select_for_update().filter(state=Invoice.State.ENTERED).first()
    if invoice is None:
        return
    _another(order, by)
    if not reason:
        raise Refused("no_reason")
    invoice.state = Invoice.State.REJECTED
    invoice.save(update_fields=["state"])
    orders.record(order, "invoice_rejected", by=by, note=f"{invoice.number}: {reason}")


@transaction.atomic
def approve(order: PurchaseOrder, *, by: Any) -> PurchaseOrder:
    """Book the invoice that waits: what was set aside is spent, its restriction released.

    The purpose bears a higher price and keeps what a lower one leaves. Units that were neither
    billed nor came are canceled, those that were billed and never came are lost. Safe to repeat.

    Raises:
        TooLittle: a purpose cannot bear the higher price.
        Refused: same_person, not_received, no_invoice.
    """
    order = orders.locked(order)
    if order.state in (State.INVOICED, State.CLOSED):
        return order
    invoice = order.invoices.select_for_update().filter(state=Invoice.State.ENTERED).first()
    if invoice is None:
        raise Refused("no_invoice")
    _another(order, by)
    direct = order.route == PurchaseOrder.Route.DIRECT
    if order.state != (State.ORDERED if direct else State.RECEIVED):
        raise Refused("not_received")
    costs: Counter[Designation] = Counter()
    for line in invoice.lines.select_related("line__designation"):
        costs[line.line.designation] += line.cost_minor
    ahead = _ahead(order)
    from_advance = min(ahead, invoice.cost_minor)
    lines = list(order.lines.select_related("designation"))
    spending.buy(
        costs,
        committed=orders.wanted(lines),
        currency=order.currency,
        cause=spending.Cause(f"invoice:{invoice.pk}", order.legal_entity, by),
        advanced_minor=from_advance,
    )
    _bill_units(order, invoice, direct=direct, by=by)
    paid = from_advance == invoice.cost_minor
    invoice.state = Invoice.State.PAID if paid else Invoice.State.APPROVED
    invoice.approved_by, invoice.paid_by = by, by if paid else None
    invoice.save(update_fields=["state", "approved_by", "paid_by"])
    order.state = State.INVOICED
    order.save(update_fields=["state"])
    note, cost = invoice.number, invoice.cost_minor
    orders.record(order, "invoice_approved", by=by, note=note, amount_minor=cost)
    if ahead and ahead == from_advance:
        _settle(order.advance, returned_minor=0, by=by)
    return order


@transaction.atomic
def pay(order: PurchaseOrder, *, by: Any) -> None:
    """The bank has paid what the invoice left open. Safe to repeat.

    Raises:
        Refused: no_invoice.
    """
    order = orders.locked(order)
    invoice = order.invoices.select_for_update().exclude(state=Invoice.State.REJECTED).first()
    if invoice is None or invoice.state == Invoice.State.ENTERED:
        raise Refused("no_invoice")
    if invoice.state == Invoice.State.PAID:
        return
    open_minor = open_of(order, invoice)
    cause = spending.Cause(f"invoice:{invoice.pk}", order.legal_entity, by)
    spending.pay(open_minor, currency=order.currency, cause=cause)
    invoice.state, invoice.paid_by = Invoice.State.PAID, by
    invoice.save(update_fields=["state", "paid_by"])
    orders.record(order, "paid", by=by, note=invoice.number, amount_minor=open_minor)


@transaction.atomic
def advance(order: PurchaseOrder, *, amount_minor: int, by: Any) -> Advance:
    """Money goes to the partner who will buy. One advance an order; safe to repeat.

    Raises:
        Refused: not_ordered (or not by this route), same_person, too_much (above the order).
    """
    order = orders.locked(order)
    found = Advance.objects.filter(order=order).first()
    if found:
        return found
    if order.route != PurchaseOrder.Route.LOCAL or order.state != State.ORDERED:
        raise Refused("not_ordered")
    _another(order, by)
    if not 0 < amount_minor <= sum(line.total_minor for line in order.lines.all()):
        raise Refused("too_much")
    made = Advance.objects.create(order=order, amount_minor=amount_minor, paid_by=by)
    spending.advance(amount_minor, currency=order.currency, cause=orders.cause(order, by))
    orders.record(order, "advanced", by=by, amount_minor=amount_minor)
    return made


@transaction.atomic
def settle_advance(order: PurchaseOrder, *, returned_minor: int, by: Any) -> None:
    """The partner sent back what was not spent: all that the invoice left of it. Safe to repeat.

    Without an invoice the whole advance comes back, and the order may be canceled.

    Raises:
        Refused: no_advance, other_amount.
    """
    order = orders.locked(order)
    found = Advance.objects.select_for_update().filter(order=order).first()
    if found is None:
        raise Refused("no_advance")
    if found.settled_at:
        return
    if returned_minor != unspent_of(order):
        raise Refused("other_amount")
    spending.advance_back(returned_minor, currency=order.currency, cause=orders.cause(order, by))
    _settle(found, returned_minor=returned_minor, by=by)
    orders.record(order, "advance_settled", by=by, amount_minor=returned_minor)


def unspent_of(order: PurchaseOrder) -> int:
    """What a partner still holds of an advance."""
    booked = order.invoices.filter(state__in=["approved", "paid"]).first()
    return max(0, _ahead(order) - (booked.cost_minor if booked else 0))


def open_of(order: PurchaseOrder, invoice: Invoice) -> int:
    """What of an approved invoice is still to be paid."""
    if invoice.state != Invoice.State.APPROVED:
        return 0
    found = Advance.objects.filter(order=order).first()
    went = found.amount_minor - (found.returned_minor or 0) if found else 0
    return max(0, invoice.cost_minor - went)


def _ahead(order: PurchaseOrder) -> int:
    found = Advance.objects.filter(order=order, settled_at=None).first()
    return found.amount_minor if found else 0


def _settle(found: Advance, *, returned_minor: int, by: Any) -> None:
    found.returned_minor, found.settled_by = returned_minor, by
    found.settled_at = timezone.now()
    found.save(update_fields=["returned_minor", "settled_by", "settled_at"])


def _another(order: PurchaseOrder, by: Any) -> None:
    if by.pk in (order.drawn_up_by_id, order.placed_by_id):
        raise Refused("same_person")


def _bill_units(order: PurchaseOrder, invoice: Invoice, *, direct: bool, by: Any) -> None:
    """Each unit gets its part of what was paid: first those that came."""
    billed = {line.line_id: line for line in invoice.lines.all()}
    for line in order.lines.all():
        rows = list(OrderedUnit.objects.filter(line=line).select_related("unit").order_by("pk"))
        rows.sort(key=lambda row: row.receipt_id is None)
        found = billed.get(line.pk)
        count = found.quantity if found else 0
        parts = money.allocate(found.cost_minor, [1] * count) if found else []
        for row, part in zip(rows, [*parts, *[0] * (len(rows) - count)], strict=True):
            row.paid_minor = part
            row.save(update_fields=["paid_minor"])
            if row.unit.state != Unit.State.ORDERED:
                continue
            if not part:
                units.move(row.unit, to=Unit.State.CANCELED, by=by)
            elif direct:
                units.move(row.unit, to=Unit.State.RECEIVED, by=by)
                units.move(row.unit, to=Unit.State.READY, by=by)
            else:
                units.move(row.unit, to=Unit.State.LOST, by=by)
