"""What a check of the books finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Something that does not add up: which row, and what is wrong with it. No personal data."""

    about: str
    text: str
