"""Invoices of subscriptions: drafted, finalized, collected, and what their payment brings about.

Order of events: invoice.created; an hour later (at once for the first one) invoice.finalized and
payment_intent.created; then the charge; then invoice.paid, invoice.payment_succeeded and
invoice_payment.paid, and last what the subscription becomes.
"""

from typing import Any

from sandbox import address, billing_objects, charging, clock, dunning, events, objects, standing
from sandbox.charging import NotPayable, Outcome
from sandbox.store import Object, store

# Between the draft and its finalization, for the shop to add something.
HOUR = 3600
DESCRIPTIONS = {"subscription_create": "Subscription creation"}


def draft(
    subscription: Object, lines: list[Object], *, reason: str, since: int | None = None
) -> Object:
    """Keep a draft, not yet told: the subscription that names it is told first."""
    customer = store.need("customer", subscription["customer"])
    since = clock.now() if since is None else since
    invoice = billing_objects.invoice(subscription, customer, lines, reason=reason, since=since)
    return store.save(invoice)


def finalize_in_an_hour(invoice: Object) -> None:
    due = clock.now() + HOUR
    store.save(invoice | {"automatically_finalizes_at": due})
    clock.plan("finalize_invoice", invoice["id"], due)


@clock.action("finalize_invoice")
def finalize_and_collect(invoice_id: str) -> Outcome:
    return collect(finalize(store.need("invoice", invoice_id))["id"])


def finalize(invoice: Object, intent: Object | None = None) -> Object:
    """Give it its number and its payment; one over nothing is paid thereby.

    Args:
        intent: the payment that a Checkout Session has begun already.

    Raises:
        NotPayable: it is no draft.
    """
    if invoice["status"] != "draft":
        raise NotPayable(f"the invoice is {invoice['status']}")
    clock.unplan("finalize_invoice", invoice["id"])
    customer = store.need("customer", invoice["customer"])
    number = customer["next_invoice_sequence"]
    store.save(customer | {"next_invoice_sequence": number + 1})
    _write(
        invoice,
        status="open",
        number=f"{customer['invoice_prefix']}-{number:04}",
        effective_at=clock.now(),
        automatically_finalizes_at=None,
        hosted_invoice_url=f"{address.origin()}/i/{invoice['id']}",
        invoice_pdf=f"https://pay.stripe.com/invoice/{invoice['id']}/pdf",
        at="finalized_at",
    )
    events.emit("invoice.finalized", invoice)
    if invoice["amount_due"] == 0:
        return paid(invoice)
    if intent is None:
        intent = objects.payment_intent(
            amount=invoice["amount_due"],
            currency=invoice["currency"],
            customer=invoice["customer"],
            methods=["card", "us_bank_account"] if invoice["currency"] == "usd" else ["card"],
            wishes={
                "description": DESCRIPTIONS.get(invoice["billing_reason"], "Subscription update"),
                "setup_future_usage": "off_session",
            },
        )
        events.emit("payment_intent.created", intent | {"_invoice": None})
    intent["_invoice"] = invoice["id"]
    store.save(intent)
    store.save(billing_objects.invoice_payment(invoice, intent))
    return _write(invoice, _intent=intent["id"])


@clock.action("collect_invoice")
def collect(invoice_id: str) -> Outcome:
    """A try on the schedule, the payer being away. An invoice that is not open stays as it is."""
    invoice = store.need("invoice", invoice_id)
    if invoice["status"] != "open":
        return Outcome("paid" if invoice["status"] == "paid" else invoice["status"])
    kept = method_for(invoice)
    if kept is None or kept["id"] == invoice.get("_refused_by"):
        return _not_tried(invoice)
    return attempt(invoice, kept, on_session=False, scheduled=True)


def attempt(
    invoice: Object,
    kept: Object,
    *,
    on_session: bool,
    scheduled: bool = False,
    authenticated: bool = False,
) -> Outcome:
    """Try to charge an open invoice.

    Raises:
        NotPayable: it is not open, or its payment is on its way already.
    """
    intent = _payable_intent(invoice)
    outcome = charging.attempt(intent, kept, authenticated=authenticated, on_session=on_session)
    # Only what comes by itself counts on, as Stripe does; the first try always does.
    if scheduled or not invoice["attempted"]:
        invoice["attempt_count"] += 1
    invoice["attempted"] = True
    after(invoice, outcome, kept, on_session=on_session)
    return outcome


def after(invoice: Object, outcome: Outcome, kept: Object, *, on_session: bool) -> None:
    """What a try at the payment means for the invoice and its subscription."""
    if outcome.kind == "paid":
        paid(invoice)
    elif outcome.kind == "processing":
        _write(invoice, next_payment_attempt=None)
        clock.unplan("collect_invoice", invoice["id"])
        _activate(standing.subscription_of(invoice))
    elif outcome.kind == "requires_action":
        store.save(invoice)
        events.emit("invoice.payment_action_required", invoice)
        if not on_session:
            failed(invoice, refused_by=kept["id"])
    else:
        hard = (outcome.error or {}).get("decline_code") in dunning.HARD
        failed(invoice, refused_by=kept["id"] if hard else None)


def authenticate(invoice_id: str, *, passed: bool) -> Outcome:
    """Finish the 3-D Secure step of an invoice's payment.

    Raises:
        NotPayable: no such step is waiting.
    """
    invoice = store.need("invoice", invoice_id)
    with store.transaction(), clock.on(invoice["test_clock"]):
        invoice = store.need("invoice", invoice_id)
        intent, kept = charging.waiting_for_bank(invoice["_intent"])
        if passed:
            return attempt(invoice, kept, on_session=True, authenticated=True)
        outcome = charging.refuse_authentication(intent, kept)
        after(invoice, outcome, kept, on_session=True)
        return outcome


def failed(invoice: Object, *, refused_by: str | None = None) -> None:
    """A try did not go through: the next one is planned, or it was the last."""
    invoice["_refused_by"] = refused_by
    subscription = standing.subscription_of(invoice)
    due = dunning.next_try(invoice, subscription)
    _write(invoice, next_payment_attempt=due)
    events.emit("invoice.payment_failed", invoice)
    if subscription["status"] in ("active", "trialing"):
        standing.change(subscription, status="past_due")
    _go_on(invoice, subscription)


def _not_tried(invoice: Object) -> Outcome:
    """The schedule counts on, but a card that can never work is not charged again."""
    first = not invoice["attempted"]
    invoice |= {"attempt_count": invoice["attempt_count"] + 1, "attempted": True}
    if first:
        failed(invoice)
    else:
        subscription = standing.subscription_of(invoice)
        due = dunning.next_try(invoice, subscription)
        _write(invoice, next_payment_attempt=due)
        events.emit("invoice.updated", invoice)
        _go_on(invoice, subscription)
    return Outcome("declined")


def _go_on(invoice: Object, subscription: Object) -> None:
    clock.unplan("collect_invoice", invoice["id"])
    if invoice["next_payment_attempt"]:
        clock.plan("collect_invoice", invoice["id"], invoice["next_payment_attempt"])
    elif subscription["status"] == "past_due" and dunning.is_over(invoice):
        dunning.give_up(subscription)


def paid(invoice: Object, *, elsewhere: bool = False) -> Object:
    """The money is there, by its payment or from elsewhere; its subscription is in order again."""
    clock.unplan("collect_invoice", invoice["id"])
    amount = invoice["amount_due"]
    _write(
        invoice,
        status="paid",
        attempted=True,
        auto_advance=False,
        amount_paid=amount,
        amount_paid_off_stripe=amount if elsewhere else 0,
        amount_remaining=0,
        next_payment_attempt=None,
        ending_balance=0,
        at="paid_at",
    )
    events.emit("invoice.paid", invoice)
    events.emit("invoice.payment_succeeded", invoice)
    for payment in payments_of(invoice, "open"):
        if elsewhere:
            _end_payment(payment)
            continue
        moments = payment["status_transitions"] | {"paid_at": clock.now()}
        payment |= {"status": "paid", "amount_paid": amount, "status_transitions": moments}
        store.save(payment)
        events.emit("invoice_payment.paid", payment)
    subscription = standing.subscription_of(invoice)
    if subscription["latest_invoice"] == invoice["id"]:
        _activate(subscription)
    return invoice


def close(invoice: Object, status: str) -> Object:
    """Void it, or mark it uncollectible.

    Raises:
        NotPayable: it is paid, void, or a draft that a person wants to void.
    """
    if invoice["status"] not in ("open", "uncollectible"):
        raise NotPayable(f"the invoice is {invoice['status']}")
    clock.unplan("collect_invoice", invoice["id"])
    gone: dict[str, Any] = {"amount_remaining": 0} if status == "void" else {}
    moment = "voided_at" if status == "void" else "marked_uncollectible_at"
    _write(invoice, status=status, auto_advance=False, next_payment_attempt=None, at=moment, **gone)
    if status == "void":
        for payment in payments_of(invoice, "open"):
            _end_payment(payment)
    told = "voided" if status == "void" else "marked_uncollectible"
    events.emit(f"invoice.{told}", invoice)
    return invoice


def method_for(invoice: Object) -> Object | None:
    """Stripe tries the invoice's payment method, the subscription's, then the customer's."""
    subscription = standing.subscription_of(invoice)
    customer = store.need("customer", invoice["customer"])
    for name in (
        invoice["default_payment_method"],
        subscription["default_payment_method"],
        customer["invoice_settings"]["default_payment_method"],
    ):
        kept = store.get("payment_method", name or "")
        if kept is not None and kept["customer"] == invoice["customer"]:
            return kept
    return None


def payments_of(invoice: Object, status: str) -> list[Object]:
    return store.select(
        "invoice_payment", where=[("invoice", "=", invoice["id"]), ("status", "=", status)]
    )


def _payable_intent(invoice: Object) -> Object:
    intent = store.get("payment_intent", invoice["_intent"] or "")
    if invoice["status"] not in ("open", "uncollectible") or intent is None:
        raise NotPayable(f"the invoice is {invoice['status']}")
    if intent["status"] == "processing":
        raise NotPayable("the payment is processing")
    return intent


def _end_payment(payment: Object) -> None:
    moments = payment["status_transitions"] | {"canceled_at": clock.now()}
    store.save(payment | {"status": "canceled", "status_transitions": moments})
    intent = store.need("payment_intent", payment["payment"]["payment_intent"])
    if intent["status"] in ("requires_payment_method", "requires_action"):
        charging.cancel(intent, "void_invoice")


def _activate(subscription: Object) -> None:
    if subscription["status"] in ("incomplete", "past_due", "unpaid"):
        clock.unplan("expire_incomplete", subscription["id"])
        standing.change(subscription, status="active")
        standing.replan(subscription)


def _write(invoice: Object, *, at: str = "", **new: Any) -> Object:
    """Save the named fields; `at` is the moment to note in `status_transitions`."""
    invoice |= new
    if at:
        invoice["status_transitions"] = invoice["status_transitions"] | {at: clock.now()}
    return store.save(invoice)
