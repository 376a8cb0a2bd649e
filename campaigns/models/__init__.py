"""What editors publish: campaigns, stories, their pages, pictures; and who asked to hear of it."""

from campaigns.models.campaigns import Campaign
from campaigns.models.letters import Letter, LetterCopy
from campaigns.models.pages import CampaignIndexPage, CampaignPage
from campaigns.models.pictures import Picture, Rendition
from campaigns.models.readers import Reader
from campaigns.models.report_pages import ImpactIndexPage, ImpactReportPage, ReportPaper
from campaigns.models.reports import ReportEdition
from campaigns.models.stories import Clearance, StoryIndexPage, StoryPage, StoryTask, StoryText

__all__ = [
    "Campaign",
    "CampaignIndexPage",
    "CampaignPage",
    "Clearance",
    "ImpactIndexPage",
    "ImpactReportPage",
    "Letter",
    "LetterCopy",
    "Picture",
    "Reader",
    "Rendition",
    "ReportEdition",
    "ReportPaper",
    "StoryIndexPage",
    "StoryPage",
    "StoryTask",
    "StoryText",
]
