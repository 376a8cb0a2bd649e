"""The contract itself: it knows Stripe's version, accepts what is right and sees what is wrong."""

import copy
import time
from urllib.parse import urlencode

import pytest
import stripe

from sandbox.events import API_VERSION
from tests.contract.contract import decode
from tests.site.sandbox.conftest import client_of, donation

CREATE = ("POST", "/v1/checkout/sessions")


def test_client_sandbox_and_description_speak_one_version(contract):
    assert stripe.api_version == API_VERSION == contract.version


def test_bracket_notation_is_read_back():
    text = urlencode({"a[b][0][c]": "1", "expand[]": "x", "d": "2"})
    assert decode(text) == {"a": {"b": {"0": {"c": "1"}}}, "expand": {"0": "x"}, "d": "2"}


@pytest.mark.parametrize(
    "body",
    [
        "mode=payment&line_items[0][price_data][currency]=usd"
        "&line_items[0][price_data][unit_amount]=500&line_items[0][quantity]=1",
        "metadata[gift]=1&expand[0]=payment_intent&submit_type=donate&expires_at=1900000000",
    ],
)
def test_a_right_request_has_no_complaints(contract, body):
    assert contract.check_request(*CREATE, body) == []


@pytest.mark.parametrize(
    "body",
    [
        "colour=red",
        "mode=gift",
        "line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=5.00",
        "line_items[0][price_data][unit_amount]=500",  # without its currency
        "payment_intent_data[colour]=red",
        "line_items[0][price_data][product_data][nme]=Gift",
        "expires_at=tomorrow",
        "ui_mode=hosted",  # the name of an older version
    ],
)
def test_a_wrong_request_is_complained_about(contract, body):
    assert contract.check_request(*CREATE, body)


def test_an_operation_stripe_lacks_is_complained_about(contract):
    assert contract.check_request("GET", "/v1/gifts")
    assert contract.check_request("GET", "/v1/charges?colour=red")
    assert contract.check_request("GET", "/v1/charges?limit=3&created[gte]=5") == []


@pytest.fixture
def paid(sandbox):
    client = client_of(sandbox)
    sandbox.fees("at_once")
    session = client.v1.checkout.sessions.create(donation())
    sandbox.pay(session.id)
    return sandbox, client.v1.checkout.sessions.retrieve(session.id).to_dict()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: answer.pop("payment_method_types"),
        lambda answer: answer.update(amount_total="25.00"),
        lambda answer: answer.update(status="done"),
        lambda answer: answer.update(charge="ch_1"),
        lambda answer: answer["automatic_tax"].update(enabled=None),
        lambda answer: answer["customer_details"].update(nickname="x"),
    ],
)
def test_a_spoiled_answer_is_complained_about(contract, paid, spoil):
    _, session = paid
    url = f"/v1/checkout/sessions/{session['id']}"
    assert contract.check_answer("GET", url, 200, session) == []
    spoiled = copy.deepcopy(session)
    spoil(spoiled)
    assert contract.check_answer("GET", url, 200, spoiled)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda event: event.update(type="checkout.session.paid"),
        lambda event: event.pop("created"),
        lambda event: event["data"]["object"].update(livemode="no"),
        lambda event: event["data"]["object"].update(object="checkout"),
        lambda event: event["data"].update(previous_attributes={"colour": None}),
    ],
)
def test_a_spoiled_event_is_complained_about(contract, paid, spoil):
    sandbox, _ = paid
    event = sandbox.events(types=["checkout.session.completed"])[0]
    assert contract.check_event(event) == []
    spoil(event)
    assert contract.check_event(event)


def test_every_event_of_one_time_payments_keeps_to_stripes_shapes(contract, sandbox):
    client = client_of(sandbox)
    sandbox.fees("at_once")

    def session(**changes):
        return client.v1.checkout.sessions.create(donation(**changes)).id

    sandbox.pay(session(), "4000000000000002")
    sandbox.pay(session(), "4000002760003184", authenticate=True)
    sandbox.pay(session(), "4000002760003184", authenticate=False)
    for end in (sandbox.settle, sandbox.fail):
        debit = session()
        sandbox.pay(debit, "bank")
        end(debit)
    started = session()
    sandbox.pay(started, "4000000000009995")
    sandbox.expire(started)
    sandbox.fees("held")
    sandbox.pay(session(locale="es"))
    sandbox.release_fees()
    customer = client.v1.customers.create({"email": "a@example.org"})
    client.v1.customers.delete(customer.id)

    events = sandbox.events()
    assert {event["type"] for event in events} >= {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "payment_intent.created",
        "payment_intent.requires_action",
        "payment_intent.processing",
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.canceled",
        "charge.succeeded",
        "charge.failed",
        "charge.pending",
        "charge.updated",
    }
    assert [complaint for event in events for complaint in contract.check_event(event)] == []


def test_a_recorded_mistake_fails_the_test_that_made_it(sandbox, sandbox_record):
    client = client_of(sandbox)
    before = sandbox_record.complaints()
    with pytest.raises(stripe.InvalidRequestError):
        client.raw_request("get", "/v1/gifts", base_address="api")

    after = sandbox_record.complaints()
    assert (before, len(after)) == ([], 1)
    assert "no such operation" in after[0]


def test_checks_are_quick_enough_to_hold_every_exchange(contract, paid):
    _, session = paid
    url = f"/v1/checkout/sessions/{session['id']}"
    contract.check_answer("GET", url, 200, session)
    started = time.process_time()
    for _ in range(50):
        contract.check_answer("GET", url, 200, session)
    assert (time.process_time() - started) / 50 < 0.02
