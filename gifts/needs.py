"""How many verified needs stand behind a wish: the one question asked of the confidential part."""

from gifts.models import ItemKind


def verified(kind: ItemKind, region: str | None = None, purpose: str | None = None) -> int | None:
    """Open needs that a case worker stated and staff verified, in one cell.

    Args:
        region: none counts all regions.
        purpose: none counts all purposes.

    Returns:
        None while nobody can know: no partner states needs here yet. It never counts as enough.
    """
    return None
