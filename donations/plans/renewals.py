"""Each paid invoice of a plan becomes one donation: booked and receipted like any other."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.tokens import new_reference
from donations import gateway, payments
from donations.models import CheckoutAttempt, Designation, Donation, DonationLine, Plan
from donations.plans import steps
from donations.plans.refresh import refresh

# A renewal's donor said these when the plan began; a message and a notice to others stay there.
REPEATED = (
    *("receipt_name", "address_line1", "address_line2", "city", "region", "postcode", "country"),
    *("tribute_kind", "tribute_name"),
)
# How far back is looked for payments that no event told us of.
LOOK_BACK = timedelta(days=40)


def book(invoice_id: str) -> bool | None:
    """Take over an invoice's payment: its donation, its fee. Safe to repeat, in any order.

    Returns:
        Did anything change? None if the invoice belongs to no plan of ours.

    Raises:
        Unreachable, Busy: not now; try again.
    """
    invoice = gateway.fetch_invoice(invoice_id)
    plan = plan_of(invoice)
    if plan is None:
        return None
    first = CheckoutAttempt.objects.filter(donation__plan=plan, session_id__isnull=False)
    begun = first.filter(donation__invoice_id=invoice.id).first()
    if begun:
        return payments.refresh(begun)
    intent = invoice.intent
    if invoice.status != "paid" or intent is None or intent.charge is None:
        return False  # nothing to pay, or paid outside of Stripe: no money of Stripe's to book
    if intent.charge.status != "succeeded":
        return False
    with transaction.atomic():
        plan = Plan.objects.select_for_update().get(pk=plan.pk)
        donation = Donation.objects.select_for_update().filter(invoice_id=invoice.id).first()
        if donation is None:
            donation = _renewal(plan, invoice, intent.charge.created_at)
            if plan.ended_at and intent.charge.created_at > plan.ended_at:
                source = f"{invoice.id}:after"
                steps.record(
                    plan, steps.Kind.PAID_AFTER_END, by=steps.STRIPE, source=source,
                    invoice=invoice.id, amount_minor=invoice.paid_minor,
                )  # fmt: skip
        return payments.take_charge(donation, intent.charge, payment_intent_id=intent.id)


def plan_of(invoice: gateway.Invoice) -> Plan | None:
    """By its subscription; or by our reference, where the news of the beginning was lost.

    That beginning is taken over then; `is_ours` only looks.
    """
    # A bill of no subscription has "", and plans that wait for theirs have null.
    known = Plan.objects.filter(subscription_id=invoice.subscription_id)
    plan = known.first()
    if plan is None and (attempt := _beginning_of(invoice)):
        payments.refresh(attempt)
        plan = known.all().first()
    return plan


def is_ours(invoice: gateway.Invoice) -> bool:
    """Whether it is a bill of a plan, or of one of whose beginning we have not heard."""
    known = Plan.objects.filter(subscription_id=invoice.subscription_id)
    return known.exists() or _beginning_of(invoice) is not None


def _beginning_of(invoice: gateway.Invoice) -> CheckoutAttempt | None:
    opened = CheckoutAttempt.objects.filter(session_id__isnull=False)
    return opened.filter(reference=invoice.reference).first() if invoice.reference else None


def catch_up(plan: Plan) -> None:
    """Ask Stripe what a plan has paid lately and how it stands, if events were lost.

    Raises:
        Unreachable, Busy: not now; try again.
    """
    if plan.subscription_id is None:
        return
    since = timezone.now() - LOOK_BACK
    known = set(plan.donations.filter(status="paid").values_list("invoice_id", flat=True))
    for invoice_id in gateway.list_paid_invoices(plan.subscription_id, since=since):
        if invoice_id not in known:
            book(invoice_id)
    refresh(plan)


def _renewal(plan: Plan, invoice: gateway.Invoice, charged_at: datetime) -> Donation:
    begun: Any = plan.donations.order_by("pk").last()
    purpose, fee_cover_minor = _terms_of(plan, invoice.paid_minor, charged_at)
    donation = Donation.objects.create(
        reference=new_reference(),
        form_token=invoice.id,
        plan=plan,
        invoice_id=invoice.id,
        legal_entity=plan.legal_entity,
        livemode=plan.livemode,
        currency=invoice.currency,
        amount_minor=invoice.paid_minor,
        fee_cover_minor=fee_cover_minor,
        name=plan.name,
        email=plan.email,
        language=plan.language,
        appeal=plan.appeal,
        **{name: getattr(begun, name) for name in REPEATED},
    )
    DonationLine.objects.create(
        donation=donation, designation=purpose, amount_minor=invoice.paid_minor
    )
    return donation


def _terms_of(plan: Plan, paid_minor: int, charged_at: datetime) -> tuple[Designation, int]:
    """Purpose and covered fee of a charge: those of its time, since it may be heard of late."""
    moved = plan.steps.filter(kind=steps.Kind.DESIGNATION, at__gt=charged_at).first()
    purpose = Designation.objects.get(code=moved.detail["old"]) if moved else plan.designation
    if paid_minor == plan.amount_minor:
        return purpose, plan.fee_cover_minor
    # A bill from before a change of the amount.
    amounts = plan.steps.filter(kind__in=[steps.Kind.RAISED, steps.Kind.LOWERED])
    changed = amounts.filter(detail__old=paid_minor).last()
    return purpose, changed.detail.get("old_cover", 0) if changed else 0
