"""What arrived: taken in, checked by named people, declined or disposed of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from core.tokens import keyed_hash
from gifts import units
from gifts.models import DeviceCheck, Disposal, GivenThing, Offer, Unit
from gifts.offers import deciding, irs, values

Check = DeviceCheck.Check
State = Unit.State
CHECKED_IN = (State.RECEIVED, State.TESTED, State.WIPED)
# What makes a tested device a wiped one; the other checks make it ready.
WIPED_BY = (Check.ERASED, Check.UNLOCKED, Check.ACCOUNTS)


class NotPossible(Exception):
    """The thing is not where this could be done."""


class Changed(Exception):
    """Somebody else took things of this offer in since the form was opened."""


@dataclass(frozen=True)
class Arrived:
    """One thing out of the parcel."""

    description: str
    serial: str = ""


@transaction.atomic
def receive(
    offer: Offer, things: Sequence[Arrived], *, received_on: date, things_before: int, by: Any
) -> list[GivenThing]:
    """Take in what arrived, all or part of it, each as a unit with a code of its own.

    Args:
        things_before: how many had arrived when the form was opened; pressed twice is once.

    Raises:
        TooLate: the offer is not accepted, or has ended.
        Changed: others arrived meanwhile.
    """
    offer = Offer.objects.select_for_update(of=["self"]).select_related("kind").get(pk=offer.pk)
    if offer.state not in (Offer.State.ACCEPTED, Offer.State.RECEIVED):
        raise deciding.TooLate(offer.state)
    if offer.things.count() != things_before:
        raise Changed
    made = units.make(offer.kind, origin=Unit.Origin.GIVEN, count=len(things), by=by)
    for unit in made:
        units.move(unit, to=State.ACCEPTED, by=by)
        units.move(unit, to=State.RECEIVED, by=by)
    offer.state = Offer.State.RECEIVED
    offer.save(update_fields=["state"])
    return GivenThing.objects.bulk_create(
        GivenThing(
            unit=unit,
            offer=offer,
            description=thing.description,
            serial=thing.serial,
            received_on=received_on,
            received_by_id=by.pk,
        )
        for unit, thing in zip(made, things, strict=True)
    )


@transaction.atomic
def check(
    thing: GivenThing,
    kind: str,
    *,
    passed: bool,
    by: Any,
    method: str = "",
    certificate: str = "",
    note: str = "",
) -> DeviceCheck:
    """Note what somebody saw, and move the unit as far as its checks allow. Said twice is once.

    Raises:
        NotPossible: it is no device, or not here to be checked.
    """
    unit = _locked(thing)
    facts = {
        "passed": passed,
        "method": method if kind == Check.ERASED else "",
        "certificate": certificate if kind == Check.ERASED else "",
        "note": note,
        "by_id": by.pk,
    }
    latest = latest_checks(thing).get(kind)
    if latest and all(getattr(latest, name) == value for name, value in facts.items()):
        return latest
    if not unit.kind.is_device or unit.state not in CHECKED_IN:
        raise NotPossible(unit.state)
    made = DeviceCheck.objects.create(thing=thing, check_kind=kind, **facts)
    _advance(unit, by)
    return made


def latest_checks(thing: GivenThing) -> dict[str, DeviceCheck]:
    """For each kind that somebody looked at since the thing (last) came, what was seen last."""
    came = thing.unit.steps.filter(state=State.RECEIVED).order_by("-pk").values("at")[:1]
    rows = thing.checks.filter(at__gte=came).select_related("by").order_by("pk")
    return {row.check_kind: row for row in rows}


@transaction.atomic
def make_ready(thing: GivenThing, *, by: Any) -> Unit:
    """A thing without memory, such as a book, needs no checks. Safe to repeat.

    Raises:
        NotPossible: it is a device, or not here.
    """
    unit = _locked(thing)
    if unit.kind.is_device:
        raise NotPossible(unit.state)
    return _move(unit, State.READY, by)


@transaction.atomic
def refuse(thing: GivenThing, *, reason: str, by: Any) -> Unit:
    """It came and cannot be used, as one that is still locked. Its donor is told why.

    Raises:
        NotPossible: it is erased already, or gone.
    """
    unit = _locked(thing)
    if unit.state == State.DECLINED:
        return unit
    unit = _move(unit, State.DECLINED, by, reason)
    deciding.tell(thing.offer, "refused", thing.pk)
    return unit


@transaction.atomic
def dispose(
    thing: GivenThing, *, disposed_on: date, how: str, to_whom: str, why: str, by: Any
) -> Disposal:
    """Record its end: out of the books, and due on Form 8282 where the law asks. Safe to repeat.

    Raises:
        NotPossible: it is with somebody we serve, or lost.
    """
    # Whoever signs a Form 8283 meanwhile waits, and then finds this disposal.
    offer = Offer.objects.select_for_update(of=["self"]).get(pk=thing.offer_id)
    unit = _locked(thing)
    done = Disposal.objects.filter(thing=thing).first()
    if done:
        return done
    back = how == Disposal.How.RETURNED
    _move(unit, State.RETURNED if back else State.DISPOSED, by, why)
    thing.refresh_from_db()
    forget_serial(thing)
    values.book_out(thing, on=disposed_on)
    due = irs.form_8282_due(offer, received_on=thing.received_on, disposed_on=disposed_on)
    return Disposal.objects.create(
        thing=thing,
        disposed_on=disposed_on,
        how=how,
        to_whom=to_whom,
        why=why,
        by_id=by.pk,
        form_8282_due_on=due,
    )


def forget_serial(thing: GivenThing) -> None:
    """Keep only what lets us know the number again when somebody shows it."""
    if thing.serial:
        thing.serial_hash, thing.serial = hashed(thing.serial), ""
        thing.save(update_fields=["serial", "serial_hash"])


def hashed(serial: str) -> str:
    plain = "".join(sign for sign in serial.upper() if sign.isalnum())
    return keyed_hash(plain, purpose="serial number")


def _advance(unit: Unit, by: Any) -> None:
    seen = {kind: row.passed for kind, row in latest_checks(unit.given).items()}
    if unit.state == State.RECEIVED and seen.get(Check.WORKS):
        unit = units.move(unit, to=State.TESTED, by=by)
    if unit.state == State.TESTED and all(seen.get(kind) for kind in WIPED_BY):
        unit = units.move(unit, to=State.WIPED, by=by)
    if unit.state == State.WIPED and all(seen.get(kind) for kind in Check.values):
        units.move(unit, to=State.READY, by=by)


def _move(unit: Unit, to: State, by: Any, note: str = "") -> Unit:
    try:
        return units.move(unit, to=to, by=by, note=note[:200])
    except units.CannotMove as refused:
        raise NotPossible(str(refused)) from None


def _locked(thing: GivenThing) -> Unit:
    rows = Unit.objects.select_for_update(of=["self"]).select_related("kind", "given__offer")
    return rows.get(pk=thing.pk)
