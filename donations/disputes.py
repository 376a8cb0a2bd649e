"""Banks that take gifts back, networks that report fraud, payments that Stripe holds up.

Everything is taken over as Stripe tells it: the state of a dispute from its object, the money from
its rows of the balance. A dispute is answered in Stripe's dashboard, where the evidence is.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core import money
from donations import afterwards, gateway, ledger, movements, timeline
from donations.models import Dispute, Donation, Posting, RiskAlert
from donations.plans.disputed import follow_disputes
from donations.receipts import book

Status = Dispute.Status
# Somebody has to answer until the day that Stripe names.
UNDECIDED = (
    *(Status.NEEDS_RESPONSE, Status.UNDER_REVIEW),
    *(Status.WARNING_NEEDS_RESPONSE, Status.WARNING_UNDER_REVIEW),
)
TO_ANSWER = (Status.NEEDS_RESPONSE, Status.WARNING_NEEDS_RESPONSE)


def refresh(donation: Donation) -> bool:
    """Fetch a gift's disputes and warnings, take over what they say; true if anything changed.

    Raises:
        Unreachable: Stripe gave no answer; nothing was changed.
        Busy: too many others at the same row.
    """
    return afterwards.taken_over(donation, _fetch, take_over)


def take_over(
    donation: Donation, found: tuple[Sequence[gateway.Dispute], Sequence[gateway.Alert]]
) -> bool:
    """Write what Stripe's disputes say, oldest first. The donation's row must be locked."""
    disputes, alerts = found
    lost, changed = donation.lost_minor, False
    for facts in disputes:
        changed |= _move(donation, facts)
        for movement in facts.movements:
            changed |= _book(donation, facts, movement)
    for alert in alerts:
        changed |= note_alert(donation, alert)
    if changed:
        donation.refresh_from_db(fields=["disputed_minor", "lost_minor"])
        returned = donation.lost_minor < lost
        reason = book.VoidReason.RETURNED if returned else book.VoidReason.DISPUTE
        book.follow(donation, reason=reason)
    return changed


def refresh_review(donation: Donation, review_id: str) -> bool:
    """Fetch a review of Stripe's and take over what it says."""
    return afterwards.taken_over(donation, lambda _: gateway.fetch_review(review_id), note_alert)


def note_alert(donation: Donation, facts: gateway.Alert) -> bool:
    """Write what Stripe says of a warning or review. The donation's row must be locked."""
    row = RiskAlert.objects.filter(pk=facts.id).first()
    if row and (row.is_open, row.about) == (facts.is_open, facts.about):
        return False
    if row is None:
        row = RiskAlert(
            pk=facts.id, kind=facts.kind, donation=donation, created_at=facts.created_at
        )
    row.is_open, row.about = facts.is_open, facts.about[:60]
    row.save()
    kind = f"{facts.kind}_{'opened' if facts.is_open else 'closed'}"
    timeline.note(donation, kind, code=facts.about)
    return True


def leave_alone(alert: RiskAlert, *, actor: Any) -> None:
    """Somebody looked at a warning and decided that nothing is to be done. Safe to repeat."""
    with transaction.atomic():
        fresh = RiskAlert.objects.filter(pk=alert.pk, handled_at=None).update(
            handled_at=timezone.now(), handled_by=actor
        )
        if fresh:
            timeline.note(alert.donation, f"{alert.kind}_left", actor_id=actor.pk)


def to_answer() -> QuerySet[Dispute]:
    """The work list: disputes that somebody has to answer, the earliest day first."""
    return Dispute.objects.filter(status__in=TO_ANSWER).order_by("answer_by", "pk")


def open_alerts() -> QuerySet[RiskAlert]:
    """The work list: warnings and reviews that nobody has settled."""
    return RiskAlert.objects.filter(is_open=True, handled_at=None).order_by("created_at")


def _fetch(donation: Donation) -> tuple[list[gateway.Dispute], list[gateway.Alert]]:
    assert donation.charge_id is not None  # only a paid gift is disputed
    charge_id = donation.charge_id
    return gateway.list_disputes(charge_id), gateway.list_warnings(charge_id)


def _move(donation: Donation, facts: gateway.Dispute) -> bool:
    dispute = donation.disputes.filter(stripe_id=facts.id).first()
    if dispute is None:
        dispute = Dispute(
            donation=donation,
            stripe_id=facts.id,
            currency=facts.currency,
            opened_at=facts.created_at,
        )
    before = dispute.status
    now = {
        "status": Status(facts.status),
        "amount_minor": facts.amount_minor,
        "withdrawn_minor": _withdrawn(facts),
        "reason": facts.reason[:40],
        "answer_by": facts.answer_by,
        "answers": facts.answers,
        "refundable": facts.refundable,
    }
    if all(getattr(dispute, name) == value for name, value in now.items()):
        return False
    for name, value in now.items():
        setattr(dispute, name, value)
    if dispute.pk:
        dispute.save(update_fields=list(now))
    else:
        dispute.save(force_insert=True)
        amount = money.display(dispute.amount_minor, dispute.currency)
        timeline.note(donation, "disputed", amount=amount, code=facts.reason)
    if before != dispute.status:
        timeline.note(donation, f"dispute_{dispute.status}", dispute=facts.id)
        if donation.plan_id:
            follow_disputes.defer(plan_id=donation.plan_id)
    return True


def _withdrawn(facts: gateway.Dispute) -> int:
    """What is out of our hands, in the gift's currency: all of it, unless a row brought it back.

    The rows may be in the currency of our bank account, so they are counted and not added up.
    """
    out = sum(-1 if row.amount_minor > 0 else 1 for row in facts.movements)
    return facts.amount_minor if out > 0 else 0


def _book(donation: Donation, facts: gateway.Dispute, movement: gateway.Movement) -> bool:
    returned = movement.amount_minor > 0
    amount_minor = -facts.amount_minor if returned else facts.amount_minor
    return movements.record(
        movement,
        lambda: ledger.given_back_legs(donation, Posting.Account.DISPUTES, movement, amount_minor),
        kind="dispute_returned" if returned else "dispute",
        entity=donation.legal_entity,
        livemode=donation.livemode,
        donation=donation,
    )
