"""Faults on request: what was done, what was answered, and what a second try with the key gives."""

import time

import pytest
import stripe

from tests.site.sandbox.conftest import donation

KEY = {"idempotency_key": "gift-1"}


def sessions(client):
    return client.v1.checkout.sessions.list().data


@pytest.mark.parametrize(
    ("kind", "code"), [("429", "rate_limit"), ("lock-timeout", "lock_timeout")]
)
def test_a_rate_limit_does_nothing_and_is_not_kept(client, sandbox, kind, code):
    params = donation()
    sandbox.fault(kind, match="checkout")
    with pytest.raises(stripe.RateLimitError) as refused:
        client.v1.checkout.sessions.create(params, KEY)
    assert refused.value.error.code == code
    assert sessions(client) == []
    assert client.v1.checkout.sessions.create(params, KEY).status == "open"


@pytest.mark.parametrize(("kind", "done"), [("500-before", 0), ("500-after", 1)])
def test_a_saved_500_is_replayed_for_its_key(client, sandbox, kind, done):
    params = donation()
    sandbox.fault(kind, match="checkout", method="POST")
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failed:
            client.v1.checkout.sessions.create(params, KEY)
        assert failed.value.http_status == 500
    assert failed.value.headers["idempotent-replayed"] == "true"
    assert len(sessions(client)) == done
    client.v1.checkout.sessions.create(params, {"idempotency_key": "gift-1-again"})
    assert len(sessions(client)) == done + 1


@pytest.mark.parametrize(("kind", "done"), [("cut", 1), ("cut-before", 0)])
def test_a_cut_connection_can_be_repeated_with_the_same_key(client, sandbox, kind, done):
    params = donation()
    sandbox.fault(kind, match="checkout", method="POST")
    with pytest.raises(stripe.APIConnectionError):
        client.v1.checkout.sessions.create(params, KEY)
    assert len(sessions(client)) == done

    again = client.v1.checkout.sessions.create(params, KEY)

    assert ("idempotent-replayed" in again.last_response.headers) == bool(done)
    assert [session.id for session in sessions(client)] == [again.id]


def test_a_hanging_answer_runs_into_the_clients_timeout_though_the_work_is_done(sandbox, client):
    hasty = stripe.StripeClient(
        sandbox.secret_key,
        base_addresses={"api": sandbox.api_base},
        http_client=stripe.RequestsClient(timeout=0.3),
        max_network_retries=0,
    )
    sandbox.fault("hang", match="checkout", seconds=1)
    with pytest.raises(stripe.APIConnectionError):
        hasty.v1.checkout.sessions.create(donation(), KEY)
    assert len(sessions(client)) == 1


def test_a_fault_hits_as_many_calls_as_asked_and_only_the_path_named(client, sandbox):
    sandbox.fault("429", count=2, match="/v1/events")
    assert sessions(client) == []
    for _ in range(2):
        with pytest.raises(stripe.RateLimitError):
            client.v1.events.list()
    assert client.v1.events.list().data == []


def test_a_header_asks_for_a_fault_of_its_own_call(sandbox, client):
    started = time.monotonic()
    client.v1.events.list(None, {"headers": {"X-Sandbox-Fault": "hang;seconds=0.4"}})
    assert time.monotonic() - started >= 0.4


def test_an_unknown_fault_is_refused(sandbox):
    with pytest.raises(Exception, match="no such fault"):
        sandbox.fault("gremlins")
