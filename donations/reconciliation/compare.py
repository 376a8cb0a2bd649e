"""How two lists of the same things are held side by side."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from donations.models import Difference

Cause = Difference.Cause
There = TypeVar("There")
Here = TypeVar("Here")


@dataclass(frozen=True)
class Stretch:
    """From when (inclusive) until when (exclusive) both sides are listed, and in which mode."""

    since: datetime
    until: datetime
    livemode: bool

    def holds(self, moment: datetime) -> bool:
        return self.since <= moment < self.until


@dataclass(frozen=True)
class Found:
    """A difference, and what would mend it; none where a person has to look."""

    cause: Cause
    about: str
    detail: dict[str, Any] = field(default_factory=dict)
    repair: Callable[[], object] | None = None


@dataclass
class Comparison:
    """What one family yields: how many were held side by side, and where they differ."""

    compared: int
    found: list[Found]


def side_by_side(
    there: Mapping[str, There],
    here: Mapping[str, Here],
    *,
    only_there: Callable[[str, There], Found | None],
    only_here: Callable[[str, Here], Found | None],
    both: Callable[[str, There, Here], Iterator[Found]],
) -> Comparison:
    """Hold Stripe's things (`there`) against ours (`here`) by their ids."""
    found: list[Found] = []
    for key in sorted(there.keys() | here.keys()):
        if key not in here:
            one = only_there(key, there[key])
            found += [one] if one else []
        elif key not in there:
            one = only_here(key, here[key])
            found += [one] if one else []
        else:
            found += both(key, there[key], here[key])
    return Comparison(len(there.keys() | here.keys()), found)
