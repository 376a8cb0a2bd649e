"""Two sample orders, walked through the steps that staff take, as far as the money there allows."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from donations.spending import TooLittle
from gifts.buying import differences, invoices, orders, receiving
from gifts.buying.invoices import Billed
from gifts.buying.receiving import Came
from gifts.models import PurchaseOrder, Supplier, Wish


def seed(*, buyer: Any, second: Any, finance: Any) -> None:
    """Laptops of which some have come, and course fees that are paid; once, and only if funded."""
    if PurchaseOrder.objects.exists():
        return
    shop, school = (
        Supplier.objects.get_or_create(name=name, defaults=facts)[0]
        for name, facts in (
            ("Harbor Computers", {"country": "US", "email": "orders@harbor.example"}),
            ("Instituto San Marcos", {"country": "GT", "kind": Supplier.Kind.SCHOOL}),
        )
    )
    laptops = _wish("laptop", "university")
    fees = _wish("course-fee", "vocational")
    if laptops:
        with _if_there_is_money():
            order = _placed(shop, laptops, quantity=4, unit_minor=46900, buyer=buyer, second=second)
            there = receiving.outstanding(order)
            receiving.receive(
                order,
                came={line.pk: Came(well=2) for line in there},
                waiting=4,
                by=second,
                note="Two of four parcels",
            )
    if fees:
        with _if_there_is_money():
            order = _placed(school, fees, quantity=6, unit_minor=28000, buyer=buyer, second=second)
            billed = [Billed(line, 6, 174000) for line in order.lines.all()]
            invoices.enter(order, number="SM-2071", dated=_days_ago(3), billed=billed, by=buyer)
            order = invoices.approve(order, by=finance)
            invoices.pay(order, by=finance)
            for one in differences.of([order]):
                differences.explain(
                    order,
                    line=one.line.pk,
                    about=one.about,
                    expected=one.expected,
                    found=one.found,
                    text="The school raised its fee by $10 for the new term.",
                    by=finance,
                )
            differences.close(order, by=finance)


def _wish(kind: str, purpose: str) -> Wish | None:
    found = Wish.objects.filter(kind__code=kind, purpose=purpose, region="latin_america")
    return found.exclude(designation=None).select_related("kind").first()


def _placed(
    supplier: Supplier, wish: Wish, *, quantity: int, unit_minor: int, buyer: Any, second: Any
) -> PurchaseOrder:
    order = orders.draw_up(supplier, route=wish.kind.route, currency=wish.currency, by=buyer)
    orders.add_line(
        order, kind=wish.kind, wish=wish, quantity=quantity, unit_minor=unit_minor, by=buyer
    )
    return orders.place(orders.approve(order, by=second), by=buyer)


def _days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


@contextmanager
def _if_there_is_money() -> Iterator[None]:
    """All of an order or, where its wish has not enough, nothing of it."""
    with suppress(TooLittle), transaction.atomic():
        yield
