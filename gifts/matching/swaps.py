"""What another choice would cost: one need served in place of another, with the same thing."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from gifts.matching.problem import FORBIDDEN, Ask, Market, Matrix
from gifts.matching.solving import Pair, Plan

# Where two needs meet: anywhere, in the same region, at the same partner.
Scope = tuple[str, str]
NEVER = 1 << 40


@dataclass(frozen=True, slots=True)
class Swap:
    """Who would get a thing instead of whom, and how many days more the plan would cost."""

    gains: str
    loses: str
    thing: str
    days: int


class Swaps:
    """The cheapest exchange for each need without a thing, and for each that has one.

    It costs what the new pair costs less what the old one did. A step of fairness counts only where
    the two needs are of different partners, or regions. So the other need is sought three times:
    anywhere, in the same region, at the same partner. None of the three is below what an exchange
    truly costs, and the right one is it: the least of the three is the price.
    """

    def __init__(self, plan: Plan) -> None:
        self.problem = plan.problem
        self.given = Counter(pair.ask.partner for pair in plan.pairs)
        self.given_in = Counter(self._region(pair.ask.partner) for pair in plan.pairs)
        # The steps of fairness that a partner took last, and those it would take next.
        self.last = {code: self._scopes(code, -1) for code in self.given}
        self.next = {code: self._scopes(code, 0) for code in self.problem.open_by_partner}
        # For a need without a thing: whose it would cost least to take.
        self.for_gainer: dict[str, Swap] = {}
        # For a need with a thing: who comes next for it.
        self.for_loser: dict[str, Swap] = {}
        for market in self.problem.markets:
            held = [pair for pair in plan.pairs if pair.ask.kind == market.kind]
            lost = [ask for ask in plan.unserved if ask.code in market.columns]
            if held and lost:
                self._look(market, held, lost)

    def _look(self, market: Market, held: list[Pair], lost: list[Ask]) -> None:
        with_thing, without = _Side(), _Side()
        cost = market.cost.tolist()
        price, thing_of = {}, {}
        # Needs of one partner and one class differ in their price alone.
        cheapest: dict[tuple[str, int], tuple[int, str]] = {}
        for pair in held:
            code, row = pair.ask.code, market.rows[pair.thing.code]
            price[code] = self.problem.press[code] + cost[row][market.columns[code]]
            thing_of[code] = pair.thing.code
            _keep(cheapest, (pair.ask.partner, row), (-price[code], code))
        for (partner, row), (days, code) in cheapest.items():
            for scope, steps in self.last[partner]:
                _keep(with_thing.best[scope], row, (days - steps, code))
                without.asked[scope].add(row)
        cheapest = {}
        for ask in lost:
            own = self.problem.press[ask.code], ask.code
            _keep(cheapest, (ask.partner, market.columns[ask.code]), own)
        for (partner, column), (days, code) in cheapest.items():
            for scope, steps in self.next[partner]:
                _keep(without.best[scope], column, (days + steps, code))
                with_thing.asked[scope].add(column)
        with_thing.answer(market.cost)
        without.answer(market.cost.T)
        for ask in lost:
            column = market.columns[ask.code]
            found = [
                (steps + other[0], other[1])
                for scope, steps in self.next[ask.partner]
                if (other := with_thing.least.get((scope, column)))
            ]
            if found:
                days, other_code = min(found)
                days += self.problem.press[ask.code]
                self.for_gainer[ask.code] = Swap(ask.code, other_code, thing_of[other_code], days)
        for pair in held:
            code, row = pair.ask.code, market.rows[pair.thing.code]
            found = [
                (other[0] - steps, other[1])
                for scope, steps in self.last[pair.ask.partner]
                if (other := without.least.get((scope, row)))
            ]
            if found:
                days, other_code = min(found)
                self.for_loser[code] = Swap(other_code, code, thing_of[code], days - price[code])

    def _scopes(self, code: str, ahead: int) -> list[tuple[Scope, int]]:
        """Which steps count against needs anywhere, in the same region, of the same partner."""
        region = self._region(code)
        for_partner = self.problem.partner_step(code, self.given[code] + ahead)
        for_region = self.problem.region_step(region, self.given_in[region] + ahead)
        return [
            (("", ""), for_partner + for_region),
            (("region", region), for_partner),
            (("partner", code), 0),
        ]

    def _region(self, code: str) -> str:
        return self.problem.partners[code].region


class _Side:
    """Needs with a thing, or without: of each class the one that an exchange costs least with."""

    def __init__(self) -> None:
        self.best: defaultdict[Scope, dict[int, tuple[int, str]]] = defaultdict(dict)
        # Classes of the other side that ask for the best of a scope.
        self.asked: defaultdict[Scope, set[int]] = defaultdict(set)
        # The best for such a class, where any fits.
        self.least: dict[tuple[Scope, int], tuple[int, str]] = {}

    def answer(self, costs: Matrix) -> None:
        """Find all that was asked for, given what each class costs with each of the other side."""
        for scope, own in self.best.items():
            against, places = sorted(self.asked[scope]), sorted(own)
            if not against:
                continue
            days = np.array([own[place][0] for place in places], np.int64)
            pairs = costs[np.ix_(places, against)]
            total = np.where(pairs == FORBIDDEN, NEVER, pairs + days[:, None])
            at = total.argmin(axis=0)
            least = total[at, np.arange(len(against))].tolist()
            for other, place, count in zip(against, at.tolist(), least, strict=True):
                if count != NEVER:
                    self.least[scope, other] = count, own[places[place]][1]


def _keep(least: dict[Any, tuple[int, str]], key: Any, found: tuple[int, str]) -> None:
    known = least.get(key)
    if known is None or found < known:
        least[key] = found
