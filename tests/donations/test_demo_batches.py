"""The demo's gifts outside Stripe leave the desks something to show and something to do."""

from django.db.models import Sum

from donations import demo, demo_batches
from donations.bank import matching
from donations.ledger import Account
from donations.models import BankAccount, BankLine, BankMatch, Entry, GiftBatch, Posting
from donations.offline import posting
from tests.giving import wrong_in_the_books
from tests.people import person


def test_batches_are_made_once_one_posted_and_matched_one_with_a_difference(
    db, run_jobs, quick_drawing
):
    demo.seed()
    clerk = person(factor=False)
    for _ in range(2):
        demo_batches.seed(by=clerk)
    run_jobs()

    posted, left = GiftBatch.objects.order_by("pk")
    assert (posted.state, left.state) == ("posted", "open")
    assert posting.hindrance(left).code == "count"
    assert posted.gifts.filter(donation__receipts__state="issued").count() == 4
    deposit = Entry.objects.get(kind="deposit")
    line = BankLine.objects.get(amount_minor=posted.expected_minor)
    assert deposit.postings.get(account=Account.CASH).amount_minor == line.amount_minor == 1990_00
    assert BankMatch.objects.get().line == line
    assert matching.explained(BankAccount.objects.get()) == (1, 3)
    income = Posting.objects.filter(account=Account.CONTRIBUTIONS)
    assert income.aggregate(total=Sum("amount_minor"))["total"] == -1990_00
    assert not wrong_in_the_books()
