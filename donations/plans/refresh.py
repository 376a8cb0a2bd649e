"""Taking over what Stripe says of a plan. Each difference is a step of its story.

Events, the pages that change a plan and the nightly sweep all call `refresh`. It reads our
version, fetches the subscription, locks the row and, if another answer was taken over meanwhile,
fetches again: an older answer can never overwrite a newer one.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from core.retries import Patient
from donations import gateway
from donations.models import Donation, Plan, PlanChange
from donations.plans import calendar, steps
from donations.plans.steps import STRIPE, SYSTEM, By, Kind

Status = Plan.Status
Change = PlanChange.Kind
TRIES = 10
OVER = (Status.CANCELED, Status.LAPSED)


class Busy(Exception):
    """Others kept taking over newer answers; the job tries again later."""


@app.task(queue="public", retry=Patient(gateway.Unreachable, Busy))
def refresh_plan(plan_id: int) -> None:
    """Job: ask Stripe how a plan stands."""
    refresh(Plan.objects.get(pk=plan_id))


def refresh(plan: Plan) -> bool:
    """Fetch the plan's subscription and take over what it says; true if anything changed.

    Raises:
        Unreachable: Stripe gave no answer; nothing was changed.
        Busy: too many others at the same row.
    """
    for _ in range(TRIES):
        seen = Plan.objects.only("subscription_id", "sync_version", "open_invoice_id").get(
            pk=plan.pk
        )
        if seen.subscription_id is None:
            return False
        found = gateway.fetch_subscription(seen.subscription_id)
        newest = found.invoice
        if newest and newest.is_torn:
            continue
        if newest and seen.open_invoice_id not in ("", newest.id) and newest.status != "void":
            # Never two periods at once: the older bill gives way to the one that follows it.
            gateway.let_go_of_invoices(found.id, but=newest.id)
        with transaction.atomic():
            plan = Plan.objects.select_for_update().get(pk=plan.pk)
            if plan.sync_version == seen.sync_version:
                return take_over(plan, found)
    raise Busy(plan.reference)


def take_over(plan: Plan, found: gateway.Subscription) -> bool:
    """Write what a fetched subscription says. The plan's row must be locked by the caller."""
    fields = [field.attname for field in Plan._meta.concrete_fields]
    before = {name: getattr(plan, name) for name in fields}
    asked = plan.changes.filter(state=PlanChange.State.ASKED).first()
    wish = asked if asked and is_met(asked, found) else None
    by = By(wish.channel, wish.actor_id) if wish else STRIPE

    _amount(plan, found, wish, by)
    _card(plan, found)
    if plan.status != Status.INCOMPLETE and plan.status not in OVER:
        _state(plan, found, wish, by)
    plan.anchor_at, plan.next_charge_at = found.anchor_at, next_charge(found)
    if wish:
        wish.state, wish.done_at = PlanChange.State.DONE, timezone.now()
        wish.save(update_fields=["state", "done_at"])
    changed = [name for name in fields if getattr(plan, name) != before[name]]
    if changed:
        plan.sync_version += 1
        plan.save(update_fields=[*changed, "sync_version"])
    return bool(changed or wish)


def status_of(found: gateway.Subscription) -> Status:
    """Our status for a subscription of Stripe's that had its first payment."""
    if found.ended_at or found.status in ("canceled", "incomplete_expired"):
        return Status.LAPSED if found.ended_why == "payment_failed" else Status.CANCELED
    if found.is_paused:
        return Status.PAUSED
    return Status.PAST_DUE if found.status in ("past_due", "unpaid") else Status.ACTIVE


def next_charge(found: gateway.Subscription) -> datetime | None:
    """When the next regular charge will be made; None if none will be."""
    if status_of(found) in OVER or found.is_ending:
        return None
    if not found.is_paused:
        # Billed already and charged within the hour.
        billed = found.invoice if found.invoice and found.invoice.status == "draft" else None
        return billed.created_at if billed else found.period_end_at
    if found.resumes_at is None:
        return None
    return calendar.first_charge_from(found.anchor_at, found.interval, found.resumes_at)


def is_met(change: PlanChange, found: gateway.Subscription) -> bool:
    """Does Stripe's subscription stand as somebody wished?"""
    if change.kind == Change.AMOUNT:
        return found.amount_minor == int(change.wanted["amount_minor"])
    if change.kind == Change.CANCEL:
        return found.ended_at is not None
    if change.kind == Change.RESUME:
        return not found.is_paused
    return found.resumes_at == datetime.fromisoformat(change.wanted["until"])


def _amount(plan: Plan, found: gateway.Subscription, wish: PlanChange | None, by: By) -> None:
    old, cover, monthly = plan.amount_minor, plan.fee_cover_minor, plan.monthly_minor
    if wish and wish.kind == Change.AMOUNT:
        plan.fee_cover_minor = wish.wanted["fee_cover_minor"]
    elif found.amount_minor != old:
        plan.fee_cover_minor = 0  # changed at Stripe's own page: nobody said which part is what
    plan.amount_minor = found.amount_minor
    if plan.amount_minor != old and plan.status != Status.INCOMPLETE:
        kind = Kind.RAISED if plan.amount_minor > old else Kind.LOWERED
        steps.record(
            plan,
            kind,
            by=by,
            monthly_before_minor=monthly,
            old=old,
            old_cover=cover,
            new=plan.amount_minor,
        )


def _card(plan: Plan, found: gateway.Subscription) -> None:
    card = found.card or found.newest_card
    if card is None:
        return
    old = (plan.payment_method_id, plan.card_last4, plan.card_exp_month, plan.card_exp_year)
    plan.payment_method_id, plan.card_brand, plan.card_last4 = card.id, card.brand, card.last4
    plan.card_exp_month, plan.card_exp_year = card.exp_month, card.exp_year
    if plan.status == Status.INCOMPLETE or not old[0]:
        return  # the first one
    if old != (card.id, card.last4, card.exp_month, card.exp_year):
        by_itself = old[0] == card.id
        steps.record(plan, Kind.CARD_CHANGED, by=STRIPE, by_the_bank=by_itself)


def _state(plan: Plan, found: gateway.Subscription, wish: PlanChange | None, by: By) -> None:
    """Pause, failed payments and the end; each change of status is told by one step."""
    monthly, old, until = plan.monthly_minor, plan.status, plan.paused_until
    plan.status, plan.paused_until = status_of(found), found.resumes_at
    if wish and wish.kind == Change.CANCEL and not wish.wanted["whose"]:
        plan.status = Status.LAPSED
    was_open, was_tries = plan.open_invoice_id, plan.tries
    failing = _failing(found, was_open)
    plan.open_invoice_id, plan.tries, plan.retry_at = (
        (failing.id, failing.tries, failing.next_try_at) if failing else ("", 0, None)
    )
    told: dict[str, Any] = {"by": by, "monthly_before_minor": monthly}
    if plan.status in OVER:
        _over(plan, found, wish, told)
    elif failing and (failing.id, failing.tries) != (was_open, was_tries):
        why = _why(failing)
        if not _is_told(plan, why):
            source = f"{failing.id}:{failing.tries}"
            steps.record(plan, Kind.PAYMENT_FAILED, source=source, **told, **why)
    elif plan.status == Status.PAUSED and (old != Status.PAUSED or until != plan.paused_until):
        skip = wish and wish.kind == Change.SKIP
        steps.record(plan, Kind.SKIPPED if skip else Kind.PAUSED, **told)
    elif not failing and (was_open or (old == Status.PAST_DUE and plan.status != old)):
        arrived = Donation.objects.filter(invoice_id=was_open or None, status="paid").exists()
        paid = found.invoice is not None and found.invoice.status == "paid"
        kind = Kind.RECOVERED if arrived or paid else Kind.EXCUSED
        steps.record(plan, kind, **told, invoice=was_open)
    elif old == Status.PAUSED and plan.status != old:
        over = until is not None and until <= timezone.now()
        told["by"] = SYSTEM if over and not wish else by
        steps.record(plan, Kind.RESUMED, **told)
    elif plan.status != old:
        steps.record(plan, Kind.PAYMENT_FAILED, **told)  # Stripe tells no more than that


def _over(
    plan: Plan, found: gateway.Subscription, wish: PlanChange | None, told: dict[str, Any]
) -> None:
    """Nothing will be charged any more: when, by whom and why."""
    plan.paused_until = plan.retry_at = None
    plan.ended_at = found.ended_at or timezone.now()
    if plan.status == Status.LAPSED:
        failing = _failing(found, "")
        steps.record(plan, Kind.LAPSED, **told, **(_why(failing) if failing else {}))
        return
    plan.canceled_at = found.canceled_at or plan.ended_at
    if wish and wish.kind == Change.CANCEL:
        plan.canceled_by = wish.wanted["whose"]
        plan.cancel_reason, plan.cancel_note = wish.wanted["reason"], wish.wanted["note"]
    elif found.ended_why == "payment_disputed":
        plan.canceled_by = Plan.CanceledBy.DISPUTE
    else:
        plan.canceled_by = Plan.CanceledBy.STRIPE
    steps.record(plan, Kind.CANCELED, **told, whose=plan.canceled_by, reason=plan.cancel_reason)


def _failing(found: gateway.Subscription, known: str) -> gateway.Invoice | None:
    """The invoice whose payment was tried and did not come, if it is still wanted."""
    invoice = found.invoice
    if invoice is None or invoice.status != "open" or not invoice.tries:
        return None
    under_way = invoice.intent is not None and invoice.intent.status == "processing"
    return None if under_way and invoice.id != known else invoice


def _is_told(plan: Plan, why: dict[str, Any]) -> bool:
    """Stripe counts on without charging a lost or stolen card: the same charge is no news."""
    same = {"detail__charge": why["charge"], "detail__code": why["code"]}
    return bool(why["charge"]) and plan.steps.filter(kind=Kind.PAYMENT_FAILED, **same).exists()


def _why(failing: gateway.Invoice) -> dict[str, Any]:
    return {
        "invoice": failing.id,
        "tries": failing.tries,
        "code": failing.intent.failure if failing.intent else "",
        "charge": failing.intent.charge.id if failing.intent and failing.intent.charge else "",
        "retry_at": failing.next_try_at.isoformat() if failing.next_try_at else "",
        "amount_minor": failing.amount_minor,
    }
