"""Buying in tests: people with different duties, paid gifts to a purpose, orders walked ahead."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from donations import checkout, demo, gateway, payments, spending
from donations.models import Designation, Donation, LegalEntity
from gifts.buying import invoices, orders, receiving
from gifts.buying.invoices import Billed
from gifts.buying.receiving import Came
from gifts.models import Invoice, ItemKind, OrderLine, PurchaseOrder, Supplier, Wish
from tests.giving import wrong_in_the_books
from tests.people import person
from tests.things_made import make_kind, make_wish

_numbers = iter(range(1, 1_000_000))
PRICE = 48000


def give(designation: Designation, amount_minor: int, *, seconds_ago: float = 0) -> Donation:
    """A paid gift to this purpose, booked; its receipt is not drawn."""
    number = next(_numbers)
    gift = checkout.begin(
        [checkout.Part(designation, amount_minor)],
        form_token=f"bought-{number}",
        entity=LegalEntity.objects.get(is_default=True),
        currency="USD",
        fee_cover_minor=0,
        name="Ruth Osei",
        email=f"ruth{number}@example.org",
    )
    charge = gateway.Charge(
        id=f"ch_bought_{number}", status="succeeded", amount_minor=amount_minor, currency="USD",
        created_at=datetime.now(UTC) - timedelta(seconds=seconds_ago), brand="visa", last4="4242",
        fingerprint="f", failure_code="", decline_code="", movement=None,
    )  # fmt: skip
    gift = Donation.objects.get(pk=gift.pk)
    with transaction.atomic():
        payments.settle(gift, charge=charge, payment_intent_id=f"pi_bought_{number}")
    return gift


def left(designation: Designation) -> int:
    return spending.left_minor([designation.pk], currency="USD")[designation.pk]


@dataclass
class Buying:
    """Four people, and what they do; each act goes through the domain."""

    buyer: User = field(default_factory=lambda: person(factor=False))
    second: User = field(default_factory=lambda: person(factor=False))
    keeper: User = field(default_factory=lambda: person(factor=False))
    finance: User = field(default_factory=lambda: person(factor=False))
    books_are_damaged: bool = False

    def supplier(self, **facts: Any) -> Supplier:
        name = f"Supplier {next(_numbers)}"
        return Supplier.objects.create(**{"name": name, "country": "US", **facts})

    def wish(self, *gifts: int, **facts: Any) -> Wish:
        """A published wish for laptops at $480, with paid gifts, the oldest first."""
        wish = make_wish(state="published", by=self.second, **facts)
        for number, amount in enumerate(gifts):
            give(wish.designation, amount, seconds_ago=len(gifts) - number)
        return wish

    def draft(
        self, *wishes: Wish, quantity: int = 1, price: int = PRICE, route: str = "central"
    ) -> PurchaseOrder:
        order = orders.draw_up(self.supplier(), route=route, by=self.buyer)
        for wish in wishes:
            orders.add_line(
                order,
                kind=wish.kind,
                wish=wish,
                quantity=quantity,
                unit_minor=price,
                by=self.buyer,
            )
        return order

    def approved(self, *wishes: Wish, **terms: Any) -> PurchaseOrder:
        return orders.approve(self.draft(*wishes, **terms), by=self.second)

    def placed(self, *wishes: Wish, **terms: Any) -> PurchaseOrder:
        return orders.place(self.approved(*wishes, **terms), by=self.buyer)

    def receive(self, order: PurchaseOrder, *came: Came, **said: Any) -> PurchaseOrder:
        """Without figures all that was ordered comes."""
        there = receiving.outstanding(order)
        counts = list(came) or [Came(len(rows)) for rows in there.values()]
        return receiving.receive(
            order,
            came={line.pk: one for line, one in zip(there, counts, strict=True)},
            waiting=sum(map(len, there.values())),
            by=said.pop("by", self.keeper),
            **said,
        )

    def bill(
        self, order: PurchaseOrder, *amounts: int, quantities: tuple[int, ...] = (), **facts: Any
    ) -> Invoice:
        """An invoice over so much for each line; without figures as it was ordered."""
        lines: list[OrderLine] = list(order.lines.all())
        minors = amounts or [line.total_minor for line in lines]
        counts = quantities or [line.quantity for line in lines]
        return invoices.enter(
            order,
            **{"number": f"INV-{next(_numbers)}", "dated": date(2026, 11, 2), **facts},
            billed=[
                Billed(line, count, minor)
                for line, count, minor in zip(lines, counts, minors, strict=True)
            ],
            by=self.buyer,
        )

    def invoiced(self, order: PurchaseOrder, *amounts: int, **facts: Any) -> PurchaseOrder:
        self.bill(order, *amounts, **facts)
        return invoices.approve(order, by=self.finance)


@pytest.fixture
def buying(db: None) -> Iterator[Buying]:
    """Afterwards the books must be right."""
    demo.seed()
    made = Buying()
    yield made
    if not made.books_are_damaged:
        assert not wrong_in_the_books()


@pytest.fixture
def fee_kind(db: None) -> ItemKind:
    """A course fee: nothing that could be received."""
    return make_kind(
        name="Course fee", plural="Course fees", route="direct", is_device=False, handling_minor=0
    )


RATE = Decimal("0.0295")
