"""What editors publish: campaigns with their pages, and pictures."""

from campaigns.models.campaigns import Campaign
from campaigns.models.pages import CampaignIndexPage, CampaignPage
from campaigns.models.pictures import Picture, Rendition

__all__ = ["Campaign", "CampaignIndexPage", "CampaignPage", "Picture", "Rendition"]
