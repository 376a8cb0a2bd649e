"""What became of a thing at a partner: in use, missed, damaged, lost, or back with us."""

from typing import Any, Literal

from gifts.delivery.outbox import carried
from gifts.vault import needs, parcels
from gifts.vault.models import Batch, Match, Need, Parcel, Partner

State = Parcel.State
Outcome = Literal["received", "not_received", "damaged"]
BECOMES = {
    "received": State.CONFIRMED,
    "not_received": State.NOT_RECEIVED,
    "damaged": State.DAMAGED,
}


class NotExpected(Exception):
    """No thing of this code is on its way to this partner; whether there is one is not said."""


def confirm(
    code: str, *, partner: Partner, by: Any, outcome: Outcome, by_phone: bool = False
) -> Parcel:
    """A partner says what became of a thing, by the code on its label. Safe to repeat.

    Args:
        code: as typed, with or without its dash.
        by: who says so, or who writes down what was said on the telephone.

    Raises:
        NotExpected: it is not on its way to this partner, or it is no code at all.
    """
    sent = partner.parcels.filter(unit_code=_tidy(code)).order_by("-pk").first()
    if sent is None:
        raise NotExpected
    with carried():
        parcel = _locked(sent)
        if parcel.state == BECOMES[outcome]:
            return parcel
        if parcel.state not in parcels.ON_THE_WAY:
            raise NotExpected
        if outcome == "received":
            return _received(parcel, by=by, by_phone=by_phone)
        if outcome == "damaged":
            return _ended_badly(parcel, State.DAMAGED, by=by, by_phone=by_phone)
        return parcels.move(parcel, to=State.NOT_RECEIVED, by=by, by_phone=by_phone)


def write_off(parcel: Parcel, *, to: Literal["damaged", "lost"], by: Any, note: str = "") -> Parcel:
    """Staff record that a thing came to grief; its need is open again. Safe to repeat.

    Raises:
        parcels.CannotMove: it came to its end before.
    """
    with carried():
        return _ended_badly(_locked(parcel), State(to), by=by, note=note)


def turn_up(parcel: Parcel, *, by: Any, note: str = "") -> Parcel:
    """What was missed lies with the partner after all.

    Raises:
        parcels.CannotMove: it came to its end before.
    """
    with carried():
        return _arrived(_locked(parcel), by=by, note=note)


def take_back(parcel: Parcel, *, by: Any, note: str = "") -> Parcel:
    """What was recalled from its way is here again, to be received and checked anew.

    Raises:
        parcels.CannotMove: nobody recalled it.
    """
    with carried():
        return parcels.move(_locked(parcel), to=State.RETURNED, by=by, note=note)


def _received(parcel: Parcel, *, by: Any, by_phone: bool) -> Parcel:
    if parcel.state != State.ARRIVED:
        parcel = _arrived(parcel, by=by, by_phone=by_phone)
    parcel = parcels.move(parcel, to=State.CONFIRMED, by=by, by_phone=by_phone)
    match = Match.objects.select_related("need").get(pk=parcel.match_id)
    parcels.end(match, why=str(State.CONFIRMED.label))
    needs.move(match.need, to=Need.State.CLOSED, by=by)
    return parcel


def _arrived(parcel: Parcel, *, by: Any, note: str = "", by_phone: bool = False) -> Parcel:
    parcel = parcels.move(parcel, to=State.ARRIVED, by=by, note=note, by_phone=by_phone)
    needs.move(parcel.match.need, to=Need.State.DELIVERED, by=by)
    return parcel


def _ended_badly(
    parcel: Parcel, to: State, *, by: Any, note: str = "", by_phone: bool = False
) -> Parcel:
    was_recalled = parcel.state == State.RECALLED
    parcel = parcels.move(parcel, to=to, by=by, note=note, by_phone=by_phone)
    match = Match.objects.select_related("need").get(pk=parcel.match_id)
    if not was_recalled and match.state == Match.State.APPROVED:
        parcels.end(match, why=str(to.label))
        needs.move(match.need, to=Need.State.OPEN, by=by, note=str(to.label))
    return parcel


def _locked(parcel: Parcel) -> Parcel:
    """The parcel as it is now, locked after its batch and its need."""
    if parcel.batch_id:
        Batch.objects.select_for_update(of=["self"]).get(pk=parcel.batch_id)
    Need.objects.select_for_update(of=["self"]).get(matches__pk=parcel.match_id)
    return Parcel.objects.select_for_update(of=["self"]).get(pk=parcel.pk)


def _tidy(code: str) -> str:
    signs = "".join(sign for sign in code.upper() if sign.isalnum())
    return f"{signs[:4]}-{signs[4:]}"
