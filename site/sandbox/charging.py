"""One try to take money: a payment intent, a payment method, and what comes of the two.

Whose payment it is (a Checkout Session's, an invoice's) is the business of those who call.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox import clock, disputing, events, ids, money, objects
from sandbox.cards import BANK_FAILURES, CARDS, DECLINES, BankAccount, Card, Decline
from sandbox.store import Object, store


class NotPayable(Exception):
    """Complete, expired or void already, or waiting for another step."""


@dataclass(frozen=True)
class Payer:
    """What the payer typed beside the number."""

    name: str | None = None
    email: str | None = None
    exp_month: int = 12
    exp_year: int = 2034


@dataclass(frozen=True)
class Outcome:
    """`paid`, `processing`, `requires_action` or `declined`, with the error shown to the payer."""

    kind: str
    error: Object | None = None


def method_of(kept: Object) -> Card | BankAccount:
    """What a payment method does when charged."""
    return CARDS[kept["_number"]] if kept["type"] == "card" else BankAccount()


def foresee(kept: Object, *, authenticated: bool = False, on_session: bool = True) -> str:
    """The kind of outcome that a try will have.

    Args:
        on_session: the payer is there to answer their bank. Of a card that was kept with the
            payer's consent, only some ask again when they are away.
    """
    method = method_of(kept)
    if isinstance(method, BankAccount):
        return "processing"
    asks = method.authenticate and (on_session or method.each_time)
    if asks and not authenticated:
        return "requires_action"
    return "declined" if _reason(kept, method) else "paid"


def attempt(
    intent: Object, kept: Object, *, authenticated: bool = False, on_session: bool = True
) -> Outcome:
    """Charge the intent once, and tell it in events."""
    kind = foresee(kept, authenticated=authenticated, on_session=on_session)
    intent |= {"payment_method": kept["id"], "last_payment_error": None, "next_action": None}
    if kind == "requires_action":
        return _ask_the_bank(intent)
    charge = objects.charge(intent, kept, method_of(kept), authenticated=authenticated)
    intent["latest_charge"] = charge["id"]
    if kind == "processing":
        store.save(charge)
        intent["status"] = "processing"
        store.save(intent)
        events.emit("payment_intent.processing", intent)
        events.emit("charge.pending", charge)
        return Outcome("processing")
    card = CARDS[kept["_number"]]
    if kind == "declined":
        return _decline(intent, charge, kept, card)
    charge["outcome"] = _outcome(
        "authorized", "approved_by_network", card.risk_level, "Payment complete."
    )
    _succeed(intent, charge)
    with clock.off_test_clock():
        disputing.await_fate(charge, card)
    return Outcome("paid")


def waiting_for_bank(intent_id: str | None) -> tuple[Object, Object]:
    """The intent that waits for 3-D Secure, and its payment method.

    Raises:
        NotPayable: no such step is waiting.
    """
    intent = store.get("payment_intent", intent_id or "")
    if intent is None or intent["status"] != "requires_action":
        raise NotPayable("no authentication is waiting")
    return intent, store.need("payment_method", intent["payment_method"])


def refuse_authentication(intent: Object, kept: Object) -> Outcome:
    """The payer did not pass 3-D Secure: no charge."""
    intent["next_action"] = None
    return _fail(intent, kept, unauthenticated("payment_intent"))


def unauthenticated(kind: str) -> Object:
    code = f"{kind}_authentication_failure"
    return {
        "code": code,
        "doc_url": _doc_url(code),
        "message": "We are unable to authenticate your payment method. Please choose a"
        " different payment method and try again.",
        "type": "card_error",
    }


def settle(intent_id: str) -> Object:
    """The bank has sent the money of a processing debit; the intent.

    Raises:
        NotPayable: the payment is not processing.
    """
    intent, charge = _processing(intent_id)
    _succeed(intent, charge)
    return intent


def bounce(intent_id: str, code: str) -> Object:
    """The bank has refused a processing debit; the intent.

    Raises:
        NotPayable: the payment is not processing.
    """
    intent, charge = _processing(intent_id)
    kept = store.need("payment_method", intent["payment_method"])
    message = BANK_FAILURES[code]
    charge |= {"status": "failed", "failure_code": code, "failure_message": message}
    charge["outcome"] = None
    store.save(charge)
    intent["processing"] = None
    error = {
        "charge": charge["id"],
        "code": code,
        "doc_url": _doc_url(code),
        "message": message,
        "type": "invalid_request_error",
    }
    events.emit("charge.failed", charge)
    _fail(intent, kept, error)
    return intent


def cancel(intent: Object, reason: str) -> None:
    """Give up an intent that was never paid."""
    intent |= {
        "status": "canceled",
        "canceled_at": clock.now(),
        "cancellation_reason": reason,
        "next_action": None,
    }
    store.save(intent)
    events.emit("payment_intent.canceled", intent)


def _reason(kept: Object, card: Card) -> str:
    """The decline code that this card meets now, or nothing."""
    today = datetime.fromtimestamp(clock.now(), UTC)
    if (kept["card"]["exp_year"], kept["card"]["exp_month"]) < (today.year, today.month):
        return "expired_card"
    return card.decline


def _ask_the_bank(intent: Object) -> Outcome:
    intent |= {
        "status": "requires_action",
        "next_action": {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {
                "type": "three_d_secure_redirect",
                "stripe_js": "https://js.stripe.com/sandbox/three-d-secure",
                "source": ids.new_id("src_1"),
            },
        },
    }
    store.save(intent)
    events.emit("payment_intent.requires_action", intent)
    return Outcome("requires_action")


def _decline(intent: Object, charge: Object, kept: Object, card: Card) -> Outcome:
    code = _reason(kept, card)
    decline: Decline = DECLINES[code]
    blocked = card.risk_level == "highest"
    charge |= {
        "status": "failed",
        "failure_code": decline.code,
        "failure_message": decline.message,
        "outcome": _outcome(
            "blocked" if blocked else "issuer_declined",
            "not_sent_to_network" if blocked else "declined_by_network",
            card.risk_level,
            "Stripe blocked this payment as too risky."
            if blocked
            else f"The bank returned the decline code `{code}`.",
            reason="highest_risk_level" if blocked else code,
        ),
    }
    store.save(charge)
    events.emit("charge.failed", charge)
    return _fail(intent, kept, {"charge": charge["id"], **_error(code)})


def error_of(kept: Object) -> Object | None:
    """Why a card would be declined now."""
    code = _reason(kept, CARDS[kept["_number"]])
    return _error(code) if code else None


def _error(code: str) -> Object:
    decline: Decline = DECLINES[code]
    return {
        "advice_code": decline.advice,
        "code": decline.code,
        "decline_code": code,
        "doc_url": _doc_url(decline.code),
        "message": decline.message,
        "type": "card_error",
    }


def _fail(intent: Object, kept: Object, error: dict[str, Any]) -> Outcome:
    shown = {key: value for key, value in kept.items() if not key.startswith("_")}
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_payment_error": error | {"payment_method": shown},
    }
    store.save(intent)
    events.emit("payment_intent.payment_failed", intent)
    return Outcome("declined", error)


def _processing(intent_id: str) -> tuple[Object, Object]:
    intent = store.get("payment_intent", intent_id)
    if intent is None or intent["status"] != "processing":
        raise NotPayable("the payment is not processing")
    return intent, store.need("charge", intent["latest_charge"])


def _succeed(intent: Object, charge: Object) -> None:
    charge |= {
        "status": "succeeded",
        "paid": True,
        "captured": True,
        "amount_captured": charge["amount"],
        "receipt_url": f"https://pay.stripe.com/receipts/payment/{ids.random_text(30)}",
    }
    charge["outcome"] = charge["outcome"] or _outcome(
        "authorized", "approved_by_network", "not_assessed", "Payment complete."
    )
    store.save(charge)
    with clock.off_test_clock():
        money.book_later(charge)
    events.emit("charge.succeeded", charge)
    intent |= {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "processing": None,
        "last_payment_error": None,
    }
    store.save(intent)
    events.emit("payment_intent.succeeded", intent)


def _outcome(
    kind: str, network_status: str, risk_level: str, message: str, reason: str | None = None
) -> Object:
    outcome: Object = {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network_status,
        "reason": reason,
        "risk_level": risk_level,
        "seller_message": message,
        "type": kind,
    }
    scores = {"normal": 20, "elevated": 68, "highest": 92}
    if risk_level in scores:
        outcome["risk_score"] = scores[risk_level]
    return outcome


def _doc_url(code: str) -> str:
    return f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
