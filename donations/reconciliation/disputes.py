"""Disputes at Stripe against ours."""

from collections.abc import Iterator
from functools import partial

from donations import disputes, gateway
from donations.models import Dispute, Donation
from donations.reconciliation.compare import Cause, Comparison, Found, Stretch, side_by_side


def compare(stretch: Stretch) -> Comparison:
    there = {one.id: one for one in gateway.list_disputes_opened(stretch.since, stretch.until)}
    ours = Dispute.objects.filter(
        donation__livemode=stretch.livemode,
        opened_at__gte=stretch.since,
        opened_at__lt=stretch.until,
    )
    return side_by_side(
        there,
        {row.stripe_id: row for row in ours.select_related("donation")},
        only_there=_unbooked,
        only_here=lambda key, row: Found(
            Cause.DISPUTE_UNKNOWN_THERE, key, {"donation": row.donation_id}
        ),
        both=_differing,
    )


def _unbooked(key: str, one: gateway.Dispute) -> Found | None:
    gift = Donation.objects.filter(charge_id=one.charge_id).first()
    if gift is None:
        return None  # of a charge that is not in the books either, or not ours
    detail = {"donation": gift.pk, "amount_minor": one.amount_minor, "status": one.status}
    return Found(Cause.DISPUTE_UNBOOKED, key, detail, partial(disputes.refresh, gift))


def _differing(key: str, one: gateway.Dispute, row: Dispute) -> Iterator[Found]:
    again = partial(disputes.refresh, row.donation)
    if one.status != row.status:
        yield Found(Cause.DISPUTE_STATE, key, {"there": one.status, "here": row.status}, again)
    if (one.amount_minor, one.currency) != (row.amount_minor, row.currency):
        there, here = [one.amount_minor, one.currency], [row.amount_minor, row.currency]
        yield Found(Cause.DISPUTE_AMOUNT, key, {"there": there, "here": here}, again)
