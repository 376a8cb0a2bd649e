"""What editors publish: campaigns with their pages, pictures; and who asked to hear of it."""

from campaigns.models.campaigns import Campaign
from campaigns.models.letters import Letter, LetterCopy
from campaigns.models.pages import CampaignIndexPage, CampaignPage
from campaigns.models.pictures import Picture, Rendition
from campaigns.models.readers import Reader

__all__ = [
    "Campaign",
    "CampaignIndexPage",
    "CampaignPage",
    "Letter",
    "LetterCopy",
    "Picture",
    "Reader",
    "Rendition",
]
