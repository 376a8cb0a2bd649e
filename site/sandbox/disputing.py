"""A payer's bank objects: disputes, mere questions, warnings of fraud, and payments under review.

needs_response → under_review → won | lost        the money left at the start; won brings it back
warning_needs_response → … → warning_closed       a question: no money moves, unless it escalates
A debit that its bank takes back after all is a dispute too, lost from the start.
"""

from typing import Any

from sandbox import clock, events, ids, money
from sandbox.cards import Card
from sandbox.refunding import SOON, settle_warnings
from sandbox.store import Object, store

FEE = 1500
DAYS_TO_ANSWER = 9
REASONS = (
    *("bank_cannot_process", "credit_not_processed", "customer_initiated", "debit_not_authorized"),
    *("duplicate", "fraudulent", "general", "incorrect_account_details", "insufficient_funds"),
    *("product_not_received", "product_unacceptable", "subscription_canceled", "unrecognized"),
)
OPEN = (*("needs_response", "under_review", "warning_needs_response", "warning_under_review"),)
TEXTS = (
    *("access_activity_log", "billing_address", "cancellation_policy_disclosure"),
    *("cancellation_rebuttal", "customer_email_address", "customer_name", "customer_purchase_ip"),
    *("duplicate_charge_explanation", "duplicate_charge_id", "product_description"),
    *("refund_policy_disclosure", "refund_refusal_explanation", "service_date"),
    *("shipping_address", "shipping_carrier", "shipping_date", "shipping_tracking_number"),
    "uncategorized_text",
)
FILES = (
    *("cancellation_policy", "customer_communication", "customer_signature"),
    *("duplicate_charge_documentation", "receipt", "refund_policy", "service_documentation"),
    *("shipping_documentation", "uncategorized_file"),
)
# Stripe's test words: this evidence wins, or loses, a little later.
VERDICTS = {"winning_evidence": "win_dispute", "losing_evidence": "lose_dispute"}
# What some test cards are for, and the agenda's word for it.
FATES = {"dispute": "dispute_charge", "inquiry": "ask_about_charge", "warning": "warn_of_charge"}


class NotPossible(Exception):
    """The payment or the dispute is in a state that does not allow it."""


def dispute(
    charge: Object, *, reason: str = "fraudulent", amount: int | None = None, kind: str = ""
) -> Object:
    """The payer's bank objects to what is left of a charge.

    Args:
        kind: "" for a chargeback, "inquiry" for a question, "prevented" for one that ended
            before it began: the payer has the money back, and no fee is taken.

    Raises:
        NotPossible: the charge was not paid, nothing of it is left, or it is disputed already.
    """
    if reason not in REASONS:
        raise NotPossible(f"no such reason: {reason}; there are {', '.join(REASONS)}")
    with store.transaction():
        left = charge["amount_captured"] - charge["amount_refunded"]
        if charge["status"] != "succeeded" or not left or (amount or 0) > left or _open(charge):
            raise NotPossible("nothing of this charge can be disputed")
        thing = _new(charge, reason, amount or left, kind)
        store.save(thing)
        store.save(charge | {"disputed": True})
        if kind != "inquiry":
            _withdraw(thing, fee=0 if kind == "prevented" else FEE)
        events.emit("charge.dispute.created", thing)
        if kind != "inquiry":
            events.emit("charge.dispute.funds_withdrawn", thing)
        if thing["status"] in ("lost", "prevented"):
            events.emit("charge.dispute.closed", thing)
        _close_review(charge, "disputed")
        settle_warnings(charge)
    return thing


def await_fate(charge: Object, card: Card) -> None:
    """Some test cards are there for what happens a little later."""
    if card.fate in FATES:
        clock.plan(FATES[card.fate], charge["id"], clock.exact() + SOON)


@clock.action("dispute_charge")
def _dispute_charge(charge_id: str) -> None:
    _dispute_what_is_left(charge_id, "")


@clock.action("ask_about_charge")
def _ask_about_charge(charge_id: str) -> None:
    _dispute_what_is_left(charge_id, "inquiry")


@clock.action("warn_of_charge")
def _warn_of_charge(charge_id: str) -> None:
    warn(store.need("charge", charge_id))


def _dispute_what_is_left(charge_id: str, kind: str) -> None:
    charge = store.need("charge", charge_id)
    if not charge["refunded"]:
        dispute(charge, kind=kind)


def submit(thing: Object, evidence: dict[str, Any], *, send: bool) -> Object:
    """Keep evidence, and send it to the bank, which then decides.

    Raises:
        NotPossible: the dispute has ended.
    """
    with store.transaction():
        if thing["status"] not in OPEN:
            raise NotPossible("This dispute is already closed")
        before = {"evidence": thing["evidence"], "status": thing["status"]}
        thing["evidence"] = thing["evidence"] | evidence
        details = thing["evidence_details"] | {"has_evidence": True}
        if send:
            details["submission_count"] += 1
            thing["status"] = thing["status"].replace("needs_response", "under_review")
            verdict = VERDICTS.get(thing["evidence"]["uncategorized_text"] or "")
            if verdict:
                clock.plan(verdict, thing["id"], clock.exact() + SOON)
        thing["evidence_details"] = details
        store.save(thing)
        events.emit("charge.dispute.updated", thing, previous=before)
    return thing


@clock.action("win_dispute")
def win(dispute_id: str, *, fee_back: bool = False) -> Object:
    """The bank gives the money back. Stripe keeps its fee, but in some countries returns it.

    Raises:
        NotPossible: the dispute has ended.
    """
    with store.transaction():
        thing, before = _open_one(dispute_id)
        question = thing["status"].startswith("warning")
        thing["status"] = "warning_closed" if question else "won"
        if not question:
            row = money.move(
                thing["id"],
                kind="adjustment",
                category="dispute_reversal",
                amount=thing["amount"],
                currency=thing["currency"],
                fee=-FEE if fee_back else 0,
                fee_for="Dispute fee refund",
                description=f"Chargeback reversal for {thing['charge']}",
            )
            thing["balance_transactions"].append(_plain(row))
        store.save(thing)
        if not question:
            events.emit("charge.dispute.funds_reinstated", thing)
        events.emit("charge.dispute.updated", thing, previous=before)
        events.emit("charge.dispute.closed", thing)
    return thing


@clock.action("lose_dispute")
def lose(dispute_id: str) -> Object:
    """The payer keeps the money; also what accepting a dispute comes to.

    Raises:
        NotPossible: the dispute has ended.
    """
    with store.transaction():
        thing, before = _open_one(dispute_id)
        if thing["status"].startswith("warning"):
            raise NotPossible("a question is not lost; it escalates or closes")
        thing["status"] = "lost"
        store.save(thing)
        events.emit("charge.dispute.updated", thing, previous=before)
        events.emit("charge.dispute.closed", thing)
    return thing


def escalate(dispute_id: str) -> Object:
    """A question becomes a chargeback: now the money leaves.

    Raises:
        NotPossible: it is none, or has ended.
    """
    with store.transaction():
        thing, before = _open_one(dispute_id)
        if not thing["status"].startswith("warning"):
            raise NotPossible("this dispute is no mere question")
        thing |= {"status": "needs_response", "is_charge_refundable": False}
        thing["payment_method_details"]["card"]["case_type"] = "chargeback"
        _withdraw(thing, fee=FEE)
        events.emit("charge.dispute.updated", thing, previous=before)
        events.emit("charge.dispute.funds_withdrawn", thing)
    return thing


def warn(charge: Object, fraud_type: str = "unauthorized_use_of_card") -> Object:
    """The card's network reports a payment as fraud, before its bank disputes it."""
    with store.transaction():
        warning = store.save(
            {
                "id": ids.new_id("issfr_1"),
                "object": "radar.early_fraud_warning",
                "actionable": not charge["refunded"] and not charge["disputed"],
                "charge": charge["id"],
                "created": clock.now(),
                "fraud_type": fraud_type,
                "livemode": False,
                "payment_intent": charge["payment_intent"],
            }
        )
        events.emit("radar.early_fraud_warning.created", warning)
    return warning


def open_review(charge: Object, *, reason: str = "rule") -> Object:
    """Stripe holds a payment up for a person to look at; the money was taken all the same.

    Raises:
        NotPossible: it is under review already.
    """
    with store.transaction():
        if charge["review"]:
            raise NotPossible("the charge was reviewed already")
        review = store.save(
            {
                "id": ids.new_id("prv_1"),
                "object": "review",
                "billing_zip": None,
                "charge": charge["id"],
                "closed_reason": None,
                "created": clock.now(),
                "ip_address": None,
                "ip_address_location": None,
                "livemode": False,
                "open": True,
                "opened_reason": reason,
                "payment_intent": charge["payment_intent"],
                "reason": reason,
                "session": None,
            }
        )
        store.save(charge | {"review": review["id"]})
        events.emit("review.opened", review)
    return review


def close_review(review: Object, reason: str = "approved") -> Object:
    """A person, or what became of the payment, ends the review.

    Raises:
        NotPossible: it is closed.
    """
    with store.transaction():
        if not review["open"]:
            raise NotPossible("The review is not open.")
        review |= {"open": False, "closed_reason": reason, "reason": reason}
        store.save(review)
        events.emit("review.closed", review)
    return review


def _close_review(charge: Object, reason: str) -> None:
    review = store.get("review", charge["review"] or "")
    if review and review["open"]:
        close_review(review, reason)


def _open(charge: Object) -> bool:
    found = store.select("dispute", where=[("charge", "=", charge["id"])])
    return any(thing["status"] in OPEN for thing in found)


def _open_one(dispute_id: str) -> tuple[Object, Object]:
    thing = store.need("dispute", dispute_id)
    if thing["status"] not in OPEN:
        raise NotPossible("This dispute is already closed")
    return thing, {"status": thing["status"]}


def _new(charge: Object, reason: str, amount: int, kind: str) -> Object:
    now = clock.now()
    card = charge["payment_method_details"].get("card")
    status = {"inquiry": "warning_needs_response", "prevented": "prevented"}.get(kind)
    status = status or ("needs_response" if card else "lost")
    open_ = status in OPEN
    thing: Object = {
        "id": ids.new_id("dp_1" if card else "du_1"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys((*TEXTS, *FILES)) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + DAYS_TO_ANSWER * 86_400 if open_ else None,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": kind == "inquiry",
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": status,
    }
    if card:
        case = {"inquiry": "inquiry", "prevented": "resolution"}.get(kind, "chargeback")
        thing["payment_method_details"] = {
            "card": {
                "brand": card["brand"],
                "case_type": case,
                "network": card["network"],
                "network_reason_code": "10.4",
            },
            "type": "card",
        }
    return thing


def _withdraw(thing: Object, *, fee: int) -> None:
    row = money.move(
        thing["id"],
        kind="adjustment",
        category="dispute",
        amount=-thing["amount"],
        currency=thing["currency"],
        fee=fee,
        fee_for="Dispute fee",
        description=f"Chargeback withdrawal for {thing['charge']}",
    )
    thing["balance_transactions"].append(_plain(row))
    store.save(thing)


def _plain(row: Object) -> Object:
    return {key: value for key, value in row.items() if not key.startswith("_")}
