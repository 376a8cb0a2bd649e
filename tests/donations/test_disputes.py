"""Banks that take gifts back, and what warns of it: held, won, lost, prevented, in any order."""

import pytest
from django.db import DatabaseError, transaction

from donations import disputes, refunds
from donations.models import Dispute, Donation, Entry, Posting, RiskAlert
from tests.afterwards import balance, refund, settled
from tests.giving import BANK
from tests.people import person

Status = Dispute.Status
Account = Posting.Account


@pytest.fixture
def gift(giving, run_jobs):
    return settled(giving, run_jobs)


@pytest.fixture
def hear(giving, run_jobs):
    """Bring Stripe's news and read the gift again."""

    def hear(gift, *kinds):
        giving.deliver(*kinds)
        run_jobs()
        gift.refresh_from_db()
        return gift

    return hear


def dispute(giving, gift, **how):
    return giving.sandbox.dispute(giving.session_of(gift), **how)["id"]


def test_a_dispute_holds_the_gift_takes_a_fee_and_leaves_the_receipt(giving, gift, hear):
    dispute(giving, gift)
    hear(gift)
    row = gift.disputes.get()
    assert (row.status, row.reason, row.withdrawn_minor) == ("needs_response", "fraudulent", 5000)
    assert row.answer_by
    assert (gift.disputed_minor, gift.lost_minor, gift.kept_minor) == (5000, 0, 5000)
    assert balance() == {
        Account.PROCESSOR: -175 - 1500,
        Account.CONTRIBUTIONS: -5000,
        Account.FEES: 175 + 1500,
        Account.DISPUTES: 5000,
    }
    assert gift.receipts.get().state == "issued"
    assert list(disputes.to_answer()) == [row]
    assert refunds.refundable_minor(gift) == 0


@pytest.mark.parametrize("fee_back", [True, False])
def test_a_won_dispute_brings_the_money_back_and_the_fee_where_stripe_says_so(
    giving, gift, hear, fee_back
):
    found = dispute(giving, gift)
    giving.sandbox.command("win_dispute", dispute=found, fee_back=fee_back)
    hear(gift)
    assert (gift.disputes.get().status, gift.disputed_minor) == ("won", 0)
    sums = balance()
    assert sums[Account.DISPUTES] == 0
    assert sums[Account.FEES] == 175 + (0 if fee_back else 1500)
    assert gift.receipts.get().state == "issued"
    assert Entry.objects.filter(kind__startswith="dispute").count() == 2


def test_a_lost_dispute_books_the_loss_and_voids_the_receipt(giving, gift, hear):
    found = dispute(giving, gift)
    hear(gift)
    giving.sandbox.command("lose_dispute", dispute=found)
    hear(gift)
    assert (gift.lost_minor, gift.kept_minor, gift.status) == (5000, 0, "paid")
    receipt = gift.receipts.get()
    assert (receipt.state, receipt.void_reason) == ("void", "dispute")
    kinds = list(gift.timeline.values_list("kind", flat=True))
    assert kinds[-4:] == ["disputed", "dispute_needs_response", "dispute_lost", "receipt_voided"]


def test_a_part_lost_leaves_a_receipt_for_the_rest(giving, gift, hear):
    found = dispute(giving, gift, amount=2000)
    giving.sandbox.command("lose_dispute", dispute=found)
    hear(gift)
    assert gift.receipts.get(state="issued").snapshot["amount_minor"] == 3000


def test_a_question_moves_nothing_until_it_escalates(giving, gift, hear):
    found = dispute(giving, gift, kind="inquiry")
    hear(gift)
    assert gift.disputes.get().status == "warning_needs_response"
    assert gift.disputed_minor == 0
    assert refunds.refundable_minor(gift) == 5000
    giving.sandbox.command("escalate_dispute", dispute=found)
    hear(gift)
    assert (gift.disputes.get().status, gift.disputed_minor) == ("needs_response", 5000)


def test_a_prevented_dispute_and_a_debit_taken_back_are_lost_from_the_start(giving, run_jobs, hear):
    prevented, bounced = settled(giving, run_jobs), settled(giving, run_jobs, card=BANK)
    dispute(giving, prevented, kind="prevented")
    dispute(giving, bounced, reason="insufficient_funds")
    for gift in (hear(prevented), hear(bounced)):
        assert gift.lost_minor == 5000
        assert gift.receipts.get().state == "void"
    assert balance(entry__donation=prevented)[Account.FEES] == 175


@pytest.mark.parametrize("first", ["charge.dispute.closed", "charge.dispute.funds_reinstated"])
def test_news_of_a_dispute_in_any_order_and_twice_give_the_same(giving, gift, run_jobs, first):
    found = dispute(giving, gift)
    giving.sandbox.command("win_dispute", dispute=found)
    events = sorted(giving.new_events(), key=lambda event: event["type"] != first)
    for event in [*events, *events]:
        giving.post(event)
        run_jobs()
    gift.refresh_from_db()
    assert (gift.disputes.get().status, gift.disputed_minor) == ("won", 0)
    assert Entry.objects.filter(kind__startswith="dispute").count() == 2


def test_a_dispute_told_before_the_payment_is_not_missed(giving, run_jobs):
    gift = giving.begin()
    session = giving.pay(gift)
    giving.sandbox.release_fees()
    giving.sandbox.dispute(session)
    giving.post(giving.new_events("charge.dispute.created")[0])
    run_jobs()
    gift.refresh_from_db()
    assert (gift.status, gift.disputed_minor) == ("paid", 5000)


def test_a_warning_of_fraud_stays_on_the_list_until_refunded_or_left(giving, gift, run_jobs, hear):
    giving.sandbox.command("warn", session=giving.session_of(gift))
    hear(gift)
    warning = disputes.open_alerts().get()
    assert (warning.kind, warning.about) == ("warning", "unauthorized_use_of_card")

    refund(gift, reason="fraudulent")
    run_jobs()
    hear(gift)
    warning.refresh_from_db()
    assert not warning.is_open

    other = settled(giving, run_jobs)
    giving.sandbox.command("warn", session=giving.session_of(other))
    hear(other)
    warning = disputes.open_alerts().get()
    for _ in range(2):
        disputes.leave_alone(warning, actor=person(factor=False))
    assert not disputes.open_alerts().exists()
    assert other.timeline.filter(kind="warning_left").count() == 1


def test_a_payment_under_review_is_shown_until_it_is_closed(giving, gift, hear):
    review = giving.sandbox.command("open_review", session=giving.session_of(gift))["review"]
    hear(gift)
    assert disputes.open_alerts().get().kind == "review"
    giving.sandbox.command("close_review", review=review["id"])
    hear(gift)
    alert = RiskAlert.objects.get()
    assert (alert.is_open, alert.about) == (False, "approved")


def test_the_database_sums_disputes_by_itself(giving, gift, hear):
    dispute(giving, gift)
    hear(gift)
    row = gift.disputes.get()
    for change in (
        lambda: Donation.objects.filter(pk=gift.pk).update(lost_minor=5000),
        lambda: Dispute.objects.filter(pk=row.pk).update(withdrawn_minor=5001),
        lambda: Dispute.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    Dispute.objects.filter(pk=row.pk).update(status=Status.LOST)
    gift.refresh_from_db()
    assert gift.lost_minor == 5000
    giving.books_are_damaged = True
