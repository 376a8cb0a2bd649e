"""Nobody derives a hidden count from what is published: a solver tries, over made-up worlds."""

import random
from itertools import pairwise

import pytest

from campaigns.reports.suppression import OPEN, STEP, step
from gifts.ladder import K
from tests.campaigns import report_worlds as worlds
from tests.faults.scale import many

ROUNDS, PARTS = many(16, 500), 4


def world_of(seed):
    world = worlds.make(seed)
    return world, worlds.periods(world, random.Random(seed))


@pytest.mark.parametrize("part", range(PARTS))
def test_everything_public_leaves_ten_values_for_each_hidden_count(part):
    printed = 0
    for seed in range(part, ROUNDS, PARTS):
        world, periods = world_of(seed)
        reports = worlds.published(world, periods)
        printed += sum(len(report.lines) for report in reports)
        assert list(worlds.derived(world, reports)) == [], seed
    assert printed  # there was something to attack


@pytest.mark.parametrize("part", range(PARTS))
def test_whoever_holds_traces_and_statements_learns_no_more_from_sums_money_and_shares(part):
    for seed in range(part, ROUNDS, PARTS):
        world, periods = world_of(seed)
        donors = sorted({unit.donor for unit in world.units})
        chance = random.Random(seed)
        friends = frozenset(chance.sample(donors, len(donors) * chance.choice([1, 3, 8]) // 10))
        reports = worlds.published(world, periods)
        assert list(worlds.derived(world, reports, friends=friends)) == [], seed


@pytest.mark.parametrize(
    ("margins", "money"), [(True, False), (False, True)], ids=["without margins hidden", "money"]
)
def test_the_attack_wins_against_careless_reports(margins, money):
    found = 0
    for seed in range(12):
        world, periods = world_of(seed)
        reports = worlds.careless(world, periods, margins=margins, money=money)
        found += len(list(worlds.derived(world, reports, steps=False)))
        if found:
            break
    assert found


def test_a_count_that_grows_by_fewer_than_a_step_tells_nothing():
    """Whatever comes between two reports, each cell differs by nothing or by a step."""
    chance = random.Random(7)
    for _ in range(300):
        told, ready, shown = 0, 0, [0]
        for _quarter in range(8):
            ready += chance.choice([0, 3, 11, 40])
            told = min(ready, told + chance.choice([0, 11, 12, 25]))
            shown.append(step(told, ready))
        jumps = {after - before for before, after in pairwise(shown)}
        assert all(jump == 0 or jump >= STEP for jump in jumps)


def test_the_last_ten_of_what_is_ready_are_never_told():
    assert (STEP, OPEN) == (K, 10)
    for ready in range(300):
        assert step(ready, ready) <= max(0, ready - 10)
        assert step(10**6, ready) % STEP == 0
    assert [step(told, 200) for told in (0, 10, 11, 21, 22)] == [0, 0, 11, 11, 22]
    assert [step(200, ready) for ready in (20, 21, 31, 32)] == [0, 11, 11, 22]
