"""The tables of things; each module holds one idea."""

from gifts.models.buying import (
    Explanation,
    GoodsReceipt,
    OrderedUnit,
    OrderLine,
    OrderStep,
    PurchaseOrder,
    Supplier,
)
from gifts.models.catalogue import ItemCost, ItemKind, Purpose, Region
from gifts.models.invoices import Advance, Invoice, InvoiceLine
from gifts.models.pages import WishListPage
from gifts.models.units import Unit, UnitShare, UnitStep
from gifts.models.wishes import Wish

__all__ = [
    "Advance",
    "Explanation",
    "GoodsReceipt",
    "Invoice",
    "InvoiceLine",
    "ItemCost",
    "ItemKind",
    "OrderLine",
    "OrderStep",
    "OrderedUnit",
    "PurchaseOrder",
    "Purpose",
    "Region",
    "Supplier",
    "Unit",
    "UnitShare",
    "UnitStep",
    "Wish",
    "WishListPage",
]
