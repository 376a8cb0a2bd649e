"""Another card for a plan, given at Stripe's own page; an open payment is tried with it at once."""

from contextlib import suppress
from dataclasses import dataclass

from django.core import signing
from django.utils import translation

from core.links import public_url
from donations import gateway
from donations.models import Plan, PlanStep
from donations.plans.refresh import refresh

SALT = "card-page"


@dataclass(frozen=True)
class Outcome:
    """What a visit at Stripe's page brought."""

    is_new: bool
    # Of the payment that was open before: arrived, failed, under_way; empty if there was none.
    payment: str = ""


def open_page(plan: Plan, *, return_url: str) -> str:
    """The address of Stripe's page for another card.

    Raises:
        Unreachable: Stripe gave no answer.
        Refused: it knows no such payer any more.
    """
    assert plan.customer_id is not None  # set with the first payment
    return gateway.open_card_page(plan.customer_id, return_url=return_url, language=plan.language)


def bank_page(plan: Plan) -> str:
    """Stripe's page of the payment that failed, where a bank's question can be answered; or "".

    Raises:
        Unreachable: Stripe gave no answer.
    """
    return gateway.page_of_invoice(plan.open_invoice_id) if plan.open_invoice_id else ""


def follow(plan: Plan) -> bool:
    """Charge the card that the donor gave last, and an open payment with it at once.

    Called by the page one returns to and by the event, whichever comes first. Nothing is claimed
    here: the story says "card changed" when Stripe's own answer does. True if anything changed.

    Raises:
        Unreachable, Busy: not now; try again.
    """
    if plan.subscription_id is None:
        return False
    found = gateway.fetch_subscription(plan.subscription_id)
    card, invoice = found.newest_card or found.card, found.invoice
    if card and not found.ended_at:
        if found.card != card:
            gateway.use_card(found.id, card.id)
        failed = invoice.intent if invoice and invoice.status == "open" and invoice.tries else None
        if invoice and failed and failed.failed_with != card.id:
            _pay(invoice.id)
    return refresh(plan)


def pay_now(plan: Plan) -> bool:
    """Try the payment that failed once more with the same card; true if it has arrived.

    Raises:
        Unreachable, Busy: not now; try again.
    """
    refresh(plan)
    plan.refresh_from_db()
    if not plan.open_invoice_id:
        return False
    _pay(plan.open_invoice_id)
    refresh(plan)
    plan.refresh_from_db()
    return not plan.open_invoice_id


def _pay(invoice_id: str) -> None:
    with suppress(gateway.Refused):  # the bank said no: the invoice says so when asked
        gateway.pay_invoice(invoice_id)


def return_url(plan: Plan, key: str) -> str:
    """Where Stripe's page leads back to; it remembers what stood before one went there."""
    before = signing.dumps([plan.payment_method_id, plan.open_invoice_id], salt=SALT)
    return public_url("plan_card_back", key, before, language=translation.get_language() or "en")


def outcome(plan: Plan, before: str) -> Outcome:
    """What came of the visit at Stripe's page, as far as Stripe's own answers say."""
    try:
        card_id, invoice_id = signing.loads(before, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return Outcome(is_new=False)
    is_new = plan.payment_method_id != card_id
    if not invoice_id:
        return Outcome(is_new)
    if plan.open_invoice_id == invoice_id:
        return Outcome(is_new, "failed")
    arrived = plan.steps.filter(kind=PlanStep.Kind.RECOVERED, detail__invoice=invoice_id)
    return Outcome(is_new, "arrived" if arrived.exists() else "under_way")
