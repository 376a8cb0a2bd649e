"""Books to export: entries of several kinds, days and currencies, made by the ledger itself."""

import hashlib
from datetime import UTC, date, datetime

import pytest

from donations import demo, ledger
from donations.exports import making
from donations.ledger import Account, Leg
from donations.models import Designation, Entry, Export, LegalEntity
from tests.people import person

FIRST, LAST = date(2020, 1, 1), date(2035, 12, 31)


@pytest.fixture
def entity(db):
    demo.seed()
    return LegalEntity.objects.get(is_default=True)


@pytest.fixture
def asker(db):
    return person(factor=False)


@pytest.fixture
def book(entity):
    """Posts an entry of two legs (or of those given); returns it."""
    numbers = iter(range(1, 1_000_000))

    def post(amount=1050, *, currency="USD", reason="", source="", legs=None, **facts):
        purpose = Designation.objects.get(is_default=True)
        source = source or f"txn_{next(numbers)}"
        ledger.post(
            legs or [
                Leg(Account.PROCESSOR, amount, currency),
                Leg(Account.CONTRIBUTIONS, -amount, currency, purpose),
            ],
            source=source, kind="made-up", entity=entity, livemode=False, reason=reason,
            occurred_at=datetime(2026, 3, 4, 12, tzinfo=UTC), **facts,
        )  # fmt: skip
        return Entry.objects.get(source=source)

    return post


@pytest.fixture
def export(entity, asker, run_jobs):
    """Asks for an export and lets the job make it."""

    def make(kind="journal", form="csv", first=FIRST, last=LAST, *, actor=None, until="ready"):
        asked = making.ask(
            kind, form=form, entity=entity, first_day=first, last_day=last, actor=actor or asker
        )
        run_jobs(may_fail=True)
        asked.refresh_from_db()
        assert asked.state == until, (asked.problem, asked.detail)
        return asked

    return make


def bytes_of(export: Export) -> bytes:
    data = b"".join(bytes(part.data) for part in export.parts.order_by("number"))
    assert hashlib.sha256(data).hexdigest() == export.sha256
    assert len(data) == export.size
    return data
