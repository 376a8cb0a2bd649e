"""The API as the official client and plain HTTP meet it."""

import concurrent.futures
import http.client
import json
import time
import urllib.request

import pytest
import stripe

from tests.site.sandbox.conftest import client_of, donation


def test_a_session_echoes_what_it_was_made_with(new_session):
    session = new_session(4200, locale="es")

    assert session.url.endswith(f"/c/pay/{session.id}")
    assert session.id.startswith("cs_test_")
    assert (session.amount_total, session.currency) == (4200, "usd")
    assert session.customer_email == "donor@example.org"
    assert session.metadata["gift"] == "gift-1"
    assert (session.submit_type, session.ui_mode, session.locale) == ("donate", "hosted_page", "es")
    assert not session.livemode


def test_line_items_are_shown_only_when_asked_for(client, new_session):
    session = new_session()
    assert not hasattr(client.v1.checkout.sessions.retrieve(session.id), "line_items")

    asked = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})

    assert asked.line_items.data[0].description == "Gift to the school fund"
    listed = client.v1.checkout.sessions.line_items.list(session.id)
    assert listed.data[0].price.unit_amount == 2500


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"colour": "red"}, "parameter_unknown", "colour"),
        (
            {"payment_intent_data": {"colour": "red"}},
            "parameter_unknown",
            "payment_intent_data[colour]",
        ),
        ({"customer_email": "nobody"}, "email_invalid", "customer_email"),
        ({"success_url": "thanks"}, "url_invalid", "success_url"),
        ({"customer": "cus_none", "customer_email": ""}, "parameter_invalid_empty", None),
        ({"mode": "gift"}, None, "mode"),
        ({"locale": "tlh"}, None, "locale"),
        ({"metadata": {"k" * 41: "x"}}, None, None),
        ({"expires_at": int(time.time()) + 60}, None, "expires_at"),
        ({"line_items": []}, "parameter_missing", "line_items"),
        (
            {"payment_intent_data": {"statement_descriptor_suffix": "123"}},
            None,
            "payment_intent_data[statement_descriptor_suffix]",
        ),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(client, changes, code, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.create(donation(**changes))

    assert refused.value.http_status == 400
    assert refused.value.user_message
    if code:
        assert refused.value.code == code
        assert refused.value.error.doc_url.endswith(code.replace("_", "-"))
    if param:
        assert refused.value.param == param


@pytest.mark.parametrize(
    ("amount", "code"), [(49, "amount_too_small"), (100_000_000, "amount_too_large")]
)
def test_an_amount_beyond_stripes_bounds_is_refused(new_session, amount, code):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        new_session(amount)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [(2500, "jpy", "¥2,500"), (25_000, "kwd", "25.000 KWD"), (2500, "chf", "25.00 CHF")],
)
def test_a_currency_shows_the_digits_it_has(client, amount, currency, shown):
    params = donation(amount)
    params["line_items"][0]["price_data"]["currency"] = currency
    session = client.v1.checkout.sessions.create(params)
    assert session.payment_method_types == ["card"]
    with urllib.request.urlopen(session.url) as page:  # noqa: S310 - the sandbox
        assert shown in page.read().decode()


def test_three_digit_currencies_go_in_steps_of_ten(client):
    params = donation(2505)
    params["line_items"][0]["price_data"]["currency"] = "kwd"
    with pytest.raises(stripe.InvalidRequestError, match="steps of ten"):
        client.v1.checkout.sessions.create(params)


def test_an_unknown_object_is_missing(client):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.retrieve("pi_none")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
    assert refused.value.request_id.startswith("req_")


def test_what_cannot_be_expanded_is_refused(client, new_session):
    session = new_session()
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.checkout.sessions.retrieve(session.id, {"expand": ["amount_total"]})


@pytest.mark.parametrize(
    ("key", "status"),
    [("sk_live_abc", 401), ("rk_live_abc", 401), ("nonsense", 401), ("pk_test_abc", 403)],
)
def test_only_secret_test_keys_are_let_in(sandbox, key, status):
    other = stripe.StripeClient(key, base_addresses={"api": sandbox.api_base})
    with pytest.raises(stripe.StripeError) as refused:
        other.v1.events.list()
    assert refused.value.http_status == status


def test_a_repeated_key_replays_the_first_answer(client, sandbox):
    options = {"idempotency_key": "gift-1"}
    params = donation()
    first = client.v1.checkout.sessions.create(params, options)
    second = client.v1.checkout.sessions.create(params, options)

    assert second.id == first.id
    assert "idempotent-replayed" not in first.last_response.headers
    assert second.last_response.headers["idempotent-replayed"] == "true"
    assert len(client.v1.checkout.sessions.list().data) == 1


def test_a_key_with_other_parameters_is_an_error(client):
    client.v1.checkout.sessions.create(donation(2500), {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError) as refused:
        client.v1.checkout.sessions.create(donation(2600), {"idempotency_key": "k"})
    assert refused.value.http_status == 400


def test_a_refused_parameter_leaves_its_key_free(client):
    options = {"idempotency_key": "k"}
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.create(donation(colour="red"), options)
    assert client.v1.checkout.sessions.create(donation(), options).status == "open"


def test_a_key_in_use_is_a_conflict(client, sandbox):
    sandbox.fault("hang", seconds=1.0, match="checkout/sessions")
    options = {"idempotency_key": "k"}
    params = donation()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        slow = pool.submit(client.v1.checkout.sessions.create, params, options)
        time.sleep(0.4)
        with pytest.raises(stripe.StripeError) as refused:
            client_of(sandbox).v1.checkout.sessions.create(params, options)
        session = slow.result()
    assert refused.value.http_status == 409
    assert refused.value.error.code == "idempotency_key_in_use"
    assert client.v1.checkout.sessions.create(params, options).id == session.id


def test_lists_come_newest_first_in_pages_both_ways(client, new_session):
    made = [new_session(1000 + number).id for number in range(7)]
    newest_first = made[::-1]

    first = client.v1.checkout.sessions.list({"limit": 3})
    assert ([s.id for s in first.data], first.has_more) == (newest_first[:3], True)
    rest = client.v1.checkout.sessions.list({"limit": 4, "starting_after": first.data[-1].id})
    assert ([s.id for s in rest.data], rest.has_more) == (newest_first[3:], False)
    back = client.v1.checkout.sessions.list({"limit": 2, "ending_before": newest_first[3]})
    assert ([s.id for s in back.data], back.has_more) == (newest_first[1:3], True)
    paged = client.v1.checkout.sessions.list({"limit": 2}).auto_paging_iter()
    assert [s.id for s in paged] == newest_first


def test_events_are_filtered_by_kind_and_time(client, sandbox, new_session):
    sandbox.fees("at_once")
    sandbox.pay(new_session().id)
    sandbox.set_clock(advance=3600)
    late = new_session(expires_at=int(time.time()) + 3600 + 1860)
    sandbox.pay(late.id)

    one = client.v1.events.list({"type": "checkout.session.completed"}).data
    assert len(one) == 2
    some = client.v1.events.list({"type": "charge.*"}).data
    assert {event.type for event in some} == {"charge.succeeded"}
    two = client.v1.events.list({"types": ["charge.succeeded", "payment_intent.created"]}).data
    assert len(two) == 4
    since = client.v1.events.list({"created": {"gte": int(time.time()) + 1800}, "limit": 100}).data
    assert len(since) == 4
    assert {event.data.object.id for event in since} >= {late.id}


def test_only_an_open_session_can_be_expired(client, sandbox, new_session):
    session = new_session()
    assert client.v1.checkout.sessions.expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="expired"):
        client.v1.checkout.sessions.expire(session.id)
    expiry = sandbox.events(types=["checkout.session.expired"])[0]
    assert expiry["request"]["id"].startswith("req_")


def test_customers_are_kept_listed_by_mail_and_deleted(client, sandbox, new_session):
    customer = client.v1.customers.create({"email": "a@example.org", "metadata": {"donor": "1"}})
    session = new_session(customer=customer.id, customer_email=None)
    sandbox.pay(session.id)

    assert client.v1.charges.list({"customer": customer.id}).data[0].customer == customer.id
    assert client.v1.customers.list({"email": "a@example.org"}).data[0].id == customer.id
    assert client.v1.customers.delete(customer.id).deleted
    assert client.v1.customers.retrieve(customer.id).deleted
    assert client.v1.customers.list().data == []


def test_another_version_of_the_api_is_refused(sandbox):
    old = stripe.StripeClient(
        sandbox.secret_key,
        base_addresses={"api": sandbox.api_base},
        stripe_version="2024-06-20",
    )
    with pytest.raises(stripe.InvalidRequestError, match="version"):
        old.v1.events.list()


def test_what_the_sandbox_lacks_is_said_in_stripes_envelope(sandbox):
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"))
    connection.request("GET", "/v1/terminal/readers", headers={"Authorization": "Bearer sk_test_x"})
    response = connection.getresponse()
    error = json.loads(response.read())["error"]
    connection.close()
    assert (response.status, error["type"]) == (404, "invalid_request_error")


def test_commands_are_refused_to_forms_of_other_sites(sandbox):
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"))
    connection.request("POST", "/_sandbox/reset", "x=1", {"Content-Type": "text/plain"})
    status = connection.getresponse().status
    connection.close()
    assert status == 405
