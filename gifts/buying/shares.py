"""Whose gifts pay for which unit: the oldest paid line first, only with money that is still there.

Donors' names play no part: a share names a line of a gift, and the trace begins there.
"""

from collections.abc import Iterator, Sequence

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from donations import ledger
from donations.models import Designation, Donation, DonationLine, Refund
from gifts.models import PurchaseOrder, Unit, UnitShare

Part = list[tuple[int, int]]
# Asked for, and Stripe has not heard or answered yet.
GOING = (Refund.Status.PROPOSED, Refund.Status.ASKED)


def allot(designation: Designation, *, prices: Sequence[int], order: PurchaseOrder) -> list[Part]:
    """For each unit the lines that pay for it, as (line, minor units). Call under its lock.

    What no line has left stays open: it comes from general money or another purpose's leftover.
    """
    there = _free(designation, order)
    line, left = 0, 0
    parts: list[Part] = []
    for price in prices:
        part: Part = []
        wanted = price
        while wanted:
            if not left:
                line, left = next(there, (0, 0))
                if not left:
                    break
            taken = min(wanted, left)
            part.append((line, taken))
            wanted, left = wanted - taken, left - taken
        parts.append(part)
    return parts


def used() -> Subquery:
    """What of a line has paid for units; those of canceled orders gave it back."""
    rows = UnitShare.objects.filter(line=OuterRef("pk")).exclude(unit__state=Unit.State.CANCELED)
    sums = rows.order_by().values("line").annotate(total=Sum("amount_minor"))
    return Subquery(sums.values("total"))


def lines_of(designation: Designation, *, currency: str, livemode: bool) -> QuerySet[DonationLine]:
    """Paid lines with something left that nobody asks back, the oldest first."""
    paid = DonationLine.objects.filter(
        designation=designation,
        goes_back=False,
        donation__status=Donation.Status.PAID,
        donation__currency=currency,
        donation__livemode=livemode,
        donation__disputed_minor=0,
    ).exclude(donation__refunds__status__in=GOING)
    fresh = paid.annotate(used_minor=Coalesce(used(), 0)).filter(amount_minor__gt=F("used_minor"))
    return fresh.select_related("donation").order_by("donation__paid_at", "pk")


def _free(designation: Designation, order: PurchaseOrder) -> Iterator[tuple[int, int]]:
    rows = lines_of(designation, currency=order.currency, livemode=order.livemode)
    for line in rows.iterator(500):
        free = _kept(line) - line.used_minor  # type: ignore[attr-defined]  # annotated above
        if free > 0:
            yield line.pk, free


def _kept(line: DonationLine) -> int:
    """What is left of a line after refunds, split as the ledger splits them."""
    donation = line.donation
    if not donation.refunded_minor:
        return line.amount_minor
    lines = list(donation.lines.all())
    kept = ledger.kept_of(lines, donation.amount_minor - donation.refunded_minor)
    return kept[lines.index(line)]
