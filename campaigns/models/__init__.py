"""What editors publish: campaigns, stories, their pages, pictures; and who asked to hear of it."""

from campaigns.models.campaigns import Campaign
from campaigns.models.challenges import Challenge
from campaigns.models.comments import (
    CommentConcern,
    CommentReport,
    CommentStep,
    StoryComment,
    StoryTalk,
)
from campaigns.models.letters import Letter, LetterCopy
from campaigns.models.pages import CampaignIndexPage, CampaignPage
from campaigns.models.pictures import Picture, Rendition
from campaigns.models.readers import Reader
from campaigns.models.stories import Clearance, StoryIndexPage, StoryPage, StoryTask, StoryText

__all__ = [
    "Campaign",
    "CampaignIndexPage",
    "CampaignPage",
    "Challenge",
    "Clearance",
    "CommentConcern",
    "CommentReport",
    "CommentStep",
    "Letter",
    "LetterCopy",
    "Picture",
    "Reader",
    "Rendition",
    "StoryComment",
    "StoryIndexPage",
    "StoryPage",
    "StoryTalk",
    "StoryTask",
    "StoryText",
]
