"""Disputes: read them, answer with evidence, or accept them."""

from sandbox import disputing
from sandbox.api.answers import equal, page, retrieve
from sandbox.api.errors import ApiError
from sandbox.api.params import Flag, Hash, Metadata, Text, merged_metadata
from sandbox.api.routes import DATED, Call, operation
from sandbox.store import Object, store

# Texts only: the sandbox keeps no files.
EVIDENCE = Hash({name: Text(20_000, empty=True) for name in disputing.TEXTS})


@operation("GET", "/v1/disputes/{id}")
def show(call: Call) -> Object:
    return retrieve("dispute", call)


@operation("GET", "/v1/disputes", {**DATED, "charge": Text(), "payment_intent": Text()})
def list_disputes(call: Call) -> Object:
    return page(call, "dispute", equal(call, "charge", "payment_intent"))


@operation(
    "POST",
    "/v1/disputes/{id}",
    {"evidence": EVIDENCE, "submit": Flag(), "metadata": Metadata()},
)
def update(call: Call) -> Object:
    dispute = retrieve("dispute", call)
    if "metadata" in call.params:
        dispute["metadata"] = merged_metadata(dispute["metadata"], call.params["metadata"])
        store.save(dispute)
    if "evidence" not in call.params:
        return dispute
    try:
        # Stripe sends what is given to the bank unless told not to.
        return disputing.submit(
            dispute, call.params["evidence"], send=call.params.get("submit", True)
        )
    except disputing.NotPossible as error:
        raise _closed(error) from None


@operation("POST", "/v1/disputes/{id}/close")
def close(call: Call) -> Object:
    dispute = retrieve("dispute", call)
    try:
        return disputing.lose(dispute["id"])
    except disputing.NotPossible as error:
        raise _closed(error) from None


def _closed(error: disputing.NotPossible) -> ApiError:
    return ApiError(400, "invalid_request_error", f"{error}.", saved=True)
