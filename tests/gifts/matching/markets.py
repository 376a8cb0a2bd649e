"""Made-up things and needs, the rules and costs written a second time, and a second solver."""

import random
from collections import Counter
from datetime import date, timedelta

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

from gifts.matching.problem import Ask, Partner, Problem, Thing, Weights

TODAY = date(2026, 11, 22)
REGIONS = ["africa", "latin_america", "southeast_asia"]
# More than any plan can cost: one need more served is worth whatever it takes.
SERVED = 10**5


def thing(code="T1", kind="laptop", **said):
    return Thing(code, kind, **said)


def ask(code="N1", kind="laptop", partner="P1", **said):
    facts = {"region": "africa", "stated_on": TODAY - timedelta(10), "purpose": "university"}
    return Ask(code, kind, partner, **facts | said)


def problem(things, asks, *partners, **said):
    rows = partners or [Partner("P1", "africa"), Partner("P2", "africa")]
    return Problem(things, asks, {row.code: row for row in rows}, TODAY, **said)


def made(seed, things=8, asks=12, **said):
    """A small world in which every rule bites now and then."""
    rng = random.Random(seed)
    partners = [
        Partner(f"P{n}", REGIONS[n % 3], rng.random() > 0.1, rng.choice([0, 0, 1, 4]))
        for n in range(4)
    ]
    stock = [
        Thing(
            f"T{n}",
            rng.choice(["laptop", "laptop", "phone"]),
            rng.randrange(4),
            rng.choice(["", "us", "th"]),
            rng.choice(["", "", "110", "230"]),
            rng.choice(["", *REGIONS]),
            rng.choice(["", "", "", "university"]),
            rng.choice(["", "", "", "africa"]),
        )
        for n in range(things)
    ]
    needs = [
        Ask(
            f"N{n}",
            rng.choice(["laptop", "laptop", "phone", "bicycle"]),
            (partner := rng.choice(partners)).code,
            partner.region,
            TODAY - timedelta(rng.choice([0, 3, 40, 400])),
            rng.choice(["university", "vocational"]),
            rng.choice([0, 0, 1, 2]),
            rng.choice(["", "", "us", "th"]),
            rng.choice(["", "", "110", "230"]),
            rng.choice([1, 2, 2, 3]),
            rng.choice([None, TODAY + timedelta(rng.choice([-5, 3, 30, 200]))]),
        )
        for n in range(asks)
    ]
    return problem(stock, needs, *partners, **said)


def fits(thing, ask, partner):
    """The hard rules, in plain words."""
    return (
        partner.may_receive
        and thing.kind == ask.kind
        and thing.spec_class >= ask.spec_class
        and ask.keyboard in ("", thing.keyboard)
        and (ask.voltage == "" or thing.voltage in ("", ask.voltage))
        and thing.for_purpose in ("", ask.purpose)
        and thing.for_region in ("", ask.region)
    )


def price(thing, ask, weights: Weights):
    """What a pair costs without fairness, in days."""
    ahead = weights.horizon
    if ask.needed_by:
        ahead = sorted([0, (ask.needed_by - TODAY).days, weights.horizon])[1]
    waited = min((TODAY - ask.stated_on).days, weights.patience)
    way = 0 if thing.region == ask.region else weights.from_elsewhere
    if way and not thing.region:
        way = weights.from_hub
    special = [thing.keyboard and not ask.keyboard, thing.voltage and not ask.voltage]
    return (
        weights.priority * (ask.priority - 1) + ahead + weights.patience - waited + way
        + weights.better * (thing.spec_class - ask.spec_class)
        + weights.special * sum(map(bool, special))
    )  # fmt: skip


def steps(received, count, weight):
    return [weight * (received + given) // (received + count) for given in range(count)]


def optimum(world: Problem):
    """How many can be served and at what least cost, by linear programming over single pairs."""
    rows = [
        (i, j)
        for i, thing in enumerate(world.things)
        for j, ask in enumerate(world.asks)
        if fits(thing, ask, world.partners[ask.partner])
    ]
    asked = Counter(ask.partner for ask in world.asks if world.partners[ask.partner].may_receive)
    region = {code: world.partners[code].region for code in asked}
    slots = []
    for code, count in asked.items():
        slots += [("partner", code, cost) for cost in
                  steps(world.partners[code].received, count, world.weights.partner)]  # fmt: skip
    for name in set(region.values()):
        own = [code for code in asked if region[code] == name]
        received = sum(world.partners[code].received for code in own)
        count = sum(asked[code] for code in own)
        slots += [("region", name, cost) for cost in steps(received, count, world.weights.region)]
    costs = [price(world.things[i], world.asks[j], world.weights) - SERVED for i, j in rows]
    costs += [cost for _what, _name, cost in slots]
    once = lil_matrix((len(world.things) + len(world.asks), len(costs)))
    groups = sorted({(what, name) for what, name, _cost in slots})
    flow = lil_matrix((len(groups), len(costs)))
    for column, (i, j) in enumerate(rows):
        once[i, column] = once[len(world.things) + j, column] = 1
        code = world.asks[j].partner
        for group in (("partner", code), ("region", region[code])):
            flow[groups.index(group), column] = 1
    for column, (what, name, _cost) in enumerate(slots, len(rows)):
        flow[groups.index((what, name)), column] = -1
    if not rows:
        return 0, 0
    found = linprog(
        costs, once.tocsr(), np.ones(once.shape[0]), flow.tocsr(), np.zeros(len(groups)), (0, 1)
    )
    total = round(found.fun)
    served = -((total - SERVED) // SERVED) if total % SERVED == 0 else -(total // SERVED)
    return served, total + served * SERVED
