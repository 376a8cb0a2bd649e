"""Money of a paid gift goes to another designation, because its donor wishes so.

The gift's line, its receipt and its first entry stay as they are; a new entry moves the money.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from donations import ledger, refunds, spending
from donations.models import Designation, Donation, DonationLine, LineMove, Refund
from donations.timeline import note

Account = ledger.Account
UNDER_WAY = (*refunds.UNDER_WAY, Refund.Status.PENDING)


class NotMovable(Exception):
    """The line stays where it is; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def lies_at(line: DonationLine) -> Designation:
    """Where a line's money is now."""
    last = line.moves.select_related("destination").order_by("-pk").first()
    return last.destination if last else line.designation


@transaction.atomic
def move(
    line: DonationLine,
    *,
    to: Designation,
    wish: str,
    wished_on: date,
    reason: str,
    by: Any,
) -> LineMove:
    """Move what is left of a paid line. A second press finds it there and is refused as `same`.

    Args:
        wish: what the donor asked for, in her words or where they are kept.

    Raises:
        NotMovable: not_paid, no_wish, same, goal, closed, disputed, under_way, nothing.
        TooLittle: it was spent.
    """
    gift = Donation.objects.select_for_update().get(pk=line.donation_id)
    lines = list(gift.lines.select_related("designation"))
    line = next(one for one in lines if one.pk == line.pk)
    origin = lies_at(line)
    if gift.status != Donation.Status.PAID:
        raise NotMovable("not_paid")
    if not (wish.strip() and reason.strip()):
        raise NotMovable("no_wish")
    if origin == to:
        raise NotMovable("same")
    # Goals count gifts by their lines: money moved in or out would be counted where it is not.
    if origin.target_minor is not None or to.target_minor is not None:
        raise NotMovable("goal")
    if to.closes_at and to.closes_at <= timezone.now():
        raise NotMovable("closed")
    if refunds.is_disputed(gift):
        raise NotMovable("disputed")
    if gift.refunds.filter(status__in=UNDER_WAY).exists():
        raise NotMovable("under_way")
    left = dict(zip(lines, ledger.kept_of(lines, gift.kept_minor), strict=True))[line]
    if not left:
        raise NotMovable("nothing")
    spending.locked([origin.pk, to.pk])
    there = spending.left_minor([origin.pk], currency=gift.currency)[origin.pk]
    if there < left:
        raise spending.TooLittle(origin, wanted_minor=left, left_minor=max(0, there))
    moved = LineMove.objects.create(
        line=line,
        origin=origin,
        destination=to,
        amount_minor=left,
        wish=wish.strip(),
        wished_on=wished_on,
        reason=reason.strip(),
        moved_by=by,
    )
    ledger.post(
        [
            ledger.Leg(Account.TRANSFERS, left, gift.currency, origin),
            ledger.Leg(Account.TRANSFERS, -left, gift.currency, to),
        ],
        source=f"move:{moved.pk}",
        kind="moved",
        entity=gift.legal_entity,
        livemode=gift.livemode,
        occurred_at=timezone.now(),
        donation=gift,
        reason=moved.reason,
        actor=by,
    )
    note(gift, "line_moved", actor_id=by.pk, designation=to.code)
    return moved
