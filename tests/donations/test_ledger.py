"""The books: balanced, written once, sealed."""

from datetime import UTC, datetime

import pgtrigger
import pytest
from django.db import DatabaseError, IntegrityError, transaction

from donations import books, ledger
from donations.gateway import Charge, Movement
from donations.ledger import Account, Leg
from donations.models import Designation, Entry, LegalEntity, Posting, Seal

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def charge(amount: int = 10_000, currency: str = "USD") -> Charge:
    return Charge(
        id="ch_1", status="succeeded", amount_minor=amount, currency=currency, created_at=NOW,
        brand="visa", last4="4242", fingerprint="f", failure_code="", decline_code="",
        movement=None,
    )  # fmt: skip


def movement(amount: int, fee: int, currency: str = "USD") -> Movement:
    return Movement(
        id="txn_1", kind="charge", source="ch_1", amount_minor=amount, fee_minor=fee,
        net_minor=amount - fee, currency=currency, created_at=NOW, available_at=NOW,
    )  # fmt: skip


def post(legs: list[Leg], *, source: str = "ch_1", kind: str = "charge") -> bool:
    return ledger.post(
        legs,
        source=source,
        kind=kind,
        entity=LegalEntity.objects.get(),
        livemode=False,
        occurred_at=NOW,
    )


def balanced(amount: int = 500) -> list[Leg]:
    return [Leg(Account.PROCESSOR, amount, "USD"), Leg(Account.FEES, -amount, "USD")]


def sums(legs: list[Leg]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for leg in legs:
        key = (leg.account, leg.currency)
        found[key] = found.get(key, 0) + leg.amount_minor
    return found


def test_a_fee_leaves_the_balance():
    assert sums(ledger.fee_legs(charge(), movement(10_000, 320))) == {
        (Account.FEES, "USD"): 320, (Account.PROCESSOR, "USD"): -320,
    }  # fmt: skip


def test_a_charge_settled_in_another_currency_ends_in_that_currency():
    """100 EUR settle as 108.50 USD less 4.10: the EUR balance is empty, the USD one 104.40."""
    euros = charge(10_000, "EUR")
    taken = [Leg(Account.PROCESSOR, 10_000, "EUR"), Leg(Account.CONTRIBUTIONS, -10_000, "EUR")]
    fee = ledger.fee_legs(euros, movement(10_850, 410))
    assert sums(taken + fee) == {
        (Account.PROCESSOR, "EUR"): 0,
        (Account.CONTRIBUTIONS, "EUR"): -10_000,
        (Account.EXCHANGE, "EUR"): 10_000,
        (Account.EXCHANGE, "USD"): -10_850,
        (Account.PROCESSOR, "USD"): 10_440,
        (Account.FEES, "USD"): 410,
    }
    for currency in ("EUR", "USD"):
        assert sum(leg.amount_minor for leg in fee if leg.currency == currency) == 0


def test_what_came_in_another_currency_can_be_posted(giving):
    giving.books_are_damaged = True  # an entry of no donation
    assert post(ledger.fee_legs(charge(10_000, "EUR"), movement(10_850, 410)), kind="fee")


def test_one_source_gives_one_entry_of_a_kind(giving):
    giving.books_are_damaged = True  # entries of no donation
    assert [post(balanced()), post(balanced()), post(balanced(), kind="fee")] == [True, False, True]
    assert Entry.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.bulk_create([_copy(Entry.objects.get(kind="charge"))])


def test_legs_that_do_not_sum_to_zero_are_refused(giving):
    with pytest.raises(DatabaseError, match="sum to zero"), transaction.atomic():
        post([Leg(Account.PROCESSOR, 500, "USD"), Leg(Account.FEES, -499, "USD")])
    with pytest.raises(DatabaseError, match="sum to zero"), transaction.atomic():
        post([Leg(Account.PROCESSOR, 500, "USD"), Leg(Account.FEES, -500, "EUR")])
    assert not Entry.objects.exists()


def test_legs_of_nothing_are_left_out(giving):
    giving.books_are_damaged = True
    post([*balanced(), Leg(Account.EXCHANGE, 0, "USD")])
    assert Posting.objects.count() == 2


def test_each_line_is_income_of_its_own_purpose(giving, run_jobs):
    first, second = Designation.objects.order_by("position")[:2]
    parts = [giving.part(first, 4000), giving.part(second, 1000)]
    donation = giving.paid(parts=parts, fee_cover_minor=181)
    run_jobs()
    income = Posting.objects.filter(account=Account.CONTRIBUTIONS)
    assert dict(income.values_list("designation__code", "amount_minor")) == {
        first.code: -4145, second.code: -1036,
    }  # fmt: skip
    assert donation.entries.get().occurred_at.date() == donation.created_at.date()


@pytest.mark.parametrize(
    ("field", "value"), [("amount_minor", 1), ("currency", "EUR"), ("account", "other")]
)
def test_an_entrys_digest_changes_with_any_figure(giving, field, value):
    giving.books_are_damaged = True
    post(balanced())
    entry = Entry.objects.get()
    postings = list(entry.postings.all())
    assert ledger.digest(entry, postings) == entry.sha256
    setattr(postings[0], field, value)
    assert ledger.digest(entry, postings) != entry.sha256


def test_seals_follow_each_other_and_hold_all_that_is_new(giving, run_jobs):
    assert ledger.seal() is None
    seals = []
    for _ in range(2):
        giving.paid()
        run_jobs()
        seals.append(ledger.seal())
        assert ledger.seal() is None
    first, second = seals
    assert first.previous_sha256 == ledger.FIRST_SEAL
    assert second.previous_sha256 == first.sha256
    assert [sorted(seal.items.values_list("kind", flat=True)) for seal in seals] == [
        ["entry", "file", "snapshot"]
    ] * 2
    assert Seal.objects.count() == 2


def test_who_changes_a_sealed_entry_is_found_out(giving, run_jobs):
    giving.books_are_damaged = True
    giving.paid()
    run_jobs()
    ledger.seal()
    entry = Entry.objects.get()
    with pgtrigger.ignore("donations.Entry:entry_written_once"):
        Entry.objects.update(occurred_at=NOW)
    entry.refresh_from_db()
    assert books.verify()["entries unchanged"]
    with pgtrigger.ignore("donations.Entry:entry_written_once"):
        Entry.objects.update(sha256=ledger.digest(entry, list(entry.postings.all())))
    assert not books.verify()["entries unchanged"]
    assert books.verify()["the chain of seals is whole"]


def _copy(entry: Entry) -> Entry:
    entry.pk = None
    return entry
