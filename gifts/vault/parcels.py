"""The way of one matched thing, each step on record, and told to the everyday database.

Whoever moves several rows locks them in this order: batch, need, match, parcel.
"""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from gifts.vault import outbox
from gifts.vault.models import Batch, BatchStep, Match, Need, Parcel, ParcelStep
from gifts.vault.models.delivery import BATCH_STEPS, STEPS
from gifts.vault.transactions import vault_atomic

State = Parcel.State
LIVING = (State.PACKED, State.SHIPPED, State.ARRIVED, State.NOT_RECEIVED, State.RECALLED)
# A partner may say of these what became of them.
ON_THE_WAY = (State.SHIPPED, State.ARRIVED, State.NOT_RECEIVED)
# What a step says of the thing, in the words of its own life.
SAYS = {
    State.SHIPPED: "shipped",
    State.ARRIVED: "handed_over",
    State.CONFIRMED: "confirmed",
    State.DAMAGED: "damaged",
    State.LOST: "lost",
    State.RETURNED: "returned",
}


class CannotMove(Exception):
    """From where the parcel or batch is, no step leads there."""


def begin(match: Match, *, batch: Batch | None, by: Any) -> Parcel:
    """The first step of a matched thing: packed into a batch, or with the partner already.

    Raises:
        django.db.IntegrityError: it is on its way already.
        django.db.InternalError: the match ended, or the batch is closed or another partner's.
    """
    with vault_atomic():
        state = State.PACKED if batch else State.ARRIVED
        parcel = Parcel.objects.create(
            match=match,
            unit_code=match.unit_code,
            partner_id=match.need.partner_id,
            batch=batch,
            state=state,
        )
        _step(parcel, state, by)
    return parcel


def move(
    parcel: Parcel, *, to: str, by: Any | None, note: str = "", by_phone: bool = False
) -> Parcel:
    """Take a parcel to its next state and say so; nothing happens if it is there already.

    Args:
        by: a user; none if it follows from something else.
        by_phone: a user of ours writes down what the partner said.

    Raises:
        CannotMove: no step leads there from where it is.
    """
    with vault_atomic():
        parcel = Parcel.objects.select_for_update().get(pk=parcel.pk)
        if parcel.state == to:
            return parcel
        if (parcel.state, to) not in STEPS:
            raise CannotMove(f"{parcel.unit_code} is {parcel.state} and cannot become {to}")
        _step(parcel, to, by, note, by_phone)
        if parcel.batch_id:
            _close_if_done(parcel.batch_id)
    return parcel


def move_batch(batch: Batch, *, to: str, by: Any | None, note: str = "") -> Batch:
    """The same of a batch alone, without its parcels."""
    with vault_atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state == to:
            return batch
        if (batch.state, to) not in BATCH_STEPS:
            raise CannotMove(f"{batch.code} is {batch.state} and cannot become {to}")
        BatchStep.objects.create(
            batch=batch, state=to, user_id=by and by.pk, who=by.email if by else "", note=note
        )
        batch.refresh_from_db(fields=["state", "moved_at"])
    return batch


def end(match: Match, *, why: str) -> None:
    """A match is over; its need and its thing go their own ways."""
    with vault_atomic():
        Match.objects.filter(pk=match.pk, state=Match.State.APPROVED).update(
            state=Match.State.ENDED, ended_at=timezone.now(), ended_why=why
        )


def free(need: Need) -> None:
    """A need was withdrawn: what had not left is ready again, what had comes back to us."""
    with vault_atomic():
        match = need.matches.select_for_update().filter(state=Match.State.APPROVED).first()
        if match is None:
            return
        parcel = match.parcels.filter(state__in=LIVING).first()
        why = gettext("The need was withdrawn.")
        if parcel and parcel.state != State.PACKED:
            move(parcel, to=State.RECALLED, by=None, note=why)
        else:
            if parcel:
                move(parcel, to=State.CANCELED, by=None, note=why)
            outbox.tell(match.unit_code, to="ready")
        end(match, why=why)


def _step(parcel: Parcel, to: str, by: Any | None, note: str = "", by_phone: bool = False) -> None:
    ParcelStep.objects.create(
        parcel=parcel,
        state=to,
        user_id=by and by.pk,
        who=by.email if by else "",
        by_phone=by_phone,
        note=note,
    )
    parcel.refresh_from_db(fields=["state", "moved_at"])
    if to in SAYS:
        outbox.tell(parcel.unit_code, to=SAYS[State(to)])


def _close_if_done(batch_id: int) -> None:
    """A batch is closed with its last thing. Packing may go on, whatever was taken out."""
    batch = Batch.objects.get(pk=batch_id)
    left = Parcel.objects.filter(batch=batch, state__in=LIVING)
    if batch.state in (Batch.State.SHIPPED, Batch.State.ARRIVED) and not left.exists():
        move_batch(batch, to=Batch.State.CLOSED, by=None)
