"""Where a thing on its way stands, and why something was refused, in words."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations.staff.cells import Cell
from donations.staff.desk import NotPossible
from gifts.delivery import patience
from gifts.delivery.batches import Refused
from gifts.vault.models import Batch, Parcel

State = Parcel.State
TONES = {
    State.CONFIRMED: "good",
    State.NOT_RECEIVED: "warn",
    State.RECALLED: "warn",
    State.DAMAGED: "bad",
    State.LOST: "bad",
}
BATCH_TONES = {Batch.State.PACKING: "warn", Batch.State.CLOSED: "good", Batch.State.CANCELED: "bad"}
WHY_NOT = {
    "partner": _("Nothing was changed: the partner does not take part at the moment."),
    "nothing": _("Nothing was chosen, or nothing is left in it."),
    "gone": _("Nothing was changed: something of it is on its way or free again. Please look."),
    "left": _("Nothing was changed: the batch is not at that step any more."),
}
# Translators: each says how long nothing was heard of a thing.
LATE = {
    State.PACKED: _("packed %(days)s days ago, not shipped"),
    State.SHIPPED: _("shipped %(days)s days ago, nothing heard"),
    State.ARRIVED: _("with the partner for %(days)s days, not confirmed"),
    State.NOT_RECEIVED: _("missed for %(days)s days"),
    State.RECALLED: _("to come back for %(days)s days"),
}


def refusal(problem: Refused) -> NotPossible:
    return NotPossible(str(WHY_NOT[str(problem)]))


def state_of(row: Parcel) -> Cell:
    return Cell(row.get_state_display(), tone=TONES.get(State(row.state), ""))


def standing(row: Parcel) -> str:
    """How long it has stood where it is; in a sentence where that is too long."""
    days = patience.days_of(row)
    if patience.is_overdue(row):
        return LATE[State(row.state)] % {"days": days}
    return gettext("%(days)s days") % {"days": days} if row.state in LATE else ""
