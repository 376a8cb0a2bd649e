"""The books without what order and chance decide: no ids, receipt numbers, posting dates, seals."""

import hashlib
import json
from typing import Any

from donations.models import Donation, Posting


def canonical_books() -> list[list[Any]]:
    """Every posting by the gift it came from, then every gift's state; sorted.

    A gift is named by its form's token and its place among the payments of that form, a source by
    its gift: ids at Stripe are random.
    """
    postings = Posting.objects.select_related("entry__donation", "designation")
    legs: list[list[Any]] = [
        [
            "posting",
            _name(posting.entry.donation),
            posting.entry.kind,
            posting.account,
            posting.designation.code if posting.designation else "",
            posting.amount_minor,
            posting.currency,
            posting.entry.occurred_at.date().isoformat(),
        ]
        for posting in postings
    ]
    gifts: list[list[Any]] = [
        [
            "gift",
            _name(gift),
            gift.status,
            gift.amount_minor,
            gift.processor_fee_minor,
            gift.donor.email if gift.donor else "",
            gift.card_last4,
            sorted(gift.attempts.values_list("state", "outcome")),
            sorted(gift.failures.values_list("code", flat=True)),
            [gift.refunded_minor, gift.disputed_minor, gift.lost_minor],
            sorted(gift.refunds.values_list("amount_minor", "status")),
            sorted(gift.disputes.values_list("amount_minor", "status")),
            [live.snapshot["amount_minor"] for live in gift.receipts.filter(state="issued")],
            # A receipt that was issued before or after money went back: both are right.
            None if gift.refunds.exists() or gift.lost_minor else gift.receipts.count(),
        ]
        for gift in Donation.objects.select_related("donor")
    ]
    return sorted(legs + gifts, key=json.dumps)


def canonical_hash() -> str:
    return hashlib.sha256(json.dumps(canonical_books()).encode()).hexdigest()


def _name(gift: Donation | None) -> str:
    assert gift is not None
    return gift.form_token
