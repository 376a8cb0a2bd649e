"""What Stripe's objects say, as plain frozen facts. Money is in minor units, times are aware."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Movement:
    """A balance transaction: what really came or (below zero) went, and Stripe's fee on it."""

    id: str
    kind: str
    source: str
    amount_minor: int
    fee_minor: int
    net_minor: int
    currency: str
    created_at: datetime
    available_at: datetime

    @classmethod
    def read(cls, raw: dict[str, Any]) -> "Movement":
        return cls(
            id=raw["id"],
            kind=raw["type"],
            source=raw["source"] or "",
            amount_minor=raw["amount"],
            fee_minor=raw["fee"],
            net_minor=raw["net"],
            currency=raw["currency"].upper(),
            created_at=moment(raw["created"]),
            available_at=moment(raw["available_on"]),
        )


@dataclass(frozen=True)
class Charge:
    """One try to take money: succeeded, pending or failed."""

    id: str
    status: str
    amount_minor: int
    currency: str
    created_at: datetime
    brand: str
    last4: str
    fingerprint: str
    failure_code: str
    decline_code: str
    # None until Stripe has worked it out; it arrives later with charge.updated.
    movement: Movement | None
    # Something became of it afterwards already; what, its own objects tell.
    touched: bool = False
    # As typed on Stripe's page; kept nowhere.
    email: str = ""

    @classmethod
    def read(cls, raw: dict[str, Any]) -> "Charge":
        method: dict[str, Any] = raw.get("payment_method_details") or {}
        kind = str(method.get("type") or "")
        card: dict[str, Any] = method.get(kind) or {}
        movement = raw.get("balance_transaction")
        outcome = raw.get("outcome") or {}
        return cls(
            id=raw["id"],
            status=raw["status"],
            amount_minor=raw["amount"],
            currency=raw["currency"].upper(),
            created_at=moment(raw["created"]),
            brand=str(card.get("brand") or kind)[:20],
            last4=str(card.get("last4") or "")[:4],
            fingerprint=str(card.get("fingerprint") or ""),
            failure_code=str(raw.get("failure_code") or ""),
            decline_code=str(outcome.get("reason") or ""),
            touched=bool(raw["amount_refunded"] or raw["disputed"]),
            email=str((raw.get("billing_details") or {}).get("email") or ""),
            movement=Movement.read(movement) if isinstance(movement, dict) else None,
        )


@dataclass(frozen=True)
class Intent:
    """A payment of Stripe's with its newest charge and, if it failed, why."""

    id: str
    status: str
    # "insufficient_funds", "authentication_required": the finest code that Stripe gives.
    failure: str
    # The card or account that failed last.
    failed_with: str
    charge: Charge | None

    @classmethod
    def read(cls, raw: dict[str, Any]) -> "Intent":
        charge = raw.get("latest_charge")
        error = raw.get("last_payment_error") or {}
        waiting = "authentication_required" if raw.get("status") == "requires_action" else ""
        return cls(
            id=raw["id"],
            status=raw.get("status", ""),
            failure=str(error.get("decline_code") or error.get("code") or waiting)[:60],
            failed_with=id_of(error.get("payment_method") or raw.get("payment_method")),
            charge=Charge.read(charge) if isinstance(charge, dict) else None,
        )


@dataclass(frozen=True)
class Checkout:
    """A Checkout session with its payment."""

    id: str
    reference: str
    url: str
    state: str  # open, complete, expired
    payment_status: str  # paid, unpaid, no_payment_required
    livemode: bool
    expires_at: datetime
    payment_intent_id: str
    intent_status: str
    charge: Charge | None
    # Of one that begins a subscription; empty until the donor has paid or sent off a debit.
    subscription_id: str = ""
    customer_id: str = ""
    invoice_id: str = ""

    @classmethod
    def read(cls, raw: dict[str, Any], intent: Intent | None = None) -> "Checkout":
        """`intent` is that of the invoice, for a session that begins a subscription."""
        paid = raw.get("payment_intent")
        if intent is None and isinstance(paid, dict):
            intent = Intent.read(paid)
        return cls(
            id=raw["id"],
            reference=(raw.get("metadata") or {}).get("reference", ""),
            url=raw.get("url") or "",
            state=raw["status"],
            payment_status=raw["payment_status"],
            livemode=raw["livemode"],
            expires_at=moment(raw["expires_at"]),
            payment_intent_id=intent.id if intent else id_of(paid),
            intent_status=intent.status if intent else "",
            charge=intent.charge if intent else None,
            subscription_id=id_of(raw.get("subscription")),
            customer_id=id_of(raw.get("customer")),
            invoice_id=id_of(raw.get("invoice")),
        )


def id_of(found: Any) -> str:
    """The id of something that may be expanded, or missing."""
    return str((found.get("id") if isinstance(found, dict) else found) or "")


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
