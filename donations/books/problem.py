"""What a check finds, and how long jobs may take before something is stuck."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

# Jobs may still be under way; older than this, something is stuck.
PATIENCE = timedelta(minutes=10)
CHUNK = 2_000


@dataclass(frozen=True)
class Problem:
    """Something that does not add up: which row, and what is wrong with it. No personal data."""

    about: str
    text: str


Check = Callable[[], Iterator[Problem]]
