"""Nobody derives a hidden count from what is published: a solver tries, over made-up worlds."""

import random
from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from campaigns.impact_statements.gathering import Learned
from campaigns.reports import gather
from campaigns.reports.suppression import OPEN, STEP, step
from gifts.ladder import K
from gifts.models import Region
from gifts.trace import calendar
from gifts.trace.told import ReadyThing, ToldThing
from tests.campaigns import report_worlds as worlds
from tests.faults.scale import many

pytestmark = pytest.mark.faults
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


def test_statements_say_nothing_of_a_count_that_the_traces_do_not_say():
    """With the statements of eight in ten donors every count keeps the values it had without."""
    heard = 0
    for seed in range(6):
        world, periods = world_of(seed)
        donors = sorted({unit.donor for unit in world.units})
        friends = frozenset(random.Random(seed).sample(donors, len(donors) * 8 // 10))
        reports = worlds.published(world, periods)
        stated = worlds.statements(world, friends)
        heard += len(stated)
        without = worlds.Attack(world, reports, friends=friends)
        with_them = worlds.Attack(world, reports, friends=friends, stated=stated)
        for asked in worlds.hidden(world, reports):
            assert with_them.span(*asked) == without.span(*asked), (seed, asked)
    assert heard  # there was something to tell


def test_the_attack_hears_a_statement_that_says_too_much():
    world, _periods = world_of(1)
    cell, end = world.cells[0], len(world.quarters) - 1
    free = worlds.Attack(world).span(cell, -1, end)
    day = calendar.last_day(world.quarters[-1])
    region = str(Region(cell[1]).label)
    talks = Learned(cell[0], "confirmed", free[1] - 5, ((day, region),))
    least, most = worlds.Attack(world, stated=[talks]).span(cell, -1, end)
    assert most - least <= 5 < free[1] - free[0]


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


def test_no_letter_of_a_report_changes_with_what_is_hidden():
    """Whatever else was told of, is on its way or was told of more widely: lines, money, months."""
    moved = 0
    for seed in range(many(60, 500)):
        world, periods = world_of(seed)
        chance = random.Random(seed)
        for unit in world.units:  # each at a price of its own
            unit.dearer = chance.randint(0, 99)
        stock, told = world.stock(), world.told()
        other = worlds.otherwise(world, chance)
        moved += Counter(told) != Counter(other)
        for before, end in periods:
            time = {"first": world.quarters[before + 1], "end": world.quarters[end]}
            lines = gather.printed(told, stock, **time)
            assert lines == gather.printed(other, stock, **time), seed
            assert gather.months(lines) == gather.months(gather.printed(other, stock, **time))
    assert moved > 20


def test_costs_and_months_are_those_of_as_many_that_were_ready_first():
    first, second = date(2025, 1, 1), date(2025, 4, 1)
    paid = date(2025, 1, 31)
    stock = [
        *(ReadyThing("laptop", "africa", first, 100, paid) for _ in range(11)),
        *(ReadyThing("laptop", "africa", first, 300, paid) for _ in range(10)),
        *(ReadyThing("laptop", "africa", second, 900, date(2025, 6, 20)) for _ in range(11)),
    ]
    told = [ToldThing("laptop", "africa", first)] * 12 + [
        ToldThing("laptop", "africa", second)
    ] * 12
    [line] = gather.printed(told, stock, first=first, end=first)
    assert (line.count, line.cost_minor, set(line.days)) == (11, 1100, {59})
    assert gather.months([line]) == {"half": 2, "most": 2}
    [line] = gather.printed(told, stock, first=second, end=second)
    assert (line.count, line.cost_minor) == (11, 10 * 300 + 900)
    assert sorted(line.days) == [10, *[150] * 10]
    [both] = gather.printed(told, stock, first=first, end=second)
    assert (both.count, both.cost_minor) == (22, 1100 + 3900)
    assert sorted(both.days) == [10, *[59] * 11, *[150] * 10]


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
