"""The menu of the confidential records; only where the vault is installed."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSetGroup

from gifts.staff.needs import NeedsDesk
from gifts.staff.partners import PartnersDesk


class Confidential(ViewSetGroup):
    menu_label = _("Partners and needs")
    menu_name = "confidential"
    menu_icon = "lock"
    menu_order = 165
    items = (NeedsDesk, PartnersDesk)
