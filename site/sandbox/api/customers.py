"""Customers: who pays, by e-mail and name."""

from sandbox import clock, events, ids
from sandbox.api.answers import equal, page, retrieve
from sandbox.api.params import Email, Items, Metadata, Text
from sandbox.api.routes import DATED, Call, operation
from sandbox.store import Object, store

FIELDS = {
    "email": Email(512),
    "name": Text(256),
    "description": Text(),
    "metadata": Metadata(),
    "preferred_locales": Items(Text()),
}


@operation("POST", "/v1/customers", FIELDS)
def create(call: Call) -> Object:
    given = call.params
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
            "phone": None,
            "preferred_locales": given.get("preferred_locales", []),
            "shipping": None,
            "tax_exempt": "none",
            "test_clock": None,
        }
    )
    events.emit("customer.created", customer)
    return customer


@operation("GET", "/v1/customers/{id}")
def show(call: Call) -> Object:
    customer = retrieve("customer", call)
    if customer.get("_deleted"):
        return {"id": customer["id"], "object": "customer", "deleted": True}
    return customer


@operation("GET", "/v1/customers", {**DATED, "email": Text()})
def list_customers(call: Call) -> Object:
    return page(call, "customer", [*equal(call, "email"), ("_deleted", "IS", None)])


@operation("DELETE", "/v1/customers/{id}")
def delete(call: Call) -> Object:
    customer = retrieve("customer", call)
    store.save(customer | {"_deleted": True})
    events.emit("customer.deleted", customer)
    return {"id": customer["id"], "object": "customer", "deleted": True}
