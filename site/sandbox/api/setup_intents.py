"""Setup intents: how a payment method came to be kept."""

from sandbox.api.answers import equal, page, retrieve
from sandbox.api.params import Text
from sandbox.api.routes import DATED, Call, operation
from sandbox.store import Object


@operation("GET", "/v1/setup_intents/{id}")
def show(call: Call) -> Object:
    return retrieve("setup_intent", call, "setupintent")


@operation("GET", "/v1/setup_intents", {**DATED, "customer": Text(), "payment_method": Text()})
def list_intents(call: Call) -> Object:
    return page(call, "setup_intent", equal(call, "customer", "payment_method"))
