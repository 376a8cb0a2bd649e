"""Money that goes back to a payer: by the API, in the dashboard, and what a bank says later.

A card's refund has succeeded at once; the bank may still send it back. A debit's is pending for
days. Either way the balance loses the money at the start, and gets it back if the refund fails.
"""

from typing import Any

from sandbox import clock, events, ids, money
from sandbox.cards import CARDS
from sandbox.store import Object, store

# The sandbox's clock until a test card's fate is told, and days until a bank has the money.
SOON = 10
BANK_DAYS = 5
FAILURES = (
    *("charge_for_pending_refund_disputed", "declined", "expired_or_canceled_card"),
    *("insufficient_funds", "lost_or_stolen_card", "merchant_request", "unknown"),
)
ON_ITS_WAY = ("pending", "requires_action")


class NotRefundable(Exception):
    """Stripe would not do it; `code` is Stripe's word for why."""

    def __init__(self, message: str, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.code, self.param = code, param


def refund(
    charge: Object,
    *,
    amount: int | None = None,
    reason: str | None = None,
    metadata: dict[str, str] | None = None,
    status: str = "",
) -> Object:
    """Give money back, all that is left unless an amount is named.

    Args:
        status: to begin with, where the payment's kind should not decide.

    Raises:
        NotRefundable: not paid, disputed, refunded already, or more than is left.
    """
    with store.transaction():
        amount = _allowed(charge, amount)
        card = charge["payment_method_details"]["type"] == "card"
        status = status or ("succeeded" if card and _fate(charge) != "slow refund" else "pending")
        thing: Object = {
            "id": ids.new_id("re_3" if card else "pyr_1"),
            "object": "refund",
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "created": clock.now(),
            "currency": charge["currency"],
            "destination_details": _destination(charge),
            "metadata": metadata or {},
            "payment_intent": charge["payment_intent"],
            "reason": reason,
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": status,
            "transfer_reversal": None,
        }
        row = money.move(
            thing["id"],
            kind="refund" if card else "payment_refund",
            category="refund",
            amount=-amount,
            currency=charge["currency"],
            description=f"REFUND FOR {charge['id']}",
        )
        thing["balance_transaction"] = row["id"]
        store.save(thing)
        _count(charge, amount, fraudulent=reason == "fraudulent")
        events.emit("refund.created", thing)
        if status == "pending":
            wait = BANK_DAYS * 86_400 if not card else SOON
            clock.plan("settle_refund", thing["id"], clock.exact() + wait)
        elif _fate(charge) == "failing refund":
            clock.plan("fail_refund", thing["id"], clock.exact() + SOON)
    return thing


@clock.action("settle_refund")
def settle(refund_id: str) -> Object:
    """The payer's bank has the money of a pending refund; any other stays as it is."""
    with store.transaction():
        thing = store.need("refund", refund_id)
        if thing["status"] in ON_ITS_WAY:
            thing["status"] = "succeeded"
            store.save(thing)
            events.emit("refund.updated", thing, previous={"status": "pending"})
    return thing


@clock.action("fail_refund")
def fail(refund_id: str, reason: str = "expired_or_canceled_card") -> Object:
    """The payer's bank sends the money back. A refund that has ended otherwise stays as it is.

    Raises:
        NotRefundable: it was canceled.
    """
    return _return(refund_id, "failed", reason, while_in=(*ON_ITS_WAY, "succeeded"))


def cancel(refund_id: str) -> Object:
    """Take back a refund that waits for the payer to say where the money shall go.

    Raises:
        NotRefundable: it waits for nobody.
    """
    return _return(refund_id, "canceled", "merchant_request", while_in=("requires_action",))


def _return(refund_id: str, status: str, reason: str, while_in: tuple[str, ...]) -> Object:
    with store.transaction():
        thing = store.need("refund", refund_id)
        if thing["status"] not in while_in:
            raise NotRefundable(f"This refund is {thing['status']} and cannot be {status}.")
        before = thing["status"]
        row = money.move(
            thing["id"],
            kind="refund_failure",
            category="refund_failure",
            amount=thing["amount"],
            currency=thing["currency"],
            description="REFUND FAILURE",
        )
        thing |= {
            "status": status,
            "failure_balance_transaction": row["id"],
            "failure_reason": reason,
        }
        store.save(thing)
        clock.unplan("settle_refund", refund_id)
        charge = store.need("charge", thing["charge"])
        store.save(
            charge
            | {"amount_refunded": charge["amount_refunded"] - thing["amount"], "refunded": False}
        )
        events.emit("refund.updated", thing, previous={"status": before})
        if status == "failed":
            events.emit("refund.failed", thing)
    return thing


def _allowed(charge: Object, amount: int | None) -> int:
    left: int = charge["amount_captured"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise NotRefundable(f"Charge {charge['id']} has not been paid; it cannot be refunded.")
    if is_disputed(charge):
        raise NotRefundable(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            "charge_disputed",
        )
    if left == 0:
        raise NotRefundable(
            f"Charge {charge['id']} has already been refunded.", "charge_already_refunded"
        )
    if amount is not None and amount > left:
        wanted, rest = (money.display(one, charge["currency"]) for one in (amount, left))
        raise NotRefundable(
            f"Refund amount ({wanted}) is greater than unrefunded amount on charge ({rest})",
            param="amount",
        )
    return left if amount is None else amount


def is_disputed(charge: Object) -> bool:
    """Is the payer's bank holding the money? A mere question leaves a charge refundable."""
    found = store.select("dispute", where=[("charge", "=", charge["id"])])
    return any(not dispute["is_charge_refundable"] for dispute in found)


def _count(charge: Object, amount: int, *, fraudulent: bool) -> None:
    """The charge tells how much of it went back, and what the owner thinks of it."""
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    if fraudulent:
        charge["fraud_details"] = {"user_report": "fraudulent"}
    store.save(charge)
    changed = {key: value for key, value in before.items() if value != charge[key]}
    events.emit("charge.refunded", charge, previous=changed)
    if charge["refunded"]:
        settle_warnings(charge)


def settle_warnings(charge: Object) -> None:
    """Once a payment is refunded or disputed, a warning of fraud asks for nothing more."""
    for warning in store.select("radar.early_fraud_warning", where=[("charge", "=", charge["id"])]):
        if warning["actionable"]:
            store.save(warning | {"actionable": False})
            events.emit(
                "radar.early_fraud_warning.updated",
                warning | {"actionable": False},
                previous={"actionable": True},
            )


def _destination(charge: Object) -> dict[str, Any]:
    if charge["payment_method_details"]["type"] != "card":
        return {"type": "us_bank_transfer", "us_bank_transfer": {}}
    return {"card": {"reference_status": "pending", "type": "refund"}, "type": "card"}


def _fate(charge: Object) -> str:
    kept = store.need("payment_method", charge["payment_method"])
    return CARDS[kept["_number"]].fate if "_number" in kept else ""
