"""Gathers one donor's year from the traces of her gifts and from published reports.

Nothing is read that those two do not show: see docs/reports.md. So it changes as they do, and
nothing of it is kept here.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.utils.translation import get_language

from campaigns.models import ImpactReportPage, ReportEdition
from donations.models import Designation, Donation, DonationLine
from gifts.models import ReleaseNote
from gifts.trace import calendar, funds, notes, steps
from gifts.trace.funds import Quarter
from gifts.trace.steps import LineTrace

Key = TypeVar("Key", bound=Hashable)
REGULAR, THINGS, ONCE = "regular", "things", "once"


@dataclass(frozen=True)
class Sum:
    """So many gifts of one way or for one purpose; a gift that goes to two counts in both."""

    key: str
    gifts: int
    amount_minor: int


@dataclass(frozen=True)
class Given:
    """What was given in one currency."""

    currency: str
    gifts: int
    amount_minor: int
    # Refunded, or taken back by a bank.
    returned_minor: int
    ways: tuple[Sum, ...]
    purposes: tuple[Sum, ...]

    @property
    def kept_minor(self) -> int:
        return max(0, self.amount_minor - self.returned_minor)


@dataclass(frozen=True)
class Toward:
    """A part of one gift that is for things, as its trace tells it."""

    donation: Donation
    part: LineTrace
    notes: Sequence[ReleaseNote]


@dataclass(frozen=True)
class Fund:
    """Parts that went into one open fund, in one currency, and what its traces tell of it."""

    designation: Designation
    currency: str
    gifts: int
    amount_minor: int
    quarters: Sequence[Quarter]


@dataclass(frozen=True)
class Report:
    """A published report, and its page for readers, in their language if there is one."""

    edition: ReportEdition
    page: ImpactReportPage


@dataclass(frozen=True)
class Year:
    """One donor's year. Empty where she gave nothing."""

    first: date
    last: date
    gifts: Sequence[Donation]
    given: tuple[Given, ...]
    things: tuple[Toward, ...]
    funds: tuple[Fund, ...]
    reports: tuple[Report, ...]

    @property
    def parts(self) -> list[LineTrace]:
        """Those for things that are not on their way back."""
        return [one.part for one in self.things if not one.part.line.goes_back]

    @property
    def is_told_of(self) -> bool:
        """Whether a release told of the person's side of anything of it."""
        return any(news.done for part in self.parts for news in part.news)


@dataclass(frozen=True)
class Learned:
    """What releases tell a donor: so many things of a kind, each in one of these cells.

    Which of them in which cell is told by no trace where there are several.
    """

    kind: str
    stage: str
    things: int
    # The last day of a quarter, and the region in words.
    cells: tuple[tuple[date, str], ...]


def learned(parts: Iterable[LineTrace]) -> list[Learned]:
    """Everything of the person's side that somebody reads in these parts; pure."""
    return [
        Learned(part.wish.kind.code, news.name, news.done, news.told)
        for part in parts
        if part.wish and not part.line.goes_back
        for news in part.news
        if news.done
    ]


def year(gifts: Iterable[Donation], *, first: date, last: date) -> Year:
    """Of paid gifts of one donor, in the reader's language; thirteen queries at most."""
    return years({None: list(gifts)}, first=first, last=last)[None]


def years(
    by_donor: Mapping[Key, Sequence[Donation]], *, first: date, last: date
) -> dict[Key, Year]:
    """The same for many donors, in no more queries.

    Args:
        by_donor: paid gifts of these days, in order of time.
    """
    gifts = [gift for own in by_donor.values() for gift in own]
    traces = steps.of_many(gifts)
    parts = [part for own in traces.values() for part in own]
    said = notes.of(part.wish.pk for part in parts if part.wish)
    told = _fund_quarters(gifts, traces)
    reports = _reports(first, last)
    return {
        key: Year(
            first,
            last,
            own,
            given=tuple(_given(own, traces)),
            things=tuple(
                Toward(gift, part, said.get(part.wish.pk, []))
                for gift in own
                for part in traces[gift.pk]
                if part.wish
            ),
            funds=tuple(_funds(own, traces, told)),
            reports=reports,
        )
        for key, own in by_donor.items()
    }


def _given(gifts: Sequence[Donation], traces: Mapping[int, list[LineTrace]]) -> Iterable[Given]:
    for currency in dict.fromkeys(gift.currency for gift in gifts):
        own = [gift for gift in gifts if gift.currency == currency]
        ways = [(_way(gift, part), part.line) for gift in own for part in traces[gift.pk]]
        purposes = [(line.designation.public_name, line) for _way_, line in ways]
        yield Given(
            currency,
            len(own),
            sum(gift.amount_minor for gift in own),
            sum(gift.refunded_minor + gift.lost_minor for gift in own),
            tuple(sorted(_sums(ways), key=lambda one: (REGULAR, THINGS, ONCE).index(one.key))),
            tuple(sorted(_sums(purposes), key=lambda one: -one.amount_minor)),
        )


def _way(gift: Donation, part: LineTrace) -> str:
    if gift.plan_id:
        return REGULAR
    return THINGS if part.wish else ONCE


def _sums(lines: Iterable[tuple[str, DonationLine]]) -> list[Sum]:
    found: defaultdict[str, list[DonationLine]] = defaultdict(list)
    for key, line in lines:
        found[key].append(line)
    return [
        Sum(key, len({line.donation_id for line in own}), sum(line.amount_minor for line in own))
        for key, own in found.items()
    ]


def _fund_quarters(
    gifts: Sequence[Donation], traces: Mapping[int, list[LineTrace]]
) -> dict[int, list[Quarter]]:
    """Of every open fund that one of these gifts went to, since the first of them."""
    paid = [gift.paid_at for gift in gifts if gift.paid_at]
    purses = {
        part.line.designation_id: part.line.designation
        for own in traces.values()
        for part in own
        if not part.wish
    }
    return funds.quarters(purses.values(), since=min(paid)) if purses and paid else {}


def _funds(
    gifts: Sequence[Donation],
    traces: Mapping[int, list[LineTrace]],
    told: Mapping[int, list[Quarter]],
) -> Iterable[Fund]:
    found: defaultdict[tuple[int, str], list[tuple[Donation, DonationLine]]] = defaultdict(list)
    for gift in gifts:
        for part in traces[gift.pk]:
            if not part.wish and not part.line.goes_back:
                found[part.line.designation_id, gift.currency].append((gift, part.line))
    for (fund, currency), rows in found.items():
        # A trace tells of the quarters since its own gift.
        since = min(calendar.day_of(gift.paid_at) for gift, _line in rows if gift.paid_at)
        yield Fund(
            rows[0][1].designation,
            currency,
            len({gift.pk for gift, _line in rows}),
            sum(line.amount_minor for _gift, line in rows),
            [one for one in told.get(fund, []) if one.starts >= calendar.start_of(since)],
        )


def _reports(first: date, last: date) -> tuple[Report, ...]:
    """Of the whole organisation, of quarters in these days, as anybody may read them today."""
    pages = (
        ImpactReportPage.objects.live()
        .public()
        .select_related("edition", "locale")
        .filter(
            edition__published_at__isnull=False,
            edition__kinds=[],
            edition__first__lte=last,
            edition__last__gte=first,
        )
        .exclude(edition__corrected_by__published_at__isnull=False)
        .order_by("edition__first", "pk")
    )
    found: dict[int, ImpactReportPage] = {}
    for page in pages:
        if page.locale.language_code == get_language() or page.edition_id not in found:
            found[page.edition_id] = page
    return tuple(Report(page.edition, page) for page in found.values())
