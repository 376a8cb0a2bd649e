"""What went to the bank, row by row: every movement of the balance stored, booked and explained."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from donations import afterwards, disputes, gateway, ledger, movements, payments, refunds
from donations.models import BalanceTransaction, LegalEntity, Payout, Posting
from donations.plans import renewals

Account = Posting.Account
Leg = ledger.Leg


@dataclass
class Group:
    """Rows of one sort in a payout; amounts less fees are what they brought."""

    name: str
    rows: list[BalanceTransaction] = field(default_factory=list)
    amount_minor: int = 0
    fee_minor: int = 0
    net_minor: int = 0

    def add(self, row: BalanceTransaction) -> None:
        self.rows.append(row)
        self.amount_minor += row.amount_minor
        self.fee_minor += row.fee_minor
        self.net_minor += row.net_minor


@dataclass(frozen=True)
class Explanation:
    """The groups add up to what the bank gets, if `difference_minor` is zero."""

    groups: Sequence[Group]
    total: Group
    difference_minor: int


# In the order of a payout's page.
SORTS = {
    "gifts": movements.GIFTS,
    "refunds": movements.REFUNDS,
    "disputes": movements.DISPUTES,
    "fees": movements.FEES,
    "payouts": movements.PAYOUTS,
}


def refresh(payout_id: str) -> bool:
    """Fetch a payout and, once Stripe lists its rows, all of them; true if anything changed.

    Raises:
        Unreachable: Stripe gave no answer; what was stored stays.
        Busy: too many others at the same rows.
    """
    entity = LegalEntity.objects.get(is_default=True)
    version = Payout.objects.filter(stripe_id=payout_id).values_list("sync_version", flat=True)
    for _ in range(payments.TRIES):
        seen = version.first() or 0
        facts = gateway.fetch_payout(payout_id)
        rows = gateway.list_payout_movements(payout_id) if facts.reconciled else []
        changed = sum(book(row, entity) for row in [*facts.movements, *rows]) > 0
        with transaction.atomic():
            payout, _made = Payout.objects.select_for_update().get_or_create(
                stripe_id=payout_id,
                defaults={"legal_entity": entity, "livemode": settings.STRIPE_LIVE},
            )
            if payout.sync_version == seen:
                return take_over(payout, facts, rows) or changed
    raise payments.Busy(payout_id)


def take_over(payout: Payout, facts: gateway.Payout, rows: Sequence[gateway.Movement]) -> bool:
    """Write what Stripe says of a payout whose rows are stored. Its row must be locked."""
    ids = [row.id for row in rows]
    added = BalanceTransaction.objects.filter(pk__in=ids, payout=None).update(payout=payout)
    now = {
        "amount_minor": facts.amount_minor,
        "currency": facts.currency,
        "status": Payout.Status(facts.status),
        "automatic": facts.automatic,
        "failure_code": facts.failure_code[:80],
        "created_at": facts.created_at,
        "arrives_on": facts.arrives_on,
    }
    changed = any(getattr(payout, name) != value for name, value in now.items())
    for name, value in now.items():
        setattr(payout, name, value)
    if payout.explained_at is None and rows and explain(payout).difference_minor == 0:
        payout.explained_at = timezone.now()
        changed = True
    if changed or added:
        payout.sync_version = F("sync_version") + 1
        payout.save(update_fields=[*now, "explained_at", "sync_version"])
    return bool(changed or added)


def book(movement: gateway.Movement, entity: LegalEntity) -> bool:
    """See that a movement is stored and booked, with what it is about; true if it was new.

    Raises:
        Unreachable, Busy: not now.
    """
    if BalanceTransaction.objects.filter(pk=movement.id).exists():
        return False
    if movement.kind in (*movements.GIFTS, *movements.REFUNDS, *movements.DISPUTES):
        _look_at_the_gift(movement)
    with transaction.atomic():
        # One at a time for what has no gift whose row could be locked; new gifts do not wait.
        LegalEntity.objects.select_for_update(no_key=True).get(pk=entity.pk)
        return movements.record(
            movement,
            lambda: _legs(movement),
            kind=movement.kind,
            entity=entity,
            livemode=settings.STRIPE_LIVE,
        )


def explain(payout: Payout) -> Explanation:
    """What a payout consists of: its rows by sort, and what is left unexplained (zero)."""
    groups = {name: Group(name) for name in (*SORTS, "others")}
    total = Group("total")
    for row in payout.movements.order_by("created_at", "pk"):
        if row.kind == "payout" and row.source == payout.stripe_id:
            continue
        sort = next((name for name, kinds in SORTS.items() if row.kind in kinds), "others")
        groups[sort].add(row)
        total.add(row)
    shown = [group for group in groups.values() if group.rows]
    return Explanation(shown, total, payout.amount_minor - total.net_minor)


def _look_at_the_gift(movement: gateway.Movement) -> None:
    """Rows of a gift are booked with it; if it is ours, it is up to date afterwards."""
    gift = afterwards.gift_of("", movement.source)
    if gift is None:
        return
    if movement.kind in movements.REFUNDS:
        refunds.refresh(gift)
    elif movement.kind in movements.DISPUTES:
        disputes.refresh(gift)
    elif gift.invoice_id:
        renewals.book(gift.invoice_id)
    elif attempt := gift.attempts.filter(payment_intent_id=gift.payment_intent_id).first():
        payments.refresh(attempt)


def _legs(movement: gateway.Movement) -> list[Leg]:
    """Rows that belong to no gift of ours."""
    if movement.kind in movements.PAYOUTS:
        other = Account.BANK
    elif movement.kind in movements.FEES:
        other = Account.FEES
    else:
        other = Account.UNCLEAR  # finance looks at it; the balance is right all the same
    return [
        Leg(Account.PROCESSOR, movement.amount_minor, movement.currency),
        Leg(other, -movement.amount_minor, movement.currency),
        *(ledger.own_fee_legs(movement) if movement.fee_minor else []),
    ]
