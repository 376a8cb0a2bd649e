"""The only door to Stripe: plain frozen facts come out, Stripe's own objects stay inside."""

from donations.gateway.checkout import (
    create_checkout,
    expire_checkout,
    fetch_checkout,
    is_payable,
)
from donations.gateway.client import GatewayError, NotFound, Refused, Unreachable, UsedUp
from donations.gateway.events import BadSignature, Hint, list_events, read_webhook
from donations.gateway.facts import Charge, Checkout, Movement
from donations.gateway.lists import ListedCharge, list_charges, list_movements
from donations.gateway.payments import failed_charges, fetch_movement
from donations.gateway.webhooks import Endpoint, set_up_endpoint

__all__ = [
    "BadSignature",
    "Charge",
    "Checkout",
    "Endpoint",
    "GatewayError",
    "Hint",
    "ListedCharge",
    "Movement",
    "NotFound",
    "Refused",
    "Unreachable",
    "UsedUp",
    "create_checkout",
    "expire_checkout",
    "failed_charges",
    "fetch_checkout",
    "fetch_movement",
    "is_payable",
    "list_charges",
    "list_events",
    "list_movements",
    "read_webhook",
    "set_up_endpoint",
]
