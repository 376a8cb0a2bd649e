"""The only door to Stripe: plain frozen facts come out, Stripe's own objects stay inside."""

from donations.gateway.checkout import (
    create_checkout,
    expire_checkout,
    fetch_checkout,
    is_payable,
)
from donations.gateway.client import GatewayError, NotFound, Refused, Unreachable, UsedUp
from donations.gateway.events import BadSignature, Hint, list_events, read_webhook
from donations.gateway.facts import Charge, Checkout, Intent, Movement
from donations.gateway.invoices import (
    Invoice,
    fetch_intent,
    fetch_invoice,
    find_invoice_of,
    let_go_of_invoices,
    list_paid_invoices,
    page_of_invoice,
    pay_invoice,
)
from donations.gateway.payments import failed_charges, fetch_movement
from donations.gateway.subscriptions import (
    Card,
    Subscription,
    cancel_subscription,
    change_amount,
    fetch_subscription,
    open_card_page,
    pause_subscription,
    resume_subscription,
    use_card,
)
from donations.gateway.webhooks import Endpoint, set_up_endpoint

__all__ = [
    "BadSignature",
    "Card",
    "Charge",
    "Checkout",
    "Endpoint",
    "GatewayError",
    "Hint",
    "Intent",
    "Invoice",
    "Movement",
    "NotFound",
    "Refused",
    "Subscription",
    "Unreachable",
    "UsedUp",
    "cancel_subscription",
    "change_amount",
    "create_checkout",
    "expire_checkout",
    "failed_charges",
    "fetch_checkout",
    "fetch_intent",
    "fetch_invoice",
    "fetch_movement",
    "fetch_subscription",
    "find_invoice_of",
    "is_payable",
    "let_go_of_invoices",
    "list_events",
    "list_paid_invoices",
    "open_card_page",
    "page_of_invoice",
    "pause_subscription",
    "pay_invoice",
    "read_webhook",
    "resume_subscription",
    "set_up_endpoint",
    "use_card",
]
