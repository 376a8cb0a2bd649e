"""The whole life of an order on each route; differences; refusals; refunds after the purchase."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from donations import refunds, spending
from donations.models import Designation, Posting
from gifts.buying import Refused, differences, invoices, orders, pools, receiving
from gifts.buying.receiving import Came
from gifts.models import Advance, GoodsReceipt, Invoice, PurchaseOrder, Supplier, Unit
from tests.gifts.orders_made import give, left
from tests.giving import BANK

Account = Posting.Account


def refused(code):
    return pytest.raises(Refused, match=f"^{code}$")


def booked(account, designation=None):
    rows = Posting.objects.filter(account=account)
    if designation:
        rows = rows.filter(designation=designation)
    return sum(rows.values_list("amount_minor", flat=True))


def states():
    return sorted(Unit.objects.values_list("state", flat=True))


def test_central_from_order_to_ready_in_two_parcels(buying):
    wish = buying.wish(150000)
    order = buying.placed(wish, quantity=3)
    buying.receive(order, Came(2))
    order.refresh_from_db()
    assert (order.state, states()) == ("ordered", ["ordered", "received", "received"])
    with refused("not_received"):
        buying.invoiced(order)
    order = buying.receive(order, Came(1))
    assert order.state == "received"
    codes = Unit.objects.values_list("code", flat=True)
    assert receiving.check(order, codes=codes, by=buying.keeper, note="All start") == 3
    assert states() == ["ready"] * 3

    order = invoices.approve(order, by=buying.finance)
    assert (order.state, booked(Account.PAYABLE)) == ("invoiced", -144000)
    assert booked(Account.PURCHASES, wish.designation) == 144000
    assert booked(Account.RELEASED, wish.designation) == 144000
    assert booked(Account.RELEASED_TO, wish.designation) == -144000
    with refused("not_paid"):
        differences.close(order, by=buying.finance)
    for _ in range(2):
        invoices.pay(order, by=buying.finance)
    assert (booked(Account.PAYABLE), booked(Account.CASH)) == (0, -144000)
    assert differences.of([order]) == []
    assert differences.close(order, by=buying.finance).state == "closed"
    assert left(wish.designation) == 6000


def test_things_that_are_no_devices_are_ready_when_they_come(buying):
    wish = buying.wish(48000)
    wish.kind.is_device = False
    wish.kind.save()
    buying.receive(buying.placed(wish))
    assert states() == ["ready"]


def test_a_partner_buys_with_an_advance_in_local_money_and_returns_the_rest(buying):
    wish = buying.wish(100000)
    order = buying.placed(wish, quantity=2, price=50000, route="local")
    with refused("too_much"):
        invoices.advance(order, amount_minor=100001, by=buying.finance)
    with refused("same_person"):
        invoices.advance(order, amount_minor=100000, by=buying.buyer)
    for _ in range(2):
        invoices.advance(order, amount_minor=100000, by=buying.finance)
    assert (booked(Account.ADVANCES), booked(Account.CASH)) == (100000, -100000)
    with refused("under_way"):
        orders.cancel(order, by=buying.buyer, reason="Too late")
    buying.receive(order)
    # 32,500 baht at 0.0295 are $958.75.
    order = buying.invoiced(order, 3250000, currency="THB", rate=Decimal("0.0295"))
    invoice = order.invoices.get()
    assert (invoice.cost_minor, invoice.state) == (95875, "paid")
    assert booked(Account.PAYABLE) == 0
    with refused("advance"):
        differences.close(order, by=buying.finance)
    with refused("other_amount"):
        invoices.settle_advance(order, returned_minor=4000, by=buying.finance)
    for _ in range(2):
        invoices.settle_advance(order, returned_minor=4125, by=buying.finance)
    assert (booked(Account.ADVANCES), booked(Account.CASH)) == (0, -95875)
    assert sorted(row.paid_minor for row in order.lines.get().units.all()) == [47937, 47938]
    (price,) = differences.of([order])
    assert (price.about, price.expected, price.found) == ("price", 100000, 95875)
    assert left(wish.designation) == 4125


def test_what_a_partner_paid_above_the_advance_is_owed(buying):
    order = buying.placed(buying.wish(100000), price=50000, route="local")
    invoices.advance(order, amount_minor=30000, by=buying.finance)
    buying.receive(order)
    order = buying.invoiced(order, 52000)
    assert (booked(Account.ADVANCES), booked(Account.PAYABLE)) == (0, -22000)
    order.advance.refresh_from_db()
    assert order.advance.returned_minor == 0
    invoices.pay(order, by=buying.finance)
    assert booked(Account.PAYABLE) == 0


def test_an_advance_that_comes_back_whole_lets_the_order_be_canceled(buying):
    order = buying.placed(buying.wish(48000), route="local")
    with refused("no_advance"):
        invoices.settle_advance(order, returned_minor=0, by=buying.finance)
    invoices.advance(order, amount_minor=48000, by=buying.finance)
    invoices.settle_advance(order, returned_minor=48000, by=buying.finance)
    orders.cancel(order, by=buying.buyer, reason="The shop closed")
    assert states() == ["canceled"]


def test_a_fee_is_paid_straight_and_ready_with_its_invoice(buying, fee_kind):
    wish = buying.wish(90000, kind=fee_kind)
    order = buying.placed(wish, quantity=2, price=40000, route="direct")
    assert receiving.outstanding(order) == {}
    with refused("not_ordered"):
        receiving.receive(order, came={}, waiting=0, by=buying.keeper)
    with refused("not_ordered"):
        invoices.advance(order, amount_minor=1, by=buying.finance)
    order = buying.invoiced(order, 80000)
    assert (order.state, states()) == ("invoiced", ["ready", "ready"])
    invoices.pay(order, by=buying.finance)
    differences.close(order, by=buying.finance)


def test_a_bill_a_fifth_higher_is_borne_shown_and_explained(buying):
    wish = buying.wish(120000)
    order = buying.placed(wish, quantity=2)
    buying.receive(order)
    order = buying.invoiced(order, 115200)
    assert left(wish.designation) == 4800
    (pool,) = pools.of([wish])
    assert (pool.bought, pool.paid_minor, pool.above_plan_minor) == (2, 115200, 19200)
    (price,) = differences.of([order])
    invoices.pay(order, by=buying.finance)
    with refused("unexplained"):
        differences.close(order, by=buying.finance)
    said = {"line": price.line.pk, "about": "price", "expected": 96000, "found": 115200}
    with refused("no_reason"):
        differences.explain(order, **said, text="", by=buying.finance)
    with refused("changed"):
        differences.explain(order, **said | {"found": 1}, text="x", by=buying.finance)
    for _ in range(2):
        differences.explain(order, **said, text="New import duty", by=buying.finance)
    assert differences.close(order, by=buying.finance).state == "closed"


def test_a_bill_that_the_wish_cannot_bear_is_refused_until_general_money_stands_in(buying):
    wish = buying.wish(50000)
    order = buying.placed(wish)
    buying.receive(order)
    buying.bill(order, 57600)
    with pytest.raises(spending.TooLittle) as caught:
        invoices.approve(order, by=buying.finance)
    assert caught.value.lacking_minor == 7600
    general = Designation.objects.get(is_default=True)
    give(general, 7600)
    orders.cover(
        order, designation=wish.designation, origin=general, amount_minor=7600, token="t",
        reason="New import duty", by=buying.finance,
    )  # fmt: skip
    invoices.approve(order, by=buying.finance)
    assert left(wish.designation) == 0


def test_what_is_damaged_missing_or_unbilled_is_listed(buying):
    order = buying.placed(buying.wish(200000), quantity=4)
    order = buying.receive(order, Came(2, damaged=1), is_all=True)
    assert order.state == "received"
    buying.bill(order, 96000, quantities=(2,))
    invoices.approve(order, by=buying.finance)
    order.refresh_from_db()
    assert [(one.about, one.expected, one.found) for one in differences.of([order])] == [
        ("received", 4, 3),
        ("damaged", 0, 1),
        ("billed", 3, 2),
    ]
    assert states() == ["canceled", "damaged", "received", "received"]
    assert left(order.lines.get().designation) == 200000 - 96000


def test_what_was_billed_and_never_came_is_lost(buying):
    order = buying.placed(buying.wish(96000), quantity=2)
    order = buying.receive(order, Came(1), is_all=True)
    buying.invoiced(order)
    assert states() == ["lost", "received"]


def test_shipping_and_taxes_are_shared_by_the_lines(buying):
    one, other = buying.wish(60000), buying.wish(60000)
    order = buying.placed(one, other)
    buying.receive(order)
    order = buying.invoiced(order, 30000, 50000, extra_minor=1600)
    costs = list(order.invoices.get().lines.values_list("cost_minor", flat=True))
    assert costs == [30600, 51000]


def test_an_invoice_says_why_it_is_refused(buying):
    order = buying.placed(buying.wish(200000), quantity=2)
    with refused("no_invoice"):
        invoices.approve(order, by=buying.finance)
    with refused("too_many"):
        buying.bill(order, 96000, quantities=(3,))
    with refused("nothing"):
        buying.bill(order, 0)
    with refused("rate"):
        buying.bill(order, rate=Decimal("1.1"))
    buying.bill(order, number="A-7")
    with refused("entered"):
        buying.bill(order)
    with refused("same_person"):
        invoices.reject(order, by=buying.buyer, reason="Wrong")
    with refused("no_reason"):
        invoices.reject(order, by=buying.finance, reason="")
    for _ in range(2):
        invoices.reject(order, by=buying.finance, reason="Not our order")
    buying.bill(order, number="A-7")
    with refused("same_person"):
        invoices.approve(order, by=buying.buyer)
    with refused("no_invoice"):
        invoices.pay(order, by=buying.finance)
    with refused("not_invoiced"):
        differences.close(order, by=buying.finance)
    with refused("not_ordered"):
        buying.bill(buying.draft())


def test_a_number_of_a_supplier_is_taken_once(buying):
    wish = buying.wish(200000)
    first, second = buying.placed(wish), buying.placed(wish)
    Supplier.objects.filter(pk=second.supplier_id).update(is_open=False)
    buying.bill(first, number="a-1")
    with pytest.raises(IntegrityError, match="an_invoice_number"), transaction.atomic():
        Invoice.objects.create(
            order=second, supplier=first.supplier, number="A-1", dated=date(2026, 11, 1),
            currency="USD", amount_minor=1, cost_minor=1, entered_by=buying.buyer,
        )  # fmt: skip


def test_a_receipt_says_why_it_is_refused(buying):
    order = buying.placed(buying.wish(96000), quantity=2)
    with refused("same_person"):
        buying.receive(order, by=buying.buyer)
    with refused("too_many"):
        buying.receive(order, Came(2, damaged=1))
    with refused("nothing"):
        buying.receive(order, Came())
    line = order.lines.get()
    told = {"came": {line.pk: Came(1)}, "waiting": 2, "by": buying.keeper}
    receiving.receive(order, **told)
    with refused("changed"):
        receiving.receive(order, **told)
    assert states() == ["ordered", "received"]


@pytest.mark.parametrize("who", ["drawn_up_by", "placed_by"])
def test_the_database_keeps_who_orders_from_receipts_invoices_and_advances(buying, who):
    order = orders.place(buying.approved(buying.wish(48000), route="local"), by=buying.second)
    invoice = buying.bill(order)
    person = getattr(order, who)
    for act, said in (
        (lambda: GoodsReceipt.objects.create(order=order, received_by=person), "goods_receipt_by"),
        (
            lambda: Invoice.objects.filter(pk=invoice.pk).update(
                state="approved", approved_by=person
            ),
            "invoice_approved_by_another",
        ),
        (
            lambda: Advance.objects.create(order=order, amount_minor=1, paid_by=person),
            "advance_by_another",
        ),
    ):
        with pytest.raises(DatabaseError, match=said), transaction.atomic():
            act()


def test_the_database_closes_nothing_that_is_unpaid_or_unreceived(buying):
    order = buying.placed(buying.wish(48000))
    for state in ("invoiced", "closed", "draft"):
        with pytest.raises(DatabaseError), transaction.atomic():
            PurchaseOrder.objects.filter(pk=order.pk).update(state=state)
    buying.receive(order)
    for state in ("invoiced", "canceled"):
        with pytest.raises(DatabaseError), transaction.atomic():
            PurchaseOrder.objects.filter(pk=order.pk).update(state=state)


def test_what_is_left_of_a_closed_wish_follows_its_rule(buying):
    fund = Designation.objects.get(code="education")
    wish = buying.wish(50000, 48000, leftover="fallback")
    with refused("not_closed"):
        pools.pass_on(wish, by=buying.finance)
    order = buying.placed(wish)
    type(wish).objects.filter(pk=wish.pk).update(
        state="closed", closed_at=order.placed_at, close_reason="Enough"
    )
    with refused("under_way"):
        pools.pass_on(wish, by=buying.finance)
    buying.receive(order)
    buying.invoiced(order)
    assert pools.pass_on(wish, by=buying.finance) == (fund, 50000)
    with refused("nothing"):
        pools.pass_on(wish, by=buying.finance)
    assert (left(fund), left(wish.designation)) == (50000, 0)


def test_enough_for_one_more_is_bought_and_less_goes_to_the_like_wish(buying):
    like = buying.wish()
    wish = buying.wish(48000, 2000, kind=like.kind, like=like)
    assert pools.of([wish])[0].can_buy == 1
    order = buying.approved(wish)
    type(wish).objects.filter(pk=wish.pk).update(
        state="closed", closed_at=order.created_at, close_reason="Enough"
    )
    orders.cancel(order, by=buying.buyer, reason="Later")
    with refused("next_unit"):
        pools.pass_on(wish, by=buying.finance)
    order = buying.placed(wish)
    buying.receive(order)
    buying.invoiced(order)
    assert pools.pass_on(wish, by=buying.finance) == (like.designation, 2000)


def test_gifts_that_go_back_after_the_purchase_are_borne_by_the_shortfall(buying, giving, run_jobs):
    wish = buying.wish()
    code = wish.designation.code
    returned, bounced = (giving.begin(30000, designation=code) for _ in range(2))
    giving.pay(returned)
    giving.pay(bounced, BANK)
    giving.sandbox.settle(giving.session_of(bounced))
    giving.deliver()
    run_jobs()
    order = buying.placed(wish)
    left_minor = 30000
    refund = refunds.request(
        returned, amount_minor=left_minor, reason="requested_by_customer", left_minor=left_minor,
        actor=buying.second,
    )  # fmt: skip
    if refund.status == "proposed":
        refunds.approve(refund, actor=buying.finance)
    giving.sandbox.dispute(giving.session_of(bounced), reason="debit_not_authorized")
    run_jobs()
    giving.deliver()
    run_jobs()

    shortfall = Designation.objects.get(code="shortfall")
    assert (left(wish.designation), left(shortfall)) == (0, -48000)
    with pytest.raises(spending.TooLittle):
        buying.placed(wish)
    buying.receive(order)
    buying.invoiced(order)
    assert left(wish.designation) == 0

    # Neither pays for anything any more, whatever comes to the wish later.
    later = give(wish.designation, 48000)
    buying.placed(wish)
    assert list(Unit.objects.latest("pk").shares.values_list("line__donation", flat=True)) == [
        later.pk
    ]
