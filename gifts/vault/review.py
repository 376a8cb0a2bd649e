"""Who looked at what in a month, the unusual first, for another person to go through."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from gifts.vault.models import Access, AccessReview, NeedStep, Purpose
from gifts.vault.transactions import vault_atomic

# Office hours on working days, by the organisation's clock.
OPENS, CLOSES, WORKING_DAYS = time(7), time(20), range(5)
MANY_A_DAY = 40
# Whoever looks to verify comes to a decision; else it was only a look.
DECIDED_WITHIN = timedelta(days=1)


class SamePerson(Exception):
    """Nobody reviews her own looks."""


class NotOver(Exception):
    """The month is still running."""


@dataclass
class Looks:
    """One person's looks of a month."""

    user_id: int
    who: str
    count: int = 0
    records: int = 0
    by_purpose: Counter[str] = field(default_factory=Counter)
    outside: int = 0
    undecided: int = 0
    by_day: Counter[date] = field(default_factory=Counter)
    reviewed: AccessReview | None = None

    @property
    def most_a_day(self) -> int:
        return max(self.by_day.values(), default=0)

    @property
    def emergencies(self) -> int:
        return self.by_purpose[Purpose.EMERGENCY]

    @property
    def unusual(self) -> int:
        """How much there is to ask about; the list begins with the most."""
        many = max(self.most_a_day - MANY_A_DAY, 0)
        return self.outside + self.undecided + many + self.emergencies


def in_hours(at: datetime) -> bool:
    local = timezone.localtime(at)
    return local.weekday() in WORKING_DAYS and OPENS <= local.time() < CLOSES


def bounds(month: date) -> tuple[datetime, datetime]:
    """The month's first moment and the next one's, by the organisation's clock."""
    first = month.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    zone = timezone.get_default_timezone()
    begin, end = (datetime.combine(day, time(), zone) for day in (first, following))
    return begin, end


def rows_of(month: date) -> QuerySet[Access]:
    begin, end = bounds(month)
    return Access.objects.filter(at__gte=begin, at__lt=end)


def of(month: date) -> list[Looks]:
    """Everybody who looked in a month, whoever is most unusual first."""
    rows = list(rows_of(month).order_by("at"))
    undecided = {row.pk for row in without_a_step(rows)}
    found: dict[int, Looks] = {}
    for row in rows:
        one = found.setdefault(row.user_id, Looks(row.user_id, row.who))
        one.count += 1
        one.records += row.records
        one.by_purpose[row.purpose] += 1
        one.outside += not in_hours(row.at)
        one.undecided += row.pk in undecided
        one.by_day[timezone.localdate(row.at)] += row.records if row.record else 1
    for review in AccessReview.objects.filter(month=month.replace(day=1)):
        if review.user_id in found:
            found[review.user_id].reviewed = review
    return sorted(found.values(), key=lambda one: (-one.unusual, -one.count, one.who))


def without_a_step(rows: Iterable[Access]) -> list[Access]:
    """Looks at a need to verify it that led to no step of it by the same person within a day."""
    asked = [row for row in rows if row.purpose == Purpose.VERIFY and row.model == "need"]
    steps: dict[tuple[Any, int | None], list[datetime]] = defaultdict(list)
    found = NeedStep.objects.filter(
        need__in={row.record for row in asked}, user_id__in={row.user_id for row in asked}
    )
    for need_id, user_id, at in found.values_list("need_id", "user_id", "at"):
        steps[need_id, user_id].append(at)
    return [
        row
        for row in asked
        if not any(row.at <= at <= row.at + DECIDED_WITHIN for at in steps[row.record, row.user_id])
    ]


def review(*, month: date, user_id: int, by: Any, finding: str) -> AccessReview:
    """Another person went through somebody's looks of a month. Safe to repeat.

    Raises:
        SamePerson, NotOver
        LookupError: she looked at nothing in that month.
    """
    month = month.replace(day=1)
    if by.pk == user_id:
        raise SamePerson
    if bounds(month)[1] > timezone.now():
        raise NotOver
    looks = rows_of(month).filter(user_id=user_id).order_by("-at")
    with vault_atomic():
        last = looks.first()
        if last is None:
            raise LookupError(user_id)
        return AccessReview.objects.get_or_create(
            month=month,
            user_id=user_id,
            defaults={
                "who": last.who,
                "looks": looks.count(),
                "finding": finding,
                "reviewed_by": by.pk,
                "reviewed_who": by.email,
            },
        )[0]


def unreviewed(today: date) -> list[tuple[date, int]]:
    """Months of the last year that are over, and how many people's looks nobody reviewed."""
    found, month = [], today.replace(day=1)
    for _back in range(12):
        month = (month - timedelta(days=1)).replace(day=1)
        looked = rows_of(month).order_by().values("user_id").annotate(Count("pk"))
        done = AccessReview.objects.filter(month=month).values("user_id")
        if count := looked.exclude(user_id__in=done).count():
            found.append((month, count))
    return found
