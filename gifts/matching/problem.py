"""What is to be matched: things, needs, partners, the rules, and what each choice costs.

Every cost is a whole number of days: a point weighs as much as one day more of waiting.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.int64]
Mask = NDArray[np.bool_]
FORBIDDEN = -1


@dataclass(frozen=True, slots=True)
class Thing:
    """One unit that is ready. "" is always "no limit": any voltage, from our hub, for anybody."""

    code: str
    kind: str
    spec_class: int = 0
    keyboard: str = ""
    voltage: str = ""
    region: str = ""
    # What the gifts that paid for it are bound to.
    for_purpose: str = ""
    for_region: str = ""

    @property
    def alike(self) -> tuple[Any, ...]:
        return (
            *(self.kind, self.spec_class, self.keyboard, self.voltage, self.region),
            *(self.for_purpose, self.for_region),
        )


@dataclass(frozen=True, slots=True)
class Ask:
    """An open need as matching may know it: plain columns, no word about a person."""

    code: str
    kind: str
    partner: str
    region: str
    stated_on: date
    purpose: str = ""
    spec_class: int = 0
    keyboard: str = ""
    voltage: str = ""
    priority: int = 2  # 1 presses most, 3 least
    needed_by: date | None = None

    @property
    def alike(self) -> tuple[Any, ...]:
        """What decides which things fit, and at what cost."""
        return (
            *(self.kind, self.purpose, self.region),
            *(self.spec_class, self.keyboard, self.voltage),
        )


@dataclass(frozen=True, slots=True)
class Partner:
    code: str
    region: str
    may_receive: bool = True
    # Things it got lately: they count as if this run had given them.
    received: int = 0


@dataclass(frozen=True, slots=True)
class Weights:
    """All in days of waiting, none below zero."""

    # For each step of priority below the most pressing.
    priority: int = 60
    # Due today costs nothing; due so much later or more, or without a date, costs all of it.
    horizon: int = 120
    # Having waited so long or longer costs nothing.
    patience: int = 365
    from_hub: int = 5
    from_elsewhere: int = 20
    # For each class that the thing is better than asked for.
    better: int = 15
    # A keyboard or a voltage that somebody else may be waiting for.
    special: int = 10
    # Times the share of its needs that a partner, a region, already got.
    partner: int = 240
    region: int = 120


@dataclass(frozen=True)
class Market:
    """All things and asks of one kind, those alike together, and what each pair of them costs."""

    kind: str
    things: list[list[Thing]]
    asks: list[list[Ask]]
    cost: Matrix  # thing class by ask class; FORBIDDEN where a rule is broken
    kept: Mapping[str, Mask]  # rule → where it is kept

    @cached_property
    def ways(self) -> tuple[Matrix, Matrix]:
        """Thing class and ask class of each pair that keeps all rules."""
        rows, columns = np.nonzero(self.cost != FORBIDDEN)
        return rows, columns

    @cached_property
    def rows(self) -> dict[str, int]:
        """Code of a thing → its class."""
        return {thing.code: row for row, same in enumerate(self.things) for thing in same}

    @cached_property
    def columns(self) -> dict[str, int]:
        """Code of a need → its class."""
        return {ask.code: column for column, same in enumerate(self.asks) for ask in same}


@dataclass(frozen=True)
class Problem:
    """What is to be solved; nothing it answers depends on the order it came in."""

    things: Sequence[Thing]
    asks: Sequence[Ask]
    partners: Mapping[str, Partner]
    today: date
    weights: Weights = Weights()

    @cached_property
    def press(self) -> dict[str, int]:
        """Code of a need → what serving it costs by itself: the less it presses, the more."""
        return {ask.code: self._press(ask) for ask in self.asks}

    def _press(self, ask: Ask) -> int:
        weights = self.weights
        ahead = (ask.needed_by - self.today).days if ask.needed_by else weights.horizon
        waited = (self.today - ask.stated_on).days
        return (
            weights.priority * (ask.priority - 1)
            + min(max(ahead, 0), weights.horizon)
            + weights.patience
            - min(max(waited, 0), weights.patience)
        )

    @cached_property
    def in_turn(self) -> list[Ask]:
        """All asks, those first that come first where all else is equal: no two needs are."""
        return sorted(self.asks, key=lambda ask: (self.press[ask.code], ask.stated_on, ask.code))

    @cached_property
    def turn(self) -> dict[str, int]:
        """Code of a need → its place among all."""
        return {ask.code: place for place, ask in enumerate(self.in_turn)}

    @cached_property
    def receiving(self) -> list[Ask]:
        """Asks of partners that may receive."""
        return [ask for ask in self.in_turn if self.partners[ask.partner].may_receive]

    @cached_property
    def markets(self) -> list[Market]:
        stock = _alike(sorted(self.things, key=attrgetter("code")))
        return [
            _market(kind, stock.get(kind, []), asks, self.weights)
            for kind, asks in _alike(self.receiving).items()
        ]

    @cached_property
    def open_by_partner(self) -> Counter[str]:
        return Counter(ask.partner for ask in self.receiving)

    @cached_property
    def by_region(self) -> dict[str, tuple[int, int]]:
        """Region → how much its partners lately received, and how much they asked for in all."""
        found: dict[str, tuple[int, int]] = {}
        for code, count in self.open_by_partner.items():
            partner = self.partners[code]
            received, asked = found.get(partner.region, (0, 0))
            found[partner.region] = received + partner.received, asked + partner.received + count
        return found

    def partner_step(self, code: str, given: int) -> int:
        """What one thing more costs for a partner that was given so many in this run.

        It is the share that it has of all it asked for, what it lately got included.
        """
        received = self.partners[code].received
        asked = received + self.open_by_partner[code]
        return self.weights.partner * (received + given) // asked

    def region_step(self, region: str, given: int) -> int:
        received, asked = self.by_region[region]
        return self.weights.region * (received + given) // asked


def rules(things: Sequence[Thing], asks: Sequence[Ask]) -> dict[str, Mask]:
    """Which things keep which hard rule for which asks: thing by ask."""

    def have(name: str) -> NDArray[Any]:
        return np.array([getattr(thing, name) for thing in things])[:, None]

    def want(name: str) -> NDArray[Any]:
        return np.array([getattr(ask, name) for ask in asks])[None, :]

    def bound(own: NDArray[Any], asked: NDArray[Any]) -> Mask:
        found: Mask = (own == "") | (own == asked)
        return found

    keyboard, voltage = want("keyboard"), want("voltage")
    return {
        # What donors gave for a purpose or a region goes nowhere else.
        "purse": bound(have("for_purpose"), want("purpose"))
        & bound(have("for_region"), want("region")),
        "spec": have("spec_class") >= want("spec_class"),
        "keyboard": bound(keyboard, have("keyboard")),
        "voltage": bound(have("voltage"), voltage) | (voltage == ""),
    }


def extra(things: Sequence[Thing], asks: Sequence[Ask], weights: Weights) -> Matrix:
    """What a pair costs for lying elsewhere and for being more than was asked: thing by ask."""
    lies = np.array([thing.region for thing in things])[:, None]
    asked = np.array([ask.region for ask in asks])[None, :]
    way = np.where(lies == asked, 0, np.where(lies == "", weights.from_hub, weights.from_elsewhere))
    classes = [thing.spec_class for thing in things], [ask.spec_class for ask in asks]
    cost = way + weights.better * np.subtract.outer(*classes)
    for name in ("keyboard", "voltage"):
        special = np.array([getattr(thing, name) != "" for thing in things])[:, None]
        any_will_do = np.array([getattr(ask, name) == "" for ask in asks])[None, :]
        cost = cost + weights.special * (special & any_will_do)
    found: Matrix = cost.astype(np.int64)
    return found


def _alike(rows: Iterable[Any]) -> dict[str, list[list[Any]]]:
    """Kind → those alike together, sorted by what they are; each class in the order given."""
    same: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        same.setdefault(row.alike, []).append(row)
    found: dict[str, list[list[Any]]] = {}
    for key in sorted(same):
        found.setdefault(key[0], []).append(same[key])
    return found


def _market(
    kind: str, things: list[list[Thing]], asks: list[list[Ask]], weights: Weights
) -> Market:
    if not things:
        return Market(kind, [], asks, np.empty((0, len(asks)), np.int64), {})
    one_thing, one_ask = [same[0] for same in things], [same[0] for same in asks]
    kept = rules(one_thing, one_ask)
    fits = np.logical_and.reduce(list(kept.values()))
    cost = np.where(fits, extra(one_thing, one_ask, weights), FORBIDDEN)
    return Market(kind, things, asks, cost, kept)
