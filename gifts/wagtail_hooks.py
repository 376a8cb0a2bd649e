"""Registers the desks of the things with Wagtail's admin."""

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from gifts.staff.buying import OrdersDesk, SuppliersDesk
from gifts.staff.buying_pages import BuyableDesk, DifferencesDesk, StockDesk
from gifts.staff.catalogue import CostsDesk, KindsDesk
from gifts.staff.given import GivenDesk
from gifts.staff.offers import InstructionsDesk, OffersDesk
from gifts.staff.units import UnitsDesk
from gifts.staff.wishes import WishesDesk


class Gifts(ViewSetGroup):
    menu_label = _("Tangible gifts")
    menu_name = "things"
    menu_icon = "pick"
    menu_order = 157
    items = (WishesDesk, UnitsDesk, KindsDesk, CostsDesk)


class Buying(ViewSetGroup):
    menu_label = _("Buying")
    menu_name = "buying"
    menu_icon = "clipboard-list"
    menu_order = 158
    items = (BuyableDesk, OrdersDesk, DifferencesDesk, StockDesk, SuppliersDesk)


class InKind(ViewSetGroup):
    menu_label = _("Gifts in kind")
    menu_name = "in-kind"
    menu_icon = "mail"
    menu_order = 159
    items = (OffersDesk, GivenDesk, InstructionsDesk)


@hooks.register("register_admin_viewset")
def desks() -> list[ViewSetGroup]:
    groups: list[ViewSetGroup] = [Gifts(), Buying(), InKind()]
    if apps.is_installed("gifts.vault"):
        # Their models are not everywhere.
        from gifts.staff.confidential import Confidential, Privacy  # noqa: PLC0415
        from gifts.staff.delivery import Delivery  # noqa: PLC0415
        from gifts.staff.matching import Matching  # noqa: PLC0415

        groups += [Confidential(), Matching(), Delivery(), Privacy()]
    return groups
