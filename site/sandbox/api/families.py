"""Every family of API operations; a new one is a module and a name here."""

from sandbox.api import (
    balance,
    checkout,
    customers,
    disputes,
    event_list,
    payments,
    payouts,
    radar,
    refunds,
    webhook_endpoints,
)

__all__ = [
    "balance",
    "checkout",
    "customers",
    "disputes",
    "event_list",
    "payments",
    "payouts",
    "radar",
    "refunds",
    "webhook_endpoints",
]
