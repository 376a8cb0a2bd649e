"""What a plan says of itself is true: reasons, prices of other choices, gains and losses."""

from collections import Counter
from datetime import timedelta

from gifts.matching.comparing import Standing, compare
from gifts.matching.problem import Partner
from gifts.matching.reasons import Reasons
from gifts.matching.solving import solve
from tests.gifts.matching.markets import TODAY, ask, fits, made, price, problem, steps, thing


def told(world):
    """Code of each need → its reasons, for those served and those not."""
    plan = solve(world)
    reasons = Reasons(plan)
    why = {pair.ask.code: reasons.why(pair) for pair in plan.pairs}
    return why | {need.code: reasons.why_not(need) for need in plan.unserved}


def codes(reasons):
    return [reason["code"] for reason in reasons]


def cost_of(world, given):
    """A whole plan's cost by addition: each pair, and each thing's step for partner and region."""
    asks = {need.code: need for need in world.asks}
    things = {own.code: own for own in world.things}
    total = sum(price(things[own], asks[need], world.weights) for need, own in given.items())
    receiving = [need for need in world.asks if world.partners[need.partner].may_receive]
    region = {code: partner.region for code, partner in world.partners.items()}
    asked = Counter(need.partner for need in receiving)
    got = Counter(asks[need].partner for need in given)
    for code, count in got.items():
        received = world.partners[code].received
        total += sum(steps(received, asked[code], world.weights.partner)[:count])
    for name in set(region.values()):
        own = [code for code in asked if region[code] == name]
        received = sum(world.partners[code].received for code in own)
        count = sum(got[code] for code in own)
        total += sum(steps(received, sum(asked[c] for c in own), world.weights.region)[:count])
    return total


def test_the_price_of_each_swap_is_what_the_whole_plan_would_cost_more():
    seen = 0
    for seed in range(40):
        world = made(seed, things=8, asks=16)
        plan = solve(world)
        swaps = Reasons(plan).swaps
        assert cost_of(world, plan.by_ask) == plan.cost
        own = {pair.ask.code: pair.thing for pair in plan.pairs}
        prices = {}
        for need in plan.unserved:
            for pair in plan.pairs:
                if fits(pair.thing, need, world.partners[need.partner]):
                    other = {k: v for k, v in plan.by_ask.items() if k != pair.ask.code}
                    other[need.code] = pair.thing.code
                    prices[need.code, pair.ask.code] = cost_of(world, other) - plan.cost
        for need in plan.unserved:
            mine = {loser: days for (gainer, loser), days in prices.items() if gainer == need.code}
            swap = swaps.for_gainer.get(need.code)
            assert (swap is None) == (not mine)
            if swap:
                assert swap.days == min(mine.values()) == mine[swap.loses] >= 0
                assert swap.thing == own[swap.loses].code
        for code in own:
            mine = {gainer: days for (gainer, loser), days in prices.items() if loser == code}
            swap = swaps.for_loser.get(code)
            assert (swap is None) == (not mine)
            if swap:
                assert swap.days == min(mine.values()) == mine[swap.gains]
        seen += len(prices)
    assert seen > 100


def test_a_match_says_what_speaks_for_it():
    stock = [thing("T1", spec_class=2, keyboard="th", for_region="africa")]
    due = TODAY + timedelta(51)
    first = ask(
        keyboard="th", spec_class=1, priority=1, needed_by=due, stated_on=TODAY - timedelta(41)
    )
    second = ask("N2", partner="P2", keyboard="th", stated_on=TODAY - timedelta(11))

    assert told(problem(stock, [first, second]))["N1"] == [
        {"code": "urgent"},
        {"code": "due", "date": "2027-01-12"},
        {"code": "longest", "days": 41},
        {"code": "keyboard", "keyboard": "th"},
        {"code": "purse", "purpose": "", "region": "africa"},
        {"code": "better", "count": 1},
        {"code": "share", "got": 1, "of": 1},
        {"code": "next", "need": "N2", "days": 60 + 69 + 30 + 15},
    ]


def test_nothing_plainer_or_nearer_was_free_is_said_only_where_it_is_so():
    strong, far = thing("T1", spec_class=1, region="africa"), thing("T2", region="europe")
    plain, near = thing("T3", region="europe"), thing("T4", spec_class=3, region="africa")

    assert "better" in codes(told(problem([strong], [ask()]))["N1"])
    assert "better_than_free" in codes(told(problem([strong, plain], [ask()]))["N1"])
    assert "far" in codes(told(problem([far], [ask()]))["N1"])
    assert "farther_than_free" in codes(told(problem([far, near], [ask()]))["N1"])
    assert codes(told(problem([thing(region="africa")], [ask()]))["N1"]) == [
        *("longest", "share", "alone")
    ]


def test_a_need_that_gets_nothing_says_what_is_lacking():
    stock = [thing("T1", spec_class=2, voltage="110"), thing("T2", keyboard="th")]
    for lacking, need in (
        (["none"], ask(kind="bicycle")),
        (["no_keyboard"], ask(keyboard="fr")),
        (["no_spec"], ask(spec_class=3)),
        (["no_spec", "no_keyboard"], ask(spec_class=3, keyboard="fr")),
        (["no_such"], ask(spec_class=2, keyboard="th")),
    ):
        assert codes(told(problem(stock, [need]))["N1"]) == lacking
    volts = problem([thing(voltage="110")], [ask(voltage="230")])
    assert told(volts)["N1"] == [{"code": "no_voltage", "count": 1, "wanted": "230"}]
    bound = problem([thing(for_purpose="vocational")], [ask()])
    assert codes(told(bound)["N1"]) == ["no_purse"]
    paused = problem([thing()], [ask()], Partner("P1", "africa", may_receive=False))
    assert codes(told(paused)["N1"]) == ["paused"]


def test_a_need_that_lost_to_others_says_to_whom_and_at_what_price():
    first, second = ask("N1", priority=1), ask("N2")
    assert told(problem([thing()], [first, second]))["N2"] == [
        {"code": "taken", "count": 1},
        {"code": "swap", "need": "N1", "thing": "T1", "days": 60},
    ]


def test_a_comparison_tells_who_gains_and_who_loses():
    asks = [
        ask("N1", stated_on=TODAY - timedelta(90), needed_by=TODAY - timedelta(1)),
        ask("N2", partner="P2"),
        ask("N3", kind="phone"),
    ]
    world = problem([thing("T1"), thing("T2")], asks)

    found = compare(world, {"N1": "T2", "N3": "T9"}, {"N2": "T1", "N3": "T8"})

    assert found.before == Standing(served=2, waiting=1, longest=90, overdue=1)
    assert found.after == Standing(served=2, waiting=1, longest=10, overdue=0)
    assert (found.gained, found.lost, found.moved) == (["N1"], ["N2"], ["N3"])
    assert [(one.name, one.asked, one.before, one.after) for one in found.partners] == [
        ("P1", 2, 1, 2),
        ("P2", 1, 1, 0),
    ]
    assert [one.name for one in found.kinds] == ["laptop", "phone"]
