"""Entries balance and never change, each gift is booked once where it was given, seals hold."""

from collections.abc import Iterator
from itertools import groupby

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Q, Sum

from donations import ledger, periods, room
from donations.books.problem import CHUNK, Problem
from donations.models import (
    CheckoutAttempt,
    Designation,
    Donation,
    DonationLine,
    Entry,
    PeriodStep,
    Posting,
    Receipt,
    Seal,
    SealItem,
)

# Each entry with its legs in one row: a million of them as objects would take minutes.
ENTRIES = f"""
    SELECT e.id, e.actor_id, e.sha256, coalesce(l.legs, '[]'), {", ".join(ledger.SEALED)}
      FROM donations_entry e
      LEFT JOIN (
        SELECT p.entry_id, json_agg(json_build_array(
                   p.account, coalesce(p.designation_id, 0), p.amount_minor, p.currency)) AS legs
          FROM donations_posting p GROUP BY p.entry_id
      ) l ON l.entry_id = e.id
     ORDER BY e.id
"""  # noqa: S608 - our own words


def entries_balance() -> Iterator[Problem]:
    """The legs of each entry sum to zero per currency, and there are at least two."""
    sums = Posting.objects.values("entry_id", "currency").annotate(
        total=Sum("amount_minor"), legs=Count("pk")
    )
    for row in sums.filter(~Q(total=0) | Q(legs__lt=2)).order_by("entry_id"):
        yield Problem(f"entry {row['entry_id']}", f"{row['currency']}: off by {row['total']}")
    for pk in Entry.objects.filter(postings=None).values_list("pk", flat=True):
        yield Problem(f"entry {pk}", "has no postings")


def entries_unchanged() -> Iterator[Problem]:
    """Each entry still has the digest it was written with."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(ENTRIES)
        while rows := cursor.fetchmany(CHUNK):
            for pk, actor, digest, legs, *facts in rows:
                if ledger.digest_of(facts, legs, actor) != digest:
                    yield Problem(f"entry {pk}", "facts and digest disagree")


def gifts_are_whole() -> Iterator[Problem]:
    """Lines add up to their donation; a paid one has its donor and its charge in the ledger."""
    sums = Donation.objects.annotate(total=Sum("lines__amount_minor"))
    for pk, amount, total in sums.exclude(total=F("amount_minor")).values_list(
        "pk", "amount_minor", "total"
    ):
        yield Problem(f"donation {pk}", f"lines add up to {total}, not {amount}")
    paid = Donation.objects.filter(status=Donation.Status.PAID)
    by_card = Q(entries__kind="charge", source=Donation.Source.CARD)
    by_hand = Q(entries__kind="received") & ~Q(source=Donation.Source.CARD)
    booked = paid.annotate(charges=Count("entries", filter=by_card | by_hand))
    for pk, count in booked.exclude(charges=1).values_list("pk", "charges"):
        yield Problem(f"donation {pk}", f"is paid and has {count} charges in the ledger")
    orphans = Entry.objects.filter(kind="charge").exclude(donation__charge_id=F("source"))
    for source in orphans.values_list("source", flat=True):
        yield Problem(f"charge {source}", "is in the ledger and belongs to no paid donation")


def income_goes_where_given() -> Iterator[Problem]:
    """Contributions in the ledger equal the lines of paid donations, designation by designation."""
    keys = ("designation_id", "donation__livemode", "donation__currency")
    given = {
        tuple(row[key] for key in keys): row["total"]
        for row in DonationLine.objects.filter(donation__status=Donation.Status.PAID)
        .values(*keys)
        .annotate(total=Sum("amount_minor"))
    }
    booked = {
        (row["designation_id"], row["entry__livemode"], row["currency"]): -row["total"]
        for row in Posting.objects.filter(account=Posting.Account.CONTRIBUTIONS)
        .values("designation_id", "entry__livemode", "currency")
        .annotate(total=Sum("amount_minor"))
    }
    for key in sorted(given.keys() | booked.keys()):
        if given.get(key, 0) != booked.get(key, 0):
            text = f"given {given.get(key, 0)}, in the ledger {booked.get(key, 0)} {key[2]}"
            yield Problem(f"designation {key[0]}", text)


def goals_are_not_exceeded() -> Iterator[Problem]:
    """What was given and what is being paid for stay within each goal and what may exceed it."""
    capped = Designation.objects.exclude(target_minor=None)
    kept = Q(posting__account__in=["contributions", "refunds", "disputes"]) & Q(
        posting__entry__livemode=settings.STRIPE_LIVE
    )
    held = room.standing(capped.values_list("pk", flat=True))
    for row in capped.annotate(given=Sum("posting__amount_minor", filter=kept)):
        taken = held[row.pk].held_minor - (row.given or 0)
        most = room.most_minor(row)
        if most is not None and taken > most:
            yield Problem(f"designation {row.pk}", f"has {taken} of at most {most}")


def payments_once() -> Iterator[Problem]:
    """No donation is paid by two sessions; one form gave one donation."""
    done = CheckoutAttempt.objects.filter(outcome=Donation.Status.PAID)
    for row in done.values("donation_id").annotate(count=Count("pk")).filter(count__gt=1):
        yield Problem(f"donation {row['donation_id']}", f"{row['count']} sessions paid it")


def modes_are_apart() -> Iterator[Problem]:
    """Test money never stands in live books."""
    mixed = Entry.objects.filter(donation__isnull=False).exclude(livemode=F("donation__livemode"))
    for pk in mixed.values_list("pk", flat=True):
        yield Problem(f"entry {pk}", "its mode is not its donation's")


def chain_is_whole() -> Iterator[Problem]:
    """Each seal follows from the one before and from its items; items equal the rows of today."""
    items = SealItem.objects.order_by("seal_id").values_list("seal_id", "kind", "row", "sha256")
    by_seal = groupby(items.iterator(CHUNK), key=lambda item: item[0])
    sealed = {pk: [item[1:] for item in found] for pk, found in by_seal}
    previous = ledger.FIRST_SEAL
    for seal in Seal.objects.order_by("pk").iterator(CHUNK):
        told = sealed.get(seal.pk, [])
        if seal.previous_sha256 != previous or ledger.head(previous, told) != seal.sha256:
            yield Problem(f"seal {seal.pk}", "does not follow from the one before")
        previous = seal.sha256
    kinds = SealItem.Kind
    today: dict[str, dict[int, str | None]] = {
        kinds.ENTRY: dict(Entry.objects.values_list("pk", "sha256")),
        kinds.SNAPSHOT: dict(Receipt.objects.values_list("pk", "snapshot_sha256")),
        kinds.FILE: dict(Receipt.objects.values_list("pk", "sha256")),
        kinds.STEP: {step.pk: periods.digest(step) for step in PeriodStep.objects.all()},
    }
    for found in sealed.values():
        for kind, row, digest in found:
            if today[kind].get(row) != digest:
                yield Problem(f"{kind} {row}", "is not what was sealed")
