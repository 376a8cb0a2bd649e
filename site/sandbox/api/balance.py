"""Balance transactions: what moved on the account, with fee and net."""

from sandbox.api.answers import equal, page, retrieve
from sandbox.api.params import Text
from sandbox.api.routes import DATED, Call, operation
from sandbox.store import Object


@operation("GET", "/v1/balance_transactions/{id}")
def show(call: Call) -> Object:
    return retrieve("balance_transaction", call, "balance transaction")


@operation(
    "GET",
    "/v1/balance_transactions",
    {**DATED, "currency": Text(3), "source": Text(), "type": Text()},
)
def list_transactions(call: Call) -> Object:
    return page(call, "balance_transaction", equal(call, "currency", "source", "type"))
