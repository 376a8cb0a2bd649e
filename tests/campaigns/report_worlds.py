"""Made-up worlds of wishes, gifts and deliveries, and somebody who wants to know what was hidden.

The attacker knows the rules by which releases and reports are made, every wish with its goal and
how far it was funded at the end of each quarter, what one of each thing costs, all reports ever
published with their sums, shares and money, and, if donors tell him, the traces of their gifts and
what the statements of their years say. A solver tells him the least and the most that each count
can be.
"""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from types import SimpleNamespace

from ortools.sat.python import cp_model

from campaigns.impact_statements.gathering import Learned, learned
from campaigns.reports import gather, suppression
from gifts.ladder import K
from gifts.models import Region, Release, ReleaseCell, ReleasedUnit
from gifts.trace import calendar, releases
from gifts.trace.releases import Thing, groups
from gifts.trace.told import ReadyThing, ToldThing

REGIONS = ["africa", "europe", "latin_america", "south_asia"]
GOALS = [15, 25, 50, 100]


@dataclass
class Unit:
    cell: tuple[str, str]
    donor: int
    funded: int
    ready: int
    came: int
    # The quarter in which it was told of, and whether with its region.
    told: int = 99
    finely: bool = False
    # Than the price on its wish's page.
    dearer: int = 0


@dataclass
class World:
    quarters: list[date]
    costs: dict[str, int]
    units: list[Unit] = field(default_factory=list)

    @property
    def cells(self):
        return sorted({unit.cell for unit in self.units})

    def count(self, cell, quarter, what):
        return sum(one.cell == cell and getattr(one, what) <= quarter for one in self.units)

    def delivered(self, cell, quarter):
        return self.count(cell, quarter, "came")

    def told(self):
        rows = [unit for unit in self.units if unit.finely]
        return [ToldThing(*one.cell, self.quarters[one.told]) for one in rows]

    def stock(self):
        """What was ready, the first ones first, as donors see each of hers."""
        rows = [unit for unit in self.units if unit.ready < len(self.quarters)]
        rows.sort(key=lambda one: one.ready)
        return [
            ReadyThing(
                *one.cell,
                self.quarters[one.ready],
                self.costs[one.cell[0]] + one.dearer,
                self.quarters[one.funded],
            )
            for one in rows
        ]


def make(seed: int) -> World:
    """One to four kinds in one to four regions, over one to four quarters."""
    chance = random.Random(seed)
    quarters, start = [], date(2025, 1, 1)
    for _ in range(chance.randint(1, 4)):
        quarters.append(start)
        start = calendar.after(start)
    kinds = [f"kind{number}" for number in range(chance.randint(1, 4))]
    world = World(quarters, {kind: 100 * chance.randint(1, 9) + 50 for kind in kinds})
    late = chance.choice([0.5, 1, 2.5])
    for kind in kinds:
        for region in chance.sample(REGIONS, chance.randint(1, 4)):
            goal = chance.choice(GOALS) + chance.choice([0, 0, *GOALS])
            for _ in range(chance.randint(goal // 3, goal)):
                funded = chance.randint(0, len(quarters) - 1)
                ready = funded + int(chance.expovariate(late))
                came = ready + int(chance.expovariate(late))
                world.units.append(Unit((kind, region), 0, funded, ready, came))
    chance.shuffle(world.units)
    for number, unit in enumerate(world.units):
        unit.donor = number // chance.randint(1, 5)
    release(world)
    return world


def otherwise(world: World, chance: random.Random) -> list[ToldThing]:
    """Other things told of, in other numbers, for which each quarter prints the same."""
    told, stock = world.told(), world.stock()
    found = []
    for cell in world.cells:
        facts = [
            (
                sum((one.kind, one.region) == cell and one.quarter <= quarter for one in told),
                sum((one.kind, one.region) == cell and one.since <= quarter for one in stock),
            )
            for quarter in world.quarters
        ]
        old = 0
        for place, quarter in enumerate(world.quarters):
            fits = [
                count
                for count in range(old, facts[-1][0] + 3 * K)
                if suppression.step(count, facts[place][1]) == suppression.step(*facts[place])
                and all(
                    suppression.step(max(count, later), ready) == suppression.step(later, ready)
                    for later, ready in facts[place:]
                )
            ]
            new = chance.choice(fits)
            found += [ToldThing(*cell, quarter)] * (new - old)
            old = new
    return found


def release(world: World) -> None:
    """By the product's own rules; every thing is for another person."""
    for quarter in range(len(world.quarters)):
        fresh = [
            Thing(number, world.costs[one.cell[0]] * 10 + int(one.cell[0][4:]), one.cell[1], number,
                  "confirmed")
            for number, one in enumerate(world.units)
            if one.came <= quarter and one.told == 99
        ]  # fmt: skip
        for group in groups(fresh):
            for number in group.units:
                world.units[number].told = quarter
                world.units[number].finely = group.region != "world"


def statements(world: World, donors) -> list[Learned]:
    """What the yearly statements of these donors say at the end, by the product itself."""
    lines = defaultdict(list)
    for one in world.units:
        if one.donor in donors:
            lines[one.donor, one.cell].append(one)
    parts = []
    for (_donor, (kind, _region)), units in sorted(lines.items()):
        told = {number: one for number, one in enumerate(units) if one.told < 99}
        published = {number: {"confirmed": _released(world, one)} for number, one in told.items()}
        parts.append(
            SimpleNamespace(
                wish=SimpleNamespace(kind=SimpleNamespace(code=kind)),
                line=SimpleNamespace(goes_back=False),
                news=releases.news(range(len(units)), published),
            )
        )
    return learned(parts)


def _released(world: World, one: Unit) -> ReleasedUnit:
    release = Release(quarter=world.quarters[one.told])
    region = one.cell[1] if one.finely else Region.WORLD
    return ReleasedUnit(cell=ReleaseCell(release=release, region=region))


# What is printed for the quarters after `before` up to `end` (numbers of quarters, -1: the start).


@dataclass(frozen=True)
class Report:
    before: int
    end: int
    # By cell; a cell that is in no line is hidden.
    lines: dict[tuple[str, str], int]
    # By kind (None: all), and the money of all.
    totals: dict[str | None, int]
    money: int
    shares: dict[tuple[str, str], int | None] = field(default_factory=dict)


def published(world: World, periods) -> list[Report]:
    """By the product itself."""
    found = []
    for before, end in periods:
        first, last = world.quarters[before + 1], world.quarters[end]
        rows = gather.printed(world.told(), world.stock(), first=first, end=last)
        lines = {(row.kind, row.region): row.count for row in rows}
        totals: Counter[str | None] = Counter()
        for (kind, _region), count in lines.items():
            totals.update({kind: count, None: count})
        shares = {cell: suppression.percent(one, totals[None]) for cell, one in lines.items()}
        found.append(
            Report(before, end, lines, totals, sum(row.cost_minor for row in rows), shares)
        )
    return found


def careless(world: World, periods, *, margins: bool, money: bool) -> list[Report]:
    """As others do it: counts from eleven on as they are, all else hidden, sums of all."""
    found = []
    for before, end in periods:
        true = {
            cell: world.delivered(cell, end) - world.delivered(cell, before) for cell in world.cells
        }
        totals = Counter[str | None]()
        for (kind, _region), count in true.items():
            totals.update({kind: count, None: count})
        spent = sum(world.costs[cell[0]] * count for cell, count in true.items())
        lines = {cell: count for cell, count in true.items() if count >= K}
        found.append(Report(before, end, lines, totals if margins else {}, spent if money else -1))
    return found


def periods(world: World, chance: random.Random):
    """Quarters and half-years, one after the other."""
    cuts = [-1]
    while cuts[-1] < len(world.quarters) - 1:
        cuts.append(min(cuts[-1] + chance.choice([1, 1, 2]), len(world.quarters) - 1))
    return list(pairwise(cuts))


class Attack:
    """Everything known as a model of whole numbers; `span` asks it for the least and the most."""

    def __init__(self, world, reports=(), *, friends=frozenset(), steps=True, stated=()):
        self.world, self.model = world, cp_model.CpModel()
        self.came, self.printed, self.told, self.other = {}, {}, {}, {}
        for cell in world.cells:
            self._know(cell, friends)
        self._hear(stated)
        for report in reports:
            self._read(report, steps=steps)

    def _know(self, cell, friends):
        """What is known of a cell without any report."""
        world, model = self.world, self.model
        held = [one for one in world.units if one.cell == cell and one.donor in friends]
        before = None
        for quarter in range(len(world.quarters)):
            funded = world.count(cell, quarter, "funded")
            seen = sum(one.ready <= quarter for one in held)
            unseen = sum(one.funded <= quarter < one.ready for one in held)
            fine = sum(one.finely and one.told <= quarter for one in held)
            widely = sum(not one.finely and one.told <= quarter for one in held)
            name = f"{cell} {quarter}"
            ready = model.new_int_var(seen, funded - unseen, f"ready {name}")
            told = model.new_int_var(fine, funded, f"told {name}")
            # Told of more widely, or waiting: ten are left at each release.
            other = model.new_int_var(
                widely, max(widely, min(funded, (K - 1) * (quarter + 1))), f"other {name}"
            )
            came = model.new_int_var(0, funded, f"came {name}")
            model.add(came == told + other)
            model.add(came <= ready)
            grew = model.new_bool_var(f"grew {name}")
            last = before or {"told": 0, "ready": 0, "came": 0}
            model.add(told == last["told"]).only_enforce_if(~grew)
            model.add(told >= last["told"] + K).only_enforce_if(grew)
            model.add(ready >= last["ready"])
            model.add(came >= last["came"])
            self.printed[cell, quarter] = self._step(told, ready, funded, name)
            self.came[cell, quarter] = came
            self.told[cell, quarter], self.other[cell, quarter] = told, other
            before = {"told": told, "ready": ready, "came": came}

    def _hear(self, stated):
        """Of each statement what is told of by the end of each quarter, with its region or not."""
        rows = [one for one in stated if one.stage == "confirmed"]
        for quarter, start in enumerate(self.world.quarters):
            day = calendar.last_day(start)
            heard = [one for one in rows if all(at <= day for at, _region in one.cells)]
            for kind in self.world.costs:
                cells = [cell for cell in self.world.cells if cell[0] == kind]
                names = {str(Region(cell[1]).label): self.told[cell, quarter] for cell in cells}
                names[str(Region.WORLD.label)] = sum(self.other[cell, quarter] for cell in cells)
                for name, count in names.items():
                    own = [o for o in heard if o.kind == kind and {r for _, r in o.cells} == {name}]
                    self.model.add(count >= sum(one.things for one in own))

    def _step(self, told, ready, funded, name):
        """How many are printed: the attacker knows the rule, too."""
        model = self.model
        number = model.new_int_var(0, funded // K + 1, f"steps {name}")
        room = model.new_int_var(0, funded, f"room {name}")
        model.add_max_equality(room, [0, ready - (K - 1)])
        least = model.new_int_var(0, funded, f"least {name}")
        model.add_min_equality(least, [told, room])
        model.add_division_equality(number, least, K)
        return number

    def _read(self, report, *, steps):
        model, world = self.model, self.world
        grew = {}
        for cell in world.cells:
            end, start = (cell, report.end), (cell, report.before)
            came = self.came[end] - (self.came[start] if report.before >= 0 else 0)
            number = self.printed[end] - (self.printed[start] if report.before >= 0 else 0)
            grew[cell] = K * number if steps else came
            if cell in report.lines or steps:
                model.add(grew[cell] == report.lines.get(cell, 0))
            else:
                model.add(came <= K - 1)
        for kind, count in report.totals.items():
            model.add(sum(grew[cell] for cell in grew if kind in (None, cell[0])) == count)
        if report.money >= 0:
            spent = sum(world.costs[cell[0]] * grew[cell] for cell in grew)
            model.add(spent == report.money)
        whole = sum(grew.values())
        for cell, share in report.shares.items():
            if share is not None:
                model.add(100 * grew[cell] >= share * whole)
                model.add(100 * grew[cell] < (share + 1) * whole)

    def span(self, cell, before, end):
        """The least and the most things of a cell that can have come in these quarters."""
        came = self.came[cell, end] - (self.came[cell, before] if before >= 0 else 0)
        return self._best(came, self.model.minimize), self._best(came, self.model.maximize)

    def _best(self, what, towards):
        towards(what)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        status = solver.solve(self.model)
        assert status == cp_model.OPTIMAL, solver.status_name(status)
        return round(solver.objective_value)


def hidden(world: World, reports: list[Report]):
    """Of each report the cells in no line, in its own quarters; and every cell since ever."""
    asked = defaultdict(set)
    for report in reports:
        for cell in world.cells:
            asked[cell].add((-1, report.end))
            if cell not in report.lines:
                asked[cell].add((report.before, report.end))
    return [(cell, *time) for cell, times in asked.items() for time in sorted(times)]


def derived(world, reports, *, friends=frozenset(), steps=True):
    """What the reports gave away: counts left with fewer than ten values, and fewer than before.

    Donors who tell the attacker of their gifts have told him by themselves, and the line of a cell
    says what it says; what anything else in the reports adds to that is found here.
    """
    stated = statements(world, friends)
    attack = Attack(world, reports, friends=friends, steps=steps, stated=stated)
    known = None
    for cell, before, end in hidden(world, reports):
        least, most = attack.span(cell, before, end)
        true = world.delivered(cell, end) - (world.delivered(cell, before) if before >= 0 else 0)
        assert least <= true <= most, "the attack itself is wrong"
        if most - least >= K - 2:
            continue
        known = known or Attack(world, _own_lines(reports) if friends else (), friends=friends)
        if (least, most) != known.span(cell, before, end):
            yield cell, before, end, least, most


def _own_lines(reports):
    """The lines alone: no sums, no shares, no money."""
    return [Report(one.before, one.end, one.lines, {}, -1) for one in reports]
