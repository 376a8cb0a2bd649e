"""What editors publish: campaigns, stories, training, pictures; who asked to hear, who learns."""

from campaigns.models.campaigns import Campaign
from campaigns.models.challenges import Challenge
from campaigns.models.comments import (
    CommentConcern,
    CommentReport,
    CommentStep,
    StoryComment,
    StoryTalk,
)
from campaigns.models.downloads import Download, DownloadFile
from campaigns.models.letters import Letter, LetterCopy
from campaigns.models.pages import CampaignIndexPage, CampaignPage
from campaigns.models.pictures import Picture, Rendition
from campaigns.models.readers import Reader
from campaigns.models.report_pages import ImpactIndexPage, ImpactReportPage, ReportPaper
from campaigns.models.reports import ReportEdition
from campaigns.models.stories import Clearance, StoryIndexPage, StoryPage, StoryTask, StoryText
from campaigns.models.training import (
    Attempt,
    Certificate,
    Learner,
    LearnerLink,
    Study,
    TrainingStep,
    Workplace,
)
from campaigns.models.training_pages import (
    CourseCheck,
    CoursePage,
    LessonPage,
    Sector,
    TrainingIndexPage,
)
from campaigns.models.translations import TranslationNotes

__all__ = [
    "Attempt",
    "Campaign",
    "CampaignIndexPage",
    "CampaignPage",
    "Certificate",
    "Challenge",
    "Clearance",
    "CommentConcern",
    "CommentReport",
    "CommentStep",
    "CourseCheck",
    "CoursePage",
    "Download",
    "DownloadFile",
    "ImpactIndexPage",
    "ImpactReportPage",
    "Learner",
    "LearnerLink",
    "LessonPage",
    "Letter",
    "LetterCopy",
    "Picture",
    "Reader",
    "Rendition",
    "ReportEdition",
    "ReportPaper",
    "Sector",
    "StoryComment",
    "StoryIndexPage",
    "StoryPage",
    "StoryTalk",
    "StoryTask",
    "StoryText",
    "Study",
    "TrainingIndexPage",
    "TrainingStep",
    "TranslationNotes",
    "Workplace",
]
