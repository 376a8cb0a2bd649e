"""What was given and spent in a time, by purpose and way, from the books. Nothing is taken off."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count, QuerySet, Sum

from donations.models import Posting


@dataclass(frozen=True)
class Given:
    """A sum of postings of contributions: by how many gifts, and how much in minor units."""

    # A designation's primary key, or the way a gift came.
    key: int | str
    currency: str
    gifts: int
    amount_minor: int


def by_designation(*, first: date, last: date) -> list[Given]:
    """Of the days from `first` to `last`, as they are booked."""
    return _sums("designation_id", first, last)


def by_way(*, first: date, last: date) -> list[Given]:
    return _sums("entry__donation__source", first, last)


def spent(*, first: date, last: date) -> list[Given]:
    """What was bought for people, by designation; `gifts` counts the purchases."""
    rows = (
        _postings(first, last, Posting.Account.PURCHASES)
        .values("designation_id", "currency")
        .annotate(number=Count("entry", distinct=True), total=Sum("amount_minor"))
        .order_by("currency", "designation_id")
    )
    return [
        Given(row["designation_id"] or "", row["currency"], row["number"], row["total"])
        for row in rows
    ]


def gifts(*, first: date, last: date) -> dict[str, int]:
    """How many gifts, by currency: one that went to two purposes is one."""
    number = Count("entry__donation", distinct=True)
    rows = _postings(first, last).values("currency").annotate(number=number).order_by("currency")
    return {row["currency"]: row["number"] for row in rows}


def _sums(key: str, first: date, last: date) -> list[Given]:
    rows = (
        _postings(first, last)
        .values(key, "currency")
        .annotate(number=Count("entry__donation", distinct=True), total=Sum("amount_minor"))
        .order_by("currency", key)
    )
    return [Given(row[key] or "", row["currency"], row["number"], -row["total"]) for row in rows]


def _postings(
    first: date, last: date, account: str = Posting.Account.CONTRIBUTIONS
) -> QuerySet[Posting]:
    return Posting.objects.filter(
        account=account,
        entry__livemode=settings.STRIPE_LIVE,
        entry__posted_on__range=(first, last),
    )
