"""Receipts of givers without e-mail, put together in one file for the printer."""

from collections.abc import Sequence

from core import pdf
from donations.models import GiftBatch, Receipt
from donations.receipts import book


def receipts_of(batch: GiftBatch) -> list[Receipt]:
    """Valid and drawn, in the order of the batch."""
    return list(
        Receipt.objects.filter(
            donation__offline__batch=batch,
            donation__email="",
            state=Receipt.State.ISSUED,
            sha256__isnull=False,
        )
        .select_related("file")
        .order_by("donation__offline__pk")
    )


def together(receipts: Sequence[Receipt]) -> bytes | None:
    """The pages of all of them; None if there are none. For paper: each file stays as issued."""
    if not receipts:
        return None
    return pdf.together(map(book.stored_bytes, receipts))
