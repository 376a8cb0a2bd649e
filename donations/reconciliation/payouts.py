"""Payouts at Stripe against ours."""

from collections.abc import Iterator
from functools import partial

from donations import gateway, payouts
from donations.models import Payout
from donations.reconciliation.compare import Cause, Comparison, Found, Stretch, side_by_side


def compare(stretch: Stretch) -> Comparison:
    there = {one.id: one for one in gateway.list_payouts_made(stretch.since, stretch.until)}
    ours = Payout.objects.filter(
        livemode=stretch.livemode, created_at__gte=stretch.since, created_at__lt=stretch.until
    )
    return side_by_side(
        there,
        {row.stripe_id: row for row in ours},
        only_there=lambda key, one: Found(
            Cause.PAYOUT_UNBOOKED,
            key,
            {"amount_minor": one.amount_minor, "status": one.status},
            partial(payouts.refresh, key),
        ),
        only_here=lambda key, row: Found(Cause.PAYOUT_UNKNOWN_THERE, key, {"status": row.status}),
        both=_differing,
    )


def _differing(key: str, one: gateway.Payout, row: Payout) -> Iterator[Found]:
    again = partial(payouts.refresh, key)
    if one.status != row.status:
        yield Found(Cause.PAYOUT_STATE, key, {"there": one.status, "here": row.status}, again)
    if (one.amount_minor, one.currency) != (row.amount_minor, row.currency):
        there, here = [one.amount_minor, one.currency], [row.amount_minor, row.currency]
        yield Found(Cause.PAYOUT_AMOUNT, key, {"there": there, "here": here}, again)
    elif one.reconciled and one.automatic and row.explained_at is None:
        left = payouts.explain(row).difference_minor
        yield Found(Cause.PAYOUT_UNEXPLAINED, key, {"difference_minor": left}, again)
