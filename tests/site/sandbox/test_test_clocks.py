"""Customers on a test clock have a time of their own."""

import time

import pytest
import stripe

from tests.site.sandbox.conftest import programme
from tests.site.sandbox.plans import DAY, invoices_of, kinds, turn

START = 1_800_000_000  # 15 January 2027


@pytest.fixture
def frozen(client):
    return client.v1.test_helpers.test_clocks.create({"frozen_time": START, "name": "a year"})


@pytest.fixture
def advance(client, sandbox, frozen):
    def go(until):
        client.v1.test_helpers.test_clocks.advance(frozen.id, {"frozen_time": until})
        sandbox.await_events("test_helpers.test_clock.ready")

    return go


@pytest.fixture
def begun(client, sandbox, frozen):
    customer = client.v1.customers.create(
        {"email": "a@example.org", "name": "Ada", "test_clock": frozen.id}
    )
    without_mail = {k: v for k, v in programme().items() if k != "customer_email"}
    session = client.v1.checkout.sessions.create(without_mail | {"customer": customer.id})
    sandbox.pay(session.id)
    found = client.v1.checkout.sessions.retrieve(session.id).subscription
    return client.v1.subscriptions.retrieve(found)


def test_a_test_clock_brings_renewals_at_its_own_times(client, sandbox, begun, advance, frozen):
    assert (begun.created, begun.test_clock) == (START, frozen.id)

    advance(START + 70 * DAY)

    after = client.v1.test_helpers.test_clocks.retrieve(frozen.id)
    assert (after.status, after.frozen_time) == ("ready", START + 70 * DAY)
    renewals = invoices_of(client, begun)
    assert [invoice.status for invoice in renewals] == ["paid"] * 3
    assert renewals[1].created == turn(begun)
    assert sandbox.command("health")["offset"] == 0


def test_the_sandboxs_clock_leaves_test_clocks_alone_and_money_follows_it(client, sandbox, begun):
    sandbox.set_clock(advance=40 * DAY)

    assert len(invoices_of(client, begun)) == 1
    row = client.v1.balance_transactions.list().data[0]
    assert abs(row.created - time.time()) < 60
    changed = client.v1.subscriptions.update(begun.id, {"cancel_at_period_end": True})
    assert changed.canceled_at == START


def test_a_test_clock_only_goes_forward_and_takes_its_customers_along(client, sandbox, begun):
    clock = begun.test_clock
    with pytest.raises(stripe.InvalidRequestError, match="past"):
        client.v1.test_helpers.test_clocks.advance(clock, {"frozen_time": START - 1})
    with pytest.raises(stripe.InvalidRequestError, match="No such test clock"):
        client.v1.customers.create({"test_clock": "clock_none"})

    assert client.v1.test_helpers.test_clocks.delete(clock).deleted

    assert client.v1.test_helpers.test_clocks.list().data == []
    assert client.v1.customers.retrieve(begun.customer).deleted
    assert client.v1.subscriptions.retrieve(begun.id).status == "canceled"
    assert kinds(sandbox)[-1] == "test_helpers.test_clock.deleted"
