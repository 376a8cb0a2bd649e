"""The states of campaigns' pages, with made-up data."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from campaigns.blocks import CampaignBodyBlock
from campaigns.challenges.matching import Matching
from campaigns.giving import GiveBox
from campaigns.models import Campaign, CampaignIndexPage, CampaignPage, Challenge, Download
from campaigns.progress import Progress
from donations.models import Designation
from pages.demo import campaigns as words
from pages.styleguide.forms import LONG

AMOUNTS = [("25", 2500), ("50", 5000), ("100", 10000), ("250", 25000)]


def campaign(value: int, **facts: Any) -> dict[str, Any]:
    """A campaign for $6,000 that goes on; `facts` make it another."""
    told = Progress(_row(**facts), value, facts.get("goal", 600_000), True)
    page = _page(told.campaign)
    box = GiveBox(told.frequency, "USD", AMOUNTS, told.toward) if told.toward else None
    return {
        "page": page,
        "index": CampaignIndexPage(title="Campaigns", url_path="/front/campaigns/"),
        "progress": told,
        "box": box,
        "next_page": CampaignIndexPage(title="Other campaigns", url_path="/front/campaigns/"),
    }


def matched_campaign(given: int, days: int = 20) -> dict[str, Any]:
    """One whose gifts a sponsor matches up to $1,500; `days` until that is over."""
    context = campaign(150_000 + given)
    told, now = context["progress"], timezone.now()
    promise = Challenge(
        campaign=told.campaign, sponsor="Harbor Lamp Foundation", adds=1, per=1, currency="USD",
        cap_minor=150_000, starts_at=now - timedelta(days=30), ends_at=now + timedelta(days=days),
    )  # fmt: skip
    context["progress"] = replace(told, sponsored=Matching(promise, given, now))
    return context


def long_campaign() -> dict[str, Any]:
    told = campaign(123_456_789_00, goal=999_999_999_00)
    told["page"].title, told["page"].summary = LONG, f"{LONG}. " * 2
    return told


def campaign_with_files() -> dict[str, Any]:
    """Files to take along: in this language, in another, and one with a long name."""
    told = campaign(234_000)
    files = [
        Download(pk=1, title="The campaign on one sheet", language="en", file_size=58_000),
        Download(pk=2, title="La campaña en una hoja", language="es", file_size=61_400),
        Download(pk=3, title=LONG, language="en", file_size=4_230_000),
    ]
    words = {"heading": "To take along", "text": "For a notice board.", "files": files}
    told["page"].body.append(("downloads", words))
    return told


def campaigns(*values: int) -> dict[str, Any]:
    cards = []
    for value in values:
        told = Progress(_row(), value, 600_000, True)
        cards.append({"page": _page(told.campaign), "progress": told})
    return {"page": {"title": "Campaigns", "lead": "A purpose, a goal and a date."}, "cards": cards}


def past(days: int = 9) -> date:
    return timezone.localdate() - timedelta(days=days)


def _row(**facts: Any) -> Campaign:
    known: dict[str, Any] = {
        **{"name": "School year", "code": "SCHOOL-YEAR", "goal_kind": "amount", "goal": 600_000},
        **{"goal_currency": "USD", "starts_on": past(30)},
        **{"ends_on": timezone.localdate() + timedelta(days=40)},
    }
    return Campaign(
        designation=Designation(code="education", name="Education fund"), **known | facts
    )


def _page(row: Campaign) -> CampaignPage:
    told = dict(words.ENGLISH["SCHOOL-YEAR"])
    body = CampaignBodyBlock().to_python(
        [
            {"type": kind, "value": value}
            for kind, value in told.pop("body")
            # The box asks which amounts are offered; it is at the top already.
            if kind != "give_box"
        ]
    )
    thanks = words.ENGLISH["FIRST-SALARY"]["thanks"]
    page = CampaignPage(
        campaign=row, thanks=thanks, url_path="/front/campaigns/school-year/", **told
    )
    page.body = body
    return page
