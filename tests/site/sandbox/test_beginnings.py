"""How subscriptions begin: on the page, by a call, and with what on file."""

import time

import pytest
import stripe

from sandbox.control import ControlError
from tests.site.sandbox.conftest import programme
from tests.site.sandbox.plans import (
    DAY,
    invoices_of,
    kinds,
    refreshed,
    turn,
)

LAPTOP = {
    "price_data": {"currency": "usd", "unit_amount": 5000, "product_data": {"name": "A laptop"}},
    "quantity": 1,
}


def test_a_paid_page_begins_a_subscription_and_tells_it_in_order(client, sandbox):
    params = programme()
    params["line_items"].append(LAPTOP)
    session = client.v1.checkout.sessions.create(params)
    assert (session.amount_total, session.subscription, session.customer) == (7500, None, None)

    assert sandbox.pay(session.id)["outcome"] == "paid"

    done = client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["subscription.latest_invoice.payments", "invoice", "customer"]}
    )
    assert (done.status, done.payment_status, done.payment_intent) == ("complete", "paid", None)
    assert done.customer.email == "donor@example.org"
    subscription = done.subscription
    assert (subscription.status, subscription.metadata["plan"]) == ("active", "plan-1")
    assert [item.price.recurring.interval for item in subscription.items.data] == ["month"]
    invoice = subscription.latest_invoice
    assert (invoice.status, invoice.amount_paid) == ("paid", 7500)
    assert invoice.billing_reason == "subscription_create"
    assert {line.amount for line in invoice.lines.data} == {2500, 5000}
    assert invoice.parent.subscription_details.subscription == subscription.id
    payment = invoice.payments.data[0]
    listed = client.v1.invoice_payments.list(
        {
            "payment": {"type": "payment_intent", "payment_intent": payment.payment.payment_intent},
            "expand": ["data.payment.payment_intent.latest_charge"],
        }
    ).data
    assert [one.id for one in listed] == [payment.id]
    assert listed[0].payment.payment_intent.latest_charge.amount == 7500
    assert kinds(sandbox) == [
        "customer.created",
        "payment_intent.created",
        "payment_method.attached",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "customer.subscription.updated",
        "checkout.session.completed",
    ]


def test_a_declined_card_begins_nothing_and_leaves_the_page_open(client, sandbox):
    session = client.v1.checkout.sessions.create(programme())

    assert sandbox.pay(session.id, "4000000000009995")["outcome"] == "declined"
    assert sandbox.pay(session.id, "4000002760003184", authenticate=False)["outcome"] == "declined"

    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert client.v1.subscriptions.list({"status": "all"}).data == []
    assert client.v1.invoices.list().data == []
    assert sandbox.pay(session.id)["outcome"] == "paid"
    assert len(client.v1.customers.list().data) == 1
    assert len(client.v1.payment_intents.list().data) == 1


def test_what_does_not_go_together_in_a_session_is_refused(client):
    recurring = programme()["line_items"]
    for wrong in (
        programme(submit_type="donate"),
        programme(line_items=[LAPTOP]),
        programme(mode="payment", subscription_data=None) | {"line_items": recurring},
        programme(mode="setup"),
    ):
        given = {key: value for key, value in wrong.items() if value is not None}
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.checkout.sessions.create(given)


def test_a_first_bank_debit_is_active_at_once_and_paid_when_it_is_settled(client, sandbox):
    session = client.v1.checkout.sessions.create(programme())
    assert sandbox.pay(session.id, "bank")["outcome"] == "processing"
    done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "invoice"]})
    assert (done.payment_status, done.subscription.status) == ("unpaid", "active")
    assert done.invoice.status == "open"

    sandbox.settle(session.id)

    done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["invoice"]})
    assert (done.payment_status, done.invoice.status) == ("paid", "paid")
    assert "checkout.session.async_payment_succeeded" in kinds(sandbox)


def test_a_first_bank_debit_that_fails_leaves_the_subscription_past_due(client, sandbox):
    session = client.v1.checkout.sessions.create(programme())
    sandbox.pay(session.id, "bank")
    sandbox.fail(session.id)
    done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "invoice"]})
    assert (done.subscription.status, done.invoice.status) == ("past_due", "open")
    assert {"invoice.payment_failed", "checkout.session.async_payment_failed"} <= set(
        kinds(sandbox)
    )


def test_a_plan_begins_again_by_a_call_with_the_card_on_file(client, sandbox, subscribe):
    first = subscribe()
    client.v1.subscriptions.cancel(first.id)
    wish = {
        "customer": first.customer,
        "items": [{"price": first.items.data[0].price.id, "quantity": 2}],
        "default_payment_method": first.default_payment_method,
        "off_session": True,
    }

    again = client.v1.subscriptions.create(wish | {"expand": ["latest_invoice"]})

    assert (again.status, again.latest_invoice.amount_paid) == ("active", 5000)
    later = int(time.time()) + 20 * DAY
    waiting = client.v1.subscriptions.create(wish | {"trial_end": later})
    assert (waiting.status, turn(waiting)) == ("trialing", later)


def test_a_declined_beginning_is_incomplete_and_expires_after_a_day(client, sandbox, subscribe):
    first = subscribe()
    sandbox.card_of(subscription=first.id, card="4000000000000002")
    wish = {
        "customer": first.customer,
        "items": [{"price": first.items.data[0].price.id}],
        "default_payment_method": first.default_payment_method,
    }
    with pytest.raises(stripe.CardError) as refused:
        client.v1.subscriptions.create(wish | {"payment_behavior": "error_if_incomplete"})
    assert (refused.value.http_status, refused.value.code) == (402, "card_declined")
    assert len(client.v1.subscriptions.list().data) == 1

    begun = client.v1.subscriptions.create(wish)
    assert begun.status == "incomplete"
    client.v1.subscriptions.update(begun.id, {"metadata": {"plan": "plan-2"}})
    sandbox.set_clock(advance=DAY)

    assert refreshed(client, begun).status == "incomplete_expired"
    assert [invoice.status for invoice in invoices_of(client, begun)] == ["void"]


def test_an_incomplete_beginning_can_still_be_paid(client, sandbox, subscribe):
    first = subscribe()
    sandbox.card_of(subscription=first.id, card="4000000000000002")
    begun = client.v1.subscriptions.create(
        {
            "customer": first.customer,
            "items": [{"price": first.items.data[0].price.id}],
            "default_payment_method": first.default_payment_method,
        }
    )
    answer = sandbox.pay_invoice(begun.latest_invoice, "4242424242424242")
    assert (answer["outcome"], answer["invoice"]["status"]) == ("paid", "paid")
    assert refreshed(client, begun).status == "active"
    with pytest.raises(ControlError, match="NotPayable"):
        sandbox.pay_invoice(begun.latest_invoice)


def test_a_session_in_setup_mode_keeps_a_card_and_charges_nothing(client, sandbox, subscribe):
    customer = client.v1.customers.create({"email": "a@example.org"})
    session = client.v1.checkout.sessions.create(
        {
            "mode": "setup",
            "currency": "usd",
            "customer": customer.id,
            "success_url": "http://localhost:9/thanks",
        }
    )
    assert sandbox.pay(session.id, "4000000000000002")["outcome"] == "declined"
    assert sandbox.pay(session.id, "4000002760003184", authenticate=True)["outcome"] == "paid"

    done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]})
    assert (done.status, done.amount_total) == ("complete", None)
    kept = client.v1.payment_methods.list({"customer": customer.id, "type": "card"}).data
    assert [one.id for one in kept] == [done.setup_intent.payment_method]
    assert client.v1.charges.list().data == []
    assert client.v1.setup_intents.list({"customer": customer.id}).data[0].status == "succeeded"


def test_payment_methods_come_and_go_and_one_may_be_the_customers(client, sandbox, subscribe):
    begun = subscribe()
    customer, card = begun.customer, begun.default_payment_method
    changed = client.v1.customers.update(
        customer,
        {
            "name": "Ada",
            "metadata": {"a": "1"},
            "invoice_settings": {"default_payment_method": card},
        },
    )
    assert (changed.name, changed.invoice_settings.default_payment_method) == ("Ada", card)
    assert sandbox.events()[-1]["data"]["previous_attributes"]["name"] == "Test Donor"

    assert client.v1.payment_methods.detach(card).customer is None

    assert client.v1.customers.payment_methods.list(customer).data == []
    assert client.v1.payment_methods.attach(card, {"customer": customer}).customer == customer
    assert kinds(sandbox)[-2:] == ["payment_method.detached", "payment_method.attached"]


def test_products_and_prices_are_kept_and_listed(client):
    product = client.v1.products.create({"name": "Abolitionist programme"})
    price = client.v1.prices.create(
        {
            "product": product.id,
            "currency": "usd",
            "unit_amount": 500,
            "recurring": {"interval": "month"},
        }
    )
    assert client.v1.prices.retrieve(price.id, {"expand": ["product"]}).product.name == product.name
    assert [one.id for one in client.v1.prices.list({"product": product.id}).data] == [price.id]
    assert [one.id for one in client.v1.products.list({"active": True}).data] == [product.id]
