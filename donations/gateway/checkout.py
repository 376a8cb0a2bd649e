"""Hosted Checkout: a page of Stripe's where the donor pays, so that no card touches this site."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from donations.gateway.client import client, translated_errors
from donations.gateway.facts import Checkout
from donations.gateway.invoices import WITH_PAYMENTS, fetch_payment_of

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams, SessionCreateParamsLineItem

# Everything the books need, in one answer; of a subscription's first invoice in a second one.
WHOLE = [
    "payment_intent.latest_charge.balance_transaction",
    *(f"invoice.{path}" for path in WITH_PAYMENTS),
]
THREE_DECIMALS = {"BHD", "JOD", "KWD", "OMR", "TND"}
# The locales of ours that Stripe's page speaks too; others are left to the browser.
LOCALES = {"en": "en", "es": "es"}


def is_payable(amount_minor: int, currency: str) -> bool:
    """Stripe takes three-decimal currencies only in steps of ten, and eight digits at the most."""
    step = 10 if currency.upper() in THREE_DECIMALS else 1
    return 0 < amount_minor <= 99_999_999 and amount_minor % step == 0


def create_checkout(
    *,
    reference: str,
    amount_minor: int,
    currency: str,
    label: str,
    recurring_label: str = "",
    email: str,
    language: str,
    success_url: str,
    cancel_url: str,
    expires_at: datetime,
    interval: str = "",
    recurring_minor: int = 0,
) -> Checkout:
    """Open a payment page for one gift. The same reference never opens a second one.

    Args:
        reference: our random id; idempotency key and the only metadata sent along.
        amount_minor: what is paid at first.
        label: what the page calls the payment; neutral, it shows on a shared screen.
        interval: "month" or "year" for a gift that comes again, with `recurring_minor` each time;
            what the first amount holds above that is paid once.
        recurring_label: what the page calls the part that comes again.

    Raises:
        Unreachable: unknown whether it was opened; ask again with the same arguments.
        Refused: nothing was opened.
    """
    metadata = {"reference": reference}
    once = amount_minor - recurring_minor if interval else amount_minor
    items = [_item(once, currency, label)] if once else []
    params: SessionCreateParams = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "line_items": items,
        "customer_email": email,
        "client_reference_id": reference,
        "metadata": metadata,
        "success_url": success_url,
        "cancel_url": cancel_url,
        "locale": "es" if LOCALES.get(language) == "es" else "en",
        "expires_at": int(expires_at.timestamp()),
    }
    if interval:
        params["mode"] = "subscription"
        params["line_items"] = [_item(recurring_minor, currency, recurring_label, interval), *items]
        params["subscription_data"] = {"metadata": metadata}
    else:
        params["submit_type"] = "donate"
        params["payment_intent_data"] = {"metadata": metadata}
    with translated_errors():
        session = client().v1.checkout.sessions.create(params, {"idempotency_key": reference})
    return Checkout.read(session.to_dict())


def fetch_checkout(session_id: str) -> Checkout:
    """The session as Stripe holds it this moment, with payment, charge and fee."""
    with translated_errors():
        session = client().v1.checkout.sessions.retrieve(session_id, {"expand": WHOLE})
    raw = session.to_dict()
    invoice = raw.get("invoice")
    return Checkout.read(raw, fetch_payment_of(invoice) if isinstance(invoice, dict) else None)


def expire_checkout(session_id: str) -> None:
    """Close an open session, so that nobody can pay it any more.

    Raises:
        Refused: it is no longer open: paid or ended already.
    """
    with translated_errors():
        client().v1.checkout.sessions.expire(session_id)


def _item(
    amount_minor: int, currency: str, label: str, interval: Any = ""
) -> "SessionCreateParamsLineItem":
    item: SessionCreateParamsLineItem = {
        "quantity": 1,
        "price_data": {
            "currency": currency.lower(),
            "unit_amount": amount_minor,
            "product_data": {"name": label},
        },
    }
    if interval:
        item["price_data"]["recurring"] = {"interval": interval}
    return item
