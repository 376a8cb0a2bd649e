"""Movements of the balance at Stripe: each stored and booked once, whoever hears of it first."""

from collections.abc import Callable, Sequence

from donations import gateway, ledger
from donations.models import BalanceTransaction, Donation, LegalEntity

# Stripe's kinds of rows, by what they are about.
GIFTS = ("charge", "payment")
REFUNDS = ("refund", "payment_refund", "refund_failure", "payment_failure_refund")
DISPUTES = ("adjustment", "payment_reversal")
PAYOUTS = ("payout", "payout_failure", "payout_cancel")
FEES = ("stripe_fee", "stripe_fx_fee", "tax_fee")


def record(
    movement: gateway.Movement,
    legs: Callable[[], Sequence[ledger.Leg]],
    *,
    kind: str,
    entity: LegalEntity,
    livemode: bool,
    donation: Donation | None = None,
) -> bool:
    """Store a movement and book it, once; false if it was here. Call under a row lock.

    Args:
        legs: asked for only if the movement is new.
    """
    if BalanceTransaction.objects.filter(pk=movement.id).exists():
        return False
    BalanceTransaction.objects.create(
        pk=movement.id,
        kind=movement.kind,
        source=movement.source,
        amount_minor=movement.amount_minor,
        fee_minor=movement.fee_minor,
        net_minor=movement.net_minor,
        currency=movement.currency,
        livemode=livemode,
        created_at=movement.created_at,
        available_at=movement.available_at,
    )
    ledger.post(
        legs(),
        source=movement.id,
        kind=kind,
        entity=entity,
        livemode=livemode,
        occurred_at=movement.created_at,
        donation=donation,
    )
    return True
