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
