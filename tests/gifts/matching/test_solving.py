"""The plan is the best there is, breaks no rule, is fair, and does not depend on any order."""

import random
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from gifts.matching import problem as problems
from gifts.matching.problem import Partner, Weights
from gifts.matching.solving import solve
from tests.gifts.matching.markets import (
    SERVED,
    TODAY,
    ask,
    fits,
    made,
    optimum,
    price,
    problem,
    thing,
)

UNFAIR = Weights(partner=0, region=0)


def broken(plan):
    """Pairs that break a hard rule, and things or needs that occur twice."""
    world = plan.problem
    pairs = [(pair.thing, pair.ask) for pair in plan.pairs]
    return [
        pair for pair in pairs if not fits(*pair, world.partners[pair[1].partner])
    ] + [
        code
        for codes in zip(*((own.code, need.code) for own, need in pairs), strict=True)
        for code in codes
        if codes.count(code) > 1
    ]  # fmt: skip


def test_as_many_are_served_at_as_little_cost_as_a_second_solver_finds_in_200_worlds():
    for seed in range(200):
        world = made(seed)
        plan = solve(world)

        assert (len(plan.pairs), plan.cost) == optimum(world), f"world {seed}"
        assert len(plan.pairs) + len(plan.unserved) == len(world.asks)


def test_without_fairness_it_is_the_plain_assignment_of_least_cost():
    for seed in range(60):
        world = made(seed, things=12, asks=15, weights=UNFAIR)
        plan = solve(world)

        matrix = np.full((len(world.things), len(world.asks)), SERVED)
        for i, own in enumerate(world.things):
            for j, need in enumerate(world.asks):
                if fits(own, need, world.partners[need.partner]):
                    matrix[i, j] = price(own, need, UNFAIR)
        found = matrix[linear_sum_assignment(matrix)]
        assert plan.cost == found[found < SERVED].sum(), f"world {seed}"
        assert len(plan.pairs) == (found < SERVED).sum()


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(0, 10**9), st.integers(0, 40), st.integers(0, 40))
def test_no_plan_breaks_a_hard_rule_or_gives_anything_twice(seed, things, asks):
    assert broken(solve(made(seed, things, asks))) == []


@pytest.mark.parametrize("rule", ["purse", "spec", "keyboard", "voltage"])
def test_a_forgotten_hard_rule_would_be_seen(rule, monkeypatch):
    whole = problems.rules

    def forgetful(things, asks):
        kept = whole(things, asks)
        return kept | {rule: np.ones_like(kept[rule])}

    monkeypatch.setattr(problems, "rules", forgetful)
    assert any(broken(solve(made(seed, 30, 30))) for seed in range(5))


def test_the_same_in_any_order_gets_the_same_answer():
    world = made(5, things=60, asks=90)
    first = solve(world)
    for seed in range(20):
        rng = random.Random(seed)
        shuffled = replace(
            world,
            things=rng.sample(world.things, len(world.things)),
            asks=rng.sample(world.asks, len(world.asks)),
            partners=dict(rng.sample(sorted(world.partners.items()), len(world.partners))),
        )
        again = solve(shuffled)
        assert (again.pairs, again.unserved) == (first.pairs, first.unserved)


def test_an_answer_that_followed_the_order_of_the_rows_would_be_seen(monkeypatch):
    monkeypatch.setattr(problems.Problem, "in_turn", property(lambda self: list(self.asks)))
    alike = [ask(f"N{n}") for n in range(6)]
    one = solve(problem([thing()], alike))
    other = solve(problem([thing()], alike[::-1]))
    assert one.by_ask != other.by_ask


def test_a_small_home_gets_its_share_although_a_large_one_presses_more():
    large = [ask(f"N{n:02}", priority=1) for n in range(20)]
    small = ask("N99", partner="P2", priority=2)
    stock = [thing(f"T{n}") for n in range(10)]

    fair = solve(problem(stock, [*large, small]))
    unfair = solve(problem(stock, [*large, small], weights=UNFAIR))

    assert small in [pair.ask for pair in fair.pairs]
    assert small in unfair.unserved, "without its weight the large home takes all"


def test_homes_that_press_alike_share_by_what_they_asked_for_and_already_got():
    partners = [Partner("P1", "africa"), Partner("P2", "africa"), Partner("P3", "africa", True, 6)]
    asks = [
        ask(f"{code}-{n:02}", partner=code)
        for code, count in (("P1", 30), ("P2", 10), ("P3", 4))
        for n in range(count)
    ]
    plan = solve(problem([thing(f"T{n}") for n in range(20)], asks, *partners))

    got = [pair.ask.partner for pair in plan.pairs]
    assert [got.count(code) for code in ("P1", "P2", "P3")] == [15, 5, 0]


def test_a_region_that_got_little_comes_before_one_that_got_much():
    partners = [Partner("P1", "africa", True, 8), Partner("P2", "latin_america")]
    asks = [
        *(ask(f"A{n}") for n in range(4)),
        *(ask(f"L{n}", partner="P2", region="latin_america") for n in range(4)),
    ]
    plan = solve(problem([thing(f"T{n}") for n in range(3)], asks, *partners))
    assert {pair.ask.partner for pair in plan.pairs} == {"P2"}


def test_one_served_more_is_worth_any_cost():
    choosy = ask("N1", keyboard="th", priority=3, stated_on=TODAY)
    easy = ask("N2", priority=1, needed_by=TODAY, stated_on=TODAY - timedelta(300))
    stock = [thing("T1", keyboard="th"), thing("T2", spec_class=3, region="europe")]
    assert solve(problem(stock, [choosy, easy])).by_ask == {"N1": "T1", "N2": "T2"}


def test_the_need_that_presses_more_gets_the_only_thing():
    for pressing, other in (
        (ask("N2", priority=1), ask("N1", priority=2)),
        (ask("N2", needed_by=TODAY + timedelta(5)), ask("N1", needed_by=TODAY + timedelta(90))),
        (ask("N2", needed_by=TODAY + timedelta(90)), ask("N1")),
        (ask("N2", stated_on=TODAY - timedelta(41)), ask("N1")),
        (ask("N1"), ask("N2")),
    ):
        assert solve(problem([thing()], [other, pressing])).by_ask == {pressing.code: "T1"}


def test_the_plainest_and_nearest_thing_goes_first():
    stock = [
        thing("T1", spec_class=1, region="africa"),
        thing("T2", region="europe"),
        thing("T3", keyboard="th", region="africa"),
        thing("T4"),
        thing("T5", region="africa"),
    ]
    for best in ("T5", "T4", "T3", "T1", "T2"):
        assert solve(problem(stock, [ask()])).by_ask == {"N1": best}
        stock = [own for own in stock if own.code != best]


def test_a_partner_that_is_suspended_gets_nothing():
    paused = Partner("P1", "africa", may_receive=False)
    plan = solve(problem([thing()], [ask()], paused))
    assert (plan.pairs, [need.code for need in plan.unserved]) == ([], ["N1"])


def test_nothing_to_give_or_nobody_to_give_to_is_an_answer_too():
    assert solve(problem([], [ask()])).pairs == []
    assert solve(problem([thing()], [])).pairs == []
