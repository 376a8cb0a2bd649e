"""Customers as new, made by the API or by a Checkout Session that keeps who paid."""

from typing import Any

from sandbox import clock, events, ids
from sandbox.store import Object, store


def create(given: dict[str, Any]) -> Object:
    customer = store.save(
        {
            "id": ids.new_id("cus_", 14),
            "object": "customer",
            "address": None,
            "balance": 0,
            "created": clock.now(),
            "currency": None,
            "default_source": None,
            "delinquent": False,
            "description": given.get("description"),
            "discount": None,
            "email": given.get("email"),
            "invoice_prefix": ids.random_text(8).upper(),
            "invoice_settings": {
                "custom_fields": None,
                "default_payment_method": None,
                "footer": None,
                "rendering_options": None,
            },
            "livemode": False,
            "metadata": given.get("metadata") or {},
            "name": given.get("name"),
            "next_invoice_sequence": 1,
            "phone": given.get("phone"),
            "preferred_locales": given.get("preferred_locales", []),
            "shipping": None,
            "tax_exempt": "none",
            "test_clock": given.get("test_clock"),
        }
    )
    events.emit("customer.created", customer)
    return customer


def change(customer: Object, **new: Any) -> Object:
    """Write what differs and tell it."""
    old = {key: customer[key] for key, value in new.items() if customer[key] != value}
    if old:
        customer |= new
        store.save(customer)
        events.emit("customer.updated", customer, previous=old)
    return customer
