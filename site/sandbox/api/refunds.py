"""Refunds: of a charge or of its payment intent, whole or in parts."""

from sandbox import refunding
from sandbox.api.answers import equal, page, retrieve
from sandbox.api.errors import ApiError, invalid, no_such
from sandbox.api.params import Choice, Integer, Metadata, Text, merged_metadata
from sandbox.api.routes import DATED, Call, operation
from sandbox.store import Object, store

CREATE = {
    "charge": Text(),
    "payment_intent": Text(),
    "amount": Integer(1),
    "reason": Choice("duplicate", "fraudulent", "requested_by_customer"),
    "metadata": Metadata(),
}


@operation("POST", "/v1/refunds", CREATE)
def create(call: Call) -> Object:
    given = call.params
    try:
        return refunding.refund(
            _charge(given.get("charge"), given.get("payment_intent")),
            amount=given.get("amount"),
            reason=given.get("reason"),
            metadata=given.get("metadata"),
        )
    except refunding.NotRefundable as error:
        raise _refused(error) from None


@operation("GET", "/v1/refunds/{id}")
def show(call: Call) -> Object:
    return retrieve("refund", call)


@operation("GET", "/v1/refunds", {**DATED, "charge": Text(), "payment_intent": Text()})
def list_refunds(call: Call) -> Object:
    return page(call, "refund", equal(call, "charge", "payment_intent"))


@operation("POST", "/v1/refunds/{id}", {"metadata": Metadata()})
def update(call: Call) -> Object:
    refund = retrieve("refund", call)
    if "metadata" in call.params:
        refund["metadata"] = merged_metadata(refund["metadata"], call.params["metadata"])
        store.save(refund)
    return refund


@operation("POST", "/v1/refunds/{id}/cancel")
def cancel(call: Call) -> Object:
    refund = retrieve("refund", call)
    try:
        return refunding.cancel(refund["id"])
    except refunding.NotRefundable as error:
        raise _refused(error) from None


def _charge(charge_id: str | None, intent_id: str | None) -> Object:
    if charge_id is None and intent_id is None:
        raise invalid(
            "One of the following params should be provided for this request: payment_intent or"
            " charge."
        )
    if charge_id is None:
        intent = store.get("payment_intent", intent_id or "")
        if intent is None:
            raise no_such("payment_intent", intent_id or "", param="payment_intent", status=404)
        charge_id = intent["latest_charge"]
        if intent["status"] != "succeeded" or charge_id is None:
            raise invalid(
                f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.",
                param="payment_intent",
            )
    charge = store.get("charge", charge_id)
    if charge is None:
        raise no_such("charge", charge_id, param="charge", status=404)
    return charge


def _refused(error: refunding.NotRefundable) -> ApiError:
    return ApiError(
        400,
        "invalid_request_error",
        str(error),
        code=error.code,
        param=error.param,
        saved=True,
    )
