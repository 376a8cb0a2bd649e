"""What Stripe says of the balance and what the ledger says of it, to the cent."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q, Sum
from django.utils import timezone

from core import money
from donations import movements, payouts
from donations.books.problem import CHUNK, Problem
from donations.models import (
    BalanceTransaction,
    Dispute,
    Donation,
    Entry,
    Payout,
    Posting,
    Refund,
)
from donations.models.donations import SUMS

Account = Posting.Account
BACK = (Account.REFUNDS, Account.DISPUTES)
# A refund may wait this long for its row of the balance, as a charge may for its fee.
LATE = timedelta(days=1)


def balance_agrees() -> Iterator[Problem]:
    """Each movement of the balance stands in the ledger with exactly what it brought.

    So charges less refunds, disputes, fees and payouts in the ledger equal the sum of Stripe's own
    balance transactions.
    """
    booked: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in (
        Posting.objects.filter(account=Account.PROCESSOR)
        .values("entry__source", "currency")
        .annotate(total=Sum("amount_minor"))
    ):
        booked[row["entry__source"]][row["currency"]] = row["total"]
    rows = BalanceTransaction.objects.values_list("pk", "kind", "source", "currency", "net_minor")
    for pk, kind, source, own, net in rows.iterator(CHUNK):
        found: defaultdict[str, int] = defaultdict(int, booked.pop(pk, {}))
        if kind in movements.GIFTS:
            for currency, total in booked.pop(source, {}).items():
                found[currency] += total
        found[own] -= net
        for currency, off in found.items():
            if off:
                yield Problem(f"movement {pk}", f"the ledger is off by {off} {currency}")
    charges = dict(Entry.objects.filter(kind="charge").values_list("source", "occurred_at"))
    for source in booked.keys() - charges.keys():
        yield Problem(f"entry of {source}", "moves the balance, and Stripe told no such movement")
    for source in charges.keys() & booked.keys():
        if charges[source] < timezone.now() - LATE:
            yield Problem(f"charge {source}", "Stripe's fee is unknown after a day")


def given_back_is_booked() -> Iterator[Problem]:
    """Refunds and disputes are summed in their gift, and the ledger gave back as much."""
    for name, query in SUMS.items():
        sums = query.replace("NEW.id", "donations_donation.id")
        wrong = Donation.objects.extra(where=[f"{name} <> ({sums})"])  # noqa: S610 - our own words
        for pk in wrong.values_list("pk", flat=True):
            yield Problem(f"donation {pk}", f"{name} is not the sum of its rows")
    # What Stripe has not yet shown in the balance is not booked yet.
    before = timezone.now() - LATE
    refunded = Q(status__in=["pending", "succeeded"])
    for model, state, column in (
        (Refund, refunded & Q(created_at__lt=before), "refunded_minor"),
        (Dispute, Q(withdrawn_minor__gt=0, opened_at__lt=before), "disputed_minor"),
    ):
        due = set(model.objects.filter(state).values_list("donation_id", flat=True))
        account = Account.REFUNDS if model is Refund else Account.DISPUTES
        booked = _booked_back(account)
        told = dict(Donation.objects.exclude(**{column: 0}).values_list("pk", column))
        for pk in sorted(booked.keys() | due):
            ahead = told.get(pk, 0) - booked.get(pk, 0)
            if ahead < 0 or (ahead and pk in due):
                text = f"{column} is {told.get(pk, 0)}, in the ledger {booked.get(pk, 0)}"
                yield Problem(f"donation {pk}", text)


def given_back_where_given() -> Iterator[Problem]:
    """What was given back is borne by the gift's own purposes, and as evenly as cents allow."""
    borne: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for row in (
        Posting.objects.filter(account__in=BACK)
        .values("entry__donation", "designation")
        .annotate(total=Sum("amount_minor"))
    ):
        borne[row["entry__donation"]][row["designation"]] = row["total"]
    gifts = Donation.objects.filter(pk__in=borne).prefetch_related("lines")
    for gift in gifts.iterator(CHUNK):
        back = sum(borne[gift.pk].values())
        going = [line for line in gift.lines.all() if line.goes_back]
        staying = [line for line in gift.lines.all() if not line.goes_back]
        fair: defaultdict[int, int] = defaultdict(int)
        first = min(back, sum(line.amount_minor for line in going))
        for lines, gone in ((going, first), (staying, back - first)):
            whole = [line.amount_minor for line in lines]
            parts = money.allocate(sum(whole) - gone, whole) if gone else whole
            for line, part in zip(lines, parts, strict=True):
                fair[line.designation_id] += line.amount_minor - part
        for designation in fair.keys() | borne[gift.pk].keys():
            off = borne[gift.pk].get(designation, 0) - fair[designation]
            if off:
                yield Problem(f"donation {gift.pk}", f"designation {designation}: off by {off}")


def payouts_are_explained() -> Iterator[Problem]:
    """The rows of each automatic payout add up to it; nothing is left unclear."""
    for payout in Payout.objects.exclude(explained_at=None).iterator(CHUNK):
        difference = payouts.explain(payout).difference_minor
        if difference:
            yield Problem(f"payout {payout.stripe_id}", f"off by {difference}")
    late = timezone.now() - 2 * LATE
    for payout_id in Payout.objects.filter(
        automatic=True, explained_at=None, created_at__lt=late
    ).values_list("stripe_id", flat=True):
        yield Problem(f"payout {payout_id}", "its rows do not add up to it")
    unclear = Posting.objects.filter(account=Account.UNCLEAR).values_list(
        "entry__source", flat=True
    )
    for source in unclear:
        yield Problem(f"movement {source}", "belongs to nothing we know")


def _booked_back(account: str) -> dict[int, int]:
    rows = (
        Posting.objects.filter(account=account)
        .values("entry__donation")
        .annotate(total=Sum("amount_minor"))
    )
    return {row["entry__donation"]: row["total"] for row in rows if row["total"]}
