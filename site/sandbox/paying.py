"""What happens when somebody pays a Checkout Session: the page and the control API both come here.

Order of events: payment_intent.created at the first try; then, for a card, charge.succeeded,
payment_intent.succeeded, checkout.session.completed and, a moment later, charge.updated with the
balance transaction. docs/sandbox.md lists the others.
"""

from dataclasses import dataclass
from typing import Any

from sandbox import clock, disputing, events, ids, money, objects
from sandbox.cards import BANK_FAILURES, CARDS, DECLINES, BankAccount, Card, Decline
from sandbox.store import Object, store


class NotPayable(Exception):
    """The session is complete or expired, or waits for another step."""


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


def pay(session_id: str, method: Card | BankAccount, payer: Payer) -> Outcome:
    """Try to pay. A decline leaves the session open for another try.

    Raises:
        NotPayable: the session is no longer open; nothing was charged.
    """
    with store.transaction():
        session = open_session(session_id)
        intent = _intent_of(session)
        details = objects.billing_details(
            name=payer.name, email=payer.email or session["customer_email"]
        )
        kept = objects.payment_method(
            method,
            exp_month=payer.exp_month,
            exp_year=payer.exp_year,
            details=details,
            customer=session["customer"],
        )
        intent |= {"payment_method": kept["id"], "last_payment_error": None, "next_action": None}
        if isinstance(method, BankAccount):
            return _begin_debit(session, intent, kept, method)
        if method.authenticate:
            return _ask_the_bank(session, intent)
        return _charge(session, intent, kept, method, authenticated=False)


def authenticate(session_id: str, *, passed: bool) -> Outcome:
    """Finish the 3-D Secure step of the payment under way.

    Raises:
        NotPayable: no such step is waiting.
    """
    with store.transaction():
        session = open_session(session_id)
        intent = store.get("payment_intent", session["payment_intent"] or "")
        if intent is None or intent["status"] != "requires_action":
            raise NotPayable("no authentication is waiting")
        kept = store.need("payment_method", intent["payment_method"])
        intent["next_action"] = None
        if passed:
            return _charge(session, intent, kept, CARDS[kept["_number"]], authenticated=True)
        error = {
            "code": "payment_intent_authentication_failure",
            "doc_url": _doc_url("payment_intent_authentication_failure"),
            "message": "We are unable to authenticate your payment method. Please choose a"
            " different payment method and try again.",
            "type": "card_error",
        }
        return _fail(intent, kept, error)


def settle_debit(intent_id: str) -> None:
    """The bank has sent the money of a processing debit.

    Raises:
        NotPayable: the payment is not processing.
    """
    with store.transaction():
        intent, charge = _processing(intent_id)
        _succeed(intent, charge)
        session = store.need("checkout.session", intent["_session"])
        session["payment_status"] = "paid"
        store.save(session)
        events.emit("checkout.session.async_payment_succeeded", session)


def fail_debit(intent_id: str, code: str = "insufficient_funds") -> None:
    """The bank has refused a processing debit; the session stays complete and unpaid.

    Raises:
        NotPayable: the payment is not processing.
    """
    with store.transaction():
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
        session = store.need("checkout.session", intent["_session"])
        events.emit("checkout.session.async_payment_failed", session)


@clock.action("expire_session")
def expire(session_id: str) -> None:
    """End an open session and cancel what was begun in it. Any other session stays as it is."""
    with store.transaction():
        session = store.need("checkout.session", session_id)
        if session["status"] != "open":
            return
        clock.unplan("expire_session", session_id)
        session |= {"status": "expired", "url": None}
        store.save(session)
        intent = store.get("payment_intent", session["payment_intent"] or "")
        if intent is not None:
            intent |= {
                "status": "canceled",
                "canceled_at": clock.now(),
                "cancellation_reason": "automatic",
                "next_action": None,
            }
            store.save(intent)
            events.emit("payment_intent.canceled", intent)
        events.emit("checkout.session.expired", session)


def open_session(session_id: str) -> Object:
    session = store.get("checkout.session", session_id)
    if session is None:
        raise NotPayable("no such session")
    if session["status"] == "open" and session["expires_at"] <= clock.now():
        raise NotPayable("the session has expired")
    if session["status"] != "open":
        raise NotPayable(f"the session is {session['status']}")
    return session


def _intent_of(session: Object) -> Object:
    if session["payment_intent"]:
        return store.need("payment_intent", session["payment_intent"])
    intent = objects.payment_intent(session)
    store.save(intent)
    session["payment_intent"] = intent["id"]
    store.save(session)
    events.emit("payment_intent.created", intent)
    return intent


def _ask_the_bank(session: Object, intent: Object) -> Outcome:
    intent |= {
        "status": "requires_action",
        "next_action": {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {
                "type": "three_d_secure_redirect",
                "stripe_js": f"{session['url']}/authenticate",
                "source": ids.new_id("src_1"),
            },
        },
    }
    store.save(intent)
    events.emit("payment_intent.requires_action", intent)
    return Outcome("requires_action")


def _charge(
    session: Object, intent: Object, kept: Object, card: Card, *, authenticated: bool
) -> Outcome:
    charge = objects.charge(intent, kept, card, authenticated=authenticated)
    intent["latest_charge"] = charge["id"]
    if card.decline:
        return _decline(intent, charge, kept, card)
    charge["outcome"] = _outcome(
        "authorized", "approved_by_network", card.risk_level, "Payment complete."
    )
    _succeed(intent, charge)
    _complete(session, kept, payment_status="paid")
    disputing.await_fate(charge, card)
    return Outcome("paid")


def _decline(intent: Object, charge: Object, kept: Object, card: Card) -> Outcome:
    decline: Decline = DECLINES[card.decline]
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
            else f"The bank returned the decline code `{card.decline}`.",
            reason="highest_risk_level" if blocked else card.decline,
        ),
    }
    store.save(charge)
    events.emit("charge.failed", charge)
    error = {
        "advice_code": decline.advice,
        "charge": charge["id"],
        "code": decline.code,
        "decline_code": card.decline,
        "doc_url": _doc_url(decline.code),
        "message": decline.message,
        "type": "card_error",
    }
    return _fail(intent, kept, error)


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


def _begin_debit(session: Object, intent: Object, kept: Object, bank: BankAccount) -> Outcome:
    charge = objects.charge(intent, kept, bank, authenticated=False)
    store.save(charge)
    intent |= {"status": "processing", "latest_charge": charge["id"]}
    store.save(intent)
    events.emit("payment_intent.processing", intent)
    events.emit("charge.pending", charge)
    _complete(session, kept, payment_status="unpaid")
    return Outcome("processing")


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


def _complete(session: Object, kept: Object, *, payment_status: str) -> None:
    details = kept["billing_details"]
    session |= {
        "status": "complete",
        "payment_status": payment_status,
        "url": None,
        "customer_details": {
            "address": details["address"],
            "business_name": None,
            "email": details["email"],
            "individual_name": None,
            "name": details["name"],
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
    }
    store.save(session)
    clock.unplan("expire_session", session["id"])
    events.emit("checkout.session.completed", session)


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
