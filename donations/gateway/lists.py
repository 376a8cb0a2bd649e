"""Everything Stripe holds of a stretch of time, family by family, for holding against the books."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from donations.gateway.client import client, translated_errors
from donations.gateway.facts import Charge, Movement


@dataclass(frozen=True)
class ListedCharge:
    """A charge, and by what it can be found here: our reference, or whose payment it is."""

    charge: Charge
    reference: str
    payment_intent_id: str
    customer_id: str


def list_charges(since: datetime, until: datetime) -> Iterator[ListedCharge]:
    """Charges begun in the stretch, the failed ones too; newest first."""
    with translated_errors():
        page = client().v1.charges.list(
            {
                "created": _between(since, until),
                "limit": 100,
                "expand": ["data.balance_transaction"],
            }
        )
        for one in page.auto_paging_iter():
            raw = one.to_dict()
            yield ListedCharge(
                charge=Charge.read(raw),
                reference=str((raw.get("metadata") or {}).get("reference") or ""),
                payment_intent_id=str(raw.get("payment_intent") or ""),
                customer_id=str(raw.get("customer") or ""),
            )


def list_movements(since: datetime, until: datetime) -> Iterator[Movement]:
    """Balance transactions of the stretch, of every kind; newest first."""
    with translated_errors():
        page = client().v1.balance_transactions.list(
            {"created": _between(since, until), "limit": 100}
        )
        for one in page.auto_paging_iter():
            yield Movement.read(one.to_dict())


def _between(since: datetime, until: datetime) -> Any:
    return {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
