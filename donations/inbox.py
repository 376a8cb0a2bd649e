"""Stripe's events: stored with a job in one transaction, then taken as a hint to go and look.

waiting ─┬→ applied    something changed
         ├→ seen       we knew already
         ├→ ignored    not ours, another mode, or a kind we do not need
         └→ failed     gave up after three days of trying; staff replay it
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from core.retries import Patient
from donations import (
    afterwards,
    checkout,
    defence,
    disputes,
    gateway,
    payments,
    payouts,
    refunds,
)
from donations.models import CheckoutAttempt, Event
from donations.plans import events as plan_events

Status = Event.Status
# A donor mistypes once or twice; who tries card after card loses the page.
FAILURES_PER_PAGE = 3

# One statement: a second delivery of an event only counts itself.
STORE = """
    INSERT INTO donations_event (id, kind, object_id, reference, payment_intent_id, livemode,
        api_version, created_at, received_at, deliveries, status, attempts, problem)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, now(), 1, 'waiting', 0, '')
    ON CONFLICT (id) DO UPDATE SET deliveries = donations_event.deliveries + 1
    RETURNING (xmax = 0)
"""


def receive(hint: gateway.Hint) -> bool:
    """Store an event and the job that will look into it; false if it was here before."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            STORE,
            [
                *(hint.id, hint.kind, hint.object_id, hint.reference),
                *(hint.payment_intent_id, hint.livemode, hint.api_version, hint.created_at),
            ],
        )
        fresh = bool(cursor.fetchone()[0])
        if fresh:
            process_event.defer(event_id=hint.id)
    return fresh


@app.task(queue="public", pass_context=True, retry=Patient(gateway.Unreachable, payments.Busy))
def process_event(context: JobContext, event_id: str) -> None:
    """Job: look into one event, by `process`; it stays waiting while Stripe cannot be asked."""
    event = Event.objects.get(pk=event_id)
    if event.status not in (Status.WAITING, Status.FAILED):
        return
    try:
        status = process(event)
    except Exception as error:
        last = context.job.attempts >= TRIES or not isinstance(error, PASSING)
        _write(event, Status.FAILED if last else Status.WAITING, type(error).__name__)
        raise
    _write(event, status, "")


PASSING = (gateway.Unreachable, payments.Busy)
TRIES = Patient().tries


def process(event: Event) -> Event.Status:
    """Do what an event asks for: fetch what it is about and take that over. Safe to repeat.

    Raises:
        Unreachable, Busy: not now; try again.
    """
    handler = KINDS.get(event.kind)
    if handler is None or event.livemode != settings.STRIPE_LIVE:
        return Status.IGNORED
    changed = handler(event)
    if changed is None:
        return Status.IGNORED
    return Status.APPLIED if changed else Status.SEEN


def replay(event: Event) -> None:
    """Look into an event once more, whatever came of it before."""
    with transaction.atomic():
        Event.objects.filter(pk=event.pk).update(status=Status.WAITING, problem="")
        process_event.defer(event_id=event.pk)


def silent_since() -> datetime | None:
    """Since when Stripe has owed us a word: every payment page ends with an event of its own."""
    due = timezone.now() - timedelta(minutes=settings.WEBHOOK_SILENCE_MINUTES)
    unheard = CheckoutAttempt.objects.filter(state=CheckoutAttempt.State.OPEN, expires_at__lt=due)
    return unheard.order_by("expires_at").values_list("expires_at", flat=True).first()


def _attempt_of(event: Event) -> CheckoutAttempt | None:
    """Our try behind an event: by our own reference, else by the session or the payment."""
    if event.reference:
        known = CheckoutAttempt.objects.filter(reference=event.reference).first()
        if known and known.session_id is None and event.kind.startswith("checkout.session."):
            # The answer to our call was lost, but the session exists: this is its name.
            CheckoutAttempt.objects.filter(pk=known.pk, session_id=None).update(
                session_id=event.object_id
            )
            known.refresh_from_db()
        if known:
            return known
    about = Q(session_id=event.object_id)
    if event.payment_intent_id:
        about |= Q(donation__payment_intent_id=event.payment_intent_id)
    return CheckoutAttempt.objects.filter(about).first()


def _write(event: Event, status: Event.Status, problem: str) -> None:
    done = None if status == Status.WAITING else timezone.now()
    Event.objects.filter(pk=event.pk).update(
        status=status, problem=problem, processed_at=done, attempts=event.attempts + 1
    )


def _payment(event: Event) -> bool | None:
    attempt = _attempt_of(event)
    return payments.refresh(attempt) if attempt else None


def _charge(event: Event) -> bool | None:
    renewal = plan_events.renewal_charged(event)
    return _payment(event) if renewal is None else renewal


def _failed_payment(event: Event) -> bool | None:
    attempt = _attempt_of(event)
    failed = gateway.failed_charges(event.payment_intent_id)
    if attempt is None:
        attempt = plan_events.page_of(event.payment_intent_id, failed)
    if attempt is None:
        return None
    fresh = payments.record_failures(attempt, failed)
    changed = payments.refresh(attempt)
    if len(failed) >= FAILURES_PER_PAGE and attempt.session_id:
        checkout.close(attempt)
    if fresh and defence.assess(attempt.network, attempt.donation.email).closed:
        checkout.close_pages.defer(attempt_id=attempt.pk)
    return fresh or changed


def _refund(event: Event) -> bool | None:
    gift = afterwards.gift_of(event.payment_intent_id, event.object_id)
    return refunds.refresh(gift) if gift else None


def _dispute(event: Event) -> bool | None:
    gift = afterwards.gift_of(event.payment_intent_id, event.object_id)
    return disputes.refresh(gift) if gift else None


def _review(event: Event) -> bool | None:
    gift = afterwards.gift_of(event.payment_intent_id, event.object_id)
    return disputes.refresh_review(gift, event.object_id) if gift else None


def _payout(event: Event) -> bool | None:
    return payouts.refresh(event.object_id)


# The one table: what we handle is what we ask Stripe to send. A handler finds what the event is
# about, fetches it and takes it over; true if that changed anything, None if it is not ours.
Handler = Callable[[Event], bool | None]
KINDS: dict[str, Handler] = {
    "checkout.session.completed": _payment,
    "checkout.session.async_payment_succeeded": _payment,
    "checkout.session.async_payment_failed": _payment,
    "checkout.session.expired": _payment,
    "payment_intent.succeeded": _payment,
    "payment_intent.processing": _payment,
    "payment_intent.requires_action": _payment,
    "payment_intent.canceled": _payment,
    "payment_intent.payment_failed": _failed_payment,
    "charge.refunded": _refund,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.dispute.created": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.dispute.closed": _dispute,
    "charge.dispute.funds_withdrawn": _dispute,
    "charge.dispute.funds_reinstated": _dispute,
    "radar.early_fraud_warning.created": _dispute,
    "radar.early_fraud_warning.updated": _dispute,
    "review.opened": _review,
    "review.closed": _review,
    "payout.created": _payout,
    "payout.updated": _payout,
    "payout.paid": _payout,
    "payout.failed": _payout,
    "payout.canceled": _payout,
    "payout.reconciliation_completed": _payout,
    "charge.updated": _charge,
    "invoice.paid": plan_events.invoice_paid,
    "invoice.payment_failed": plan_events.invoice_changed,
    "invoice.payment_action_required": plan_events.invoice_changed,
    "invoice.voided": plan_events.invoice_changed,
    "invoice.marked_uncollectible": plan_events.invoice_changed,
    "customer.subscription.created": plan_events.subscription_changed,
    "customer.subscription.updated": plan_events.subscription_changed,
    "customer.subscription.deleted": plan_events.subscription_changed,
    "customer.subscription.paused": plan_events.subscription_changed,
    "customer.subscription.resumed": plan_events.subscription_changed,
    "customer.updated": plan_events.customer_changed,
    "payment_method.automatically_updated": plan_events.card_changed,
}
