"""May a month be closed? What still hinders it, and closing it when nothing does."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from donations import periods
from donations.models import BooksCheck, Difference, Payout, Period, Reconciliation

# These go on until they are mended; the others may be overlooked with a reason.
MUST = frozenset({"not_over", "earlier_open", "unchecked", "broken"})

# The one rule that waits for others: Stripe lists the rows of a payout when it is ready.
PAYOUTS = "payouts are explained"


@dataclass(frozen=True)
class Hindrance:
    """Something that should be settled before a month is closed: what, and about which row."""

    code: str
    about: str = ""
    row: int | None = None

    @property
    def must(self) -> bool:
        return self.code in MUST


class NotClosable(Exception):
    """The month stays open: `hindrances` must be mended, or overlooked with a reason."""

    def __init__(self, hindrances: list[Hindrance]) -> None:
        super().__init__(", ".join(sorted({one.code for one in hindrances})))
        self.hindrances = hindrances


def hindrances(period: Period) -> list[Hindrance]:
    """What stands against closing a month, the gravest first; empty if nothing does."""
    found: list[Hindrance] = []
    zone = ZoneInfo(period.legal_entity.time_zone)
    last = periods.after(period.begins_on)
    begin = datetime(period.begins_on.year, period.begins_on.month, 1, tzinfo=zone)
    end = datetime(last.year, last.month, 1, tzinfo=zone)
    books = {"legal_entity_id": period.legal_entity_id, "livemode": period.livemode}
    if periods.today_of(period.legal_entity) < last:
        found.append(Hindrance("not_over"))
    earlier = Period.objects.filter(**books, begins_on__lt=period.begins_on)
    for row in earlier.exclude(state__in=periods.CLOSED).order_by("begins_on")[:1]:
        found.append(Hindrance("earlier_open", str(row), row.pk))
    found += _of_the_books(period)
    payouts = Payout.objects.filter(
        **books, automatic=True, explained_at=None, created_at__gte=begin, created_at__lt=end
    )
    found += [Hindrance("payout", row.stripe_id, row.pk) for row in payouts.order_by("pk")[:20]]
    runs = Reconciliation.objects.filter(livemode=period.livemode, finished_at__isnull=False)
    if not runs.filter(until__gte=end).exists():
        found.append(Hindrance("not_reconciled"))
    # Looked at once more in a later run over the same time, it is gone, or told anew there.
    again = runs.filter(
        pk__gt=OuterRef("run_id"),
        since__lte=OuterRef("run__since"),
        until__gte=OuterRef("run__until"),
    )
    differences = (
        Difference.objects.filter(
            run__in=runs.filter(since__lt=end, until__gt=begin), repaired=False
        )
        .exclude(Exists(again))
        .order_by("pk")
    )
    found += [Hindrance("difference", row.about, row.run_id) for row in differences[:20]]
    return found


def _of_the_books(period: Period) -> list[Hindrance]:
    """The rules of the books were checked after the month's last entry, and all of them hold."""
    newest = periods.entries(period).aggregate(newest=Max("pk"))["newest"]
    if newest is None:
        return []
    check = BooksCheck.objects.filter(finished_at__isnull=False, failure="").first()
    if check is None or check.newest_entry < newest:
        return [Hindrance("unchecked")]
    broken = {name for name, _milliseconds, count, _kept in check.results if count}
    if broken - {PAYOUTS}:
        return [Hindrance("broken", str(check.problems), check.pk)]
    return [Hindrance("unexplained", str(check.problems), check.pk)] if broken else []


@transaction.atomic
def close(period: Period, *, by: Any, reason: str = "") -> Period:
    """Close a month: its figures and a fingerprint of its entries are kept. Safe to repeat.

    Args:
        reason: why it is closed although something may be overlooked; not needed otherwise.

    Raises:
        NotClosable: something must be mended, or is overlooked without a reason.
    """
    rows = Period.objects.select_for_update(of=["self"]).select_related("legal_entity")
    period = rows.get(pk=period.pk)
    if period.is_closed:
        return period
    periods.hold(period.legal_entity)
    found = hindrances(period)
    if any(one.must for one in found) or (found and not reason.strip()):
        raise NotClosable(found)
    periods.write_closing(
        period,
        by=by,
        reason=reason.strip(),
        overlooked=[[one.code, one.about] for one in found],
    )
    period.refresh_from_db()
    return period
