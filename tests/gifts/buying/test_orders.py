"""Orders: drawn up, approved, placed, covered, canceled; and the money that pays for them."""

from unittest import mock

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from donations import spending
from donations.models import Designation, Entry
from gifts.buying import Refused, orders
from gifts.models import OrderLine, PurchaseOrder, Unit, UnitShare
from tests.gifts.orders_made import give, left


def refused(code):
    return pytest.raises(Refused, match=f"^{code}$")


def test_placing_makes_units_that_the_oldest_gifts_pay_for(buying):
    wish = buying.wish(30000, 30000, 60000)
    order = buying.placed(wish, quantity=2)

    assert order.state == "ordered"
    units = Unit.objects.order_by("pk")
    assert [(unit.state, unit.cost_minor, unit.wish) for unit in units] == [
        ("ordered", 48000, wish)
    ] * 2
    shares = [
        list(unit.shares.order_by("pk").values_list("amount_minor", flat=True)) for unit in units
    ]
    assert shares == [[30000, 18000], [12000, 36000]]
    lines = UnitShare.objects.order_by("pk").values_list("line__donation__paid_at", flat=True)
    assert list(lines) == sorted(lines)
    assert left(wish.designation) == 24000
    entry = Entry.objects.get(source=f"order:{order.pk}", kind="order")
    assert entry.actor == buying.buyer


def test_an_order_is_placed_once_however_often_it_is_pressed(buying):
    order = buying.placed(buying.wish(96000))
    orders.place(order, by=buying.second)
    order.refresh_from_db()
    assert order.placed_by == buying.buyer
    assert Unit.objects.count() == 1


def test_more_than_is_there_is_refused_and_nothing_happens(buying):
    wish = buying.wish(50000)
    order = buying.approved(wish, quantity=2)
    with pytest.raises(spending.TooLittle) as caught:
        orders.place(order, by=buying.buyer)
    assert (caught.value.wanted_minor, caught.value.left_minor) == (96000, 50000)
    assert caught.value.lacking_minor == 46000
    order.refresh_from_db()
    assert order.state == "approved"
    assert not Unit.objects.exists()
    assert orders.lacking(order) == {wish.designation: (96000, 50000)}


def test_what_one_order_took_another_cannot_have(buying):
    wish = buying.wish(60000)
    first, second = buying.approved(wish), buying.approved(wish)
    orders.place(first, by=buying.buyer)
    with pytest.raises(spending.TooLittle):
        orders.place(second, by=buying.buyer)


def test_a_price_above_the_plan_works_and_takes_more(buying):
    wish = buying.wish(120000)
    buying.placed(wish, quantity=2, price=57600)
    assert left(wish.designation) == 120000 - 2 * 57600


def test_general_money_covers_what_lacks_with_a_reason_and_once(buying):
    wish = buying.wish(40000)
    general = Designation.objects.get(is_default=True)
    give(general, 10000)
    order = buying.approved(wish)
    terms = {
        "designation": wish.designation, "origin": general, "amount_minor": 8000,
        "token": "t1", "by": buying.finance,
    }  # fmt: skip
    with pytest.raises(spending.NotAllowed, match="no_reason"):
        orders.cover(order, **terms, reason="")
    orders.cover(order, **terms, reason="The price rose")
    orders.cover(order, **terms, reason="The price rose")

    assert (left(general), left(wish.designation)) == (2000, 48000)
    entry = Entry.objects.get(kind="cover")
    assert (entry.reason, entry.actor) == ("The price rose", buying.finance)
    orders.place(order, by=buying.buyer)
    unit = Unit.objects.get()
    assert (unit.cost_minor, unit.bought.price_minor, unit.bought.covered_minor) == (
        *(40000, 48000, 8000),
    )


def test_money_with_a_purpose_of_its_own_never_covers_another(buying):
    wish, other = buying.wish(40000), buying.wish(40000)
    order = buying.approved(wish)
    terms = {"designation": wish.designation, "token": "t2", "by": buying.finance}
    with pytest.raises(spending.NotAllowed, match="restricted"):
        orders.cover(order, origin=other.designation, amount_minor=8000, reason="It lacks", **terms)
    general = Designation.objects.get(is_default=True)
    with pytest.raises(spending.TooLittle):
        orders.cover(order, origin=general, amount_minor=8000, reason="It lacks", **terms)
    with refused("other_purpose"):
        orders.cover(
            order, origin=general, amount_minor=1, reason="It lacks",
            **terms | {"designation": other.designation},
        )  # fmt: skip


def test_a_canceled_order_gives_its_money_and_its_gifts_back(buying):
    wish = buying.wish(48000)
    order = buying.placed(wish)
    with refused("no_reason"):
        orders.cancel(order, by=buying.buyer, reason="")
    orders.cancel(order, by=buying.buyer, reason="Sold out")
    orders.cancel(order, by=buying.buyer, reason="Sold out")

    assert Unit.objects.get().state == "canceled"
    assert left(wish.designation) == 48000
    buying.placed(wish)
    assert sum(share.amount_minor for share in UnitShare.objects.all()) == 2 * 48000
    assert UnitShare.objects.values("line").distinct().count() == 1


def test_what_came_is_not_canceled(buying):
    order = buying.placed(buying.wish(48000))
    buying.receive(order)
    with refused("under_way"):
        orders.cancel(order, by=buying.buyer, reason="Changed our mind")


def test_drafts_say_why_they_are_refused(buying, fee_kind):
    wish = buying.wish(48000)
    order = buying.draft()
    with refused("empty"):
        orders.approve(order, by=buying.second)
    with refused("not_approved"):
        orders.place(order, by=buying.buyer)
    add = {"by": buying.buyer, "quantity": 1, "unit_minor": 100}
    with refused("no_money"):
        orders.add_line(order, kind=wish.kind, **add)
    with refused("quantity"):
        orders.add_line(order, kind=wish.kind, wish=wish, **add | {"quantity": 501})
    with refused("other_kind"):
        orders.add_line(order, kind=buying.wish().kind, wish=wish, **add)
    yen = orders.draw_up(order.supplier, route="central", by=buying.buyer, currency="JPY")
    with refused("other_currency"):
        orders.add_line(yen, kind=wish.kind, wish=wish, **add)
    line = orders.add_line(order, kind=fee_kind, wish=wish, **add)
    orders.remove_line(line, by=buying.buyer)
    orders.add_line(order, kind=wish.kind, wish=wish, **add)
    with refused("same_person"):
        orders.approve(order, by=buying.buyer)
    orders.approve(order, by=buying.second)
    with refused("not_draft"):
        orders.add_line(order, kind=wish.kind, wish=wish, **add)
    with refused("not_draft"):
        orders.remove_line(order.lines.get(), by=buying.buyer)
    order.supplier.is_open = False
    with refused("closed"):
        orders.draw_up(order.supplier, route="central", by=buying.buyer)


def test_general_stock_is_bought_with_the_purpose_that_was_chosen(buying):
    fund = Designation.objects.get(code="education")
    give(fund, 60000)
    kind = buying.wish().kind
    order = buying.draft()
    orders.add_line(
        order, kind=kind, designation=fund, quantity=1, unit_minor=50000, by=buying.buyer
    )
    orders.place(orders.approve(order, by=buying.second), by=buying.buyer)
    assert Unit.objects.get().wish is None
    assert left(fund) == 10000


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"approved_by": "buyer"}, "order_by_two_people"),
        ({"state": "ordered"}, "draft -> ordered|Invalid transition"),
        ({"state": "approved"}, "order_is_approved_before_it_is_placed"),
        ({"drawn_up_by": "second"}, "order_terms_frozen"),
    ],
)
def test_the_database_holds_the_duties_apart(buying, change, said):
    order = buying.draft(buying.wish(48000))
    facts = {
        name: getattr(buying, value) if "by" in name else value for name, value in change.items()
    }
    with pytest.raises((DatabaseError, IntegrityError), match=said), transaction.atomic():
        PurchaseOrder.objects.filter(pk=order.pk).update(**facts)


def test_the_database_keeps_lines_as_they_were_approved(buying):
    wish, other = buying.wish(48000), buying.wish()
    order = buying.approved(wish)
    line = order.lines.get()
    for act in (
        line.delete,
        lambda: OrderLine.objects.filter(pk=line.pk).update(quantity=2),
        lambda: PurchaseOrder.objects.filter(pk=order.pk).update(route="direct"),
        lambda: PurchaseOrder.objects.filter(pk=order.pk).delete(),
        lambda: OrderLine.objects.create(
            order=buying.draft(), wish=wish, kind=wish.kind, quantity=1, unit_minor=1,
            designation=other.designation,
        ),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_mutant_that_forgets_to_set_money_aside_turns_the_books_red(buying):
    from tests.giving import wrong_in_the_books  # noqa: PLC0415

    wish = buying.wish(48000)
    with mock.patch.object(spending, "commit"):
        buying.placed(wish)
    buying.books_are_damaged = True
    assert "orders hold the money they want" in wrong_in_the_books()
