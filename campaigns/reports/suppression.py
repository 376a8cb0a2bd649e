"""What may be printed of small counts. Pure: the proof is in docs/reports.md, the attack in tests.

Of things that reached people only whole steps of eleven are printed, and never the last ten of what
could have reached anybody. A printed total is the sum of what is printed beside it, so it tells
nothing more. Of gifts, rows of fewer than eleven stand together with a larger one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gifts.ladder import K

# Counts of things climb by this; it also is the smallest count that is printed.
STEP = K
# So many of what is ready stay open in print: whoever knows the stock learns of none of the last.
OPEN = K - 1


def step(told: int, ready: int) -> int:
    """How many things of one cell are printed, ever, at the end of a quarter.

    Args:
        told: things that releases told of in this cell, up to this quarter.
        ready: things that could have reached somebody by then: checked and ready, or further on.
    """
    return max(0, min(told, ready - OPEN)) // STEP * STEP


def percent(part: int, whole: int) -> int | None:
    """Of what is printed, rounded down; none of a whole below eleven."""
    return 100 * part // whole if whole >= K else None


def months(days: Iterable[int], *, share: int) -> int | None:
    """Within how many months so many in a hundred were there; none of fewer than eleven."""
    found = sorted(days)
    if len(found) < K:
        return None
    at = -(-share * len(found) // 100) - 1
    return max(1, -(-found[at] // 30))


@dataclass(frozen=True)
class Part:
    """A part of what was given: by how many gifts, and how much in minor units."""

    key: str
    count: int
    amount_minor: int


@dataclass(frozen=True)
class Told:
    """The parts that are printed; what stands together is in `rest`. None: the sum alone."""

    parts: tuple[Part, ...]
    rest: Part | None = None


def together(parts: Sequence[Part]) -> Told | None:
    """Parts of fewer than eleven gifts stand with the first larger one, in the order given.

    The order must not depend on counts. Together they must leave room for ten values of each of
    the smaller ones; else none is told apart. None: not even the sum may be printed.
    """
    whole = sum(one.count for one in parts)
    if whole < K:
        return None
    small = [one for one in parts if 0 < one.count < K]
    large = [one for one in parts if one.count >= K]
    if not small:
        return Told(tuple(large))
    if not large or _of([large[0], *small]).count < K + OPEN - 1 + len(small):
        return Told((), _of(parts))
    return Told(tuple(large[1:]), _of([large[0], *small]))


def _of(parts: Sequence[Part]) -> Part:
    return Part("", sum(one.count for one in parts), sum(one.amount_minor for one in parts))


def may_follow(new: int, old: int) -> bool:
    """May a figure be printed where another one was printed for the same thing and time?"""
    return new == old or abs(new - old) >= STEP
