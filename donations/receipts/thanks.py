"""The letter to whoever caused a gift without giving it: no number, and not a word about tax."""

from dataclasses import replace

from donations.models import Donation, Receipt
from donations.receipts import cases, document, facts
from donations.receipts.packs.shape import Document
from donations.receipts.snapshot import Snapshot


class NotDue(Exception):
    """The rule of its country thanks nobody but the donor for such a gift."""


def snapshot(donation: Donation, *, to: str) -> Snapshot:
    """The facts of the letter; it is in no book, and drawn anew whenever it is asked for.

    Raises:
        NotDue: nobody caused a gift of this source, or nothing of it is left.
    """
    decision = cases.decide(donation, credited=to)
    if not decision.thanks:
        raise NotDue(decision.because)
    gift = facts.of_gift(donation, Receipt())
    return replace(
        gift,
        kind=Document.THANKS,
        sentences=decision.thanks,
        receipt_name=to,
        giver=gift.receipt_name,
        number="",
        code="",
        check_url="",
        thanks_name="",
        payment_method="",
        tribute="",
        donor_address=(),
        disclosures=(),
        benefit=None,
    )


def letter(donation: Donation, *, to: str) -> bytes:
    """The letter as a PDF.

    Raises:
        NotDue: as above.
    """
    return document.render(snapshot(donation, to=to))
