"""Stripe's movements of the balance against the rows and the ledger."""

from collections.abc import Iterator
from functools import partial

from donations import gateway, payouts
from donations.models import (
    BalanceTransaction,
    Dispute,
    Donation,
    LegalEntity,
    Payout,
    Refund,
)
from donations.reconciliation.compare import Cause, Comparison, Found, Stretch, side_by_side


def compare(stretch: Stretch) -> Comparison:
    there = {one.id: one for one in gateway.list_movements(stretch.since, stretch.until)}
    rows = BalanceTransaction.objects.filter(
        livemode=stretch.livemode, created_at__gte=stretch.since, created_at__lt=stretch.until
    )
    return side_by_side(
        there,
        {row.pk: row for row in rows},
        only_there=_unbooked,
        only_here=lambda key, row: Found(
            Cause.MOVEMENT_UNKNOWN_THERE, key, {"kind": row.kind, "net_minor": row.net_minor}
        ),
        both=_differing,
    )


def _unbooked(key: str, one: gateway.Movement) -> Found | None:
    """Rows of what we know. Others, as Stripe's own fees, are booked with their payout."""
    known = (
        Donation.objects.filter(charge_id=one.source).exists()
        or Refund.objects.filter(stripe_id=one.source).exists()
        or Dispute.objects.filter(stripe_id=one.source).exists()
        or Payout.objects.filter(stripe_id=one.source).exists()
    )
    if not known:
        return None
    entity = LegalEntity.objects.get(is_default=True)
    detail = {"kind": one.kind, "net_minor": one.net_minor}
    return Found(Cause.MOVEMENT_UNBOOKED, key, detail, partial(payouts.book, one, entity))


def _differing(key: str, one: gateway.Movement, row: BalanceTransaction) -> Iterator[Found]:
    if one.fee_minor != row.fee_minor:
        yield Found(Cause.FEE_AMOUNT, key, {"there": one.fee_minor, "here": row.fee_minor})
    if (one.amount_minor, one.currency) != (row.amount_minor, row.currency):
        there, here = [one.amount_minor, one.currency], [row.amount_minor, row.currency]
        yield Found(Cause.MOVEMENT_AMOUNT, key, {"there": there, "here": here})
