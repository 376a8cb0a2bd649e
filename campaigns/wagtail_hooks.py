"""Registers the desk of campaigns with Wagtail's admin."""

from wagtail import hooks

from campaigns.staff import CampaignsDesk


@hooks.register("register_admin_viewset")
def desk() -> CampaignsDesk:
    return CampaignsDesk()
