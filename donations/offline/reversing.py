"""Putting a posted gift right: it is reversed whole, with a reason, and entered anew if need be."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from core import money
from core.tokens import new_token
from donations import ledger, timeline
from donations.models import Donation, Entry, Refund
from donations.offline.posting import lies_in
from donations.receipts import book

Account = ledger.Account
Reason = Refund.Reason
REASONS = (Reason.BOUNCED, Reason.MISTAKE, Reason.RETURNED)


class NotReversible(Exception):
    """The gift stays as it is; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def reverse(donation: Donation, *, reason: str, note: str, by: Any) -> Refund:
    """Take a gift that came outside Stripe back out of the books. Safe to repeat.

    What was entered wrongly is entered anew, in a batch without deposit: its money is in the bank.

    Raises:
        NotReversible: by_card (Stripe gives that back), not_paid, no_reason.
    """
    donation = Donation.objects.select_for_update().get(pk=donation.pk)
    if donation.source == Donation.Source.CARD:
        raise NotReversible("by_card")
    if donation.status != Donation.Status.PAID:
        raise NotReversible("not_paid")
    if done := donation.refunds.filter(status=Refund.Status.SUCCEEDED).first():
        return done
    if reason not in REASONS or not note.strip():
        raise NotReversible("no_reason")
    now = timezone.now()
    refund = Refund.objects.create(
        donation=donation,
        reference=new_token(),
        amount_minor=donation.amount_minor,
        currency=donation.currency,
        reason=reason,
        note=note.strip(),
        status=Refund.Status.SUCCEEDED,
        asked_at=now,
        requested_by=by,
    )
    donation.refresh_from_db(fields=["refunded_minor"])  # the database sums it
    ledger.post(
        [
            ledger.Leg(_from(donation, reason), -donation.amount_minor, donation.currency),
            *ledger.borne_legs(donation, Account.REFUNDS, donation.amount_minor),
        ],
        source=f"reversal:{refund.pk}",
        kind="reversed",
        entity=donation.legal_entity,
        livemode=donation.livemode,
        occurred_at=now,
        donation=donation,
        reason=refund.note,
        actor=by,
        corrects=Entry.objects.get(donation=donation, kind="received"),
    )
    amount = money.display(refund.amount_minor, refund.currency)
    timeline.note(donation, "reversed", actor_id=by.pk, amount=amount, reason=reason)
    bounced = reason == Reason.BOUNCED
    book.follow(donation, reason=book.VoidReason.DISPUTE if bounced else book.VoidReason.REFUND)
    return refund


def _from(donation: Donation, reason: str) -> Account:
    """A wrong row took nothing out of the bank; what it left waits for the right one."""
    held = lies_in(donation.source)
    if held == Account.SECURITIES or reason == Reason.MISTAKE:
        return held
    return Account.CASH if donation.offline.batch.deposited_on else held
