"""Who stands behind the wishes: the one question asked of the confidential part, as counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connections

# A kind of thing, a region and a purpose, by their codes.
Cell = tuple[str, str, str]
# How many different people need something in exactly these cells.
Crowd = Mapping[frozenset[Cell], int]


@dataclass(frozen=True)
class People:
    """Different people with verified needs."""

    # Open needs, of partners that take part.
    now: Crowd
    # All that were ever verified and not withdrawn: what publishing tells adds up over time.
    ever: Crowd


def people() -> People | None:
    """Everybody, by what she needs.

    Returns:
        None where nobody can know: the public side cannot ask. It never counts as enough.
    """
    if "vault" not in connections.databases:
        return None
    from gifts.vault import needs  # noqa: PLC0415 - not installed on the public side

    return People(now=needs.people(needs.waiting()), ever=needs.people(needs.ever()))
