"""Where the worker finds the jobs: those beside their work, and the ones that run by the clock."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone
from procrastinate.contrib.django import app

from core.retries import Patient
from donations import (
    checkout,
    defence,
    disputes,
    gateway,
    inbox,
    ledger,
    mails,
    months,
    payments,
    payouts,
    programme,
    refunds,
)
from donations.audit import making as audit_packs
from donations.books import checking
from donations.exports import making
from donations.models import (
    CheckoutAttempt,
    Donation,
    PaymentFailure,
    Payout,
    Plan,
    Receipt,
    Refund,
    Tally,
    UsedChallenge,
)
from donations.offline import importing
from donations.plans import changes as plan_changes
from donations.plans import notices as plan_notices
from donations.plans import refresh as plan_refresh
from donations.receipts import annual, book, runs
from donations.reconciliation import run as reconciliation

log = logging.getLogger("northstar.jobs")

__all__ = [
    "annual",
    "audit_packs",
    "book",
    "checking",
    "inbox",
    "mails",
    "making",
    "months",
    "plan_changes",
    "plan_notices",
    "plan_refresh",
    "programme",
    "reconciliation",
    "runs",
]

State = CheckoutAttempt.State
# A worker that says nothing for this long has died with its job.
WORKER_SILENCE_SECONDS = 60
# Unpaid tries keep what was typed for this long, so that a donor can come back to them.
KEEP_UNPAID = timedelta(days=30)
# A payout that reads "paid" may come back from the bank within five business days.
PAYOUT_MAY_FAIL = timedelta(days=10)


@app.periodic(cron="* * * * *")
@app.task(queue="public", queueing_lock="seal")
def seal(timestamp: int) -> None:
    """Each minute: append what is new to the chain of seals."""
    ledger.seal()


@app.periodic(cron="* * * * *")
@app.task(queue="public", queueing_lock="requeue_orphans")
def requeue_orphans(timestamp: int) -> None:
    """Each minute: jobs whose worker died go back to the queue."""
    with connection.cursor() as cursor:
        cursor.execute(REQUEUE, [WORKER_SILENCE_SECONDS])
        count = cursor.rowcount
    if count:
        log.warning("jobs of a dead worker requeued", extra={"count": count})


# Every job here may be repeated; a worker's heartbeat comes every few seconds. Those that come by
# the clock come again by themselves, and two of them waiting at once the table would refuse.
REQUEUE = """
    UPDATE procrastinate_jobs SET worker_id = NULL, status =
        (CASE WHEN queueing_lock IS NULL THEN 'todo' ELSE 'failed' END)::procrastinate_job_status
     WHERE status = 'doing' AND NOT EXISTS (
        SELECT FROM procrastinate_workers w
         WHERE w.id = procrastinate_jobs.worker_id
           AND w.last_heartbeat > now() - make_interval(secs => %s))
"""


@app.periodic(cron="*/5 * * * *")
@app.task(queue="public", queueing_lock="sweep")
def sweep(timestamp: int) -> None:
    """Every five minutes: ask Stripe about payment pages that should have ended unheard of."""
    if since := inbox.silent_since():
        log.error("Stripe owes us events since %s", since.isoformat())
    now = timezone.now()
    late = now - timedelta(minutes=2 * settings.WEBHOOK_SILENCE_MINUTES)
    for attempt in CheckoutAttempt.objects.filter(state=State.OPEN, expires_at__lt=late)[:500]:
        _ask_about(attempt)
    asked = CheckoutAttempt.objects.filter(state=State.ASKED)
    asked.filter(created_at__lt=now - checkout.KEY_TIME).update(state=State.EXPIRED)
    # The answer to our call was lost: the same key gives the same session, paid or not.
    for attempt in asked.filter(expires_at__lt=late).select_related("donation__legal_entity")[:100]:
        try:
            checkout.recover(attempt)
        except (gateway.Refused, gateway.UsedUp):
            checkout.end_unopened(attempt, State.EXPIRED)
        except (gateway.Unreachable, payments.Busy) as error:
            log.warning("sweep: %s of attempt %s", type(error).__name__, attempt.pk)


@app.periodic(cron="41 * * * *")
@app.task(queue="public", queueing_lock="ask_again")
def ask_again(timestamp: int) -> None:
    """Each hour: fees that did not arrive, and bank debits whose outcome we may have missed."""
    now, unpaid = timezone.now(), Donation.Status.PROCESSING
    without_fee = Q(
        outcome=Donation.Status.PAID,
        donation__processor_fee_minor=None,
        donation__paid_at__lt=now - timedelta(hours=1),
    )
    on_its_way = Q(outcome=unpaid, donation__status=unpaid, created_at__lt=now - timedelta(days=1))
    for attempt in CheckoutAttempt.objects.filter(without_fee | on_its_way)[:500]:
        _ask_about(attempt)


@app.task(queue="public", retry=Patient(gateway.Unreachable, payments.Busy))
def look_after(donation_id: int) -> None:
    """Job: what became of a gift that was refunded or disputed before we heard it was paid.

    Raises:
        Unreachable, Busy: not now; tried again.
    """
    donation = Donation.objects.get(pk=donation_id)
    refunds.refresh(donation)
    disputes.refresh(donation)


@app.periodic(cron="37 4 * * *")
@app.task(queue="public", queueing_lock="ask_afterwards")
def ask_afterwards(timestamp: int) -> None:
    """Each night: refunds and disputes under way, and payouts that a bank may still send back."""
    waiting = Q(refunds__status__in=[Refund.Status.ASKED, Refund.Status.PENDING])
    for donation in Donation.objects.filter(waiting).distinct()[:500]:
        _ask(donation, refunds.refresh)
    undecided = Q(disputes__status__in=disputes.UNDECIDED)
    for donation in Donation.objects.filter(undecided).distinct()[:500]:
        _ask(donation, disputes.refresh)
    for payout in Payout.objects.filter(created_at__gte=timezone.now() - PAYOUT_MAY_FAIL):
        _ask(payout.stripe_id, payouts.refresh)


def _ask_about(attempt: CheckoutAttempt) -> None:
    _ask(attempt, payments.refresh)


def _ask(row: Any, refresh: Callable[[Any], bool]) -> None:
    """One that cannot be asked about must not hold up those behind it."""
    try:
        refresh(row)
    except (gateway.GatewayError, payments.Busy) as error:
        log.warning("%s of %s", type(error).__name__, getattr(row, "pk", row))


@app.periodic(cron="53 * * * *")
@app.task(queue="public", queueing_lock="finish_mails")
def finish_mails(timestamp: int) -> None:
    """Each hour: mails that wait while no job is left to send them, as after a fault of ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM donations_mail m WHERE status = 'waiting' AND NOT EXISTS ("
            " SELECT FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing')"
            " AND j.task_name = %s AND (j.args->>'mail_id')::bigint = m.id) LIMIT 500",
            [mails.send_mail.name],
        )
        for (mail_id,) in cursor.fetchall():
            mails.send_mail.defer(mail_id=mail_id)


@app.periodic(cron="*/5 * * * *")
@app.task(queue="public", queueing_lock="finish_receipts")
def finish_receipts(timestamp: int) -> None:
    """Every five minutes: paid gifts without a number and numbers without a file, if jobs died."""
    since = timezone.now() - timedelta(minutes=10)
    paid = Donation.objects.filter(status=Donation.Status.PAID, paid_at__lt=since)
    kept = paid.exclude(amount_minor__lte=F("refunded_minor") + F("lost_minor"))
    never = kept.filter(receipts=None, receipt_items=None, yearly_receipt=False)
    unnumbered = never.values_list("pk", flat=True)
    undrawn = Receipt.objects.filter(sha256=None, issued_at__lt=since, state=Receipt.State.ISSUED)
    single = undrawn.filter(donation__isnull=False).values_list("donation_id", flat=True)
    for pk in {*unnumbered[:500], *single[:500]}:
        book.issue_receipt.defer(donation_id=pk)
    # Receipts of a year: void and without the one for what is left, or that one without a file.
    behind = Receipt.objects.filter(
        donation=None, state=Receipt.State.VOID, void_reason__in=book.MONEY, voided_at__lt=since
    )
    left = behind.filter(items__donation__in=kept).values_list("pk", flat=True).distinct()
    undrawn_years = undrawn.filter(donation=None, replaces__isnull=False)
    for pk in {*left[:100], *undrawn_years.values_list("replaces_id", flat=True)[:100]}:
        annual.follow_year.defer(receipt_id=pk)


@app.periodic(cron="17 3 * * *")
@app.task(queue="public", queueing_lock="forget_unpaid")
def forget_unpaid(timestamp: int) -> None:
    """Each night: blank what was typed into tries that came to nothing, and what limits counted."""
    now = timezone.now()
    # The limits look back an hour and no further.
    counted = now - defence.HOUR
    CheckoutAttempt.objects.filter(created_at__lt=counted).exclude(network="").update(network="")
    PaymentFailure.objects.filter(failed_at__lt=counted).exclude(network="", card="").update(
        network="", card=""
    )
    Tally.objects.filter(begins_at__lt=counted).delete()
    UsedChallenge.objects.filter(expires_at__lt=now).delete()
    old = Donation.objects.filter(created_at__lt=now - KEEP_UNPAID, paid_at=None).exclude(
        name="", email=""
    )
    blank = dict.fromkeys(
        (
            *("name", "email", "receipt_name", "address_line1", "address_line2", "city"),
            *("region", "postcode", "message", "tribute_name", "tribute_recipient_name"),
            *("tribute_recipient_email", "tribute_message"),
        ),
        "",
    )
    old.exclude(status=Donation.Status.PROCESSING).update(**blank)
    importing.forget(before=now - KEEP_UNPAID)
    begun = Plan.objects.filter(status=Plan.Status.INCOMPLETE, created_at__lt=now - KEEP_UNPAID)
    begun.exclude(donations__status=Donation.Status.PROCESSING).exclude(name="", email="").update(
        name="", email=""
    )


@app.periodic(cron="23 3 * * *")
@app.task(queue="public", queueing_lock="forget_jobs")
def forget_jobs(timestamp: int) -> None:
    """Each night: finished jobs older than a week leave the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE status IN ('succeeded', 'cancelled') AND id IN ("
            " SELECT job_id FROM procrastinate_events GROUP BY job_id"
            " HAVING max(at) < now() - interval '7 days')"
        )
