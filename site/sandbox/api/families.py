"""Every family of API operations; a new one is a module and a name here."""

from sandbox.api import (
    balance,
    catalogue,
    checkout,
    customers,
    disputes,
    event_list,
    invoices,
    payment_methods,
    payments,
    payouts,
    portal,
    radar,
    refunds,
    setup_intents,
    subscriptions,
    webhook_endpoints,
)

__all__ = [
    "balance",
    "catalogue",
    "checkout",
    "customers",
    "disputes",
    "event_list",
    "invoices",
    "payment_methods",
    "payments",
    "payouts",
    "portal",
    "radar",
    "refunds",
    "setup_intents",
    "subscriptions",
    "webhook_endpoints",
]
