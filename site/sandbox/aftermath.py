"""Commands about money that was paid: what payers, their banks, Stripe and the dashboard do.

A payment is named by its session, payment intent or charge.
"""

from sandbox import disputing, paying, payouts, refunding, switches
from sandbox.api.answers import public
from sandbox.steering import Answer, Given, Refused, command
from sandbox.store import Object, store


def _charge(given: Given) -> Object:
    if "charge" in given:
        return store.need("charge", str(given["charge"]))
    intent = given.get("payment_intent")
    if intent is None:
        intent = (paying.intent_of(store.need("checkout.session", str(given["session"]))) or {})[
            "id"
        ]
    latest = store.need("payment_intent", str(intent))["latest_charge"]
    return store.need("charge", latest)


@command
def refund(given: Given) -> Answer:
    """Refund as in the dashboard: amount, reason; `status` to begin with, as of other methods."""
    charge = _charge(given)
    try:
        made = refunding.refund(
            charge,
            amount=given.get("amount"),
            reason=given.get("reason", "requested_by_customer"),
            status=str(given.get("status", "")),
        )
    except refunding.NotRefundable as error:
        raise Refused(str(error)) from None
    return {"refund": public(made)}


@command
def settle_refund(given: Given) -> Answer:
    return {"refund": public(refunding.settle(str(given["refund"])))}


@command
def fail_refund(given: Given) -> Answer:
    """The payer's bank sends the money of a refund back, with one of Stripe's reasons."""
    reason = str(given.get("reason", "expired_or_canceled_card"))
    if reason not in refunding.FAILURES:
        raise Refused(f"no such reason: {reason}; there are {', '.join(refunding.FAILURES)}")
    try:
        return {"refund": public(refunding.fail(str(given["refund"]), reason))}
    except refunding.NotRefundable as error:
        raise Refused(str(error)) from None


@command
def dispute(given: Given) -> Answer:
    """Dispute a payment: reason, amount; kind "inquiry" or "prevented". A debit is lost at once."""
    made = disputing.dispute(
        _charge(given),
        reason=str(given.get("reason", "fraudulent")),
        amount=given.get("amount"),
        kind=str(given.get("kind", "")),
    )
    return {"dispute": public(made)}


@command
def win_dispute(given: Given) -> Answer:
    """The bank gives the money back; a question is closed. `fee_back` as in some countries."""
    made = disputing.win(str(given["dispute"]), fee_back=bool(given.get("fee_back")))
    return {"dispute": public(made)}


@command
def lose_dispute(given: Given) -> Answer:
    return {"dispute": public(disputing.lose(str(given["dispute"])))}


@command
def escalate_dispute(given: Given) -> Answer:
    """A question becomes a dispute."""
    return {"dispute": public(disputing.escalate(str(given["dispute"])))}


@command
def warn(given: Given) -> Answer:
    """The network reports a payment as fraud."""
    return {"warning": public(disputing.warn(_charge(given)))}


@command
def open_review(given: Given) -> Answer:
    return {"review": public(disputing.open_review(_charge(given)))}


@command
def close_review(given: Given) -> Answer:
    review = store.need("review", str(given["review"]))
    return {"review": public(disputing.close_review(review, str(given.get("reason", "approved"))))}


@command
def pay_out(given: Given) -> Answer:
    """Pay out what is available now: all as each night, or an `amount` as if made by hand."""
    currency = str(given.get("currency", "usd"))
    return {"payout": public(payouts.pay_out(currency, amount=given.get("amount")))}


@command
def reconcile_payout(given: Given) -> Answer:
    """Its rows can be listed now, instead of a little later."""
    payouts.reconcile(str(given["payout"]))
    return {}


@command
def arrive_payout(given: Given) -> Answer:
    """The bank has the money now, instead of in two days."""
    return {"payout": public(payouts.arrive(str(given["payout"])))}


@command
def fail_payout(given: Given) -> Answer:
    code = str(given.get("code", "account_closed"))
    if code not in payouts.FAILURES:
        raise Refused(f"no such failure: {code}; there are {', '.join(payouts.FAILURES)}")
    return {"payout": public(payouts.fail(str(given["payout"]), code))}


@command
def cancel_payout(given: Given) -> Answer:
    return {"payout": public(payouts.cancel(str(given["payout"])))}


@command
def make_available(_given: Given) -> Answer:
    """The days until money may be paid out are over for all of it."""
    return {"available": payouts.make_available()}


@command
def steer_payouts(given: Given) -> Answer:
    """When: "daily" (each midnight of the sandbox's clock) or "manual" (by command only)."""
    if given["when"] not in ("daily", "manual"):
        raise Refused("when: daily or manual")
    with store.transaction():
        switches.put("payouts", given["when"])
    return {}


@command
def stripe_fee(given: Given) -> Answer:
    """Stripe takes an amount for something else, such as Radar; below zero, it gives it back."""
    made = payouts.stripe_fee(
        int(given["amount"]),
        currency=str(given.get("currency", "usd")),
        description=str(given.get("description", "Radar for Fraud Teams")),
    )
    return {"balance_transaction": public(made)}
