"""What people agree to, to the letter. A changed text gets a new version."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.models import Campaign, CampaignPage
from donations.models import LegalEntity

VERSION = "2026-11"


def text(campaign: Campaign | None) -> str:
    """The consent in the language of the moment, as it is shown and as it is kept."""
    organisation = LegalEntity.objects.get(is_default=True).short_name
    if campaign:
        return _(
            "I would like news of the campaign “%(title)s” by e-mail from %(organisation)s: how it "
            "goes and what came of it. I can leave at any time, by one press in each mail."
        ) % {"title": title(campaign), "organisation": organisation}
    return _(
        "I would like news by e-mail from %(organisation)s: what gifts do, for whom more is "
        "needed, and how I can help. I can leave at any time, by one press in each mail."
    ) % {"organisation": organisation}


def title(campaign: Campaign) -> str:
    """What visitors know the campaign by, in their language where it has a page in it."""
    return str(_page_titles(campaign).get((get_language() or "en")[:2], campaign.name))


def can_be_followed(code: str) -> Campaign | None:
    """The campaign with this code, while a page in the reader's language tells of it."""
    campaign = Campaign.objects.filter(code=code).first()
    language = (get_language() or "en")[:2]
    if campaign is None or campaign.is_closed or language not in _page_titles(campaign):
        return None
    return campaign


def _page_titles(campaign: Campaign) -> dict[str, str]:
    pages = CampaignPage.objects.live().filter(campaign=campaign)
    return dict(pages.values_list("locale__language_code", "title"))
