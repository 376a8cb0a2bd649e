"""Staff buy what was given, on each route, at prices that rise: for `tests.tour.things_staff`."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils import timezone

from donations.models import Designation
from donations.spending import TooLittle
from gifts import wishes
from gifts.buying import differences, invoices, orders, pools, receiving
from gifts.buying.invoices import Billed
from gifts.buying.receiving import Came
from gifts.models import Invoice, OrderedUnit, PurchaseOrder, Supplier, Unit, Wish
from staff import demo

# A fifth more than planned.
RISE = Decimal("1.2")
SUPPLIERS = {
    "central": {"name": "Harbor Computers", "country": "US"},
    "local": {"name": "Kazi Workshop", "country": "KE", "kind": Supplier.Kind.PARTNER},
    "direct": {"name": "Instituto San Marcos", "country": "GT", "kind": Supplier.Kind.SCHOOL},
}
SHILLING = Decimal("0.0077")


def buy_plainly(wish: Wish, count: int) -> list[Unit]:
    """So many for one wish at the planned price, on the route of its kind, with nothing in the way.

    Returns:
        The things, ready.
    """
    shop = _Shop()
    price = int(wish.unit_minor or 0)
    order = orders.place(shop.approved(wish, count, price), by=shop.buyer)
    if wish.kind.route == PurchaseOrder.Route.LOCAL:
        invoices.advance(order, amount_minor=count * price, by=shop.finance)
    if wish.kind.route != PurchaseOrder.Route.DIRECT:
        shop.receive(order)
    shop.settle(order, Decimal(1))
    return list(Unit.objects.filter(bought__line__order=order).order_by("pk"))


def buy() -> dict[str, Any]:
    """Whatever the money of each wish is enough for; how many orders, things and refusals."""
    wishes.refresh_states()
    shop = _Shop()
    for wish in Wish.objects.exclude(designation=None).select_related("kind").order_by("pk"):
        left = pools.of([wish])[0].left_minor
        if wish.unit_minor and left >= RISE * wish.unit_minor:
            getattr(shop, wish.kind.route)(wish, left, shop.seen[wish.kind.route])
            shop.seen[wish.kind.route] += 1
    bought = OrderedUnit.objects.exclude(unit__state=Unit.State.CANCELED)
    return {
        "orders": dict(Counter(PurchaseOrder.objects.values_list("route", flat=True))),
        "states": dict(Counter(bought.values_list("unit__state", flat=True))),
        "spent": sum(Invoice.objects.filter(state="paid").values_list("cost_minor", flat=True)),
        "told": dict(shop.told),
        "funded": Wish.objects.filter(state="funded").count(),
    }


class _Shop:
    def __init__(self) -> None:
        people = demo.buyers()
        self.buyer, self.finance = people["buyer"], people["finance"]
        self.second = demo.coordinators()[1]
        self.general = Designation.objects.get(is_default=True)
        self.seen: Counter[str] = Counter()
        self.told: Counter[str] = Counter()

    # --- Routes: `seen` counts the wishes of a route, so that each order goes its own way ---------

    def central(self, wish: Wish, left: int, seen: int) -> None:
        """The first order is called off and made anew; dear parcels break; a price rises late."""
        price = int(wish.unit_minor or 0)
        count = left // price
        if seen == 0:
            off = orders.place(self.approved(wish, count, price), by=self.buyer)
            orders.cancel(off, by=self.buyer, reason="The shop has none before spring.")
        order = orders.place(self.approved(wish, count, price), by=self.buyer)
        self.receive(order, damaged=int(seen == 1 and count > 2))
        # Cheap things: a fifth of all of them is still little.
        rises = price < 10_000 and count >= 5
        self.settle(order, RISE if rises else Decimal("0.97"))

    def local(self, wish: Wish, left: int, seen: int) -> None:
        """A partner buys in her own money, ahead of which ours went; the price rose before."""
        price = int(wish.unit_minor or 0)
        rises = seen == 0 and left // price >= 5
        order = self.approved(wish, left // price, int(price * (RISE if rises else 1)))
        order = self._or_cover(lambda: orders.place(order, by=self.buyer), order, rises=rises)
        total = sum(line.total_minor for line in order.lines.all())
        # Sometimes more than was spent went ahead, sometimes less.
        ahead = total if seen % 2 == 0 else total * 9 // 10
        invoices.advance(order, amount_minor=ahead, by=self.finance)
        self.receive(order)
        self.settle(order, Decimal("0.96"), currency="KES", rate=SHILLING)

    def direct(self, wish: Wish, left: int, seen: int) -> None:
        """The school's fee rose: fewer courses, and no more money than there is."""
        price = int(int(wish.unit_minor or 0) * (RISE if seen == 0 else 1))
        order = orders.place(self.approved(wish, left // price, price), by=self.buyer)
        self.settle(order, Decimal(1))

    # --- Steps ------------------------------------------------------------------------------------

    def approved(self, wish: Wish, count: int, price: int) -> PurchaseOrder:
        route = wish.kind.route
        facts = SUPPLIERS[route]
        shop = Supplier.objects.get_or_create(name=facts["name"], defaults=facts)[0]
        order = orders.draw_up(shop, route=route, currency=wish.currency, by=self.buyer)
        orders.add_line(
            order, kind=wish.kind, wish=wish, quantity=count, unit_minor=price, by=self.buyer
        )
        return orders.approve(order, by=self.second)

    def _or_cover(
        self, act: Callable[[], PurchaseOrder], order: PurchaseOrder, *, rises: bool
    ) -> PurchaseOrder:
        """Where a price rose, nothing happens until general money covers what is lacking."""
        try:
            done = act()
        except TooLittle as little:
            if not rises:
                raise
            self.told["refused, then covered"] += 1
            orders.cover(
                order,
                designation=little.designation,
                origin=self.general,
                amount_minor=little.lacking_minor,
                token=f"tour-{order.pk}",
                reason="Prices rose by a fifth since spring.",
                by=self.finance,
            )
            return act()
        assert not rises, f"order {order.pk} rose by a fifth and nobody asked for money"
        return done

    def receive(self, order: PurchaseOrder, *, damaged: int = 0) -> None:
        """In two parcels, by somebody who did not order; devices are looked over."""
        for last in (False, True):
            there = receiving.outstanding(order)
            waiting = sum(map(len, there.values()))
            if not waiting:
                continue
            came = waiting if last or waiting == 1 else waiting // 2
            broken = damaged if last else 0
            line = next(iter(there))
            order = receiving.receive(
                order, came={line.pk: Came(came - broken, broken)}, waiting=waiting, by=self.second
            )
        codes = Unit.objects.filter(bought__line__order=order, state="received")
        receiving.check(order, codes=codes.values_list("code", flat=True), by=self.second)

    def settle(self, order: PurchaseOrder, factor: Decimal, **foreign: Any) -> None:
        """Invoice, payment, advance, explanations; then it is closed."""
        rate = foreign.get("rate", Decimal(1))
        billed = [
            Billed(line, line.quantity, int(line.total_minor * factor / rate))
            for line in order.lines.all()
        ]
        dated = timezone.localdate()
        number = f"T-{order.pk}"
        invoices.enter(order, number=number, dated=dated, billed=billed, by=self.buyer, **foreign)
        rises = factor == RISE
        order = self._or_cover(lambda: invoices.approve(order, by=self.finance), order, rises=rises)
        invoices.pay(order, by=self.finance)
        if order.route == "local" and (unspent := invoices.unspent_of(order)):
            self.told["rest of an advance came back"] += 1
            invoices.settle_advance(order, returned_minor=unspent, by=self.finance)
        for one in differences.of([order]):
            told = {"about": one.about, "expected": one.expected, "found": one.found}
            text = "The supplier wrote to us about it."
            differences.explain(order, line=one.line.pk, text=text, by=self.finance, **told)
            self.told["differences explained"] += 1
        differences.close(order, by=self.finance)
