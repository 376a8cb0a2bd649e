"""The desks of delivery; only where the confidential part is installed."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSetGroup

from gifts.staff.delivery_batches import BatchesDesk
from gifts.staff.delivery_closing import ClosingDesk
from gifts.staff.delivery_packing import PackingDesk
from gifts.staff.delivery_parcels import ParcelsDesk
from gifts.staff.releases import NotesDesk, ReleasesDesk


class Delivery(ViewSetGroup):
    menu_label = _("Delivery")
    menu_name = "delivery"
    menu_icon = "download"
    menu_order = 162
    items = (PackingDesk, BatchesDesk, ParcelsDesk, ClosingDesk, ReleasesDesk, NotesDesk)
