"""Why an export was not offered; the desk has the words (donations/staff/exports_words.py)."""

from enum import StrEnum


class Problem(StrEnum):
    """What went wrong, as it is kept with the export."""

    DIFFERS = "differs"
    TOO_LONG = "too-long"
    NO_CODE = "no-code"
    UNEXPECTED = "unexpected"


class Unfit(Exception):
    """The file may not be offered; `detail` names figures and accounts, never a person."""

    def __init__(self, problem: Problem, detail: str) -> None:
        super().__init__(f"{problem}: {detail}")
        self.problem, self.detail = problem, detail
