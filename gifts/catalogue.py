"""What one thing costs on the day a wish is published."""

from gifts.models import ItemCost, ItemKind, Region


def unit_minor(kind: ItemKind, region: str) -> int | None:
    """Usual cost in the region, or else anywhere, with handling; none while nobody entered one."""
    costs = dict(
        ItemCost.objects.filter(kind=kind, region__in=[region, Region.WORLD]).values_list(
            "region", "cost_minor"
        )
    )
    cost = costs.get(region) or costs.get(Region.WORLD)
    return None if cost is None else cost + kind.handling_minor
