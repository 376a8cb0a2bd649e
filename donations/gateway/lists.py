"""Everything Stripe holds of a stretch of time, family by family, for holding against the books."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from donations.gateway.afterwards import Dispute, Refund
from donations.gateway.client import client, translated_errors
from donations.gateway.facts import Charge, Movement
from donations.gateway.payouts import Payout


@dataclass(frozen=True)
class ListedCharge:
    """A charge, and by what it can be found here: our reference, or whose payment it is."""

    charge: Charge
    reference: str
    payment_intent_id: str


def list_charges(since: datetime, until: datetime) -> Iterator[ListedCharge]:
    """Charges begun in the stretch, the failed ones too; newest first."""
    for raw in _all(client().v1.charges, since, until):
        yield ListedCharge(
            charge=Charge.read(raw),
            reference=str((raw.get("metadata") or {}).get("reference") or ""),
            payment_intent_id=str(raw.get("payment_intent") or ""),
        )


def list_movements(since: datetime, until: datetime) -> Iterator[Movement]:
    """Balance transactions of the stretch, of every kind; newest first."""
    return map(Movement.read, _all(client().v1.balance_transactions, since, until))


def list_refunds_made(since: datetime, until: datetime) -> Iterator[Refund]:
    return map(Refund.read, _all(client().v1.refunds, since, until))


def list_disputes_opened(since: datetime, until: datetime) -> Iterator[Dispute]:
    return map(Dispute.read, _all(client().v1.disputes, since, until))


def list_payouts_made(since: datetime, until: datetime) -> Iterator[Payout]:
    return map(Payout.read, _all(client().v1.payouts, since, until))


def _all(service: Any, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    between = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
    with translated_errors():
        for one in service.list({"created": between, "limit": 100}).auto_paging_iter():
            yield one.to_dict()


@dataclass(frozen=True)
class ListedSubscription:
    """What of a running subscription is held against its plan."""

    id: str
    reference: str
    status: str
    is_paused: bool
    amount_minor: int
    currency: str
    interval: str
    livemode: bool

    @classmethod
    def read(cls, raw: dict[str, Any]) -> "ListedSubscription":
        price = raw["items"]["data"][0]["price"]
        return cls(
            id=raw["id"],
            reference=(raw.get("metadata") or {}).get("reference", ""),
            status=raw["status"],
            is_paused=bool(raw.get("pause_collection")),
            amount_minor=price["unit_amount"],
            currency=raw["currency"].upper(),
            interval=price["recurring"]["interval"],
            livemode=raw["livemode"],
        )


def list_running_subscriptions() -> Iterator[ListedSubscription]:
    """All that are not canceled, whenever they began; newest first."""
    with translated_errors():
        for one in client().v1.subscriptions.list({"limit": 100}).auto_paging_iter():
            yield ListedSubscription.read(one.to_dict())
