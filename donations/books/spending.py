"""No purpose spends what it has not; what is released was spent; orders hold what they say."""

from collections.abc import Iterator

from django.db.models import Count, Q, Sum

from donations import ledger
from donations.books.problem import Problem
from donations.models import Designation, LineMove, Posting

Account = Posting.Account
KEYS = ("designation_id", "designation__code", "entry__livemode", "currency")
# Legs on the unrestricted side of a restricted designation.
FREE = (Account.PURCHASES, Account.RELEASED_TO)


def nothing_is_overspent() -> Iterator[Problem]:
    """No designation is below zero, nor its restricted money, but the one that bears shortfalls."""
    rows = (
        Posting.objects.filter(designation__isnull=False)
        .exclude(designation__code=ledger.SHORTFALL)
        .values(*KEYS)
        .annotate(
            total=Sum("amount_minor"),
            restricted=Sum(
                "amount_minor",
                filter=Q(designation__restriction=Designation.Restriction.WITH)
                & ~Q(account__in=FREE),
            ),
        )
    )
    for row in rows:
        below = max(row["total"], row["restricted"] or 0)
        if below > 0:
            text = f"{row['designation__code']}: {below} {row['currency']} below zero"
            yield Problem(f"designation {row['designation_id']}", text)


def released_is_spent() -> Iterator[Problem]:
    """Restricted money is released by spending alone, and by all of it."""
    purchases = Posting.objects.filter(account__in=(Account.PURCHASES, Account.RELEASED, *FREE))
    rows = purchases.values(*KEYS, "designation__restriction").annotate(
        bought=Sum("amount_minor", filter=Q(account=Account.PURCHASES), default=0),
        released=Sum("amount_minor", filter=Q(account=Account.RELEASED), default=0),
        arrived=Sum("amount_minor", filter=Q(account=Account.RELEASED_TO), default=0),
    )
    for row in rows:
        if row["released"] + row["arrived"]:
            text = f"{row['released']} released, {-row['arrived']} received"
            yield Problem(f"designation {row['designation_id']}", text)
        restricted = row["designation__restriction"] == Designation.Restriction.WITH
        if row["released"] > row["bought"] or (restricted and row["released"] != row["bought"]):
            text = f"{row['bought']} spent, {row['released']} released"
            yield Problem(f"designation {row['designation_id']}", text)


def orders_net_out() -> Iterator[Problem]:
    """Each commitment has its other side, so that it changes no total of the books."""
    rows = (
        Posting.objects.filter(account=Account.COMMITTED)
        .values("entry_id")
        .annotate(total=Sum("amount_minor"), legs=Count("pk"))
    )
    for row in rows.exclude(total=0):
        yield Problem(f"entry {row['entry_id']}", f"commits {row['total']} on one side only")


def moves_are_booked() -> Iterator[Problem]:
    """Each line that was moved to another designation has its transfer in the books."""
    booked = {
        (row["entry__source"], row["designation_id"]): row["amount_minor"]
        for row in Posting.objects.filter(account=Account.TRANSFERS, entry__kind="moved").values(
            "entry__source", "designation_id", "amount_minor"
        )
    }
    for move in LineMove.objects.order_by("pk").iterator():
        source = f"move:{move.pk}"
        legs = (booked.get((source, move.origin_id)), booked.get((source, move.destination_id)))
        if legs != (move.amount_minor, -move.amount_minor):
            yield Problem(f"move {move.pk}", "is not in the books as it was written down")
