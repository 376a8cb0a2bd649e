"""Registers the desks of the things with Wagtail's admin."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from gifts.staff.catalogue import CostsDesk, KindsDesk
from gifts.staff.units import UnitsDesk
from gifts.staff.wishes import WishesDesk


class Gifts(ViewSetGroup):
    menu_label = _("Tangible gifts")
    menu_name = "things"
    menu_icon = "pick"
    menu_order = 157
    items = (WishesDesk, UnitsDesk, KindsDesk, CostsDesk)


@hooks.register("register_admin_viewset")
def desks() -> list[ViewSetGroup]:
    return [Gifts()]
