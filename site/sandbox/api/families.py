"""Every family of API operations; a new one is a module and a name here."""

from sandbox.api import (
    balance as balance,
    checkout as checkout,
    customers as customers,
    event_list as event_list,
    payments as payments,
    webhook_endpoints as webhook_endpoints,
)
