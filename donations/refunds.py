"""Giving money back: asked for here or in Stripe's dashboard, and what became of it.

request → (second person) → send_refund, a job → Stripe;   events → refresh → books, receipt, mail
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from core import money
from core.retries import Patient
from core.tokens import new_token
from donations import afterwards, gateway, ledger, mails, movements, timeline
from donations.models import Dispute, Donation, Posting, Refund
from donations.payments import Busy
from donations.receipts import book

Status = Refund.Status
UNDER_WAY = (Status.PROPOSED, Status.ASKED)
# Stripe knows three reasons.
TOLD = {Refund.Reason.COVERED.value: Refund.Reason.REQUESTED.value}
# Stripe forgets idempotency keys after a day: older than this, its list says what was done.
KEY_TIME = timedelta(hours=23)


class NotRefundable(Exception):
    """The refund cannot be made; `code` says why, for whoever asked."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def refundable_minor(donation: Donation) -> int:
    """What is left of a gift to give back; nothing while its bank disputes it."""
    if donation.charge_id is None or is_disputed(donation):
        return 0
    return donation.amount_minor - donation.refunded_minor


def is_disputed(donation: Donation) -> bool:
    """Does the donor's bank hold the money, or has it for good? A mere question is none."""
    ended = (Dispute.Status.WON, Dispute.Status.WARNING_CLOSED)
    return donation.disputes.filter(refundable=False).exclude(status__in=ended).exists()


def request(
    donation: Donation,
    *,
    amount_minor: int,
    reason: str,
    note: str = "",
    actor: Any,
    left_minor: int,
) -> Refund:
    """Ask for a refund; a large one waits for a second person. One at a time for each gift.

    Args:
        left_minor: what could be refunded when the person looked: if that changed, by a colleague
            or by pressing twice, nothing is done.

    Raises:
        NotRefundable: disputed, changed, under_way, too_much, not_paid.
    """
    with transaction.atomic():
        donation = Donation.objects.select_for_update().get(pk=donation.pk)
        if donation.refunds.filter(status__in=UNDER_WAY).exists():
            raise NotRefundable("under_way")
        left = _check(donation, amount_minor)
        if left != left_minor:
            raise NotRefundable("changed")
        alone = amount_minor < settings.REFUND_SECOND_PERSON_MINOR
        refund = Refund.objects.create(
            donation=donation,
            reference=new_token(),
            amount_minor=amount_minor,
            currency=donation.currency,
            reason=Refund.Reason(reason),
            note=note,
            status=Status.ASKED if alone else Status.PROPOSED,
            asked_at=timezone.now() if alone else None,
            requested_by=actor,
        )
        kind = "refund_asked" if alone else "refund_proposed"
        timeline.note(donation, kind, actor_id=actor.pk, amount=_amount(refund))
        if alone:
            send_refund.defer(refund_id=refund.pk)
    return refund


def approve(refund: Refund, *, actor: Any) -> Refund:
    """The second person agrees. Safe to repeat.

    Raises:
        NotRefundable: same_person, or what `request` refuses.
    """
    with transaction.atomic():
        donation, refund = _locked(refund)
        if refund.status != Status.PROPOSED:
            return refund
        if refund.requested_by_id == actor.pk:
            raise NotRefundable("same_person")
        _check(donation, refund.amount_minor)
        refund.status, refund.approved_by, refund.asked_at = Status.ASKED, actor, timezone.now()
        refund.save(update_fields=["status", "approved_by", "asked_at"])
        timeline.note(donation, "refund_approved", actor_id=actor.pk, amount=_amount(refund))
        send_refund.defer(refund_id=refund.pk)
    return refund


def decline(refund: Refund, *, actor: Any) -> Refund:
    """The second person (or whoever asked, thinking again) says no. Safe to repeat."""
    with transaction.atomic():
        donation, refund = _locked(refund)
        if refund.status != Status.PROPOSED:
            return refund
        refund.status = Status.DECLINED
        refund.approved_by = None if refund.requested_by_id == actor.pk else actor
        refund.save(update_fields=["status", "approved_by"])
        timeline.note(donation, "refund_declined", actor_id=actor.pk, amount=_amount(refund))
    return refund


@app.task(queue="public", retry=Patient(gateway.Unreachable, Busy))
def send_refund(refund_id: int) -> None:
    """Job: have Stripe make a refund, once, however often this runs.

    Raises:
        Unreachable, Busy: unknown whether it was made; tried again with the same key.
    """
    refund = Refund.objects.select_related("donation").get(pk=refund_id)
    assert refund.donation.charge_id is not None  # only a paid gift is refunded
    if refund.status == Status.ASKED and refund.asked_at:
        fresh = timezone.now() - refund.asked_at < KEY_TIME
        try:
            if fresh:
                gateway.create_refund(
                    reference=refund.reference,
                    charge_id=refund.donation.charge_id,
                    amount_minor=refund.amount_minor,
                    reason=TOLD.get(refund.reason, refund.reason),
                )
        except (gateway.Refused, gateway.UsedUp) as refusal:
            refresh(refund.donation)  # what stands there after all, made with this key
            _refused(refund, getattr(refusal, "code", "used_up"))
            return
        refresh(refund.donation)
        if not fresh:
            _refused(refund, "too_old")


def refresh(donation: Donation) -> bool:
    """Fetch all refunds of a gift and take over what they say; true if anything changed.

    Raises:
        Unreachable: Stripe gave no answer; nothing was changed.
        Busy: too many others at the same row.
    """
    return afterwards.taken_over(donation, _fetch, take_over)


def take_over(donation: Donation, found: Sequence[gateway.Refund]) -> bool:
    """Write what Stripe's refunds say, oldest first. The donation's row must be locked."""
    before = donation.refunded_minor
    changed = False
    for facts in found:
        refund = _row_of(donation, facts)
        changed |= _move(donation, refund, facts)
        for movement in facts.movements:
            changed |= _book(donation, refund, movement)
    if changed:
        donation.refresh_from_db(fields=["refunded_minor"])
        returned = donation.refunded_minor < before
        reason = book.VoidReason.RETURNED if returned else book.VoidReason.REFUND
        book.follow(donation, reason=reason)
    return changed


def _fetch(donation: Donation) -> list[gateway.Refund]:
    assert donation.charge_id is not None  # only a paid gift is refunded
    return gateway.list_refunds(donation.charge_id)


def _row_of(donation: Donation, facts: gateway.Refund) -> Refund:
    """Our row behind a refund of Stripe's; a new one for a refund made in the dashboard."""
    row = donation.refunds.filter(stripe_id=facts.id).first()
    if row is None and facts.reference:
        row = donation.refunds.filter(reference=facts.reference, stripe_id=None).first()
    if row is None:
        return Refund(
            donation=donation,
            reference=new_token(),
            stripe_id=facts.id,
            amount_minor=facts.amount_minor,
            currency=facts.currency,
            reason=facts.reason,
        )
    row.stripe_id = facts.id
    return row


def _move(donation: Donation, refund: Refund, facts: gateway.Refund) -> bool:
    status = Status.PENDING if facts.status == "requires_action" else Status(facts.status)
    if refund.pk and refund.status == status:
        return False
    first = refund.status in ("", *UNDER_WAY, Status.REFUSED)
    refund.status, refund.problem = status, facts.problem[:80]
    if refund.pk:
        refund.save(update_fields=["stripe_id", "status", "problem"])
    else:
        refund.save(force_insert=True)
    amount = _amount(refund)
    if status in (Status.FAILED, Status.CANCELED):
        kind, code = f"refund_{status.value}", facts.problem
        timeline.note(donation, kind, amount=amount, refund=facts.id, code=code)
    elif first:
        timeline.note(donation, "refunded", amount=amount, refund=facts.id)
        # Whoever paid with another's card is not written to.
        if refund.reason != Refund.Reason.FRAUDULENT:
            mails.queue(
                "gift_refunded",
                to=donation.email,
                language=donation.language,
                cause=f"refund:{refund.pk}",
                donation=donation,
                refund=refund,
            )
    return True


def _book(donation: Donation, refund: Refund, movement: gateway.Movement) -> bool:
    returned = movement.amount_minor > 0
    amount_minor = -refund.amount_minor if returned else refund.amount_minor
    return movements.record(
        movement,
        lambda: ledger.given_back_legs(donation, Posting.Account.REFUNDS, movement, amount_minor),
        kind="refund_failure" if returned else "refund",
        entity=donation.legal_entity,
        livemode=donation.livemode,
        donation=donation,
    )


def _check(donation: Donation, amount_minor: int) -> int:
    """What is left to refund, if this much of it may be."""
    if donation.charge_id is None:
        raise NotRefundable("not_paid")
    if is_disputed(donation):
        raise NotRefundable("disputed")
    left = refundable_minor(donation)
    if not 0 < amount_minor <= left:
        raise NotRefundable("too_much")
    return left


def _locked(refund: Refund) -> tuple[Donation, Refund]:
    donation = Donation.objects.select_for_update().get(pk=refund.donation_id)
    return donation, Refund.objects.select_for_update().get(pk=refund.pk)


def _refused(refund: Refund, code: str) -> None:
    """Stripe did not make it; the gift is as it was, and staff see why."""
    with transaction.atomic():
        donation, refund = _locked(refund)
        if refund.status == Status.ASKED:
            refund.status, refund.problem = Status.REFUSED, code[:80]
            refund.save(update_fields=["status", "problem"])
            timeline.note(donation, "refund_refused", code=code, amount=_amount(refund))
            book.follow(donation, reason=book.VoidReason.RETURNED)


def _amount(refund: Refund) -> str:
    return money.display(refund.amount_minor, refund.currency)
