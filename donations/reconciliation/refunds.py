"""Refunds at Stripe against ours."""

from collections.abc import Iterator
from functools import partial

from django.db.models import Q
from django.db.models.functions import Coalesce

from donations import gateway, refunds
from donations.models import Donation, Refund
from donations.reconciliation.compare import Cause, Comparison, Found, Stretch, side_by_side

Status = Refund.Status
# Stripe's word for a refund that waits for the donor's own step.
WAITING = {"requires_action": Status.PENDING}


def compare(stretch: Stretch) -> Comparison:
    there = {one.id: one for one in gateway.list_refunds_made(stretch.since, stretch.until)}
    # Stripe's moment is a little after ours, so a row from just before the stretch may be in it.
    begun = Q(made_at__gte=stretch.since, made_at__lt=stretch.until)
    ours = Refund.objects.annotate(made_at=Coalesce("asked_at", "created_at")).filter(
        begun | Q(stripe_id__in=there),
        donation__livemode=stretch.livemode,
        stripe_id__isnull=False,
    )
    return side_by_side(
        there,
        {row.stripe_id or "": row for row in ours.select_related("donation")},
        only_there=_unbooked,
        only_here=_unknown_there,
        both=_differing,
    )


def _unbooked(key: str, one: gateway.Refund) -> Found | None:
    gift = Donation.objects.filter(charge_id=one.charge_id).first()
    if gift is None:
        return None  # of a charge that is not in the books either, or not ours
    detail = {"donation": gift.pk, "amount_minor": one.amount_minor, "status": one.status}
    return Found(Cause.REFUND_UNBOOKED, key, detail, partial(refunds.refresh, gift))


def _unknown_there(key: str, row: Refund) -> Found:
    return Found(Cause.REFUND_UNKNOWN_THERE, key, {"donation": row.donation_id})


def _differing(key: str, one: gateway.Refund, row: Refund) -> Iterator[Found]:
    again = partial(refunds.refresh, row.donation)
    if (one.amount_minor, one.currency) != (row.amount_minor, row.currency):
        there, here = [one.amount_minor, one.currency], [row.amount_minor, row.currency]
        yield Found(Cause.REFUND_AMOUNT, key, {"there": there, "here": here})
    if WAITING.get(one.status, one.status) != row.status:
        yield Found(Cause.REFUND_STATE, key, {"there": one.status, "here": row.status}, again)
