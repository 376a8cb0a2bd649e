"""Books that prove themselves: every rule of the money, recomputed from the rows.

Each check is one function that yields what is wrong; `manage.py verify_books` runs them all.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import groupby

from django.db.models import Count, F, Max, Min, Q, Sum
from django.utils import timezone

from core.tokens import sha256
from donations import ledger
from donations.models import (
    BalanceTransaction,
    CheckoutAttempt,
    Donation,
    DonationLine,
    Entry,
    Posting,
    Receipt,
    ReceiptFile,
    ReceiptSeries,
    Seal,
    SealItem,
)
from donations.plans import checks as plans
from donations.problem import Problem
from donations.receipts.snapshot import Snapshot

# Jobs may still be under way; older than this, something is stuck.
PATIENCE = timedelta(minutes=10)
CHUNK = 2_000


def verify() -> dict[str, list[Problem]]:
    """Run every check; an empty list is a rule that holds."""
    return {name: list(check()) for name, check in CHECKS.items()}


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
    entries = Entry.objects.order_by("pk").prefetch_related("postings")
    for entry in entries.iterator(CHUNK):
        if ledger.digest(entry, list(entry.postings.all())) != entry.sha256:
            yield Problem(f"entry {entry.pk}", "facts and digest disagree")


def gifts_are_whole() -> Iterator[Problem]:
    """Lines add up to their donation; a paid one has its donor and its charge in the ledger."""
    sums = Donation.objects.annotate(total=Sum("lines__amount_minor"))
    for pk, amount, total in sums.exclude(total=F("amount_minor")).values_list(
        "pk", "amount_minor", "total"
    ):
        yield Problem(f"donation {pk}", f"lines add up to {total}, not {amount}")
    paid = Donation.objects.filter(status=Donation.Status.PAID)
    booked = paid.annotate(charges=Count("entries", filter=Q(entries__kind="charge")))
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


def balance_at_stripe_agrees() -> Iterator[Problem]:
    """Charges less fees in the ledger equal Stripe's own balance transactions, to the cent."""
    posted = {
        (row["entry__source"], row["currency"]): row["total"]
        for row in Posting.objects.filter(account=Posting.Account.FEES, entry__kind="fee")
        .values("entry__source", "currency")
        .annotate(total=Sum("amount_minor"))
    }
    charges = dict(
        Donation.objects.exclude(charge_id=None).values_list("charge_id", "amount_minor")
    )
    currencies = dict(Donation.objects.exclude(charge_id=None).values_list("charge_id", "currency"))
    for row in BalanceTransaction.objects.iterator(CHUNK):
        if posted.get((row.pk, row.currency), 0) != row.fee_minor:
            yield Problem(f"movement {row.pk}", "its fee is not in the ledger as Stripe tells it")
        same = currencies.get(row.source) == row.currency
        if same and charges.get(row.source) != row.amount_minor:
            yield Problem(f"movement {row.pk}", "its amount is not the charge's")
    late = timezone.now() - timedelta(days=1)
    for source in Donation.objects.filter(
        status=Donation.Status.PAID, processor_fee_minor=None, paid_at__lt=late
    ).values_list("charge_id", flat=True):
        yield Problem(f"charge {source}", "Stripe's fee is unknown after a day")


def payments_once() -> Iterator[Problem]:
    """No donation is paid by two sessions; one form gave one donation."""
    done = CheckoutAttempt.objects.filter(outcome=Donation.Status.PAID)
    for row in done.values("donation_id").annotate(count=Count("pk")).filter(count__gt=1):
        yield Problem(f"donation {row['donation_id']}", f"{row['count']} sessions paid it")


def receipt_numbers_have_no_gap() -> Iterator[Problem]:
    """Every number from 1 to the last of its series exists once."""
    for series in ReceiptSeries.objects.annotate(
        count=Count("receipts"), lowest=Min("receipts__number"), highest=Max("receipts__number")
    ):
        last = series.last_number
        if last and (series.count, series.lowest, series.highest) != (last, 1, last):
            present = set(series.receipts.values_list("number", flat=True))
            missing = [n for n in range(1, last + 1) if n not in present][:10]
            yield Problem(f"series {series}", f"{series.count} of {last}; missing {missing}")


def receipts_unchanged() -> Iterator[Problem]:
    """Facts and stored files are what their fingerprints say."""
    for receipt in Receipt.objects.order_by("pk").iterator(CHUNK):
        if sha256(Snapshot.from_dict(receipt.snapshot).to_json()) != receipt.snapshot_sha256:
            yield Problem(f"receipt {receipt.label}", "facts and fingerprint disagree")
    files = ReceiptFile.objects.select_related("receipt").defer("receipt__snapshot")
    for file in files.order_by("pk").iterator(100):
        if sha256(bytes(file.data)) != file.receipt.sha256:
            yield Problem(f"receipt {file.receipt.label}", "file and fingerprint disagree")


def receipts_are_right() -> Iterator[Problem]:
    """A live receipt is for what the gift is worth, in its own mode, and is drawn in time."""
    live = Receipt.objects.filter(state=Receipt.State.ISSUED).select_related("donation", "series")
    for receipt in live.iterator(CHUNK):
        donation = receipt.donation
        facts = (receipt.snapshot["amount_minor"], receipt.snapshot["currency"])
        if facts != (donation.amount_minor - donation.refunded_minor, donation.currency):
            yield Problem(f"receipt {receipt.label}", "its amount is not the gift's")
        if donation.livemode != receipt.series.livemode:
            yield Problem(f"receipt {receipt.label}", "test and live are mixed")
    before = timezone.now() - PATIENCE
    for label in Receipt.objects.filter(sha256=None, issued_at__lt=before).values_list(
        "label", flat=True
    ):
        yield Problem(f"receipt {label}", "has a number and no file")
    for pk in (
        Donation.objects.filter(status=Donation.Status.PAID, paid_at__lt=before)
        .exclude(refunded_minor=F("amount_minor"))
        .exclude(receipts__state=Receipt.State.ISSUED)
        .values_list("pk", flat=True)
    ):
        if not Receipt.objects.filter(donation_id=pk, state=Receipt.State.VOID).exists():
            yield Problem(f"donation {pk}", "is paid and has no receipt")
    for label in Receipt.objects.filter(state=Receipt.State.REPLACED, replaced_by=None).values_list(
        "label", flat=True
    ):
        yield Problem(f"receipt {label}", "is replaced by none")


def modes_are_apart() -> Iterator[Problem]:
    """Test money never stands in live books."""
    mixed = Entry.objects.filter(donation__isnull=False).exclude(livemode=F("donation__livemode"))
    for pk in mixed.values_list("pk", flat=True):
        yield Problem(f"entry {pk}", "its mode is not its donation's")


def chain_is_whole() -> Iterator[Problem]:
    """Each seal follows from the one before and from its items; items equal the rows of today."""
    previous = ledger.FIRST_SEAL
    for seal in Seal.objects.order_by("pk").prefetch_related("items").iterator(200):
        items = list(seal.items.all())
        if seal.previous_sha256 != previous or ledger.head(previous, items) != seal.sha256:
            yield Problem(f"seal {seal.pk}", "does not follow from the one before")
        previous = seal.sha256
    kinds = SealItem.Kind
    today: dict[str, dict[int, str | None]] = {
        kinds.ENTRY: dict(Entry.objects.values_list("pk", "sha256")),
        kinds.SNAPSHOT: dict(Receipt.objects.values_list("pk", "snapshot_sha256")),
        kinds.FILE: dict(Receipt.objects.values_list("pk", "sha256")),
    }
    items_by_kind = SealItem.objects.order_by("kind").values_list("kind", "row", "sha256")
    for kind, rows in groupby(items_by_kind.iterator(CHUNK), key=lambda item: item[0]):
        for _, row, digest in rows:
            if today[kind].get(row) != digest:
                yield Problem(f"{kind} {row}", "is not what was sealed")


CHECKS: dict[str, Callable[[], Iterator[Problem]]] = {
    "entries balance": entries_balance,
    "entries unchanged": entries_unchanged,
    "gifts are whole": gifts_are_whole,
    "income goes where it was given": income_goes_where_given,
    "the balance at Stripe agrees": balance_at_stripe_agrees,
    "each gift is paid once": payments_once,
    "plans go to open purposes": plans.purposes_are_open,
    "plans stand as their story tells": plans.stories_are_whole,
    "plans are charged once a period and never after their end": plans.charges_are_due,
    "receipt numbers have no gap": receipt_numbers_have_no_gap,
    "receipts are unchanged": receipts_unchanged,
    "receipts are right": receipts_are_right,
    "test and live are apart": modes_are_apart,
    "the chain of seals is whole": chain_is_whole,
}
