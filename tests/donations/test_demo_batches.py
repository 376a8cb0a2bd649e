"""The demo's gifts outside Stripe leave the desks something to show and something to do."""

from django.db.models import Sum
from django.utils import timezone

from donations import demo, demo_batches
from donations.bank import matching
from donations.ledger import Account
from donations.models import BankAccount, BankLine, BankMatch, Entry, GiftBatch, Posting
from donations.offline import posting
from donations.receipts import lacking
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

    posted, old, left = GiftBatch.objects.order_by("pk")
    assert (posted.state, left.state) == ("posted", "open")
    assert posting.hindrance(left).code == "count"
    assert posted.gifts.filter(donation__receipts__state="issued").count() == 4
    deposit = Entry.objects.get(kind="deposit", source=f"batch:{posted.pk}")
    line = BankLine.objects.get(amount_minor=posted.expected_minor)
    assert deposit.postings.get(account=Account.CASH).amount_minor == line.amount_minor == 1990_00
    assert BankMatch.objects.get().line == line
    assert matching.explained(BankAccount.objects.get()) == (1, 3)
    assert {one.why for one in map(lacking.why, lacking.gifts(livemode=False))} == {
        "yearly",
        "void",
    }
    years = {timezone.localdate(gift.donation.paid_at).year for gift in old.gifts.all()}
    assert years == {timezone.localdate().year - 1}
    income = Posting.objects.filter(account=Account.CONTRIBUTIONS)
    income = income.exclude(entry__donation__offline__batch=old)
    assert income.aggregate(total=Sum("amount_minor"))["total"] == -1990_00
    assert not wrong_in_the_books()
