"""Charges at Stripe against paid gifts."""

from collections.abc import Iterator
from functools import partial

from donations import gateway, payments
from donations.models import CheckoutAttempt, Donation
from donations.plans import renewals
from donations.reconciliation.compare import Cause, Comparison, Found, Stretch, side_by_side


def compare(stretch: Stretch) -> Comparison:
    listed = {one.charge.id: one for one in gateway.list_charges(stretch.since, stretch.until)}
    paid = Donation.objects.filter(
        source=Donation.Source.CARD,
        livemode=stretch.livemode,
        paid_at__gte=stretch.since,
        paid_at__lt=stretch.until,
    )
    ours = {gift.charge_id or "": gift for gift in paid}
    there = {
        key: one for key, one in listed.items() if one.charge.status == "succeeded" or key in ours
    }
    return side_by_side(
        there, ours, only_there=_unbooked, only_here=_unknown_there, both=_differing
    )


def _unbooked(key: str, one: gateway.ListedCharge) -> Found | None:
    """Money that came in for a try of ours; what others take on the same account is theirs."""
    detail = {"amount_minor": one.charge.amount_minor, "currency": one.charge.currency}
    attempt = CheckoutAttempt.objects.filter(reference=one.reference or None).first()
    if attempt:
        again = partial(payments.refresh, attempt)
        return Found(Cause.CHARGE_UNBOOKED, key, detail, again)
    invoice_id = gateway.find_invoice_of(one.payment_intent_id)
    if not invoice_id or not renewals.is_ours(gateway.fetch_invoice(invoice_id)):
        return None
    return Found(Cause.CHARGE_UNBOOKED, key, detail, partial(renewals.book, invoice_id))


def _unknown_there(key: str, gift: Donation) -> Found:
    return Found(Cause.CHARGE_UNKNOWN_THERE, key, {"donation": gift.pk})


def _differing(key: str, one: gateway.ListedCharge, gift: Donation) -> Iterator[Found]:
    there = (one.charge.amount_minor, one.charge.currency)
    here = (gift.amount_minor, gift.currency)
    if one.charge.status != "succeeded":
        yield Found(Cause.CHARGE_FAILED_THERE, key, {"donation": gift.pk})
    elif there != here:
        yield Found(Cause.CHARGE_AMOUNT, key, {"there": there, "here": here})
