"""Webhooks: truly signed, delivered at least once, tried again, and steered by tests."""

import json
import time

import pytest
import stripe

from tests.site.sandbox.conftest import client_of, donation


def until(condition, seconds=8):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def endpoint(client, shop):
    return client.v1.webhook_endpoints.create(
        {
            "url": shop.url,
            "enabled_events": ["checkout.session.completed", "charge.updated"],
            "api_version": "2026-08-26.dahlia",
        }
    )


def test_an_endpoint_gets_the_kinds_it_asked_for_truly_signed(
    sandbox, client, shop, endpoint, new_session
):
    session = new_session()
    sandbox.pay(session.id)
    until(lambda: len(shop.got) == 2)

    events = shop.events(endpoint.secret)
    assert {event.type for event in events} == {"checkout.session.completed", "charge.updated"}
    completed = next(event for event in events if event.type == "checkout.session.completed")
    assert completed.data.object.id == session.id
    assert completed.api_version == "2026-08-26.dahlia"
    until(lambda: client.v1.events.retrieve(completed.id).pending_webhooks == 0)
    with pytest.raises(stripe.SignatureVerificationError):
        shop.events("whsec_another")


def test_the_secret_is_shown_at_creation_only(client, endpoint):
    assert endpoint.secret.startswith("whsec_")
    assert not hasattr(client.v1.webhook_endpoints.retrieve(endpoint.id), "secret")


def test_a_failing_endpoint_is_tried_again_until_it_answers(sandbox, shop, endpoint, new_session):
    shop.status = 500
    sandbox.fees("held")
    sandbox.pay(new_session().id)
    until(lambda: len(shop.got) >= 2)
    shop.status = 200
    until(lambda: sandbox.deliveries("delivered"))

    assert len({event.id for event in shop.events(endpoint.secret)}) == 1
    assert sandbox.deliveries()[0]["attempts"] >= 3


def test_a_disabled_endpoint_gets_nothing_until_it_is_enabled(
    sandbox, client, shop, endpoint, new_session
):
    client.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    sandbox.fees("at_once")
    sandbox.pay(new_session().id)
    assert sandbox.deliveries() == []

    client.v1.webhook_endpoints.update(endpoint.id, {"disabled": False})
    sandbox.resend(sandbox.events(types=["checkout.session.completed"])[0]["id"])
    until(lambda: len(shop.got) == 1)


def test_deliveries_are_dropped_doubled_and_twinned_on_request(
    sandbox, shop, endpoint, new_session
):
    sandbox.fees("at_once")
    sandbox.steer_deliveries(drop=1)
    sandbox.pay(new_session().id)
    assert [row["state"] for row in sandbox.deliveries()] == ["dropped"]

    sandbox.steer_deliveries(duplicate=1)
    sandbox.pay(new_session().id)
    until(lambda: len(shop.got) == 2)
    assert len({event.id for event in shop.events(endpoint.secret)}) == 1

    shop.got.clear()
    sandbox.steer_deliveries(twin=-1)
    sandbox.pay(new_session().id)
    until(lambda: len(shop.got) == 2)
    twins = shop.events(endpoint.secret)
    assert len({event.id for event in twins}) == 2
    assert len({event.data.object.id for event in twins}) == 1


def test_paused_deliveries_wait_and_a_delay_holds_them_back(sandbox, shop, endpoint, new_session):
    sandbox.fees("at_once")
    sandbox.steer_deliveries(paused=True)
    sandbox.pay(new_session().id)
    time.sleep(0.3)
    assert shop.got == []
    sandbox.steer_deliveries(paused=False)
    until(lambda: len(shop.got) == 1)

    sandbox.steer_deliveries(delay=0.5)
    started = time.monotonic()
    sandbox.pay(new_session().id)
    until(lambda: len(shop.got) == 2)
    assert time.monotonic() - started >= 0.5


def test_shuffled_deliveries_all_arrive_in_another_order(sandbox, client, shop, new_session):
    client.v1.webhook_endpoints.create({"url": shop.url, "enabled_events": ["*"]})
    sandbox.fees("at_once")
    sandbox.steer_deliveries(shuffle=0.5)
    for _ in range(4):
        sandbox.pay(new_session().id)
    until(lambda: len(sandbox.deliveries("delivered")) == 16)

    sent = [event["id"] for event in sandbox.events()]
    got = [json.loads(body)["id"] for body, _ in shop.got]
    assert sorted(got) == sorted(sent)
    assert got != sent


def test_a_deleted_endpoint_gets_no_more(sandbox, client, shop, endpoint, new_session):
    assert client.v1.webhook_endpoints.delete(endpoint.id).deleted
    sandbox.pay(new_session().id)
    assert sandbox.deliveries() == []
    assert client.v1.webhook_endpoints.list().data == []


def test_deliveries_and_state_survive_a_kill(own_sandbox, shop):
    sandbox = own_sandbox(webhook=shop.url, retry_after=(0.1,) * 100)
    client = client_of(sandbox)
    shop.status = 503
    session = client.v1.checkout.sessions.create(donation(), {"idempotency_key": "k"})
    sandbox.fees("at_once")
    sandbox.pay(session.id)
    until(lambda: shop.got)

    sandbox.kill()
    shop.got.clear()
    shop.status = 200
    sandbox.start()

    until(lambda: len(sandbox.deliveries("delivered")) == 4)
    kinds = {event.type for event in shop.events(sandbox.webhook_secret)}
    assert "checkout.session.completed" in kinds
    assert client_of(sandbox).v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_a_signed_event_passes_stripes_own_verification(sandbox, new_session):
    sandbox.pay(new_session().id)
    event = sandbox.events(types=["checkout.session.completed"])[0]
    body, header = sandbox.signed(event)

    read = stripe.Webhook.construct_event(body, header, sandbox.webhook_secret)
    assert read.id == event["id"]
    stale = sandbox.signed(event, at=int(time.time()) - 600)
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        stripe.Webhook.construct_event(*stale, sandbox.webhook_secret)
