"""Payouts: what went to the bank. Automatic ones name the rows of the balance they carried."""

from sandbox.api.answers import equal, page, retrieve
from sandbox.api.params import Choice
from sandbox.api.routes import DATED, Call, operation
from sandbox.store import Object


@operation("GET", "/v1/payouts/{id}")
def show(call: Call) -> Object:
    return retrieve("payout", call)


@operation(
    "GET",
    "/v1/payouts",
    {**DATED, "status": Choice("canceled", "failed", "in_transit", "paid", "pending")},
)
def list_payouts(call: Call) -> Object:
    return page(call, "payout", equal(call, "status"))
