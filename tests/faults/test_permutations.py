"""Any order of Stripe's events, each told once or more, gives the same books.

What donors and banks do is mixed with the deliveries: an event may come any time after its cause,
also while later causes happen. (Delivered only at the end, every order would agree trivially,
since each job fetches the object again.)
"""

import random
import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import transaction

from tests import server
from tests.faults.canonical import canonical_books
from tests.faults.playing import Play
from tests.faults.scale import FULL, many
from tests.faults.stories import LONG_STORIES, STORIES
from tests.giving import Giving
from tests.server import ROOT

RUNS, PARTS = many(50, 5000), 10
LONG_RUNS, LONG_PARTS = many(1, 250), 4 if FULL else 1
LEAST_EVENTS, LEAST_KINDS = 25, 40
SWEEP_EACH = 25

# Each order mixes a few stories: enough for 25 events. Every pair of stories meets in some mix.
AT_ONCE = 5
NAMES, LONG_NAMES = list(STORIES), list(LONG_STORIES)
MIXES = [(NAMES * 3)[first : first + 2 * AT_ONCE : 2] for first in range(len(NAMES))]
LONG_MIXES = [LONG_NAMES[0::2], LONG_NAMES[1::2], LONG_NAMES[:7], LONG_NAMES[6:]]


def rolled_back(
    giving: Giving, run_jobs: Callable[..., Any], mix: list[str], chance: random.Random | None
) -> tuple[list[list[Any]], set[str]]:
    """The books after one run, and the kinds of events that were told."""
    with transaction.atomic():
        play = Play(giving, run_jobs, mix, chance)
        play.run()
        assert len(play.told) >= LEAST_EVENTS
        found = canonical_books()
        transaction.set_rollback(True)
    return found, play.kinds


def sweep(orders: int) -> None:
    """Orders leave dead rows behind, which all later ones would read: now and then they go."""
    if orders % SWEEP_EACH == 0:
        with psycopg.connect(server.run.main.owner_url, autocommit=True) as connection:
            connection.execute("VACUUM (TRUNCATE FALSE, SKIP_LOCKED)")


def differing(found: list[list[Any]], in_order: list[list[Any]]) -> list[list[Any]]:
    return [row for row in found if row not in in_order] + [
        row for row in in_order if row not in found
    ]


@pytest.mark.parametrize("part", range(PARTS))
def test_every_order_of_events_gives_the_same_books(giving, run_jobs, part):
    mix = MIXES[part % len(MIXES)]
    in_order, _ = rolled_back(giving, run_jobs, mix, None)
    for done, number in enumerate(range(part, RUNS, PARTS), 1):
        sweep(done)
        found, _ = rolled_back(giving, run_jobs, mix, random.Random(number))
        assert found == in_order, f"order {number}: {differing(found, in_order)}"


@pytest.mark.parametrize("part", range(LONG_PARTS))
def test_every_order_of_two_months_with_plans_gives_the_same_books(giving, run_jobs, calm, part):
    mix = LONG_MIXES[part]
    in_order, kinds = rolled_back(giving, run_jobs, mix, None)
    named = set(re.findall(r"`([a-z_]+(?:\.[a-z_]+)+)`", (ROOT / "docs/faults.md").read_text()))
    assert len(kinds) >= (LEAST_KINDS if part == 0 else LEAST_EVENTS)
    assert kinds <= named
    for done, number in enumerate(range(part, LONG_RUNS, LONG_PARTS), 1):
        sweep(done)
        found, _ = rolled_back(giving, run_jobs, mix, random.Random(number))
        assert found == in_order, f"order {number}: {differing(found, in_order)}"
