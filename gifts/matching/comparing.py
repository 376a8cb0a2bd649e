"""What a plan gains and loses against how things stand."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from gifts.matching.problem import Ask, Problem

# Code of a need → code of the thing it has, or would have.
Given = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    served: int
    waiting: int
    # Of those still waiting: days of the longest wait, and how many are past their day.
    longest: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the needs of one kind, region or partner have a thing, before and after."""

    name: str
    asked: int
    before: int
    after: int


@dataclass(frozen=True)
class Comparison:
    before: Standing
    after: Standing
    # Needs that get a thing they do not have, lose the one they have, or get another one.
    gained: list[str]
    lost: list[str]
    moved: list[str]
    kinds: list[Share]
    regions: list[Share]
    partners: list[Share]


def compare(problem: Problem, proposal: Given, present: Given) -> Comparison:
    """Over all needs of the problem; `present` is empty where none of them has a thing yet."""
    return Comparison(
        before=_standing(problem, present),
        after=_standing(problem, proposal),
        gained=sorted(proposal.keys() - present.keys()),
        lost=sorted(present.keys() - proposal.keys()),
        moved=sorted(
            code for code in proposal.keys() & present.keys() if proposal[code] != present[code]
        ),
        kinds=_shares(problem, "kind", proposal, present),
        regions=_shares(problem, "region", proposal, present),
        partners=_shares(problem, "partner", proposal, present),
    )


def _standing(problem: Problem, given: Given) -> Standing:
    waiting = [ask for ask in problem.asks if ask.code not in given]
    waits = [(problem.today - ask.stated_on).days for ask in waiting]
    overdue = [ask for ask in waiting if ask.needed_by and ask.needed_by < problem.today]
    return Standing(
        served=len(problem.asks) - len(waiting),
        waiting=len(waiting),
        longest=max(waits, default=0),
        overdue=len(overdue),
    )


def _shares(problem: Problem, name: str, proposal: Given, present: Given) -> list[Share]:
    def counted(asks: Iterable[Ask]) -> Counter[str]:
        return Counter(map(attrgetter(name), asks))

    asked = counted(problem.asks)
    before = counted(ask for ask in problem.asks if ask.code in present)
    after = counted(ask for ask in problem.asks if ask.code in proposal)
    return [Share(one, asked[one], before[one], after[one]) for one in sorted(asked)]
