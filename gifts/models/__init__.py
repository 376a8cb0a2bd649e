"""The tables of things; each module holds one idea."""

from gifts.models.catalogue import ItemCost, ItemKind, Purpose, Region
from gifts.models.units import Unit, UnitShare, UnitStep
from gifts.models.wishes import Wish

__all__ = [
    "ItemCost",
    "ItemKind",
    "Purpose",
    "Region",
    "Unit",
    "UnitShare",
    "UnitStep",
    "Wish",
]
