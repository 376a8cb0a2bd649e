"""Taking over what Stripe says of a payment: the state comes from its object, never from events.

The webhook's job, the page a donor returns to and the nightly sweep all call `refresh`. It reads
our version, fetches the object, locks the row and, if another answer was taken over meanwhile,
fetches again: an older answer can never overwrite a newer one.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from procrastinate.contrib.django import app

from core.tokens import keyed_hash, new_reference, new_token
from donations import donors, gateway, ledger, mails, movements, room, timeline
from donations.models import (
    CheckoutAttempt,
    Donation,
    DonationLine,
    PaymentFailure,
    Refund,
)
from donations.plans import start
from donations.receipts.book import issue_receipt

Status = Donation.Status
State = CheckoutAttempt.State
TRIES = 10
# By name: what becomes of paid money rests on this module.
LOOK_AFTER = "donations.jobs.look_after"
SEND_REFUND = "donations.refunds.send_refund"
# After the donor replaced a try by another, only money moves it again.
MONEY = {Status.PAID, Status.PROCESSING}


class Busy(Exception):
    """Others kept taking over newer answers; the job tries again later."""


class IllegalTransition(Exception):
    """The payment cannot get there from where it is."""


def refresh(attempt: CheckoutAttempt) -> bool:
    """Fetch the attempt's session and take over what it says; true if anything changed.

    Raises:
        Unreachable: Stripe gave no answer; nothing was changed.
        Busy: too many others at the same row.
    """
    if attempt.session_id is None:
        return False
    for _ in range(TRIES):
        # Read anew each time: a second payment moves its attempt to a donation of its own.
        pk, seen = Donation.objects.values_list("pk", "sync_version").get(attempts=attempt.pk)
        checkout = gateway.fetch_checkout(attempt.session_id)
        with transaction.atomic():
            donation = Donation.objects.select_for_update().get(pk=pk)
            if donation.sync_version == seen:
                return take_over(donation, checkout)
    raise Busy(attempt.reference)


def take_over(donation: Donation, checkout: gateway.Checkout) -> bool:
    """Write what a fetched session says. The donation's row must be locked by the caller."""
    attempt = donation.attempts.get(session_id=checkout.id)
    outcome = outcome_of(checkout)
    changed = _update_attempt(attempt, checkout, outcome)
    paid = checkout.charge if outcome == Status.PAID else None
    if paid and donation.status == Status.PAID and donation.charge_id != paid.id:
        donation = _twin(donation, attempt)
    changed |= start.link(donation, checkout)
    if paid:
        intent_id = checkout.payment_intent_id
        changed |= take_charge(donation, paid, payment_intent_id=intent_id)
    else:
        changed |= _move(donation, _combined(donation))
    if changed:
        Donation.objects.filter(pk=donation.pk).update(sync_version=F("sync_version") + 1)
    return changed


def take_charge(donation: Donation, charge: gateway.Charge, *, payment_intent_id: str) -> bool:
    """Take over a charge that succeeded, and its fee once known. The donation's row is locked."""
    settled = settle(donation, charge=charge, payment_intent_id=payment_intent_id)
    if settled and charge.touched:  # refunded or disputed before we heard of the payment
        app.configure_task(LOOK_AFTER, queue="public").defer(donation_id=donation.pk)
    return _record_movement(donation, charge) or settled


def outcome_of(checkout: gateway.Checkout) -> Status:
    """Our status for a session of Stripe's, from the session and its payment alone."""
    if checkout.payment_status == "paid":
        return Status.PAID
    if checkout.intent_status == "processing":
        return Status.PROCESSING
    if checkout.state == "expired":
        return Status.ABANDONED
    if checkout.state == "complete":
        return Status.FAILED  # a bank debit that was sent off and came back
    if checkout.intent_status == "requires_action":
        return Status.NEEDS_ACTION
    return Status.PENDING


def settle(donation: Donation, *, charge: gateway.Charge, payment_intent_id: str) -> bool:
    """Record that the money has arrived, post it, queue the receipt. Safe to repeat, in any order.

    Args:
        charge: as fetched from Stripe just now; `created_at` sets the tax year
            (a card gift counts when charged: IRS Pub. 526, "When To Deduct").
    """
    if donation.status == Status.PAID:
        return False
    back_minor = room.place(donation)
    donation.status, donation.paid_at = Status.PAID, charge.created_at
    donation.donor = donors.giver_of(donation)
    donation.charge_id, donation.payment_intent_id = charge.id, payment_intent_id
    donation.card_brand, donation.card_last4 = charge.brand, charge.last4
    donation.save(
        update_fields=[
            *("status", "paid_at", "donor", "charge_id"),
            *("payment_intent_id", "card_brand", "card_last4"),
        ]
    )
    ledger.post(
        ledger.charge_legs(donation, charge),
        source=charge.id,
        kind="charge",
        entity=donation.legal_entity,
        livemode=donation.livemode,
        occurred_at=charge.created_at,
        donation=donation,
    )
    timeline.note(donation, "paid", charge=charge.id)
    if back_minor:
        give_back(donation, back_minor)  # the receipt, for what is left, comes after it
    else:
        issue_receipt.defer(donation_id=donation.pk)  # a row of the same transaction
    if donation.plan_id:
        start.begin(donation, charge)
    if donation.tribute_recipient_email:
        mails.queue(
            "tribute_notice",
            to=donation.tribute_recipient_email,
            language=donation.language,
            cause=f"tribute:{donation.pk}",
            donation=donation,
        )
    return True


def give_back(donation: Donation, amount_minor: int) -> None:
    """What its donor wanted back if it came too late is on its way to her, with the payment."""
    refund = Refund.objects.create(
        donation=donation,
        reference=new_token(),
        amount_minor=amount_minor,
        currency=donation.currency,
        reason=Refund.Reason.COVERED,
        status=Refund.Status.ASKED,
        asked_at=timezone.now(),
    )
    app.configure_task(SEND_REFUND, queue="public").defer(refund_id=refund.pk)


def record_failures(attempt: CheckoutAttempt, charges: Sequence[gateway.Charge]) -> bool:
    """Write down each failed card or bank try of a payment; true if one was new."""
    rows = [
        PaymentFailure(
            charge_id=charge.id,
            donation_id=attempt.donation_id,
            code=charge.failure_code[:60],
            decline_code=charge.decline_code[:60],
            method=charge.brand,
            card=keyed_hash(charge.fingerprint, purpose="card") if charge.fingerprint else "",
            network=attempt.network,
            failed_at=charge.created_at,
        )
        for charge in charges
    ]
    with transaction.atomic():
        donation = Donation.objects.select_for_update().get(pk=attempt.donation_id)
        known = set(
            PaymentFailure.objects.filter(pk__in=[row.pk for row in rows]).values_list(
                "pk", flat=True
            )
        )
        fresh = [row for row in rows if row.pk not in known]
        PaymentFailure.objects.bulk_create(fresh)
        for row in fresh:
            code = row.decline_code or row.code
            timeline.note(donation, "payment_failed", charge=row.pk, code=code, method=row.method)
    return bool(fresh)


def _update_attempt(attempt: CheckoutAttempt, checkout: gateway.Checkout, outcome: Status) -> bool:
    after = (State(checkout.state), outcome.value, checkout.payment_intent_id)
    if (attempt.state, attempt.outcome, attempt.payment_intent_id) == after:
        return False
    attempt.state, attempt.outcome, attempt.payment_intent_id = after
    attempt.save(update_fields=["state", "outcome", "payment_intent_id"])
    return True


def _combined(donation: Donation) -> Status:
    """A donation with several tries: money on its way wins, else the latest try speaks."""
    outcomes = list(donation.attempts.order_by("pk").values_list("outcome", flat=True))
    if Status.PROCESSING in outcomes:
        return Status.PROCESSING
    return Status(outcomes[-1] or Status.PENDING)


def _move(donation: Donation, status: Status) -> bool:
    settled = donation.status in (Status.PAID, status)
    if settled or (donation.status == Status.CANCELED and status not in MONEY):
        return False
    donation.status = status
    donation.save(update_fields=["status"])
    timeline.note(donation, status.value)
    template = {Status.PROCESSING: "gift_processing", Status.FAILED: "gift_failed"}.get(status)
    if template:
        mails.queue(
            template,
            to=donation.email,
            language=donation.language,
            cause=f"{template}:{donation.pk}",
            donation=donation,
        )
    return True


def _record_movement(donation: Donation, charge: gateway.Charge) -> bool:
    movement = charge.movement
    fresh = movement is not None and movements.record(
        movement,
        lambda: ledger.fee_legs(charge, movement),
        kind="fee",
        entity=donation.legal_entity,
        livemode=donation.livemode,
        donation=donation,
    )
    if movement is None or not fresh:
        return False
    donation.processor_fee_minor = movement.fee_minor
    donation.save(update_fields=["processor_fee_minor"])
    timeline.note(donation, "fee_known", movement=movement.id)
    return True


def _twin(donation: Donation, attempt: CheckoutAttempt) -> Donation:
    """A second payment for one gift: money that arrives is booked, as a donation of its own."""
    lines = list(donation.lines.all())
    twin = Donation.objects.get(pk=donation.pk)
    twin.pk = None
    twin.reference, twin.form_token = new_reference(), new_token()
    twin.status, twin.donor, twin.paid_at = Status.PENDING, None, None
    twin.charge_id = twin.payment_intent_id = twin.processor_fee_minor = twin.invoice_id = None
    twin.refunded_minor = twin.disputed_minor = twin.lost_minor = twin.sync_version = 0
    if donation.plan:
        twin.plan = start.copy(donation.plan)  # its own subscription stands at Stripe
    twin.tribute_recipient_email = ""  # who is honored hears of it once
    twin.save(force_insert=True)
    DonationLine.objects.bulk_create(
        DonationLine(
            donation=twin,
            designation_id=line.asked_for_id or line.designation_id,
            amount_minor=line.amount_minor,
            if_covered=line.if_covered,
        )
        for line in lines
    )
    attempt.donation = twin
    attempt.save(update_fields=["donation"])
    # Whoever fetched for the first donation meanwhile looks again and finds the attempt here.
    Donation.objects.filter(pk=donation.pk).update(sync_version=F("sync_version") + 1)
    timeline.note(twin, "second_payment", of=donation.reference)
    return twin
