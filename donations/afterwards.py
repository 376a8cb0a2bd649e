"""What becomes of paid money: whose gift an event is about, and taking over what Stripe says.

As with payments: read our version, fetch, lock; another answer taken over meanwhile? fetch again.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction
from django.db.models import F

from donations import gateway, payments
from donations.models import CheckoutAttempt, Donation
from donations.plans import renewals

Facts = TypeVar("Facts")


def taken_over(
    donation: Donation,
    fetch: Callable[[Donation], Facts],
    take_over: Callable[[Donation, Facts], bool],
) -> bool:
    """Fetch facts about a gift and write them under its lock, unless newer ones were written.

    Args:
        take_over: writes; true if anything changed.

    Raises:
        Unreachable: Stripe gave no answer; nothing was changed.
        Busy: too many others at the same row.
    """
    for _ in range(payments.TRIES):
        seen = Donation.objects.values_list("sync_version", flat=True).get(pk=donation.pk)
        facts = fetch(donation)
        with transaction.atomic():
            locked = Donation.objects.select_for_update().get(pk=donation.pk)
            if locked.sync_version != seen:
                continue
            changed = take_over(locked, facts)
            if changed:
                Donation.objects.filter(pk=locked.pk).update(sync_version=F("sync_version") + 1)
            return changed
    raise payments.Busy(donation.reference)


def gift_of(payment_intent_id: str, object_id: str) -> Donation | None:
    """The paid gift that an object of Stripe's is about; none if it is not ours.

    An event may be here before those of the payment itself: then the payment is taken over first.

    Raises:
        Unreachable, Busy: not now.
    """
    known = None
    if payment_intent_id:
        known = Donation.objects.filter(payment_intent_id=payment_intent_id).first()
    if known is None:
        try:
            subject = gateway.subject_of(object_id)
        except gateway.NotFound:
            return None
        known = Donation.objects.filter(charge_id=subject.charge_id).first()
        if known is None and _take_payment(subject):
            known = Donation.objects.filter(charge_id=subject.charge_id).first()
            if known is None:
                raise payments.Busy(subject.charge_id)  # ours, but the payment is not known yet
    return known


def _take_payment(subject: gateway.Subject) -> bool:
    """Take over the payment of a charge; false if it is not ours."""
    attempt = CheckoutAttempt.objects.filter(reference=subject.reference or None).first()
    if attempt:
        payments.refresh(attempt)
        return True
    invoice_id = gateway.find_invoice_of(subject.payment_intent_id)
    return bool(invoice_id) and renewals.book(invoice_id) is not None
