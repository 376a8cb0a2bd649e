"""The desks for buying over HTTP: an order's whole way by the people of each role."""

from io import BytesIO

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from donations.models import Designation
from gifts.buying import orders
from gifts.models import PurchaseOrder, Supplier, Unit
from tests.donations.staff.test_desks import url
from tests.gifts.orders_made import give, left
from tests.people import person, signed_in
from tests.roles import STAFF

pytestmark = pytest.mark.role(STAFF)


def text(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def clients(buying):
    """A purchaser, two coordinators (one approves, one receives) and finance, signed in."""
    return {
        "buyer": signed_in(person("Purchaser")),
        "second": signed_in(person("Gifts coordinator")),
        "finance": signed_in(person("Finance")),
    }


def test_an_order_goes_its_whole_way_by_the_hands_of_three(buying, clients):
    wish = buying.wish(60000, 60000)
    buyer, second, finance = clients.values()
    page = text(buyer.get(url("buyable:index")))
    assert "2: draw up an order" in page
    supplier = buying.supplier(name="Laptops Inc.", currency="THB")
    answer = buyer.post(
        url("orders:add") + f"?wish={wish.pk}", {"supplier": supplier.pk, "route": "central"}
    )
    order = PurchaseOrder.objects.get()
    assert answer.url == url("orders:line", order.pk) + f"?wish={wish.pk}"
    assert 'value="450.00"' in text(buyer.get(answer.url))  # the plan, without handling
    line = {"wish": wish.pk, "quantity": 2, "price": "500"}
    assert "such as 25" in text(buyer.post(url("orders:line", order.pk), line | {"price": "x"}))
    assert "General stock needs" in text(
        buyer.post(url("orders:line", order.pk), line | {"wish": ""})
    )
    buyer.post(url("orders:line", order.pk), line)
    assert buyer.get(url("orders:approve", order.pk)).status_code == 302  # may not
    assert "Laptops Inc." in text(second.get(url("orders:approve", order.pk)))
    second.post(url("orders:approve", order.pk))
    buyer.post(url("orders:place", order.pk))
    order.refresh_from_db()
    assert order.state == "ordered"

    labels = buyer.get(url("orders:labels", order.pk))
    with pikepdf.open(BytesIO(labels.content)) as sheet:
        assert len(sheet.pages) == 1
    waiting = {f"well_{order.lines.get().pk}": 2, f"damaged_{order.lines.get().pk}": 0}
    assert "2 outstanding" in text(second.get(url("orders:receive", order.pk)))
    second.post(url("orders:receive", order.pk), waiting | {"waiting": 2})
    codes = list(Unit.objects.values_list("code", flat=True))
    second.post(url("orders:check", order.pk), {"codes": codes})
    bill = {
        "number": "TH-1", "dated": "2026-11-02", "currency": "thb", "rate": "0.0295",
        f"quantity_{order.lines.get().pk}": 2, f"amount_{order.lines.get().pk}": "34,000",
        "extra": "",
    }  # fmt: skip
    buyer.post(url("orders:invoice", order.pk), bill)
    assert "$1,003.00" in text(finance.get(url("orders:approve-invoice", order.pk)))
    finance.post(url("orders:approve-invoice", order.pk))
    finance.post(url("orders:pay", order.pk))
    shown = text(finance.post(url("orders:close", order.pk), follow=True))
    assert "Some differences have not been explained yet." in shown
    assert "$1,003.00" in text(finance.get(url("differences:index")))
    which = f"{order.lines.get().pk}-price-100000-100300"
    finance.post(url("orders:explain", order.pk), {"which": which, "text": "Exchange"})
    finance.post(url("orders:close", order.pk))
    order.refresh_from_db()
    assert order.state == "closed"
    page = text(buyer.get(url("orders:inspect", order.pk)))
    for told in ("TH-1", "0.0295", "THB", "Exchange", "Closed", *codes):
        assert told in page
    assert "+$43.00" in text(buyer.get(url("buyable:index")))
    assert "agree" in text(buyer.get(url("differences:index")))
    assert "Ready" in text(buyer.get(url("stock:index")))
    assert "Closed" in text(buyer.get(url("orders:index") + f"?q={codes[0]}"))


def test_too_little_is_said_with_what_helps_and_covered_once(buying, clients):
    wish = buying.wish(40000)
    general = Designation.objects.get(is_default=True)
    give(general, 20000)
    order = buying.approved(wish)
    buyer, _second, finance = clients.values()
    told = text(buyer.post(url("orders:place", order.pk), follow=True))
    assert "has $400.00 left and this takes $480.00" in told
    assert "the $80.00 that are lacking" in told
    form = finance.get(url("orders:cover", order.pk)).context["form"]
    given = {
        **{name: form.initial[name] for name in ("minor", "token")},
        "designation": wish.designation.pk, "origin": general.pk, "reason": "The price rose",
    }  # fmt: skip
    assert given["minor"] == "80.00"
    assert "look it over" in text(finance.post(url("orders:cover", order.pk), given))
    for _ in range(2):
        finance.post(url("orders:cover", order.pk), given | {"confirmed": "1"})
    assert left(general) == 12000
    orders.place(order, by=buying.buyer)


def test_an_advance_goes_out_and_comes_back(buying, clients):
    order = buying.placed(buying.wish(48000), route="local")
    finance = clients["finance"]
    finance.post(url("orders:advance", order.pk), {"typed": "480"})
    assert "still has $480.00" in text(finance.get(url("orders:settle", order.pk)))
    wrong = finance.post(url("orders:settle", order.pk), {"typed": "1"}, follow=True)
    assert "another amount is still out" in text(wrong)
    finance.post(url("orders:settle", order.pk), {"typed": "480"})
    clients["buyer"].post(url("orders:cancel", order.pk), {"reason": "The shop closed"})
    assert PurchaseOrder.objects.get().state == "canceled"


def test_what_is_left_is_passed_on_from_the_page(buying, clients):
    wish = buying.wish(10000)
    type(wish).objects.filter(pk=wish.pk).update(
        state="closed", closed_at=wish.opens_at, close_reason="Enough"
    )
    finance = clients["finance"]
    assert "Pass it on" in text(finance.get(url("buyable:index")))
    assert "$100.00 are left" in text(finance.get(url("buyable:leftover", wish.pk)))
    assert "$100.00 went to" in text(finance.post(url("buyable:leftover", wish.pk), follow=True))


def test_drafts_change_and_invoices_are_rejected(buying, clients):
    wish = buying.wish(96000)
    buyer, second, finance = clients.values()
    order = orders.draw_up(buying.supplier(), route="central", by=buying.buyer)
    buyer.post(
        url("orders:line", order.pk),
        {
            "kind": wish.kind.pk, "quantity": 1, "price": "9",
            "designation": Designation.objects.get(code="education").pk,
        },
    )  # fmt: skip
    buyer.post(url("orders:unline", order.pk), {"line": order.lines.get().pk})
    assert not order.lines.exists()
    assert "no lines yet" in text(second.post(url("orders:approve", order.pk), follow=True))
    placed = buying.placed(wish)
    buying.bill(placed)
    assert second.post(url("orders:reject-invoice", placed.pk)).status_code == 302  # may not
    finance.post(url("orders:reject-invoice", placed.pk), {"reason": "Not ours"})
    assert placed.invoices.get().state == "rejected"


def test_suppliers_are_kept_by_purchasers_and_nobody_else(buying, clients, editor):
    facts = {"name": "Bike Shop", "kind": "shop", "country": "us", "currency": "usd"}
    clients["buyer"].post(url("suppliers:add"), facts | {"is_open": "on"})
    assert (Supplier.objects.get().country, Supplier.objects.get().currency) == ("US", "USD")
    for name in ("orders:index", "buyable:index", "stock:index", "differences:index"):
        assert editor.get(url(name)).status_code in (302, 403)
    assert editor.get(url("stock:labels")).status_code in (302, 403)


def test_the_list_asks_the_same_however_many_there_are(buying, clients):
    wish = buying.wish(500000)
    pages = ("orders:index", "buyable:index", "stock:index", "differences:index")

    def asked():
        counts = []
        for name in pages:
            with CaptureQueriesContext(
                connection,
            ) as found:
                text(clients["buyer"].get(url(name)))
            counts.append(len(found))
        return counts

    buying.receive(buying.placed(wish))
    asked()
    before = asked()
    for _ in range(3):
        order = buying.placed(wish)
        buying.receive(order)
        buying.invoiced(order, 50000)
    buying.wish(1000)
    after = asked()
    assert [later - sooner <= 1 for sooner, later in zip(before, after, strict=True)] == [True] * 4
