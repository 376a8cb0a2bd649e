"""Receipts are numbered without a gap, unchanged, and for what we have of each gift."""

from collections.abc import Iterator

from django.db.models import (
    BigIntegerField,
    BinaryField,
    CharField,
    Count,
    F,
    Func,
    Max,
    Min,
    Q,
    Sum,
    TextField,
    Value,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Concat, LPad
from django.utils import timezone

from core.tokens import sha256
from donations.books.problem import CHUNK, PATIENCE, Problem
from donations.models import Donation, Receipt, ReceiptFile, ReceiptItem, ReceiptSeries
from donations.receipts import cases
from donations.receipts.packs.shape import Document
from donations.receipts.snapshot import canonical


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
    rows = Receipt.objects.order_by("pk").values_list("label", "snapshot", "snapshot_sha256")
    for label, facts, digest in rows.iterator(CHUNK):
        if sha256(canonical(facts)) != digest:
            yield Problem(f"receipt {label}", "facts and fingerprint disagree")
    # Hashed where they lie: some gigabytes in all.
    content = Func(F("data"), function="sha256", output_field=BinaryField())
    told = Func(content, Value("hex"), function="encode", output_field=CharField())
    other = ReceiptFile.objects.exclude(receipt__sha256=told)
    for label in other.order_by("pk").values_list("receipt__label", flat=True):
        yield Problem(f"receipt {label}", "file and fingerprint disagree")


def receipts_are_right() -> Iterator[Problem]:
    """A live receipt is for what the gift is worth, in its own mode, and is drawn in time."""
    live = Receipt.objects.filter(state=Receipt.State.ISSUED, donation__isnull=False)
    amounts = {
        "told": Cast(KT("snapshot__amount_minor"), BigIntegerField()),
        "given": Coalesce(KT("snapshot__given"), Value(""), output_field=TextField()),
        "kept": F("donation__amount_minor")
        - F("donation__refunded_minor")
        - F("donation__lost_minor"),
    }
    # What came in place of money has no amount on its receipt (Snapshot.is_for).
    right = (Q(given="", told=F("kept")) | (~Q(given="") & Q(kept__gt=0))) & Q(
        donation__currency=KT("snapshot__currency")
    )
    for label in live.annotate(**amounts).exclude(right).values_list("label", flat=True):
        yield Problem(f"receipt {label}", "its amount is not the gift's")
    mixed = live.exclude(donation__livemode=F("series__livemode"))
    for label in mixed.values_list("label", flat=True):
        yield Problem(f"receipt {label}", "test and live are mixed")
    before = timezone.now() - PATIENCE
    undrawn = Receipt.objects.filter(sha256=None, issued_at__lt=before)
    for label in undrawn.filter(state=Receipt.State.ISSUED).values_list("label", flat=True):
        yield Problem(f"receipt {label}", "has a number and no file")
    for donation in (
        Donation.objects.filter(status=Donation.Status.PAID, paid_at__lt=before)
        .exclude(amount_minor__lte=F("refunded_minor") + F("lost_minor"))
        .filter(receipt_items=None, yearly_receipt=False)
        .exclude(offline__batch__posted_at__gte=before)
        .exclude(receipts__state=Receipt.State.ISSUED)
        .select_related("legal_entity")
    ):
        void = Receipt.objects.filter(donation=donation, state=Receipt.State.VOID)
        if not void.exists() and cases.decide(donation).document != Document.NONE:
            yield Problem(f"donation {donation.pk}", "is paid and has no receipt")
    yield from _years_are_right()
    for label in Receipt.objects.filter(state=Receipt.State.REPLACED, replaced_by=None).values_list(
        "label", flat=True
    ):
        yield Problem(f"receipt {label}", "is replaced by none")


def _years_are_right() -> Iterator[Problem]:
    """A live receipt for a year is the sum of its gifts, each with what we have of it."""
    items = ReceiptItem.objects.filter(receipt__state=Receipt.State.ISSUED)
    gift = F("donation__amount_minor") - F("donation__refunded_minor") - F("donation__lost_minor")
    for item in items.exclude(amount_minor=gift).select_related("receipt"):
        yield Problem(f"receipt {item.receipt.label}", "a gift on it is worth something else")
    of_years = Receipt.objects.filter(donation=None).annotate(total=Sum("items__amount_minor"))
    for receipt in of_years.iterator(CHUNK):
        if receipt.snapshot["amount_minor"] != (receipt.total or 0):
            yield Problem(f"receipt {receipt.label}", "is not the sum of its gifts")
    wrong = items.exclude(donation__livemode=F("receipt__series__livemode"))
    for label in wrong.values_list("receipt__label", flat=True).distinct():
        yield Problem(f"receipt {label}", "test and live are mixed")


def receipt_rows_say_what_is_printed() -> Iterator[Problem]:
    """Number and code of a row are those in its facts; a file that was made is there."""
    printed = {"printed": KT("snapshot__number"), "printed_code": KT("snapshot__code")}
    padded = LPad(Cast("number", CharField()), 6, Value("0"))
    told = Concat(Value("-"), padded, output_field=CharField())
    wrong = Receipt.objects.annotate(**printed, told=told).exclude(
        label=F("printed"), code=F("printed_code"), label__endswith=F("told")
    )
    for label in wrong.values_list("label", flat=True):
        yield Problem(f"receipt {label}", "its row is not what is printed on it")
    gone = Receipt.objects.filter(sha256__isnull=False, file=None)
    for label in gone.values_list("label", flat=True):
        yield Problem(f"receipt {label}", "its file is gone")
