"""How far campaigns are, by the money of the books and never by a figure somebody typed."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from django.core.cache import caches
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from campaigns.challenges import matching
from campaigns.challenges.matching import Matching
from campaigns.models import Campaign
from core import money
from donations import appeals
from donations.appeals import Raised
from donations.forms import open_designations
from donations.models import GivingOptions
from gifts import progress as wishes
from gifts.models import Wish

Goal = Campaign.Goal
State = Literal["upcoming", "first", "running", "reached", "over", "closed"]
SECONDS = 1


@dataclass(frozen=True)
class Progress:
    """One campaign as a template tells it."""

    campaign: Campaign
    # In minor units of the goal's currency, or a number of people or things.
    value: int
    goal: int
    # What it gives toward can be given to just now.
    is_offered: bool
    # Gifts in other currencies came, too; they are counted nowhere.
    has_other_currencies: bool = False
    # What a sponsor adds: the challenge that runs, else the next or the last one.
    sponsored: Matching | None = None

    @cached_property
    def matching(self) -> Matching | None:
        """The sponsor's promise, where there is something to say of it."""
        told = self.sponsored
        if told is None or (not told.is_past and self.state == "closed"):
            return None
        return told if told.text else None

    @cached_property
    def state(self) -> State:
        if self.campaign.is_upcoming:
            return "upcoming"
        if self.campaign.is_over:
            return "closed" if self.campaign.is_closed else "over"
        if self.value >= self.goal:
            return "reached"
        return "running" if self.value else "first"

    @property
    def is_reached(self) -> bool:
        return self.value >= self.goal

    @property
    def takes(self) -> bool:
        return self.is_offered and self.state not in ("upcoming", "closed")

    @property
    def shown(self) -> str:
        if self.campaign.goal_kind == Goal.AMOUNT:
            return self._amount(self.value)
        return str(self.value)

    @property
    def of_goal(self) -> str:
        """What follows `shown` and "of": an amount, or a number with what it counts."""
        kind, number = self.campaign.goal_kind, self.goal
        if kind == Goal.AMOUNT:
            return self._amount(number)
        if kind == Goal.DONORS:
            return ngettext("%(number)s donor", "%(number)s donors", number) % {"number": number}
        if kind == Goal.MONTHLY:
            text = ngettext("%(number)s monthly donor", "%(number)s monthly donors", number)
            return text % {"number": number}
        return _("%(wanted)s funded") % {"wanted": number}

    @property
    def badge(self) -> str:
        return {
            "upcoming": _("Not begun yet"),
            "reached": _("Goal reached"),
            "over": _("Ended, still open"),
            "closed": _("Ended"),
        }.get(self.state, "")

    @property
    def tone(self) -> str:
        """Of the badge."""
        return "success" if self.is_reached else ""

    @property
    def frequency(self) -> str:
        """The rhythm its give box asks for first."""
        monthly = self.campaign.goal_kind == Goal.MONTHLY
        return GivingOptions.Frequency.MONTHLY if monthly else GivingOptions.Frequency.ONCE

    @property
    def toward(self) -> dict[str, str]:
        """What the give form has to know, so that the gift counts here."""
        campaign = self.campaign
        if not self.takes or campaign.designation is None:
            return {}
        known = {"designation": campaign.designation.code, "appeal": campaign.code}
        return known | ({"currency": campaign.goal_currency} if campaign.goal_currency else {})

    def _amount(self, minor: int) -> str:
        currency = self.campaign.goal_currency
        return money.display_short(minor, currency, get_language() or "en")


def lately(campaigns: Iterable[Campaign]) -> dict[int, Progress]:
    """By primary key, for a page: at most a second old, and read for all visitors together."""
    rows = {f"campaign:{row.pk}": row for row in campaigns}
    known: dict[str, Progress] = caches["local"].get_many(rows)
    fresh = of(row for key, row in rows.items() if key not in known)
    caches["local"].set_many({f"campaign:{pk}": told for pk, told in fresh.items()}, SECONDS)
    return {told.campaign.pk: told for told in known.values()} | fresh


def of(campaigns: Iterable[Campaign]) -> dict[int, Progress]:
    """By primary key, read just now: three queries, and two more where one is for a wish."""
    rows = list(campaigns)
    if not rows:
        return {}
    asked = [(row.code, row.designation_id) for row in rows if row.designation_id]
    promises = matching.promises(row.pk for row in rows if row.designation_id)
    found, stayed = appeals.together(asked, [matching.span(one) for one in promises])
    sponsored = matching.to_tell(promises, stayed)
    offered = {row.pk: row for row in open_designations()} if asked else {}
    wanted = [row.wish for row in rows if row.wish]
    things = {one.wish.pk: one for one in wishes.of(wanted)} if wanted else {}
    told = {}
    for row in rows:
        if row.wish_id:
            wish = things[row.wish_id]
            is_public = wish.wish.state == Wish.State.PUBLISHED
            told[row.pk] = Progress(row, wish.funded, wish.wish.wanted, is_public and wish.takes)
            continue
        assert row.designation_id is not None  # by the constraint: no wish, so a designation
        purpose = offered.get(row.designation_id)
        monthly = row.goal_kind == Goal.MONTHLY
        told[row.pk] = _counted(
            row,
            found[row.code, row.designation_id],
            is_offered=purpose is not None and not (monthly and purpose.closes_at),
            sponsored=sponsored.get(row.pk),
        )
    return told


def _counted(
    row: Campaign, brought: Raised, *, is_offered: bool, sponsored: Matching | None
) -> Progress:
    value = {
        Goal.AMOUNT: max(0, brought.amounts_minor.get(row.goal_currency, 0)),
        Goal.DONORS: brought.donors,
        Goal.MONTHLY: brought.monthly_donors,
    }[Goal(row.goal_kind)]
    others = {currency for currency, minor in brought.amounts_minor.items() if minor > 0}
    assert row.goal is not None  # by the constraint
    return Progress(
        row,
        value,
        row.goal,
        is_offered,
        row.goal_kind == Goal.AMOUNT and bool(others - {row.goal_currency}),
        sponsored,
    )
