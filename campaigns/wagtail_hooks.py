"""Registers the desks of campaigns and of the news with Wagtail's admin."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from campaigns.letters.staff import LettersDesk
from campaigns.news.staff import ReadersDesk
from campaigns.staff import CampaignsDesk


class News(ViewSetGroup):
    menu_label = _("News")
    menu_name = "news"
    menu_icon = "mail"
    menu_order = 152
    items = (LettersDesk, ReadersDesk)


@hooks.register("register_admin_viewset")
def desk() -> CampaignsDesk:
    return CampaignsDesk()


@hooks.register("register_admin_viewset")
def news() -> News:
    return News()
