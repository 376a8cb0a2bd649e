"""The life of one thing: it is made, then moved from state to state, each step on record."""

from typing import Any

from django.db import transaction

from core import tokens
from gifts.models import ItemKind, Unit, UnitStep, Wish
from gifts.models.units import STEPS

BEGINS = {Unit.Origin.BOUGHT: Unit.State.ORDERED, Unit.Origin.GIVEN: Unit.State.OFFERED}


class CannotMove(Exception):
    """From where the unit is, no step leads there."""


@transaction.atomic
def make(
    kind: ItemKind,
    *,
    origin: Unit.Origin,
    count: int = 1,
    wish: Wish | None = None,
    cost_minor: int | None = None,
    by: Any | None = None,
    note: str = "",
) -> list[Unit]:
    """So many new units with their first step: ordered if bought, offered if given."""
    made = Unit.objects.bulk_create(
        Unit(
            code=tokens.new_code(groups=2),
            kind=kind,
            wish=wish,
            origin=origin,
            state=BEGINS[origin],
            cost_minor=cost_minor,
        )
        for _ in range(count)
    )
    UnitStep.objects.bulk_create(_step(unit, unit.state, by, note) for unit in made)
    return made


@transaction.atomic
def move(
    unit: Unit, *, to: Unit.State, by: Any | None, note: str = "", outbox: int | None = None
) -> Unit:
    """Take the unit to its next state; nothing happens if it is there already.

    Args:
        by: none if a job does it.
        outbox: the message of the confidential part that says so.

    Raises:
        CannotMove: no step leads there from where it is, or a given device is not erased yet.
    """
    unit = Unit.objects.select_for_update(of=["self"]).select_related("kind").get(pk=unit.pk)
    if unit.state == to:
        return unit
    if to not in ways(unit):
        raise CannotMove(f"{unit.code} is {unit.state} and cannot become {to}")
    step = _step(unit, to, by, note)
    step.outbox = outbox
    UnitStep.objects.bulk_create([step])
    unit.refresh_from_db(fields=["state", "moved_at"])
    return unit


def ways(unit: Unit) -> list[Unit.State]:
    """Where the unit may go from where it is."""
    unwiped = unit.origin == Unit.Origin.GIVEN and unit.kind.is_device and unit.state != "wiped"
    return [
        Unit.State(after)
        for before, after in STEPS
        if before == unit.state and not (after == "ready" and unwiped and before != "matched")
    ]


def _step(unit: Unit, state: str, by: Any | None, note: str) -> UnitStep:
    return UnitStep(unit=unit, state=state, actor_id=by.pk if by else None, note=note)
