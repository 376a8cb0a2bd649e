"""How many people stand behind a wish: the one question asked of the confidential part."""

from dataclasses import dataclass

from django.db import connections

from gifts.models import ItemKind


@dataclass(frozen=True)
class People:
    """Different people with a verified need in one cell; several needs of one count once."""

    # Open needs, of partners that take part.
    now: int
    # All that were ever verified and not withdrawn: what publishing tells adds up over time.
    ever: int


def people(kind: ItemKind, region: str | None = None, purpose: str | None = None) -> People | None:
    """The people of one cell.

    Args:
        region: none counts all regions.
        purpose: none counts all purposes.

    Returns:
        None where nobody can know: the public side cannot ask. It never counts as enough.
    """
    if "vault" not in connections.databases:
        return None
    from gifts.vault import needs  # noqa: PLC0415 - not installed on the public side

    return People(
        now=needs.people(needs.waiting(), kind.code, region, purpose),
        ever=needs.people(needs.ever(), kind.code, region, purpose),
    )
