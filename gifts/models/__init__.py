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
from gifts.models.catalogue import (
    ItemCost,
    ItemKind,
    Keyboard,
    Purpose,
    Region,
    SpecClass,
    Voltage,
)
from gifts.models.given import BookValue, DeviceCheck, Disposal, GivenThing
from gifts.models.invoices import Advance, Invoice, InvoiceLine
from gifts.models.offers import HandoverText, Offer, OfferPhoto
from gifts.models.pages import WishListPage
from gifts.models.papers import (
    Acknowledgment,
    AcknowledgmentFile,
    AcknowledgmentSeries,
    StatementFile,
    WipeStatement,
)
from gifts.models.releases import Release, ReleaseCell, ReleasedUnit, ReleaseNote, Stage
from gifts.models.units import Unit, UnitShare, UnitStep
from gifts.models.wishes import Wish

__all__ = [
    "Acknowledgment",
    "AcknowledgmentFile",
    "AcknowledgmentSeries",
    "Advance",
    "BookValue",
    "DeviceCheck",
    "Disposal",
    "Explanation",
    "GivenThing",
    "GoodsReceipt",
    "HandoverText",
    "Invoice",
    "InvoiceLine",
    "ItemCost",
    "ItemKind",
    "Keyboard",
    "Offer",
    "OfferPhoto",
    "OrderLine",
    "OrderStep",
    "OrderedUnit",
    "PurchaseOrder",
    "Purpose",
    "Region",
    "Release",
    "ReleaseCell",
    "ReleaseNote",
    "ReleasedUnit",
    "SpecClass",
    "Stage",
    "StatementFile",
    "Supplier",
    "Unit",
    "UnitShare",
    "UnitStep",
    "Voltage",
    "WipeStatement",
    "Wish",
    "WishListPage",
]
