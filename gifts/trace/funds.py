"""What an open fund did, by ended quarter, from the ledger alone; small figures stay hidden.

A count below eleven is told as "fewer than 11", and the money of such a count not at all. What was
given is told by its first digit and without a count: impact reports print the gifts to all funds
together, and whoever knew all large ones exactly would know the small one that stands with them.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Sum
from django.db.models.functions import TruncQuarter
from django.utils import timezone

from donations.models import Designation, Posting
from gifts.ladder import K
from gifts.trace import calendar

Account = Posting.Account
# A donor reads of the newest ones.
QUARTERS = 4


@dataclass(frozen=True)
class Cell:
    """How many, and how much in minor units; neither where there are too few."""

    count: int | None
    amount_minor: int | None

    @classmethod
    def of(cls, count: int, amount_minor: int) -> "Cell":
        return cls(count, amount_minor) if count >= K else cls(None, None)

    @property
    def is_hidden(self) -> bool:
        return self.count is None


@dataclass(frozen=True)
class Quarter:
    """One ended quarter of the organisation's calendar."""

    starts: date
    # At least so much, in minor units; None: in fewer than eleven gifts.
    given_minor: int | None
    spent: Cell

    @property
    def number(self) -> int:
        return (self.starts.month + 2) // 3


def quarters(
    funds: Iterable[Designation], *, since: datetime, now: datetime | None = None
) -> dict[int, list[Quarter]]:
    """Of each fund, by primary key: its ended quarters since then, newest first; two queries."""
    zone = ZoneInfo(settings.TIME_ZONE)
    running = calendar.start_of((now or timezone.now()).astimezone(zone).date())
    first = calendar.start_of(since.astimezone(zone).date())
    pks = [fund.pk for fund in funds]
    given = _cells(pks, (Account.CONTRIBUTIONS,), "entry__donation", zone)
    spent = _cells(pks, (Account.PURCHASES,), "entry", zone)
    return {
        pk: [
            Quarter(start, _at_least(*given[pk, start]), Cell.of(*spent[pk, start]))
            for start in _ended(first, running)
        ]
        for pk in pks
    }


def _at_least(count: int, amount_minor: int) -> int | None:
    digit = 10 ** (len(str(amount_minor)) - 1)
    return amount_minor // digit * digit if count >= K else None


def _cells(
    pks: list[int], accounts: tuple[str, ...], counted: str, zone: ZoneInfo
) -> dict[tuple[int, date], tuple[int, int]]:
    rows = (
        Posting.objects.filter(
            designation__in=pks, account__in=accounts, entry__livemode=settings.STRIPE_LIVE
        )
        .annotate(quarter=TruncQuarter("entry__occurred_at", tzinfo=zone))
        .values("designation_id", "quarter")
        .annotate(total=Sum("amount_minor"), count=Count(counted, distinct=True))
    )
    found: defaultdict[tuple[int, date], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in rows:
        key = row["designation_id"], row["quarter"].date()
        found[key] = (row["count"], abs(row["total"]))
    return found


def _ended(first: date, running: date) -> list[date]:
    starts: list[date] = []
    start = calendar.before(running)
    while start >= first and len(starts) < QUARTERS:
        starts.append(start)
        start = calendar.before(start)
    return starts
