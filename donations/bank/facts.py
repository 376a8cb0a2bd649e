"""What a statement says, whatever file it came in."""

from dataclasses import dataclass
from datetime import date

from core.tokens import sha256


class Unreadable(Exception):
    """The file is no statement that could be taken; `code` says why, `about` where."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(f"{code}: {about}" if about else code)
        self.code, self.about = code, about


@dataclass(frozen=True)
class Line:
    """What came is above zero, what went below; in minor units."""

    day: date
    amount_minor: int
    reference: str
    text: str


@dataclass(frozen=True)
class Statement:
    """One statement; `number` is the account's as the bank has it, empty where a file has none."""

    statement_id: str
    number: str
    currency: str
    opening_minor: int
    closing_minor: int
    lines: tuple[Line, ...]

    @property
    def difference_minor(self) -> int:
        """What its lines lack between opening and closing; zero, or it is not taken."""
        total = sum(line.amount_minor for line in self.lines)
        return self.closing_minor - self.opening_minor - total

    def keys(self) -> list[str]:
        """What each line is known by: the bank's reference, else a fingerprint of what it says.

        Equal lines of a day are counted, so that two of them stay two in every file.
        """
        seen = dict[str, int]()
        found = []
        for line in self.lines:
            said = f"{line.day}|{line.amount_minor}|{line.text}"
            key = f"ref:{line.reference}" if line.reference else f"sha:{sha256(said)[:40]}"
            seen[key] = seen.get(key, 0) + 1
            found.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
        return found

    @property
    def sha256(self) -> str:
        facts = [self.currency, str(self.opening_minor), str(self.closing_minor)]
        facts += [
            f"{key}|{line.day}|{line.amount_minor}"
            for key, line in zip(self.keys(), self.lines, strict=True)
        ]
        return sha256("\n".join(facts))
