"""Declaring a receipt void, or replacing it, where much money is on it: two people.

ask ─→ done at once, below the sum      ask ─→ waits ─┬→ approve: done in the name of who asked
                                                      └→ decline: nothing happens
What follows a refund or a dispute asks nobody: the money itself is the reason.
"""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from donations import timeline
from donations.models import Receipt, ReceiptVoiding
from donations.receipts import annual, book

State = ReceiptVoiding.State


class NotVoidable(Exception):
    """It cannot be done; `code` says why, for whoever asked."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def needs_two(receipt: Receipt) -> bool:
    minor: int = receipt.snapshot["amount_minor"]
    least: int = settings.RECEIPT_SECOND_PERSON_MINOR
    return minor >= least


def is_open_to(receipt: Receipt, *, reissue: bool) -> bool:
    """Whether it can be declared void; or replaced, which one that is void already can be too."""
    if receipt.state == Receipt.State.ISSUED:
        return True
    void = receipt.state == Receipt.State.VOID
    return reissue and void and any(gift.kept_minor > 0 for gift in book.gifts_of(receipt))


def waiting_for(receipt: Receipt) -> ReceiptVoiding | None:
    """What somebody asked for and nobody has decided yet."""
    rows = receipt.voidings.filter(state=State.ASKED)
    return rows.select_related("asked_by").first()


def ask(
    receipt: Receipt,
    *,
    reason: str,
    note: str = "",
    actor: Any,
    reissue: bool = False,
    corrections: dict[str, str] | None = None,
) -> Receipt | None:
    """Declare void, or replace. The receipt as it stands now; none while a second person is needed.

    Raises:
        NotVoidable: not_valid, under_way.
        NotReceiptable, IncompleteReceipt: there can be no successor.
    """
    with transaction.atomic():
        receipt = book.locked(receipt)
        if not is_open_to(receipt, reissue=reissue):
            raise NotVoidable("not_valid")
        if waiting_for(receipt):
            raise NotVoidable("under_way")
        if not needs_two(receipt):
            return _do(
                receipt,
                reason=reason,
                note=note,
                actor=actor,
                reissue=reissue,
                corrections=corrections or {},
            )
        ReceiptVoiding.objects.create(
            receipt=receipt,
            reissue=reissue,
            corrections=corrections or {},
            reason=Receipt.VoidReason(reason),
            note=note,
            asked_by=actor,
        )
        _note(receipt, "receipt_void_asked", actor)
    return None


def approve(voiding: ReceiptVoiding, *, actor: Any) -> Receipt:
    """The second person agrees. Safe to repeat.

    Raises:
        NotVoidable: same_person, not_asked, not_valid.
        NotReceiptable, IncompleteReceipt: there can be no successor; it still waits.
    """
    with transaction.atomic():
        receipt = book.locked(voiding.receipt)
        voiding = ReceiptVoiding.objects.select_for_update().get(pk=voiding.pk)
        if voiding.state == State.APPROVED:
            return receipt
        if voiding.state != State.ASKED:
            raise NotVoidable("not_asked")
        if voiding.asked_by_id == actor.pk:
            raise NotVoidable("same_person")
        if not is_open_to(receipt, reissue=voiding.reissue):
            raise NotVoidable("not_valid")
        _decide(voiding, State.APPROVED, actor)
        _note(receipt, "receipt_void_approved", actor)
        return _do(
            receipt,
            reason=voiding.reason,
            note=voiding.note,
            actor=voiding.asked_by,
            reissue=voiding.reissue,
            corrections=voiding.corrections,
        )


def decline(voiding: ReceiptVoiding, *, actor: Any) -> None:
    """The second person says no, or whoever asked takes it back. Safe to repeat."""
    with transaction.atomic():
        receipt = book.locked(voiding.receipt)
        voiding = ReceiptVoiding.objects.select_for_update().get(pk=voiding.pk)
        if voiding.state == State.ASKED:
            _decide(voiding, State.DECLINED, actor)
            _note(receipt, "receipt_void_declined", actor)


def _decide(voiding: ReceiptVoiding, state: State, actor: Any) -> None:
    voiding.state, voiding.decided_by, voiding.decided_at = state, actor, timezone.now()
    voiding.save(update_fields=["state", "decided_by", "decided_at"])


def _do(
    receipt: Receipt,
    *,
    reason: str,
    note: str,
    actor: Any,
    reissue: bool,
    corrections: dict[str, str],
) -> Receipt:
    if not reissue:
        return book.void(receipt, reason=reason, note=note, actor=actor)
    replace = book.replace if receipt.donation_id else annual.replace
    return replace(receipt, reason=reason, note=note, actor=actor, corrections=corrections)


def _note(receipt: Receipt, kind: str, actor: Any) -> None:
    for donation in book.gifts_of(receipt):
        timeline.note(donation, kind, actor_id=actor.pk, number=receipt.label)
