"""What a sponsor's promise comes to just now, by the books; and the words for it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.models import Challenge
from core import money
from donations import appeals
from donations.appeals import Span

State = Literal["before", "running", "used", "over"]
CODE = re.compile(r"[A-Z0-9_-]{1,32}")


@dataclass(frozen=True)
class Matching:
    """One challenge at one instant."""

    challenge: Challenge
    # What stayed of the gifts that count, in minor units.
    given_minor: int
    now: datetime

    @cached_property
    def matched_minor(self) -> int:
        """What the sponsor owes for them; it falls again where a gift goes back."""
        row = self.challenge
        return min(row.cap_minor, max(0, self.given_minor) * row.adds // row.per)

    @property
    def left_minor(self) -> int:
        return self.challenge.cap_minor - self.matched_minor

    @cached_property
    def state(self) -> State:
        if self.now < self.challenge.starts_at:
            return "before"
        if self.now >= self.challenge.ends_at:
            return "over"
        return "running" if self.left_minor else "used"

    @property
    def is_past(self) -> bool:
        return self.state in ("used", "over")

    @property
    def sponsor(self) -> str:
        return self.challenge.sponsor or _("a friend of our work")

    @property
    def text(self) -> str:
        """One honest sentence or two; empty where there is nothing to tell."""
        told = {
            "sponsor": self.sponsor,
            "adds": self._units(self.challenge.adds),
            "per": self._units(self.challenge.per),
            "cap": self._amount(self.challenge.cap_minor),
            "left": self._amount(self.left_minor),
            "matched": self._amount(self.matched_minor),
            "first": _day(self.challenge.starts_at),
            "last": _day(self.challenge.ends_at - timedelta(microseconds=1)),
        }
        return capfirst(self._sentence() % told)

    def _sentence(self) -> str:
        if self.state == "before":
            return _(
                "From %(first)s to %(last)s, %(sponsor)s adds %(adds)s to each %(per)s given here, "
                "up to %(cap)s in all."
            )
        if self.state == "running":
            return _(
                "Until %(last)s, %(sponsor)s adds %(adds)s to each %(per)s given here. Up to "
                "%(left)s of %(cap)s is left for that."
            )
        if self.matched_minor == self.challenge.cap_minor:
            done = _("Matched in full: %(cap)s by %(sponsor)s.")
            if self.state == "over":
                return done
            return f"{done} " + _("Further gifts go to the same purpose without being matched.")
        if not self.matched_minor:
            return ""
        return _("Matched until %(last)s: %(matched)s by %(sponsor)s.")

    def _units(self, number: int) -> str:
        currency = self.challenge.currency
        return self._amount(money.parse(str(number), currency))

    def _amount(self, minor: int) -> str:
        return money.display_short(minor, self.challenge.currency, get_language() or "en")


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def promises(campaigns: Iterable[int]) -> list[Challenge]:
    """Of these campaigns; one query."""
    rows = Challenge.objects.filter(campaign__in=list(campaigns))
    return list(rows.select_related("campaign").order_by("starts_at"))


def span(row: Challenge) -> Span:
    """The gifts that it matches."""
    campaign = row.campaign
    assert campaign.designation_id  # a goal of an amount has one, by the constraint
    return Span(campaign.code, campaign.designation_id, row.currency, row.starts_at, row.ends_at)


def sponsors(row: Challenge) -> Span:
    """What came from the sponsor, whenever."""
    assert row.campaign.designation_id  # as above
    return Span(row.code, row.campaign.designation_id, row.currency)


def to_tell(rows: Iterable[Challenge], stayed: Mapping[Span, int]) -> dict[int, Matching]:
    """By campaign: the challenge that runs, else the next one, else the last.

    Args:
        rows: by their beginning.
    """
    now = timezone.now()
    chosen: dict[int, Matching] = {}
    for row in rows:
        one, known = Matching(row, stayed[span(row)], now), chosen.get(row.campaign_id)
        if known is None or known.state == "over":
            chosen[row.campaign_id] = one
    return chosen


def remark(code: str, currency: str) -> str:
    """For whoever comes to the give form by a campaign's code, while gifts are matched."""
    if not CODE.fullmatch(code):
        return ""
    now = timezone.now()
    running = Challenge.objects.filter(
        campaign__code=code, currency=currency, starts_at__lte=now, ends_at__gt=now
    )
    row = running.select_related("campaign__designation").first()
    if row is None or row.campaign.is_closed:
        return ""
    one = Matching(row, appeals.within([span(row)])[span(row)], now)
    if one.state != "running":
        return ""
    assert row.campaign.designation  # as above
    purpose = row.campaign.designation.public_name
    return f"{one.text} " + _("It counts for gifts to “%(purpose)s”.") % {"purpose": purpose}
