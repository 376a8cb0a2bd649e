"""Invoices: what Stripe asks for at each period of a subscription, and the payment behind."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from donations.gateway.client import Refused, client, translated_errors
from donations.gateway.facts import Intent, id_of, moment

WITH_PAYMENTS = ["payments"]


@dataclass(frozen=True)
class Invoice:
    """One period's bill with its payment."""

    id: str
    subscription_id: str
    # Ours, as given to the subscription when it began.
    reference: str
    status: str  # draft, open, paid, void, uncollectible
    amount_minor: int
    paid_minor: int
    currency: str
    livemode: bool
    tries: int
    next_try_at: datetime | None
    created_at: datetime
    intent: Intent | None

    @classmethod
    def read(cls, raw: dict[str, Any], intent: Intent | None = None) -> "Invoice":
        subscription_id, reference = subscription_of(raw)
        next_try = raw.get("next_payment_attempt")
        return cls(
            id=raw["id"],
            subscription_id=subscription_id,
            reference=reference,
            status=raw["status"] or "",
            amount_minor=raw["amount_due"],
            paid_minor=raw["amount_paid"],
            currency=raw["currency"].upper(),
            livemode=raw["livemode"],
            tries=raw["attempt_count"],
            next_try_at=moment(next_try) if next_try else None,
            created_at=moment(raw["created"]),
            intent=intent,
        )

    @property
    def is_torn(self) -> bool:
        """Bill and payment are two questions to Stripe; between them the payment arrived."""
        return (
            self.status == "open" and self.intent is not None and self.intent.status == "succeeded"
        )


def subscription_of(raw: dict[str, Any]) -> tuple[str, str]:
    """The subscription's id and our reference, in today's shape or the one before 2025-03-31."""
    parent = raw.get("parent") or {}
    details = parent.get("subscription_details") or raw.get("subscription_details") or {}
    subscription = details.get("subscription") or raw.get("subscription")
    metadata = details.get("metadata") or {}
    return id_of(subscription), str(metadata.get("reference") or "")


def fetch_invoice(invoice_id: str) -> Invoice:
    """The invoice as Stripe holds it this moment, with payment, charge and fee."""
    with translated_errors():
        found = client().v1.invoices.retrieve(invoice_id, {"expand": WITH_PAYMENTS})
    raw = found.to_dict()
    return Invoice.read(raw, fetch_payment_of(raw))


def list_paid_invoices(subscription_id: str, *, since: datetime) -> Iterator[str]:
    """Ids of what was paid; finds what no event told us of."""
    with translated_errors():
        page = client().v1.invoices.list(
            {
                "subscription": subscription_id,
                "status": "paid",
                "created": {"gte": int(since.timestamp())},
                "limit": 100,
            }
        )
        for invoice in page.auto_paging_iter():
            yield str(invoice.id)


def fetch_payment_of(raw: dict[str, Any]) -> Intent | None:
    """The payment of an invoice whose `payments` are expanded: what paid it, else the newest."""
    rows = (raw.get("payments") or {}).get("data") or []
    paying = [row for row in rows if row["status"] == "paid"] or rows
    intents = [id_of(row["payment"].get("payment_intent")) for row in paying]
    return fetch_intent(intents[0]) if intents and intents[0] else None


def fetch_intent(intent_id: str) -> Intent:
    with translated_errors():
        found = client().v1.payment_intents.retrieve(
            intent_id, {"expand": ["latest_charge.balance_transaction"]}
        )
    return Intent.read(found.to_dict())


def find_invoice_of(payment_intent_id: str) -> str:
    """The invoice that a payment was for; empty for a payment without one."""
    with translated_errors():
        found = client().v1.invoice_payments.list(
            {"payment": {"type": "payment_intent", "payment_intent": payment_intent_id}}
        )
    return id_of(found.to_dict()["data"][0]["invoice"]) if found.data else ""


def page_of_invoice(invoice_id: str) -> str:
    """Stripe's own page where an open invoice is paid or its bank step done; it is kept nowhere."""
    with translated_errors():
        return str(client().v1.invoices.retrieve(invoice_id).hosted_invoice_url or "")


def pay_invoice(invoice_id: str) -> None:
    """Try to take an open invoice's money at once from the subscription's present card.

    Raises:
        Refused: the bank said no, or nothing is to be paid any more; fetch it to see which.
    """
    with translated_errors():
        client().v1.invoices.pay(invoice_id)


def let_go_of_invoices(subscription_id: str, *, but: str = "") -> None:
    """Make sure that nothing is charged for what is billed already and not paid: a gift, no debt.

    Args:
        but: the id of an invoice that stays.
    """
    with translated_errors():
        for status in ("draft", "open"):
            rows = client().v1.invoices.list(
                {"subscription": subscription_id, "status": status, "limit": 100}
            )
            for invoice in rows.data:
                if invoice.id != but:
                    _let_go(str(invoice.id), draft=status == "draft")


def _let_go(invoice_id: str, *, draft: bool) -> None:
    # A payment under way in the bank cannot be called back: it will be booked when it arrives.
    with suppress(Refused), translated_errors():
        if draft:
            client().v1.invoices.finalize_invoice(invoice_id, {"auto_advance": False})
        client().v1.invoices.void_invoice(invoice_id)
