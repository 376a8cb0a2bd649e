"""Payouts and the rows of the balance that each of them carried."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from donations.gateway.client import client, translated_errors
from donations.gateway.facts import Movement, moment


@dataclass(frozen=True)
class Payout:
    id: str
    amount_minor: int
    currency: str
    status: str
    automatic: bool
    # Its rows can be listed.
    reconciled: bool
    failure_code: str
    created_at: datetime
    arrives_on: date
    # Its own row of the balance, and the one that came back if it failed.
    movements: tuple[Movement, ...]

    @classmethod
    def read(cls, raw: dict[str, Any]) -> "Payout":
        found = (raw.get(name) for name in ("balance_transaction", "failure_balance_transaction"))
        return cls(
            id=raw["id"],
            amount_minor=raw["amount"],
            currency=raw["currency"].upper(),
            status=raw["status"],
            automatic=raw["automatic"],
            reconciled=raw["reconciliation_status"] == "completed",
            failure_code=str(raw.get("failure_code") or ""),
            created_at=moment(raw["created"]),
            arrives_on=moment(raw["arrival_date"]).date(),
            movements=tuple(Movement.read(one) for one in found if isinstance(one, dict)),
        )


def fetch_payout(payout_id: str) -> Payout:
    expand = ["balance_transaction", "failure_balance_transaction"]
    with translated_errors():
        return Payout.read(client().v1.payouts.retrieve(payout_id, {"expand": expand}).to_dict())


def list_payout_movements(payout_id: str) -> list[Movement]:
    """All rows that an automatic payout carried, its own among them, oldest first."""
    with translated_errors():
        found = client().v1.balance_transactions.list({"payout": payout_id, "limit": 100})
        rows = [Movement.read(row.to_dict()) for row in found.auto_paging_iter()]
    return rows[::-1]
