"""Why is number 318 missing? For every number of a series there is an answer."""

from dataclasses import dataclass

from donations.models import Receipt, ReceiptSeries

State = Receipt.State


@dataclass(frozen=True)
class Answer:
    """What became of a number: issued, void, replaced, waiting, not_yet, never or gap.

    `gap` is a number that was drawn and is on no receipt; the database lets none arise.
    """

    state: str
    number: int
    receipt: Receipt | None = None
    successor: Receipt | None = None


def explain(series: ReceiptSeries, number: int) -> Answer:
    if number < 1:
        return Answer("never", number)
    if number > series.last_number:
        return Answer("not_yet", number)
    rows = series.receipts.select_related("donation", "replaced_by", "voided_by")
    receipt = rows.filter(number=number).first()
    if receipt is None:
        return Answer("gap", number)
    if receipt.state == State.ISSUED and receipt.sha256 is None:
        return Answer("waiting", number, receipt)
    return Answer(receipt.state, number, receipt, getattr(receipt, "replaced_by", None))
