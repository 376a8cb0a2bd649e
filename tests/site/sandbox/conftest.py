"""What tests of the sandbox share: the official client and a donation to pay."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe

from sandbox.control import Sandbox
from tests.site.sandbox.shop import Shop


@pytest.fixture
def client(sandbox: Sandbox) -> stripe.StripeClient:
    return client_of(sandbox)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.close()


def client_of(sandbox: Sandbox) -> stripe.StripeClient:
    return stripe.StripeClient(
        sandbox.secret_key, base_addresses={"api": sandbox.api_base}, max_network_retries=0
    )


def donation(amount: int = 2500, **changes: Any) -> dict[str, Any]:
    """The parameters of a Checkout Session for one gift."""
    return {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "submit_type": "donate",
        "customer_email": "donor@example.org",
        "client_reference_id": "gift-1",
        "metadata": {"gift": "gift-1"},
        "line_items": [
            {
                "price_data": {
                    "currency": "usd",
                    "unit_amount": amount,
                    "product_data": {"name": "Gift to the school fund"},
                },
                "quantity": 1,
            }
        ],
        "payment_intent_data": {
            "metadata": {"gift": "gift-1"},
            "description": "Gift",
            "statement_descriptor_suffix": "GIFT",
        },
        "success_url": "http://localhost:9/thanks?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://localhost:9/back",
        "expires_at": int(time.time()) + 31 * 60,
        "locale": "en",
    } | changes


@pytest.fixture
def new_session(client: stripe.StripeClient) -> Callable[..., Any]:
    def create(amount: int = 2500, **changes: Any) -> Any:
        return client.v1.checkout.sessions.create(donation(amount, **changes))

    return create


def programme(amount: int = 2500, interval: str = "month", **changes: Any) -> dict[str, Any]:
    """The parameters of a Checkout Session that begins a subscription."""
    given = donation(amount) | {
        "mode": "subscription",
        "subscription_data": {"metadata": {"plan": "plan-1"}},
    }
    # It expires by the sandbox's clock, which these tests move.
    for name in ("submit_type", "payment_intent_data", "expires_at"):
        del given[name]
    given["line_items"][0]["price_data"]["recurring"] = {"interval": interval}
    return given | changes


@pytest.fixture
def subscribe(client: stripe.StripeClient, sandbox: Sandbox) -> Callable[..., Any]:
    """Begins a subscription through its Checkout Session and gives it."""

    def begin(amount: int = 2500, card: str = "4242424242424242", **changes: Any) -> Any:
        session = client.v1.checkout.sessions.create(programme(amount, **changes))
        sandbox.pay(session.id, card, authenticate=True)
        begun = client.v1.checkout.sessions.retrieve(session.id).subscription
        assert isinstance(begun, str)
        return client.v1.subscriptions.retrieve(begun)

    return begin
