"""What Stripe's events about plans do: each is a hint to fetch what it is about."""

from collections.abc import Sequence

from donations import gateway, payments
from donations.models import CheckoutAttempt, Donation, Event, Plan
from donations.plans import cards, renewals
from donations.plans.refresh import refresh


def invoice_paid(event: Event) -> bool | None:
    booked = renewals.book(event.object_id)
    if booked is None:
        return None
    donation = Donation.objects.select_related("plan").filter(invoice_id=event.object_id).first()
    return (refresh(donation.plan) or booked) if donation and donation.plan else booked


def invoice_changed(event: Event) -> bool | None:
    """A payment failed, waits for the donor's bank step, or is no longer wanted."""
    plan = renewals.plan_of(gateway.fetch_invoice(event.object_id))
    return refresh(plan) if plan else None


def subscription_changed(event: Event) -> bool | None:
    plan = Plan.objects.filter(subscription_id=event.object_id).first()
    if plan:
        return refresh(plan)
    attempt = CheckoutAttempt.objects.filter(reference=event.reference or None).first()
    if attempt is None or attempt.donation.plan_id is None:
        return None
    return payments.refresh(attempt)  # its session says which subscription it began


def customer_changed(event: Event) -> bool | None:
    """Another card, given at Stripe's own page."""
    plans = Plan.objects.filter(customer_id=event.object_id)
    if not plans:
        return None
    return any(list(map(cards.follow, plans)))


def card_changed(event: Event) -> bool | None:
    """A bank told Stripe of a new number or expiry."""
    plans = Plan.objects.filter(payment_method_id=event.object_id)
    if not plans:
        return None
    return any(list(map(refresh, plans)))


def page_of(payment_intent_id: str, failed: Sequence[gateway.Charge]) -> CheckoutAttempt | None:
    """The payment page on which a first payment failed: that of a subscription does not say.

    It is found by its invoice, if there is one already, else by the address that was typed there.
    """
    pages = CheckoutAttempt.objects.filter(donation__plan__status=Plan.Status.INCOMPLETE)
    invoice_id = gateway.find_invoice_of(payment_intent_id)
    if invoice_id:
        reference = gateway.fetch_invoice(invoice_id).reference
        return pages.filter(reference=reference).first()
    emails = [charge.email for charge in failed if charge.email]
    if not emails:
        return None
    still_open = pages.filter(state=CheckoutAttempt.State.OPEN, donation__email__iexact=emails[0])
    return still_open.order_by("pk").last()


def renewal_charged(event: Event) -> bool | None:
    """The fee of a renewal became known."""
    donation = Donation.objects.filter(
        payment_intent_id=event.payment_intent_id or None, invoice_id__isnull=False
    ).first()
    return renewals.book(str(donation.invoice_id)) if donation else None
