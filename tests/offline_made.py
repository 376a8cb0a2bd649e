"""Batches of gifts that came outside Stripe; afterwards the books must be right."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from donations import demo
from donations.models import Designation, GiftBatch, LegalEntity, OfflineGift
from donations.offline import entering, posting
from donations.offline.facts import Facts
from tests.giving import wrong_in_the_books
from tests.people import person

HOME = {"address_line1": "1 Elm Street", "city": "Dayton", "region": "OH", "postcode": "45402"}
SHARES = {
    "symbol": "ABCX", "shares": Decimal("10"), "high": Decimal("20.02"), "low": Decimal("19.99"),
}  # fmt: skip


def days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def purpose(code: str = "where-needed-most") -> Designation:
    return Designation.objects.get(code=code)


@dataclass
class Clerk:
    """Somebody of finance who enters gifts."""

    by: Any
    books_are_damaged: bool = False

    def batch(self, *amounts_minor: int, source: str = "cheque", **facts: Any) -> GiftBatch:
        """An open batch that expects these amounts; nothing is entered."""
        given = {
            "currency": "USD",
            "expected_count": len(amounts_minor) or 1,
            "expected_minor": sum(amounts_minor) or 5000,
            "deposited_on": days_ago(1),
            **facts,
        }
        entity = LegalEntity.objects.get(is_default=True)
        return entering.begin(entity=entity, source=source, by=self.by, **given)

    def facts(self, amount_minor: int = 5000, **facts: Any) -> Facts:
        given = {
            "name": "Ruth Osei",
            "received_on": days_ago(2),
            "lines": ((purpose().pk, amount_minor),),
            **HOME,
            **facts,
        }
        return Facts(amount_minor=amount_minor, **given)

    def gift(self, batch: GiftBatch, amount_minor: int = 5000, **facts: Any) -> OfflineGift:
        return entering.add(batch, self.facts(amount_minor, **facts), by=self.by)

    def post(self, batch: GiftBatch) -> GiftBatch:
        return posting.post(batch, by=self.by, seen=posting.fingerprint(batch))

    def posted(self, amount_minor: int = 5000, *, source: str = "cheque", **facts: Any) -> Any:
        """One gift, entered and posted; the donation it became."""
        batch = self.batch(amount_minor, source=source)
        gift = self.gift(batch, amount_minor, **facts)
        self.post(batch)
        gift.refresh_from_db()
        return gift.donation


@pytest.fixture
def clerk(db, quick_drawing):
    demo.seed()
    made = Clerk(person(factor=False))
    yield made
    if not made.books_are_damaged:
        assert not wrong_in_the_books()
