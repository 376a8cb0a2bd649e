"""What editors publish: campaigns with their pages, stories, and pictures."""

from campaigns.models.campaigns import Campaign
from campaigns.models.pages import CampaignIndexPage, CampaignPage
from campaigns.models.pictures import Picture, Rendition
from campaigns.models.stories import Clearance, StoryIndexPage, StoryPage, StoryTask, StoryText

__all__ = [
    "Campaign",
    "CampaignIndexPage",
    "CampaignPage",
    "Clearance",
    "Picture",
    "Rendition",
    "StoryIndexPage",
    "StoryPage",
    "StoryTask",
    "StoryText",
]
