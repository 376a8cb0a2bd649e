"""Subscriptions: what stands at Stripe behind a plan. Called by this name only in this package.

Each change names a final state, so that repeating it after a lost answer changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from donations.gateway.client import client, translated_errors
from donations.gateway.facts import id_of, moment
from donations.gateway.invoices import WITH_PAYMENTS, Invoice, fetch_payment_of

if TYPE_CHECKING:
    from stripe.params import SubscriptionUpdateParams, SubscriptionUpdateParamsItem

WHOLE = [
    "default_payment_method",
    "customer.invoice_settings.default_payment_method",
    *(f"latest_invoice.{path}" for path in WITH_PAYMENTS),
]


@dataclass(frozen=True)
class Card:
    """A payment method in what may be shown of it; a bank account has no expiry."""

    id: str
    brand: str
    last4: str
    exp_month: int | None
    exp_year: int | None

    @classmethod
    def read(cls, raw: dict[str, Any]) -> "Card":
        kind = str(raw["type"])
        about: dict[str, Any] = raw.get(kind) or {}
        return cls(
            id=raw["id"],
            brand=str(about.get("brand") or kind)[:20],
            last4=str(about.get("last4") or "")[:4],
            exp_month=about.get("exp_month"),
            exp_year=about.get("exp_year"),
        )


@dataclass(frozen=True)
class Subscription:
    """A subscription of one amount, with its card and its newest invoice."""

    id: str
    reference: str
    status: str
    livemode: bool
    customer_id: str
    item_id: str
    product_id: str
    amount_minor: int
    currency: str
    interval: str
    # The moment from which the dates of all charges are counted.
    anchor_at: datetime
    period_end_at: datetime
    # It ends with the period that is paid already: nothing more will be charged.
    is_ending: bool
    is_paused: bool
    resumes_at: datetime | None
    canceled_at: datetime | None
    ended_at: datetime | None
    # cancellation_requested, payment_disputed, payment_failed
    ended_why: str
    card: Card | None
    # What the payer chose last, at Stripe's own page; used where the subscription has none.
    newest_card: Card | None
    invoice: Invoice | None

    @classmethod
    def read(cls, raw: dict[str, Any]) -> "Subscription":
        (item, *_) = raw["items"]["data"]
        price, pause = item["price"], raw.get("pause_collection") or {}
        customer = raw["customer"]
        chosen = _card((customer.get("invoice_settings") or {}).get("default_payment_method"))
        invoice = raw.get("latest_invoice")
        # The payment itself is looked at only where it says why an invoice is still open.
        why = fetch_payment_of(invoice) if invoice and invoice["status"] == "open" else None
        return cls(
            id=raw["id"],
            reference=(raw.get("metadata") or {}).get("reference", ""),
            status=raw["status"],
            livemode=raw["livemode"],
            customer_id=id_of(customer),
            item_id=item["id"],
            product_id=id_of(price["product"]),
            amount_minor=price["unit_amount"],
            currency=raw["currency"].upper(),
            interval=price["recurring"]["interval"],
            anchor_at=moment(raw["billing_cycle_anchor"]),
            period_end_at=moment(item["current_period_end"]),
            is_ending=bool(raw.get("cancel_at_period_end") or raw.get("cancel_at")),
            is_paused=bool(pause),
            resumes_at=_moment(pause.get("resumes_at")),
            canceled_at=_moment(raw.get("canceled_at")),
            ended_at=_moment(raw.get("ended_at")),
            ended_why=str((raw.get("cancellation_details") or {}).get("reason") or ""),
            card=_card(raw.get("default_payment_method")),
            newest_card=chosen,
            invoice=Invoice.read(invoice, why) if invoice else None,
        )


def fetch_subscription(subscription_id: str) -> Subscription:
    """The subscription as Stripe holds it this moment."""
    with translated_errors():
        found = client().v1.subscriptions.retrieve(subscription_id, {"expand": WHOLE})
    return Subscription.read(found.to_dict())


def change_amount(subscription: Subscription, *, amount_minor: int, key: str) -> None:
    """From the next charge on; what is billed already stays as it is.

    Args:
        key: idempotency key, our reference of the change.
    """
    item: SubscriptionUpdateParamsItem = {
        "id": subscription.item_id,
        "price_data": {
            "currency": subscription.currency.lower(),
            "product": subscription.product_id,
            "recurring": {"interval": subscription.interval},
            "unit_amount": amount_minor,
        },
    }
    _update(subscription.id, {"items": [item], "proration_behavior": "none"}, key)


def pause_subscription(subscription_id: str, *, until: datetime, key: str) -> None:
    """What would be billed before that moment is void; the dates stay as they were."""
    pause: Any = {"behavior": "void", "resumes_at": int(until.timestamp())}
    _update(subscription_id, {"pause_collection": pause}, key)


def resume_subscription(subscription_id: str, *, key: str) -> None:
    _update(subscription_id, {"pause_collection": ""}, key)


def use_card(subscription_id: str, card_id: str) -> None:
    """Charge this card from now on: Stripe tries the subscription's own before the customer's."""
    _update(subscription_id, {"default_payment_method": card_id}, None)


def cancel_subscription(subscription_id: str, *, key: str) -> None:
    """Now, and nothing more is billed.

    Raises:
        Refused: it had ended before.
    """
    with translated_errors():
        client().v1.subscriptions.cancel(subscription_id, {}, {"idempotency_key": key})


def open_card_page(customer_id: str, *, return_url: str, language: str) -> str:
    """The address of Stripe's page where a payer gives another card; it works for a short time."""
    with translated_errors():
        session = client().v1.billing_portal.sessions.create(
            {
                "customer": customer_id,
                "return_url": return_url,
                "locale": "es" if language == "es" else "en",
                "flow_data": {
                    "type": "payment_method_update",
                    "after_completion": {
                        "type": "redirect",
                        "redirect": {"return_url": return_url},
                    },
                },
            }
        )
    return str(session.url)


def _update(subscription_id: str, params: "SubscriptionUpdateParams", key: str | None) -> None:
    with translated_errors():
        client().v1.subscriptions.update(
            subscription_id, params, {"idempotency_key": key} if key else {}
        )


def _card(raw: Any) -> Card | None:
    return Card.read(raw) if isinstance(raw, dict) else None


def _moment(seconds: int | None) -> datetime | None:
    return moment(seconds) if seconds else None
