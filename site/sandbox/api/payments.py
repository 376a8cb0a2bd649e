"""Payment intents and charges: Checkout and invoices make them, the API reads them."""

from sandbox.api.answers import equal, page, retrieve
from sandbox.api.params import Text
from sandbox.api.routes import DATED, Call, operation
from sandbox.store import Object


@operation("GET", "/v1/payment_intents/{id}")
def show_intent(call: Call) -> Object:
    return retrieve("payment_intent", call, "payment_intent")


@operation("GET", "/v1/payment_intents", {**DATED, "customer": Text()})
def list_intents(call: Call) -> Object:
    return page(call, "payment_intent", equal(call, "customer"))


@operation("GET", "/v1/charges/{id}")
def show_charge(call: Call) -> Object:
    return retrieve("charge", call)


@operation("GET", "/v1/charges", {**DATED, "customer": Text(), "payment_intent": Text()})
def list_charges(call: Call) -> Object:
    return page(call, "charge", equal(call, "customer", "payment_intent"))
