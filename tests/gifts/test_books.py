"""Each rule of spending turns red when its rows are damaged."""

import pytest

from donations import spending
from donations.ledger import Leg
from donations.models import LegalEntity, Posting
from gifts.models import OrderedUnit
from tests.giving import wrong_in_the_books

Account = Posting.Account


@pytest.fixture
def damage(buying):
    """Post these legs, which no order and no invoice stands behind."""
    buying.books_are_damaged = True
    wish = buying.wish(48000)

    def post(*legs):
        made = [
            Leg(account, minor, "USD", wish.designation if own else None)
            for account, minor, own in legs
        ]
        cause = spending.Cause("planted", LegalEntity.objects.get(), buying.buyer)
        assert cause.post(made, kind="planted")
        return set(wrong_in_the_books())

    return post


def test_spending_more_than_there_is(damage):
    found = damage((Account.TRANSFERS, 48001, True), (Account.CASH, -48001, False))
    assert found == {"no purpose spends what it has not"}


def test_spending_restricted_money_without_releasing_it(damage):
    found = damage((Account.PURCHASES, 100, True), (Account.CASH, -100, False))
    assert found == {"what is released was spent", "invoices are booked and borne by units"}


def test_releasing_more_than_was_spent(damage):
    found = damage((Account.RELEASED, 100, True), (Account.RELEASED_TO, -100, True))
    assert found == {"what is released was spent"}


def test_setting_aside_on_one_side_alone(damage):
    found = damage((Account.COMMITTED, 100, True), (Account.CASH, -100, False))
    assert found == {"commitments net out", "orders hold the money they want"}


def test_owing_what_nobody_billed(damage):
    found = damage((Account.PAYABLE, -100, False), (Account.ADVANCES, 100, False))
    assert found == {"advances and debts are those that stand open"}


def test_a_unit_that_bears_another_price_than_its_invoice(buying):
    order = buying.placed(buying.wish(96000), quantity=2)
    buying.receive(order)
    unit = order.lines.get().units.first()
    OrderedUnit.objects.filter(pk=unit.pk).update(paid_minor=1)
    buying.bill(order)
    order.invoices.update(state="approved", approved_by=buying.finance)
    buying.books_are_damaged = True
    assert "invoices are booked and borne by units" in wrong_in_the_books()
