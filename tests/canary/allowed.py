"""The only pages that may show confidential fields: to whom, where, which, and why.

Each is an address that asks for a purpose first. What is allowed and was not shown to anybody in
`make canary-full` fails there: what is not needed any more is not allowed any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    fields: frozenset[str]
    why: str


# (letter of the role, address) as in tests/site/matrix/; fields as Model.field.
ALLOWED: Mapping[tuple[str, str], Shown] = {}
