"""Customers: who pays, by e-mail and name."""

from sandbox import customers, events, setting_up, standing
from sandbox.api.answers import equal, page, retrieve
from sandbox.api.errors import no_such
from sandbox.api.params import Email, Hash, Items, Metadata, Text, Unset, merged_metadata
from sandbox.api.routes import DATED, Call, operation
from sandbox.store import Object, store

FIELDS = {
    "email": Email(512),
    "name": Text(256),
    "description": Text(),
    "metadata": Metadata(),
    "preferred_locales": Items(Text()),
}


@operation(
    "POST",
    "/v1/customers",
    {
        **FIELDS,
        "invoice_settings": Hash({"default_payment_method": Text()}),
        "payment_method": Text(),
        "test_clock": Text(),
    },
)
def create(call: Call) -> Object:
    given = call.params
    if "test_clock" in given and store.get("test_helpers.test_clock", given["test_clock"]) is None:
        raise no_such("test clock", given["test_clock"], param="test_clock", status=400)
    name = given.get("payment_method", "")
    default = given.get("invoice_settings", {}).get("default_payment_method", name)
    kept = setting_up.method_called(name)
    if default != name or (name and kept is None):
        raise no_such("PaymentMethod", default, param="payment_method", status=400)
    customer = customers.create(given)
    if kept is None:
        return customer
    setting_up.attach(kept, customer["id"])
    if "invoice_settings" in given:
        settings = customer["invoice_settings"] | {"default_payment_method": kept["id"]}
        customers.change(customer, invoice_settings=settings)
    return customer


@operation("GET", "/v1/customers/{id}")
def show(call: Call) -> Object:
    customer = retrieve("customer", call)
    if customer.get("_deleted"):
        return {"id": customer["id"], "object": "customer", "deleted": True}
    return customer


@operation(
    "POST",
    "/v1/customers/{id}",
    {**FIELDS, "invoice_settings": Hash({"default_payment_method": Unset(Text())})},
)
def update(call: Call) -> Object:
    customer, given = retrieve("customer", call), dict(call.params)
    if customer.get("_deleted"):
        raise no_such("customer", customer["id"])
    if "metadata" in given:
        given["metadata"] = merged_metadata(customer["metadata"], given["metadata"])
    if "invoice_settings" in given:
        name = given["invoice_settings"].get("default_payment_method")
        kept = store.get("payment_method", name or "")
        if name and (kept is None or kept["customer"] != customer["id"]):
            raise no_such(
                "PaymentMethod",
                name,
                param="invoice_settings[default_payment_method]",
                status=400,
            )
        given["invoice_settings"] = customer["invoice_settings"] | given["invoice_settings"]
    return customers.change(customer, **given)


@operation("GET", "/v1/customers", {**DATED, "email": Text(), "test_clock": Text()})
def list_customers(call: Call) -> Object:
    return page(call, "customer", [*equal(call, "email", "test_clock"), ("_deleted", "IS", None)])


@operation("DELETE", "/v1/customers/{id}")
def delete(call: Call) -> Object:
    customer = retrieve("customer", call)
    # As Stripe: the subscriptions of who is gone end at once.
    for subscription in store.select("subscription", where=[("customer", "=", customer["id"])]):
        if subscription["status"] not in standing.ENDED:
            standing.end(subscription, reason="cancellation_requested")
    store.save(customer | {"_deleted": True})
    events.emit("customer.deleted", customer)
    return {"id": customer["id"], "object": "customer", "deleted": True}
