"""The books by month against a plain recount of the postings, and what each purpose has."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from donations import demo, ledger, months, periods, rollforward
from donations.ledger import Account, Leg
from donations.models import BooksMonth, Designation, LegalEntity, Period, Posting
from donations.models.months import BY_APPEAL, BY_SOURCE
from tests.people import person

OCTOBER = date(2026, 10, 1)


def book(source, *legs, at=datetime(2026, 9, 15, 12, tzinfo=UTC), entity=None, kind="moved"):
    made = ledger.post(
        [Leg(*leg) for leg in legs], source=source, kind=kind, livemode=False, occurred_at=at,
        entity=entity or LegalEntity.objects.get(is_default=True),
    )  # fmt: skip
    assert made


def purpose(code="education"):
    return Designation.objects.get(code=code)


@pytest.fixture
def organisation(db):
    demo.seed()


@pytest.fixture
def another(organisation):
    """A second entity, whose midnight and money are others."""
    return LegalEntity.objects.create(
        code="uk", name="North Star UK", short_name="North Star UK", country="GB", currency="GBP",
        tax_id="1", address="x", email="uk@northstar.example", website="https://uk.example",
        time_zone="Europe/London", fiscal_year_begins=4, statement_descriptor="NORTH STAR",
    )  # fmt: skip


def test_sums_equal_a_plain_recount_of_random_postings(another):
    rng = random.Random(7)
    entities = [LegalEntity.objects.get(is_default=True), another]
    purposes = list(Designation.objects.all())
    accounts = [Account.REFUNDS, Account.FEES, Account.TRANSFERS, Account.CONTRIBUTIONS]
    for number in range(60):
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=rng.randrange(24 * 300))
        account, minor = rng.choice(accounts), rng.randint(-900, 900) or 5
        of = None if account == Account.FEES else rng.choice(purposes)
        currency = rng.choice(["USD", "GBP"])
        legs = ((account, minor, currency, of), (Account.PROCESSOR, -minor, currency))
        book(f"x{number}", *legs, at=at, entity=rng.choice(entities))
    call_command("rebuild_months")
    plain = Counter()
    for one in Posting.objects.select_related("entry"):
        month = one.entry.posted_on.replace(day=1)
        entity = one.entry.legal_entity_id
        plain[entity, month, one.account, one.designation_id, one.currency] += one.amount_minor
    told = Counter()
    for row in BooksMonth.objects.exclude(account__in=[BY_SOURCE, BY_APPEAL]):
        told[row.legal_entity_id, row.month, row.account, row.designation_id, row.currency] += (
            row.amount_minor
        )
    assert told == plain
    # A part of a year counted anew leaves the rest as it was, and nothing stands twice.
    months.rebuild(date(2026, 6, 1))
    rows = BooksMonth.objects.exclude(account__in=[BY_SOURCE, BY_APPEAL])
    assert rows.count() == len(told)


def test_income_is_told_by_source_and_appeal_and_a_gift_without_receipt_counts(clerk, make_gift):
    gift = clerk.posted(appeal="spring")
    plain = make_gift()
    months.rebuild()
    first = min(gift.paid_at, plain.paid_at).date().replace(day=1)
    end = (first + timedelta(days=40)).replace(day=1)
    told = months.read(gift.legal_entity, "USD", first=first, end=end)
    assert told.sources == {"cheque": gift.amount_minor, "card": plain.amount_minor}
    assert told.appeals == {"spring": gift.amount_minor, "": plain.amount_minor}
    without = [one for one in (gift, plain) if not one.receipts.filter(state="issued").exists()]
    assert told.counts[months.UNRECEIPTED] == len(without)
    assert told.totals[months.UNRECEIPTED] == sum(one.amount_minor for one in without)


def test_a_fund_rolls_forward_from_what_it_had_to_what_the_ledger_says(organisation):
    fund, other = purpose(), purpose("work")
    september, october = (datetime(2026, m, 15, tzinfo=UTC) for m in (9, 10))
    book("a", (Account.CASH, 900, "USD"), (Account.CONTRIBUTIONS, -900, "USD", fund), at=september)
    book("b", (Account.CASH, 500, "USD"), (Account.CONTRIBUTIONS, -500, "USD", fund), at=october)
    book("c", (Account.CASH, -100, "USD"), (Account.REFUNDS, 100, "USD", fund), at=october)
    book("d", (Account.TRANSFERS, 200, "USD", fund), (Account.TRANSFERS, -200, "USD", other),
         at=october)  # fmt: skip
    book("e", (Account.PURCHASES, 300, "USD", fund), (Account.PAYABLE, -300, "USD"),
         (Account.RELEASED, 300, "USD", fund), (Account.RELEASED_TO, -300, "USD", fund),
         at=october)  # fmt: skip
    book("f", (Account.COMMITTED, 850, "USD", fund), (Account.COMMITTED, -850, "USD"), at=october)
    months.rebuild()
    entity = LegalEntity.objects.get()
    told = months.read(entity, "USD", first=OCTOBER, end=date(2026, 11, 1))
    found = {row.designation.code: row for row in rollforward.funds(told.sums)}
    row = found["education"]
    assert (row.opening, row.changes, row.closing) == (
        900, {"given": 500, "back": -100, "moved": -200, "spent": -300}, 800,
    )  # fmt: skip
    assert (row.committed, row.left) == (850, -50)
    assert [one.designation.code for one in rollforward.short(found.values())] == ["education"]
    classes = {name.split(" (")[0]: sides for (name, _), sides in
               rollforward.by_class(told.sums).items()}  # fmt: skip
    # What was released stands on the unrestricted side, and is spent there.
    assert classes == {
        "With donor restrictions": [900, 100, 1000],
        "Without donor restrictions": [0, 0, 0],
    }


def test_months_that_were_opened_again_are_counted_with_the_last_two(organisation):
    usual = months.oldest_open()
    ada, ben = person(factor=False), person(factor=False)
    february = Period.objects.create(
        legal_entity=LegalEntity.objects.get(), livemode=False, begins_on=date(2026, 2, 1)
    )
    periods.write_closing(february, by=ada, reason="", overlooked=[])
    assert months.oldest_open() == usual > february.begins_on
    periods.ask(february, by=ada, reason="a bill is missing")
    periods.reopen(february, by=ben)
    assert months.oldest_open() == february.begins_on


def test_a_month_long_past_that_was_booked_in_is_summed_within_minutes(organisation):
    march = datetime(2026, 3, 10, 12, tzinfo=UTC)
    book("old", (Account.CASH, 5, "USD"), (Account.FEES, -5, "USD"), at=march)
    months.sum_months(0)
    ledger.seal()
    later = timezone.now() + timedelta(minutes=1)
    assert months.booked_since(later) is None
    book("late", (Account.CASH, 7, "USD"), (Account.FEES, -7, "USD"), at=march)
    assert months.booked_since(later) == date(2026, 3, 1)
    BooksMonth.objects.update(computed_at=later + months.SEALED_WITHIN)
    months.sum_months(0)
    assert BooksMonth.objects.get(account=Account.CASH, month=date(2026, 3, 1)).amount_minor == 12
