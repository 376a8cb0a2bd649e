"""The menu of the confidential records; only where the vault is installed."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSetGroup

from gifts.staff.access import LooksDesk
from gifts.staff.consents import ConsentsDesk
from gifts.staff.emergencies import EmergenciesDesk
from gifts.staff.needs import NeedsDesk
from gifts.staff.partners import PartnersDesk
from gifts.staff.people import PeopleDesk, RequestsDesk


class Confidential(ViewSetGroup):
    menu_label = _("Partners")
    menu_name = "confidential"
    menu_icon = "lock"
    menu_order = 165
    items = (NeedsDesk, PartnersDesk)


class Privacy(ViewSetGroup):
    menu_label = _("Privacy")
    menu_name = "privacy"
    menu_icon = "view"
    menu_order = 168
    items = (LooksDesk, EmergenciesDesk, RequestsDesk, PeopleDesk, ConsentsDesk)
