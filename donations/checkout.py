"""From a filled form to Stripe's payment page and back, without ever paying twice.

begin → review → send_to_stripe → (Stripe) → return | back
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop
from procrastinate.contrib.django import app

from core import money
from core.links import public_url
from core.retries import Patient
from core.tokens import new_reference, new_token
from donations import defence, gateway, payments, proof, room, timeline
from donations.models import (
    CheckoutAttempt,
    Designation,
    Donation,
    DonationLine,
    LegalEntity,
    Plan,
)
from donations.plans import start

State = CheckoutAttempt.State
Status = Donation.Status
# Stripe refuses a session that ends in less than 30 minutes.
SESSION_TIME = timedelta(minutes=31)
# Stripe forgets idempotency keys after a day; a session asked for then has long ended anyway.
KEY_TIME = timedelta(hours=23)
# What Stripe's page calls the payment, by how often it comes.
LABELS = {
    "": gettext_noop("Gift to %(organisation)s"),
    "month": gettext_noop("Monthly gift to %(organisation)s"),
    "year": gettext_noop("Yearly gift to %(organisation)s"),
}


class AlreadyPaid(Exception):
    """This gift has arrived; nothing more is to be paid."""


class NotPossible(Exception):
    """Stripe said no to opening the payment; trying again as it is will not help."""


@dataclass(frozen=True)
class Part:
    """What one part of a gift is for; weights split the covered fee along."""

    designation: Designation
    amount_minor: int
    # Where it goes if the designation is covered when the money comes.
    if_covered: str = DonationLine.IfCovered.LIKE


def begin(
    parts: Sequence[Part],
    *,
    form_token: str,
    entity: LegalEntity,
    currency: str,
    fee_cover_minor: int,
    replaces: Donation | None = None,
    interval: str = "",
    restarts: Plan | None = None,
    **typed: Any,
) -> Donation:
    """Write down what the donor means to give. The same form sent twice is one donation.

    Args:
        parts: with an interval the first one comes again; any others ride along once.
        interval: "month" or "year" for a standing gift.
        restarts: the stopped plan that is taken up again.
        replaces: an earlier try that the donor changed; it is given up if it is not paid.
        typed: name, e-mail and whatever else the form asked, kept as typed.

    Raises:
        ValueError: nothing to give.
    """
    gift_minor = sum(part.amount_minor for part in parts)
    total = gift_minor + fee_cover_minor
    amounts = money.allocate(total, [part.amount_minor for part in parts])
    columns: dict[str, Any] = {
        "legal_entity": entity,
        "livemode": settings.STRIPE_LIVE,
        "currency": currency,
        **typed,
    }

    def plan() -> Plan | None:
        first = parts[0]
        if not interval:
            return None
        return start.write_down(
            columns,
            interval=interval,
            designation=first.designation,
            amount_minor=amounts[0],
            fee_cover_minor=amounts[0] - first.amount_minor,
            restarts=restarts,
        )

    with transaction.atomic():
        donation, fresh = Donation.objects.get_or_create(
            form_token=form_token,
            defaults={  # type: ignore[misc]  # django-stubs knows no callables here
                "reference": new_reference(),
                # Called only where the form is new.
                "plan": plan,
                "amount_minor": total,
                "fee_cover_minor": fee_cover_minor,
                **columns,
            },
        )
        if fresh:
            DonationLine.objects.bulk_create(_lines(donation, parts, amounts))
            timeline.note(donation, "begun")
    # Again for a form sent twice: the first time may have ended between the two.
    if replaces:
        give_up(replaces)
    return donation


def send_to_stripe(donation: Donation, *, network: str = "", solution: str = "") -> str:
    """The address of the payment page. Pressed twice, or again later: still one payment.

    Args:
        network: keyed hash of the donor's network address, for the card-testing limits.
        solution: the browser's proof of work, where one was asked for.

    Raises:
        AlreadyPaid: or on its way from the bank.
        Covered: what it is for is covered meanwhile, or has ended; nothing is charged.
        Resting: too many cards failed from there; not now.
        Unproved: a proof of work, or a confirmation by mail, has to come first.
        Unreachable: Stripe gave no answer; the same try goes on later.
        NotPossible: Stripe refused to open it.
    """
    donation.refresh_from_db(fields=["status"])
    if donation.status in (Status.PAID, Status.PROCESSING):
        raise AlreadyPaid(donation.reference)
    _pass_defence(donation, network, solution)
    for _ in range(3):
        attempt = _live_attempt(donation, network)
        if attempt.state == State.OPEN:
            return attempt.url
        try:
            url = _open(donation, attempt)
            if attempt.expires_at > timezone.now():
                return url
        except gateway.UsedUp:
            # If a page was opened after all, nobody knows its address, and it ends by itself.
            end_unopened(attempt, State.REFUSED)
        except gateway.Refused as refusal:
            # A definite no: this key is used up. A try asked for long ago is only too old.
            end_unopened(attempt, State.REFUSED)
            if timezone.now() - attempt.created_at < timedelta(seconds=60):
                timeline.note(donation, "refused_by_stripe", code=refusal.code)
                raise NotPossible(refusal.code) from None
    raise gateway.Unreachable("no answer to use")


def give_up(donation: Donation) -> None:
    """The donor went another way: close the payment page, unless money is already coming."""
    attempt = donation.attempts.filter(state=State.OPEN).first()
    if attempt:
        close(attempt)
    with transaction.atomic():
        donation = Donation.objects.select_for_update().get(pk=donation.pk)
        if donation.status in (Status.PENDING, Status.NEEDS_ACTION) and not live(donation):
            donation.status = Status.CANCELED
            donation.save(update_fields=["status"])
            timeline.note(donation, "canceled")


def close(attempt: CheckoutAttempt) -> None:
    """Ask Stripe to end an open session; only Stripe's word ends it here."""
    assert attempt.session_id is not None  # open attempts have one
    with suppress(gateway.GatewayError):  # paid or ended already, or no answer: ask what holds
        gateway.expire_checkout(attempt.session_id)
    with suppress(gateway.GatewayError, payments.Busy):  # its own event or the sweep tells later
        payments.refresh(attempt)


@app.task(queue="public", retry=Patient(gateway.Unreachable))
def close_pages(attempt_id: int) -> None:
    """Job: a try failed and its network or e-mail address is closed now, so its open pages are too.

    Raises:
        Unreachable: some page is open still; the job is tried again.
    """
    attempt = CheckoutAttempt.objects.select_related("donation").get(pk=attempt_id)
    closed = Q(pk=None)
    if defence.assess(attempt.network).closed:
        closed |= Q(network=attempt.network)
    if defence.assess("", attempt.donation.email).closed:
        closed |= Q(donation__email__iexact=attempt.donation.email)
    pages = defence.open_pages(closed).filter(state=State.OPEN)
    for page in pages:
        close(page)
    if pages.all().exists():
        raise gateway.Unreachable("a page is open still")


def live(donation: Donation) -> bool:
    """Can this donation still be paid by a session that is under way?"""
    return donation.attempts.filter(state__in=[State.ASKED, State.OPEN]).exists()


def recover(attempt: CheckoutAttempt) -> None:
    """Ask again with the same key for a session whose answer was lost, and see what became of it.

    Raises:
        Refused, UsedUp: it was never opened, or nobody knows its address.
    """
    _open(attempt.donation, attempt)
    attempt.refresh_from_db()
    payments.refresh(attempt)


def end_unopened(attempt: CheckoutAttempt, state: str) -> None:
    """A try that Stripe never opened, or whose key is used up, is over."""
    CheckoutAttempt.objects.filter(pk=attempt.pk, state=State.ASKED).update(state=state)


def _lines(
    donation: Donation, parts: Sequence[Part], amounts: Sequence[int]
) -> Iterator[DonationLine]:
    """A goal counts gifts alone: the fee covered there goes to the default purpose."""
    toward_fee = 0
    for part, amount in zip(parts, amounts, strict=True):
        capped = part.designation.target_minor is not None
        toward_fee += amount - part.amount_minor if capped else 0
        yield DonationLine(
            donation=donation,
            designation=part.designation,
            amount_minor=part.amount_minor if capped else amount,
            if_covered=part.if_covered,
        )
    if toward_fee:
        default = Designation.objects.get(is_default=True)
        yield DonationLine(donation=donation, designation=default, amount_minor=toward_fee)


def _pass_defence(donation: Donation, network: str, solution: str) -> None:
    heat = defence.assess(network, donation.email)
    if heat.closed:
        raise defence.Resting(heat.minutes)
    if defence.open_pages(Q(donation=donation)).exists():
        return  # no further page
    for page in defence.idle_pages(network):
        close(page)
    if heat.hot and not donation.confirmed_at and not proof.spend(solution, donation):
        raise defence.Unproved


def _live_attempt(donation: Donation, network: str) -> CheckoutAttempt:
    """The one try that may be under way, stored before Stripe hears of it."""
    attempt = donation.attempts.filter(state=State.OPEN).first()
    if attempt and attempt.expires_at < timezone.now():
        close(attempt)
    with transaction.atomic():
        donation = Donation.objects.select_for_update().get(pk=donation.pk)
        if donation.status in (Status.PAID, Status.PROCESSING):
            raise AlreadyPaid(donation.reference)
        now = timezone.now()
        attempt = donation.attempts.filter(state__in=[State.ASKED, State.OPEN]).first()
        if attempt and attempt.state == State.ASKED and now - attempt.created_at > KEY_TIME:
            end_unopened(attempt, State.EXPIRED)
            attempt = None
        if attempt:
            return attempt
        room.hold(donation)
        defence.take_place(network)
        if donation.status in (Status.FAILED, Status.ABANDONED):
            donation.status = Status.PENDING
            donation.save(update_fields=["status"])
        return CheckoutAttempt.objects.create(
            donation=donation,
            reference=new_token(),
            expires_at=now + SESSION_TIME,
            network=network,
        )


def _open(donation: Donation, attempt: CheckoutAttempt) -> str:
    plan = donation.plan
    with translation.override(donation.language):
        names = {"organisation": donation.legal_entity.short_name}
        label, recurring = (
            gettext(LABELS[interval]) % names for interval in ("", plan.interval if plan else "")
        )
    checkout = gateway.create_checkout(
        reference=attempt.reference,
        amount_minor=donation.amount_minor,
        currency=donation.currency,
        label=label,
        recurring_label=recurring,
        email=donation.email,
        language=donation.language,
        success_url=public_url("give_return", donation.reference, language=donation.language),
        cancel_url=public_url("give_back", donation.reference, language=donation.language),
        expires_at=attempt.expires_at,
        interval=plan.interval if plan else "",
        recurring_minor=plan.amount_minor if plan else 0,
    )
    # A webhook may have been quicker: only a try that is still "asked for" becomes open.
    CheckoutAttempt.objects.filter(pk=attempt.pk, state=State.ASKED).update(
        state=State(checkout.state), session_id=checkout.id, url=checkout.url
    )
    timeline.note(donation, "sent_to_stripe", session=checkout.id)
    return checkout.url
