"""Payment methods: the customer's cards and accounts, attached and detached."""

from sandbox import events, setting_up
from sandbox.api.answers import equal, page, retrieve
from sandbox.api.errors import invalid, no_such
from sandbox.api.params import Choice, Text, required
from sandbox.api.routes import LISTING, Call, operation
from sandbox.store import Object, store

TYPE = Choice("card", "us_bank_account")


@operation("GET", "/v1/payment_methods/{id}")
def show(call: Call) -> Object:
    return retrieve("payment_method", call, "PaymentMethod")


@operation("GET", "/v1/payment_methods", {**LISTING, "customer": required(Text()), "type": TYPE})
def list_methods(call: Call) -> Object:
    return page(call, "payment_method", equal(call, "customer", "type"))


@operation("GET", "/v1/customers/{id}/payment_methods", {**LISTING, "type": TYPE})
def list_of_customer(call: Call) -> Object:
    retrieve("customer", call)
    where = [*equal(call, "type"), ("customer", "=", call.subject)]
    return page(call, "payment_method", where)


@operation("POST", "/v1/payment_methods/{id}/attach", {"customer": required(Text())})
def attach(call: Call) -> Object:
    kept = setting_up.method_called(call.subject)
    if kept is None:
        raise no_such("PaymentMethod", call.subject)
    customer = call.params["customer"]
    if store.get("customer", customer) is None:
        raise no_such("customer", customer, param="customer", status=400)
    if kept["customer"] not in (None, customer):
        raise invalid("The payment method you provided is attached to another customer.")
    return setting_up.attach(kept, customer)


@operation("POST", "/v1/payment_methods/{id}/detach")
def detach(call: Call) -> Object:
    kept = retrieve("payment_method", call, "PaymentMethod")
    if kept["customer"] is None:
        raise invalid(
            "The payment method you provided is not attached to a customer so detachment is"
            " impossible."
        )
    old = kept["customer"]
    store.save(kept | {"customer": None})
    kept["customer"] = None
    events.emit("payment_method.detached", kept, previous={"customer": old})
    return kept
