"""The best way to give the things there are to the needs that are open. Knows no database.

A flow of least cost from things to the sink, after as many needs as possible are served:

    things alike ──→ needs alike ──→ partner ──→ its region ──→ served
          what the pair costs   how little the  how much of what it asked for
                                need presses    it already got, rising

Things, and needs, that no rule tells apart share a node, so that the flow stays small.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, groupby

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from gifts.matching.problem import Ask, Market, Matrix, Problem, Thing

SERVED = 0


@dataclass(frozen=True, slots=True)
class Pair:
    ask: Ask
    thing: Thing


@dataclass(frozen=True)
class Plan:
    """The answer, the most pressing first; `cost` is in days, fairness included."""

    problem: Problem
    pairs: list[Pair]
    unserved: list[Ask]
    cost: int

    @cached_property
    def by_ask(self) -> dict[str, str]:
        """Code of the need → code of the thing."""
        return {pair.ask.code: pair.thing.code for pair in self.pairs}


def solve(problem: Problem) -> Plan:
    """As many needs served as can be, and of those ways the one of least cost.

    The same things and needs in any order get the same answer: the flow is built from sorted
    classes, and where all else is equal the need stated first, then the lower code, comes first.
    """
    flow = _Flow()
    partners = _fairness(problem, flow)
    lots: list[list[tuple[list[Ask], int]]] = []
    ways: list[slice] = []
    for market in problem.markets:
        things, asks = flow.nodes(len(market.things)), flow.nodes(len(market.asks))
        stock = np.array([len(same) for same in market.things], np.int64)
        flow.supply(things, stock)
        rows, columns = market.ways
        room = np.minimum(stock[rows], np.array([len(same) for same in market.asks])[columns])
        ways.append(flow.arcs(things + rows, asks + columns, room, market.cost[rows, columns]))
        lots += [
            [
                (lot, flow.arc(asks + place, partners[partner], len(lot), cost))
                for (partner, cost), lot in _lots(problem, same)
            ]
            for place, same in enumerate(market.asks)
        ]
    taken, used, cost = flow.solve()
    turn = problem.turn
    served = (
        sorted(
            chain.from_iterable(lot[: taken[arc]] for lot, arc in same),
            key=lambda ask: turn[ask.code],
        )
        for same in lots
    )
    pairs = [
        pair
        for market, way in zip(problem.markets, ways, strict=True)
        for pair in _pairs(market, used[way], [next(served) for _ in market.asks])
    ]
    pairs.sort(key=lambda pair: turn[pair.ask.code])
    done = {pair.ask.code for pair in pairs}
    unserved = [ask for ask in problem.in_turn if ask.code not in done]
    return Plan(problem, pairs, unserved, cost)


def _pairs(market: Market, used: Matrix, served: list[list[Ask]]) -> Iterator[Pair]:
    """Who gets what: among needs alike the most pressing gets the thing that costs least."""
    taken = np.flatnonzero(used)
    rows, columns = (places[taken] for places in market.ways)
    order = np.lexsort((rows, market.cost[rows, columns]))
    left = [iter(same) for same in market.things]
    waiting = [iter(same) for same in served]
    ways = zip(
        rows[order].tolist(), columns[order].tolist(), used[taken][order].tolist(), strict=True
    )
    for row, column, count in ways:
        for _one in range(count):
            yield Pair(next(waiting[column]), next(left[row]))


def _fairness(problem: Problem, flow: "_Flow") -> dict[str, int]:
    """Each thing more costs a partner, and a region, the share that it already got.

    It rises with each thing, so the cheaper arcs fill first and the flow stays exact; equal steps
    share an arc. The first thing of a partner that has nothing costs nothing: none starves.
    """
    regions, left = {}, {}
    for region, (received, asked) in sorted(problem.by_region.items()):
        regions[region] = flow.nodes(1)
        left[region] = asked - received
        for cost, room in _runs(problem.region_step(region, n) for n in range(left[region])):
            flow.arc(regions[region], SERVED, room, cost)
    partners = {}
    for code, count in sorted(problem.open_by_partner.items()):
        partners[code] = flow.nodes(1)
        for cost, room in _runs(problem.partner_step(code, n) for n in range(count)):
            flow.arc(partners[code], regions[problem.partners[code].region], room, cost)
    return partners


def _runs(costs: Iterable[int]) -> Iterator[tuple[int, int]]:
    return ((cost, len(list(same))) for cost, same in groupby(costs))


def _lots(problem: Problem, alike: list[Ask]) -> Iterator[tuple[tuple[str, int], list[Ask]]]:
    """Needs alike of one partner that press equally, each lot the earliest stated first."""
    found: dict[tuple[str, int], list[Ask]] = {}
    for ask in alike:
        found.setdefault((ask.partner, problem.press[ask.code]), []).append(ask)
    return iter(sorted(found.items()))


class _Flow:
    """Nodes and arcs by number, handed to the solver at once."""

    def __init__(self) -> None:
        self.count = 1  # SERVED
        self.supplies: list[tuple[int, Matrix]] = []
        self.single: list[tuple[int, int, int, int]] = []
        self.many: list[Matrix] = [np.empty((4, 0), np.int64)]
        self.size = 0

    def nodes(self, count: int) -> int:
        """So many new ones; says the number of the first."""
        first = self.count
        self.count += count
        return first

    def supply(self, first: int, amounts: Matrix) -> None:
        self.supplies.append((first, amounts))

    def arc(self, tail: int, head: int, room: int, cost: int) -> int:
        """Its number among the single ones."""
        self.single.append((tail, head, room, cost))
        return len(self.single) - 1

    def arcs(self, tails: Matrix, heads: Matrix, rooms: Matrix, costs: Matrix) -> slice:
        """Their numbers among those made by many."""
        self.many.append(np.stack([tails, heads, rooms, costs]))
        self.size += len(tails)
        return slice(self.size - len(tails), self.size)

    def solve(self) -> tuple[list[int], Matrix, int]:
        """How much flows through each single arc, through each of the many, and the cost of all."""
        if not self.size:
            return [0] * len(self.single), np.empty(0, np.int64), 0
        solver = SimpleMinCostFlow()
        arcs = np.concatenate([np.array(self.single, np.int64).T, *self.many], axis=1)
        numbers = solver.add_arcs_with_capacity_and_unit_cost(*arcs)
        for first, amounts in self.supplies:
            solver.set_nodes_supplies(np.arange(first, first + len(amounts)), amounts)
        total = sum(int(amounts.sum()) for _first, amounts in self.supplies)
        solver.set_node_supply(SERVED, -total)
        status = solver.solve_max_flow_with_min_cost()
        if status != solver.OPTIMAL:
            raise RuntimeError(f"the solver ended with {status}")
        used = solver.flows(numbers)
        return used[: len(self.single)].tolist(), used[len(self.single) :], solver.optimal_cost()
