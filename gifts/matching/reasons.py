"""Why each need gets its thing, and why others get none.

A reason is a code with what its sentence needs; `words.py` has the sentences.
"""

from collections import Counter
from functools import cached_property
from typing import Any

import numpy as np

from gifts.matching.problem import FORBIDDEN, Ask, Market, Matrix
from gifts.matching.solving import Pair, Plan
from gifts.matching.swaps import Swaps

Reason = dict[str, Any]


class Reasons:
    """What there is to say about one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.problem = plan.problem
        self.swaps = Swaps(plan)
        self.given = Counter(pair.ask.partner for pair in plan.pairs)
        self.used = {pair.thing.code for pair in plan.pairs}
        self._leftover: dict[tuple[str, int], set[tuple[int, str]]] = {}

    def why(self, pair: Pair) -> list[Reason]:
        """What speaks for giving this need this thing, and how narrowly."""
        ask, thing = pair.ask, pair.thing
        found: list[Reason] = []
        if ask.priority == 1:
            found.append({"code": "urgent"})
        if ask.needed_by:
            code = "overdue" if ask.needed_by < self.problem.today else "due"
            found.append({"code": code, "date": ask.needed_by.isoformat()})
        waited = (self.problem.today - ask.stated_on).days
        code = "longest" if ask.stated_on == self.first_stated[ask.kind] else "waits"
        found.append({"code": code, "days": waited})
        if ask.keyboard:
            found.append({"code": "keyboard", "keyboard": ask.keyboard})
        if thing.for_purpose or thing.for_region:
            bound = {"purpose": thing.for_purpose, "region": thing.for_region}
            found.append({"code": "purse", **bound})
        if better := thing.spec_class - ask.spec_class:
            plainer = any(spec < thing.spec_class for spec, _region in self.free_for(ask))
            found.append({"code": "better_than_free" if plainer else "better", "count": better})
        if thing.region not in ("", ask.region):
            nearer = any(region in ("", ask.region) for _spec, region in self.free_for(ask))
            code = "farther_than_free" if nearer else "far"
            found.append({"code": code, "region": thing.region})
        received = self.problem.partners[ask.partner].received
        asked = received + self.problem.open_by_partner[ask.partner]
        found.append({"code": "share", "got": received + self.given[ask.partner], "of": asked})
        if rival := self.swaps.for_loser.get(ask.code):
            return [*found, {"code": "next", "need": rival.gains, "days": rival.days}]
        return [*found, {"code": "alone"}]

    def why_not(self, ask: Ask) -> list[Reason]:
        """What kept a need from being served, and the cheapest way to serve it all the same."""
        if not self.problem.partners[ask.partner].may_receive:
            return [{"code": "paused"}]
        market = self.market[ask.kind]
        if not market.things:
            return [{"code": "none"}]
        column = market.columns[ask.code]
        if swap := self.swaps.for_gainer.get(ask.code):
            fitting = int(self.fitting[ask.kind][column])
            told = {"need": swap.loses, "thing": swap.thing, "days": swap.days}
            return [{"code": "taken", "count": fitting}, {"code": "swap", **told}]
        count = sum(map(len, market.things))
        lacking = [rule for rule, kept in market.kept.items() if not kept[:, column].any()]
        wanted = {"keyboard": ask.keyboard, "voltage": ask.voltage}
        return [
            {"code": f"no_{rule}", "count": count, "wanted": wanted.get(rule, "")}
            for rule in lacking or ["such"]
        ]

    @cached_property
    def market(self) -> dict[str, Market]:
        return {market.kind: market for market in self.problem.markets}

    @cached_property
    def fitting(self) -> dict[str, Matrix]:
        """Kind → how many things fit each class of needs."""
        return {
            kind: np.array([len(same) for same in market.things]) @ (market.cost != FORBIDDEN)
            for kind, market in self.market.items()
        }

    @cached_property
    def first_stated(self) -> dict[str, Any]:
        """Kind → the day from which its longest wait counts."""
        asks = sorted(self.problem.receiving, key=lambda ask: ask.stated_on, reverse=True)
        return {ask.kind: ask.stated_on for ask in asks}

    def free_for(self, ask: Ask) -> set[tuple[int, str]]:
        """Class and place of what would fit a need and nobody gets."""
        market = self.market[ask.kind]
        column = market.columns[ask.code]
        if (ask.kind, column) not in self._leftover:
            self._leftover[ask.kind, column] = {
                (same[0].spec_class, same[0].region)
                for row, same in enumerate(market.things)
                if market.cost[row, column] != FORBIDDEN
                and any(thing.code not in self.used for thing in same)
            }
        return self._leftover[ask.kind, column]
