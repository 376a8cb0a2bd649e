"""The door where Stripe calls: only what Stripe signed, a moment ago, comes in."""

import hashlib
import hmac
import time

import pytest
from django.test import override_settings

from donations.models import Event


@pytest.fixture
def event(giving):
    giving.pay(giving.begin())
    return giving.new_events()[0]


def test_a_signed_event_is_stored_with_its_job(giving, event, run_jobs):
    assert giving.post(event) == 200
    assert Event.objects.get().pk == event["id"]
    assert [ran.arguments for ran in run_jobs()] == [{"event_id": event["id"]}]


@pytest.mark.parametrize("change", ["body", "secret", "signature", "none", "garbage"])
def test_a_forged_call_is_refused(giving, event, change):
    body, signature = giving.sandbox.signed(event)
    if change == "body":
        body = body.replace(b"evt_", b"evx_", 1)
    if change == "secret":
        giving.sandbox.webhook_secret, real = "whsec_other", giving.sandbox.webhook_secret
        body, signature = giving.sandbox.signed(event)
        giving.sandbox.webhook_secret = real
    signature = {"signature": signature[:-1], "none": "", "garbage": "t=x,v1=\u00e9"}.get(
        change, signature
    )
    assert giving.post_raw(body, signature) == 400
    assert not Event.objects.exists()


@pytest.mark.parametrize(("seconds", "status"), [(-290, 200), (-310, 400)])
def test_a_call_kept_for_later_is_refused(giving, event, seconds, status):
    assert giving.post(event, at=int(time.time()) + seconds) == status


def test_two_secrets_are_good_while_one_is_rolled(giving, event):
    with override_settings(STRIPE_WEBHOOK_SECRETS=["whsec_new", giving.sandbox.webhook_secret]):
        assert giving.post(event) == 200
    with override_settings(STRIPE_WEBHOOK_SECRETS=["whsec_new"]):
        assert giving.post(event) == 400


@pytest.mark.parametrize("size", [600_000, 1_500_000])
def test_a_body_too_large_is_not_read(giving, event, size):
    event["padding"] = "x" * size
    assert giving.post(event) == 400
    assert not Event.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"null", b'{"id": 1}', b"\xff\xfe"])
def test_a_signed_body_that_is_no_event_is_refused(giving, body):
    now = int(time.time())
    digest = hmac.new(
        giving.sandbox.webhook_secret.encode(), f"{now}.".encode() + body, hashlib.sha256
    ).hexdigest()
    assert giving.post_raw(body, f"t={now},v1={digest}") == 400


def test_an_unknown_kind_is_stored_and_answered_well(giving, event):
    assert giving.post(event | {"type": "planet.aligned"}) == 200
    assert Event.objects.get().kind == "planet.aligned"


def test_looking_at_the_address_is_refused(giving):
    assert giving.client.get("/webhooks/stripe/").status_code == 405


def test_an_event_of_an_older_version_is_read_for_what_it_points_at(giving, event):
    assert giving.post(event | {"api_version": "2022-11-15"}) == 200
    assert Event.objects.get().api_version == "2022-11-15"
