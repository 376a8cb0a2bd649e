"""What happens when somebody pays a Checkout Session: the page and the control API both come here.

Order of events: payment_intent.created at the first try; then, for a card, charge.succeeded,
payment_intent.succeeded, checkout.session.completed and, a moment later, charge.updated with the
balance transaction. A session that begins a subscription puts it, and its first invoice, before
the charge that will go through. docs/sandbox.md lists all of them.
"""

from typing import Any

from sandbox import (
    charging,
    clock,
    customers,
    events,
    invoices,
    objects,
    setting_up,
    subscriptions,
    test_clocks,
)
from sandbox.cards import BankAccount, Card
from sandbox.charging import NotPayable, Outcome, Payer
from sandbox.store import Object, store

__all__ = ["NotPayable", "Outcome", "Payer"]


def pay(session_id: str, method: Card | BankAccount, payer: Payer) -> Outcome:
    """Try to pay. A decline leaves the session open for another try.

    Raises:
        NotPayable: the session is no longer open; nothing was charged.
    """
    with store.transaction():
        session = open_session(session_id)
        if session["mode"] == "subscription":
            _keep_customer(session, payer)
        details = objects.billing_details(
            name=payer.name, email=payer.email or session["customer_email"]
        )
        kept = objects.payment_method(
            method,
            exp_month=payer.exp_month,
            exp_year=payer.exp_year,
            details=details,
            # A payment method that is kept for later is attached once it has proved good.
            customer=session["customer"] if session["mode"] == "payment" else None,
        )
        with clock.on(test_clocks.of(session["id"])):
            return _try(session, kept, authenticated=False)


def authenticate(session_id: str, *, passed: bool) -> Outcome:
    """Finish the 3-D Secure step of the payment under way.

    Raises:
        NotPayable: no such step is waiting.
    """
    with store.transaction():
        session = open_session(session_id)
        intent = intent_of(session)
        if intent is None or intent["status"] != "requires_action":
            raise NotPayable("no authentication is waiting")
        kept = store.need("payment_method", intent["payment_method"])
        if passed:
            with clock.on(test_clocks.of(session["id"])):
                return _try(session, kept, authenticated=True)
        if intent["object"] == "setup_intent":
            error = charging.unauthenticated("setup_intent")
            return setting_up.refuse(intent, kept, error)
        return charging.refuse_authentication(intent, kept)


def settle_debit(intent_id: str) -> None:
    """The bank has sent the money of a processing debit.

    Raises:
        NotPayable: the payment is not processing.
    """
    with store.transaction(), clock.on(test_clocks.of(intent_id)):
        intent = charging.settle(intent_id)
        if intent.get("_invoice"):
            invoices.paid(store.need("invoice", intent["_invoice"]))
        if intent["_session"]:
            session = store.need("checkout.session", intent["_session"])
            session["payment_status"] = "paid"
            store.save(session)
            events.emit("checkout.session.async_payment_succeeded", session)


def fail_debit(intent_id: str, code: str = "insufficient_funds") -> None:
    """The bank has refused a processing debit; the session stays complete and unpaid.

    Raises:
        NotPayable: the payment is not processing.
    """
    with store.transaction(), clock.on(test_clocks.of(intent_id)):
        intent = charging.bounce(intent_id, code)
        if intent.get("_invoice"):
            invoices.failed(store.need("invoice", intent["_invoice"]))
        if intent["_session"]:
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
        intent = intent_of(session)
        if intent is not None and intent["object"] == "payment_intent":
            charging.cancel(intent, "automatic")
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


def intent_of(session: Object) -> Object | None:
    """The payment or setup that the session has begun; a subscription's is not named in it."""
    return store.find(
        session["payment_intent"] or session["setup_intent"] or session.get("_intent") or ""
    )


def _try(session: Object, kept: Object, *, authenticated: bool) -> Outcome:
    intent = intent_of(session) or _begin_intent(session)
    if intent["object"] == "setup_intent":
        outcome = setting_up.attempt(intent, kept, authenticated=authenticated)
        if outcome.kind == "paid":
            if session["_customer"]:
                setting_up.attach(kept, session["_customer"])
            if session["mode"] == "subscription":
                invoices.finalize(_begin_subscription(session, kept))
            _complete(session, kept, payment_status="no_payment_required")
        return outcome
    going_through = charging.foresee(kept, authenticated=authenticated) in ("paid", "processing")
    if session["mode"] == "subscription" and going_through:
        setting_up.attach(kept, session["_customer"])
        invoice = invoices.finalize(_begin_subscription(session, kept), intent)
        outcome = invoices.attempt(invoice, kept, on_session=True, authenticated=authenticated)
    else:
        outcome = charging.attempt(intent, kept, authenticated=authenticated)
    if outcome.kind in ("paid", "processing"):
        _complete(session, kept, payment_status="paid" if outcome.kind == "paid" else "unpaid")
    return outcome


def _begin_intent(session: Object) -> Object:
    methods = session["payment_method_types"]
    if session["amount_total"] == 0:
        # A subscription that costs nothing yet: its payment method is set up for later.
        intent = setting_up.begin(
            customer=session["_customer"], methods=methods, session=session["id"]
        )
        session["_intent"] = intent["id"]
        store.save(session)
        return intent
    joins = session["mode"] == "subscription"
    wishes = session["_payment_intent_data"]
    if joins:
        wishes = {"description": "Subscription creation", "setup_future_usage": "off_session"}
    intent = objects.payment_intent(
        amount=session["amount_total"],
        currency=session["currency"],
        customer=session["_customer"],
        methods=methods,
        wishes=wishes,
        session=session["id"],
    )
    store.save(intent)
    session["_intent" if joins else "payment_intent"] = intent["id"]
    store.save(session)
    events.emit("payment_intent.created", intent)
    return intent


def _keep_customer(session: Object, payer: Payer) -> None:
    """A subscription needs a customer; one is made of who pays, before the first try."""
    if session["_customer"] is None:
        customer = customers.create(
            {"email": payer.email or session["customer_email"], "name": payer.name}
        )
        session["_customer"] = customer["id"]
        store.save(session)


def _begin_subscription(session: Object, kept: Object) -> Object:
    """The subscription that the session is for; its first invoice, a draft."""
    bought = [(item["price"], item["quantity"]) for item in session["_line_items"]]
    wishes: dict[str, Any] = session["_subscription_data"]
    subscription, invoice = subscriptions.begin(
        store.need("customer", session["_customer"]),
        items=[(price, quantity) for price, quantity in bought if price["recurring"]],
        once=[(price, quantity) for price, quantity in bought if not price["recurring"]],
        wishes=wishes | {"default_payment_method": kept["id"]},
        trial_end=wishes.get("trial_end"),
    )
    session |= {"subscription": subscription["id"], "invoice": invoice["id"]}
    store.save(session)
    return invoice


def _complete(session: Object, kept: Object, *, payment_status: str) -> None:
    details = kept["billing_details"]
    session |= {
        "status": "complete",
        "customer": session["_customer"],
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
