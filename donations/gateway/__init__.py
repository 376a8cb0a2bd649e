"""The only door to Stripe: plain frozen facts come out, Stripe's own objects stay inside."""

from donations.gateway.afterwards import (
    Alert,
    Dispute,
    Refund,
    Subject,
    create_refund,
    fetch_review,
    list_disputes,
    list_refunds,
    list_warnings,
    subject_of,
)
from donations.gateway.checkout import (
    create_checkout,
    expire_checkout,
    fetch_checkout,
    is_payable,
)
from donations.gateway.client import GatewayError, NotFound, Refused, Unreachable, UsedUp
from donations.gateway.events import BadSignature, Hint, list_events, read_webhook
from donations.gateway.facts import Charge, Checkout, Movement
from donations.gateway.lists import (
    ListedCharge,
    list_charges,
    list_disputes_opened,
    list_movements,
    list_payouts_made,
    list_refunds_made,
)
from donations.gateway.payments import failed_charges, fetch_movement
from donations.gateway.payouts import Payout, fetch_payout, list_payout_movements, list_payouts
from donations.gateway.webhooks import Endpoint, set_up_endpoint

__all__ = [
    "Alert",
    "BadSignature",
    "Charge",
    "Checkout",
    "Dispute",
    "Endpoint",
    "GatewayError",
    "Hint",
    "ListedCharge",
    "Movement",
    "NotFound",
    "Payout",
    "Refund",
    "Refused",
    "Subject",
    "Unreachable",
    "UsedUp",
    "create_checkout",
    "create_refund",
    "expire_checkout",
    "failed_charges",
    "fetch_checkout",
    "fetch_movement",
    "fetch_payout",
    "fetch_review",
    "is_payable",
    "list_charges",
    "list_disputes",
    "list_disputes_opened",
    "list_events",
    "list_movements",
    "list_payout_movements",
    "list_payouts",
    "list_payouts_made",
    "list_refunds",
    "list_refunds_made",
    "list_warnings",
    "read_webhook",
    "set_up_endpoint",
    "subject_of",
]
