"""What is matched is packed and sent to partners' public offices, or handed over on the spot."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import tokens
from gifts.delivery.outbox import carried
from gifts.models import ItemKind, Unit
from gifts.vault import needs, parcels
from gifts.vault.models import Batch, Match, Need, Parcel, Partner

State = Batch.State
TRAVELS = (ItemKind.Route.CENTRAL, ItemKind.Route.IN_KIND)


class Refused(Exception):
    """It cannot be done; the code says why: `staff.delivery_words` has the sentences."""


@dataclass(frozen=True)
class Waiting:
    """A matched thing that nobody has sent on its way yet."""

    match: Match
    unit: Unit

    @property
    def travels(self) -> bool:
        """Does it lie with us, or was it bought or paid where it is needed?"""
        return self.unit.origin == Unit.Origin.GIVEN or self.unit.kind.route in TRAVELS


def waiting(*, partner: Partner | None = None) -> dict[Partner, list[Waiting]]:
    """Matched and not yet on its way, by partner, the longest wait first."""
    rows = (
        Match.objects.filter(state=Match.State.APPROVED)
        .exclude(parcels__state__in=parcels.LIVING)
        .select_related("need__partner")
        .order_by("need__partner__name", "decided_at", "pk")
    )
    if partner:
        rows = rows.filter(need__partner=partner)
    codes = [row.unit_code for row in rows]
    things = {unit.code: unit for unit in _units(codes)}
    found: defaultdict[Partner, list[Waiting]] = defaultdict(list)
    for row in rows:
        # A code without its thing is for `verify_wall`.
        if unit := things.get(row.unit_code):
            found[row.need.partner].append(Waiting(row, unit))
    return dict(found)


def pack(partner: Partner, *, codes: Iterable[str], by: Any) -> Batch:
    """Put these matched things into one new batch for a partner.

    Raises:
        Refused: "partner", "nothing", or "gone": one of them does not wait to be packed.
    """
    chosen = set(codes)
    there = {one.unit.code: one for one in waiting(partner=partner).get(partner, [])}
    with carried():
        _taking_part(partner)
        if not chosen:
            raise Refused("nothing")
        batch = Batch.objects.create(
            code=tokens.new_code(groups=2), partner=partner, made_by=by.pk, made_who=by.email
        )
        for code in sorted(chosen):
            if code not in there or not there[code].travels:
                raise Refused("gone")
            parcels.begin(_approved(there[code].match), batch=batch, by=by)
    return batch


def hand_over(partner: Partner, *, codes: Iterable[str], by: Any) -> list[Parcel]:
    """What a partner bought itself, or was paid for straight to a school, is there already.

    Raises:
        Refused: as `pack` does.
    """
    chosen = set(codes)
    there = {one.unit.code: one for one in waiting(partner=partner).get(partner, [])}
    made = []
    with carried():
        _taking_part(partner)
        if not chosen:
            raise Refused("nothing")
        for code in sorted(chosen):
            if code not in there or there[code].travels:
                raise Refused("gone")
            match = _approved(there[code].match)
            made.append(parcels.begin(match, batch=None, by=by))
            needs.move(match.need, to=Need.State.DELIVERED, by=by)
    return made


def ship(batch: Batch, *, carrier: str, expected_on: date, by: Any) -> Batch:
    """A batch leaves for its partner's office. Safe to repeat.

    Raises:
        Refused: "nothing": all of it was taken out again; "partner"; or "left": it left, or was
            canceled, before.
    """
    with carried():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state == State.SHIPPED:
            return batch
        if batch.state != State.PACKING:
            raise Refused("left")
        _taking_part(batch.partner)
        inside = _inside(batch, Parcel.State.PACKED)
        if not inside:
            raise Refused("nothing")
        batch.carrier, batch.expected_on = carrier, expected_on
        batch.save(update_fields=["carrier", "expected_on"])
        batch = parcels.move_batch(batch, to=State.SHIPPED, by=by)
        for parcel in inside:
            parcels.move(parcel, to=Parcel.State.SHIPPED, by=by)
    return batch


def arrive(batch: Batch, *, missing: Iterable[str] = (), by: Any) -> Batch:
    """A batch lies at its partner's office, but for what was missing in it. Safe to repeat.

    Raises:
        Refused: "left": it has not left, or is closed.
    """
    with carried():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state == State.ARRIVED:
            return batch
        if batch.state != State.SHIPPED:
            raise Refused("left")
        batch = parcels.move_batch(batch, to=State.ARRIVED, by=by)
        for parcel in _inside(batch, Parcel.State.SHIPPED):
            if parcel.unit_code in missing:
                parcels.move(parcel, to=Parcel.State.NOT_RECEIVED, by=by)
            else:
                parcels.move(parcel, to=Parcel.State.ARRIVED, by=by)
                needs.move(parcel.match.need, to=Need.State.DELIVERED, by=by)
    return batch


def cancel(batch: Batch, *, by: Any) -> Batch:
    """A batch that has not left is unpacked; its things wait to be packed again.

    Raises:
        Refused: "left": it has left.
    """
    with carried():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state == State.CANCELED:
            return batch
        if batch.state != State.PACKING:
            raise Refused("left")
        for parcel in _inside(batch, Parcel.State.PACKED):
            parcels.move(parcel, to=Parcel.State.CANCELED, by=by)
        return parcels.move_batch(batch, to=State.CANCELED, by=by)


def things(rows: Iterable[Parcel]) -> dict[str, Unit]:
    """The things of parcels, by code."""
    return {unit.code: unit for unit in _units([row.unit_code for row in rows])}


def _units(codes: list[str]) -> Iterable[Unit]:
    return Unit.objects.filter(code__in=codes).select_related("kind")


def _taking_part(partner: Partner) -> None:
    """No thing leaves for a partner that was suspended meanwhile."""
    if not Partner.objects.select_for_update(of=["self"]).get(pk=partner.pk).takes_part:
        raise Refused("partner")


def _approved(match: Match) -> Match:
    """The match, locked after its need, if it still lives."""
    Need.objects.select_for_update(of=["self"]).get(pk=match.need_id)
    now = Match.objects.select_for_update().filter(pk=match.pk, state=Match.State.APPROVED).first()
    if now is None or now.parcels.filter(state__in=parcels.LIVING).exists():
        raise Refused("gone")
    return now


def _inside(batch: Batch, state: str) -> list[Parcel]:
    """What of a batch is in this state, locked after the needs it is for."""
    rows = Parcel.objects.filter(batch=batch, state=state)
    of_needs = Need.objects.filter(matches__parcels__in=rows).order_by("pk")
    list(of_needs.select_for_update(of=["self"]))
    return list(rows.select_for_update(of=["self"]).select_related("match__need").order_by("pk"))
