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
            movement=Movement.read(movement) if isinstance(movement, dict) else None,
        )


@dataclass(frozen=True)
class Checkout:
    """A Checkout session with its payment, as fetched in one call."""

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

    @classmethod
    def read(cls, raw: dict[str, Any]) -> "Checkout":
        intent = raw.get("payment_intent")
        intent = intent if isinstance(intent, dict) else {"id": intent or ""}
        charge = intent.get("latest_charge")
        return cls(
            id=raw["id"],
            reference=(raw.get("metadata") or {}).get("reference", ""),
            url=raw.get("url") or "",
            state=raw["status"],
            payment_status=raw["payment_status"],
            livemode=raw["livemode"],
            expires_at=moment(raw["expires_at"]),
            payment_intent_id=intent["id"],
            intent_status=intent.get("status", ""),
            charge=Charge.read(charge) if isinstance(charge, dict) else None,
        )


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
