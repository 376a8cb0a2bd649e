"""A process may die anywhere between the databases; afterwards both say the same of each thing.

The way of one matched thing is cut before one of its statements, on either side of the wall. Then
it goes on as in life: whoever pressed presses again, and the clock carries over what waits.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import pytest
from django.db import connections

from gifts import units
from gifts.delivery import batches, confirming, wall
from gifts.delivery.outbox import apply
from gifts.models import Unit
from gifts.trace import calendar
from gifts.vault import needs, outbox, parcels
from gifts.vault.models import Batch, Match, Parcel
from tests.deliveries_made import make_match, make_unit, states_of
from tests.faults.scale import many
from tests.faults.test_kill_points import Killed, Reaper
from tests.people import person
from tests.things_made import make_kind
from tests.vault_made import make_partner

# Of each of the three ways; 9 and 51 in all.
KILLS = many(3, 17)
PRESSED_TWICE = (batches.Refused, confirming.NotExpected, parcels.CannotMove, needs.CannotMove)


class WallReaper(Reaper):
    """Counts statements of both databases."""

    @contextmanager
    def watching(self) -> Iterator[None]:
        with (
            connections["default"].execute_wrapper(self.statement),
            connections["vault"].execute_wrapper(self.statement),
        ):
            yield


def sent(match: Match, by: Any) -> None:
    with suppress(*PRESSED_TWICE):
        batches.pack(match.need.partner, codes=[match.unit_code], by=by)
    batch = Batch.objects.get(parcels__unit_code=match.unit_code)
    with suppress(*PRESSED_TWICE):
        batches.ship(batch, carrier="Post", expected_on=calendar.today(), by=by)


def into_use(match: Match, by: Any) -> None:
    sent(match, by)
    with suppress(*PRESSED_TWICE):
        batches.arrive(Batch.objects.get(parcels__unit_code=match.unit_code), by=by)
    with suppress(*PRESSED_TWICE):
        confirming.confirm(match.unit_code, partner=match.need.partner, by=by, outcome="received")


def came_damaged(match: Match, by: Any) -> None:
    sent(match, by)
    with suppress(*PRESSED_TWICE):
        confirming.confirm(match.unit_code, partner=match.need.partner, by=by, outcome="damaged")


def called_back(match: Match, by: Any) -> None:
    sent(match, by)
    with suppress(*PRESSED_TWICE):
        needs.move(match.need, to="withdrawn", by=by)
    with suppress(*PRESSED_TWICE):
        confirming.take_back(Parcel.objects.get(unit_code=match.unit_code), by=by)


ENDS = {
    into_use: ("confirmed", "closed", "ended"),
    came_damaged: ("damaged", "open", "ended"),
    called_back: ("returned", "withdrawn", "ended"),
}


def killed_at(way: Callable[[], object], at: int | None) -> Reaper:
    reaper = WallReaper(at)
    with suppress(Killed), reaper.watching():
        way()
    return reaper


def test_both_databases_agree_after_death_at_any_point_between_them(own_database):
    by, partner, kind = person(factor=False), make_partner(), make_kind()
    for way, ends in ENDS.items():

        def begun() -> Match:
            return make_match(partner=partner, unit=make_unit(kind), by=by, apply=False)

        points = killed_at(partial(way, begun(), by), None).passed
        assert points > 60
        assert wall.disagreements() == []
        chosen = random.Random(way.__name__).sample(range(1, points + 1), KILLS)
        for at in chosen:
            match = begun()
            where = f"{way.__name__} at {at}: {killed_at(partial(way, match, by), at).where}"
            apply()
            assert wall.disagreements() == [], where
            way(match, by)
            assert states_of(match) == ends, where
            assert wall.disagreements() == [], where


def test_a_thing_moved_before_the_vault_had_said_so_would_be_seen(own_database, monkeypatch):
    """Shown able to fail: told at once instead of with the vault's own commit."""
    by, match = person(factor=False), make_match()

    def tell(unit_code: str, *, to: str) -> None:
        units.move(Unit.objects.get(code=unit_code), to=Unit.State(to), by=None)
        raise Killed(to)

    monkeypatch.setattr(outbox, "tell", tell)
    batch = batches.pack(match.need.partner, codes=[match.unit_code], by=by)
    with pytest.raises(Killed):
        batches.ship(batch, carrier="Post", expected_on=calendar.today(), by=by)
    assert wall.disagreements() == [f"{match.unit_code}: should be “Matched” and is “On its way”"]
