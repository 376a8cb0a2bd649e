"""A batch posts whole or not at all: donations, entries, receipts; and what cannot be entered."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from donations import books, chart, ledger, periods, spending
from donations.models import (
    Donation,
    Donor,
    Entry,
    GiftBatch,
    LegalEntity,
    Mail,
    OfflineGift,
    Period,
    PeriodStep,
    Posting,
    Receipt,
)
from donations.offline import duplicates, entering, posting, reversing
from donations.offline.facts import value_minor
from tests.offline_made import SHARES, days_ago, purpose


def lying(account):
    legs = Posting.objects.filter(account=account).values_list("amount_minor", flat=True)
    return sum(legs)


def refused(call, *args, **kwargs):
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        call(*args, **kwargs)
    return str(caught.value)


def test_posting_makes_donations_books_them_and_owes_receipts(clerk, run_jobs):
    batch = clerk.batch(5000, 12_345)
    clerk.gift(batch, check_number="1001", postmarked_on=days_ago(5), email="ruth@example.org")
    both = ((purpose().pk, 10_000), (purpose("education").pk, 2_345))
    clerk.gift(batch, 12_345, name="Ama Mensah", lines=both, appeal="spring")
    clerk.post(batch)
    first, second = Donation.objects.order_by("pk")
    assert (first.status, first.source, first.charge_id) == ("paid", "cheque", None)
    assert first.paid_at.date() == days_ago(5)  # a mailed check counts by its postmark
    assert (second.paid_at.date(), second.appeal) == (days_ago(2), "spring")
    assert [line.amount_minor for line in second.lines.all()] == [10_000, 2_345]
    assert (lying("undeposited"), lying("bank_account")) == (0, 17_345)
    deposit = Entry.objects.get(kind="deposit")
    assert (deposit.posted_on, deposit.actor) == (batch.deposited_on, clerk.by)
    left = spending.left_minor([purpose("education").pk], currency="USD")
    assert left == {purpose("education").pk: 2_345}
    run_jobs()
    assert Receipt.objects.filter(state="issued", sha256__isnull=False).count() == 2
    printed = first.receipts.get().snapshot
    assert printed["payment_method"] == "Check 1001"
    assert printed["received_on"] == days_ago(5).isoformat()
    # Ama has no e-mail: her receipt is to be printed, and nobody is written to.
    assert [mail.to for mail in Mail.objects.all()] == ["ruth@example.org"]
    assert [gift.name for gift in posting.to_print(batch)] == ["Ama Mensah"]


def test_a_batch_that_does_not_match_posts_nothing_and_says_by_how_much(clerk):
    batch = clerk.batch(5000, 5000)
    clerk.gift(batch, 5100)
    with pytest.raises(entering.NotPossible) as count:
        clerk.post(batch)
    assert (count.value.code, count.value.about) == ("count", "-1")
    clerk.gift(batch, 5000, name="Ama Mensah")
    with pytest.raises(entering.NotPossible) as total:
        clerk.post(batch)
    assert (total.value.code, total.value.about) == ("total", "100")
    assert not Donation.objects.exists()
    text = refused(
        GiftBatch.objects.update, state="posted", posted_by=clerk.by, posted_at="2026-01-01 00:00Z"
    )
    assert "2 gifts of 10100, expected 2 of 10000" in text


def test_a_batch_is_posted_once_as_it_was_looked_over_and_then_stands(clerk):
    batch = clerk.batch(5000)
    gift = clerk.gift(batch)
    seen = posting.fingerprint(batch)
    entering.change(gift, clerk.facts(name="Ruth O."), by=clerk.by)
    with pytest.raises(entering.NotPossible, match="changed"):
        posting.post(batch, by=clerk.by, seen=seen)
    clerk.post(batch)
    posting.post(batch, by=clerk.by, seen="pressed twice")
    assert Donation.objects.count() == 1
    assert Entry.objects.count() == 2
    with pytest.raises(entering.NotPossible, match="not_open"):
        clerk.gift(batch)
    gift.refresh_from_db()
    assert "not open" in refused(OfflineGift.objects.filter(pk=gift.pk).update, name="x")
    assert "not open" in refused(gift.lines.all().delete)
    assert "frozen" in refused(GiftBatch.objects.update, expected_minor=1)
    assert "sition" in refused(GiftBatch.objects.update, state="discarded")


def test_donors_are_found_by_address_and_made_once_for_a_name_without_one(clerk):
    known = Donor.objects.create(
        name="Ruth Osei", search_name="ruth osei", email="ruth@example.org"
    )
    batch = clerk.batch(5000, 5000, 5000, 5000)
    clerk.gift(batch, email="Ruth@example.org", name="R. Osei")
    clerk.gift(batch, name="José Núñez")
    clerk.gift(batch, name="jose nunez", received_on=days_ago(3))
    clerk.gift(batch, name="Ama Mensah", email="ama@example.org")
    clerk.post(batch)
    givers = [gift.donor for gift in Donation.objects.order_by("pk").select_related("donor")]
    assert givers[0] == known
    assert givers[1] == givers[2] != known
    assert (givers[1].email, givers[1].postcode) == (None, "45402")
    assert givers[3].email == "ama@example.org"
    assert entering.recognise(name="JOSE NUNEZ", email="", postcode="45402") == givers[1]
    last = entering.last_addresses([givers[1].pk])[givers[1].pk]
    filled = entering.with_address_of(clerk.facts(address_line1="", city=""), givers[1], last=last)
    assert (filled.address_line1, filled.city, filled.donor_id) == (
        "1 Elm Street",
        "Dayton",
        givers[1].pk,
    )


def test_the_sponsor_is_the_donor_and_the_adviser_gets_soft_credit(clerk):
    sponsor = {"name": "Sample Charitable Trust", "kind": "organisation"}
    gift = clerk.posted(source="advised_fund", **sponsor, credited_name="Ama Mensah")
    assert gift.donor.kind == "organisation"
    adviser = Donor.objects.get(name="Ama Mensah")
    assert [row.donation for row in adviser.soft_credits.all()] == [gift]
    assert not adviser.donations.exists()


def test_a_match_names_the_employees_own_gift(clerk):
    own = clerk.posted()
    company = {"name": "Sample Works Inc.", "kind": "organisation", "email": "give@example.com"}
    gift = clerk.posted(source="match", **company, credited_id=own.donor_id, matches_id=own.pk)
    assert [row.donation for row in own.matched_by.all()] == [gift]


def test_shares_are_booked_at_the_mean_of_the_day_and_await_their_sale(clerk):
    worth = value_minor(SHARES["shares"], high=SHARES["high"], low=SHARES["low"], currency="USD")
    assert worth == 20_005
    gift = clerk.posted(worth, source="stock", **SHARES)
    assert (gift.offline.symbol, gift.offline.shares) == ("ABCX", Decimal("10"))
    assert (lying("securities"), lying("undeposited"), lying("bank_account")) == (worth, 0, 0)
    reversing.reverse(gift, reason="returned", note="sent back", by=clerk.by)
    assert lying("securities") == 0


def test_checks_may_be_posted_first_and_deposited_later(clerk):
    batch = clerk.batch(5000, deposited_on=None)
    clerk.gift(batch)
    clerk.post(batch)
    assert (lying("undeposited"), lying("bank_account")) == (5000, 0)
    with pytest.raises(entering.NotPossible, match="after_deposit"):
        posting.deposit(batch, on=days_ago(3), bank_reference="x", by=clerk.by)
    for _ in range(2):
        posting.deposit(batch, on=days_ago(1), bank_reference="dep 7", by=clerk.by)
    assert (lying("undeposited"), lying("bank_account")) == (0, 5000)
    assert Entry.objects.get(kind="deposit").reason == "dep 7"
    assert "once" in refused(GiftBatch.objects.update, bank_reference="other")


FAULTS = [
    ({"amount_minor": 0}, "amount: amount"),
    ({"amount_minor": 10**12}, "amount: amount"),
    ({"lines": ()}, "amount: lines"),
    ({"lines": ((1, 4999),)}, "amount: lines"),
    ({"lines": ((-1, 5000),)}, "designation: designation"),
    ({"received_on": days_ago(-1)}, "received_on: future"),
    ({"received_on": days_ago(3000)}, "received_on: long_ago"),
    ({"received_on": days_ago(0)}, "received_on: after_deposit"),
    ({"postmarked_on": days_ago(1)}, "postmarked_on: postmark"),
    ({"name": ""}, "name: name"),
    ({"address_line1": ""}, "address_line1: reach"),
    ({"country": "USA"}, "country: country"),
    ({"language": "xx"}, "language: language"),
    ({"benefit_text": "a dinner"}, "benefit_text: benefit"),
    ({"benefit_text": "a dinner", "benefit_minor": 5001}, "benefit: benefit_more"),
    ({"tribute_kind": "honor"}, "tribute_name: tribute"),
    (SHARES, "symbol: not_here"),
    ({"matches_id": 1}, "matches: not_here"),
    ({"source": "match"}, "name: organisation"),
    ({"source": "stock"}, "symbol: shares"),
    ({"source": "stock", **SHARES}, "amount: worth"),
    ({"source": "stock", **SHARES, "low": Decimal(30)}, "high: prices"),
    ({"source": "transfer", "postmarked_on": days_ago(3)}, "postmarked_on: not_here"),
]


def test_what_cannot_be_is_refused_by_name(clerk):
    for given, wrong in FAULTS:
        facts = dict(given)
        batch = clerk.batch(source=facts.pop("source", "cheque"))
        with pytest.raises(entering.Wrong) as caught:
            clerk.gift(batch, facts.pop("amount_minor", 5000), **facts)
        assert wrong in str(caught.value), given
    goal = purpose("education")
    goal.target_minor, goal.fallback = 10_000, purpose()
    goal.save()
    with pytest.raises(entering.Wrong, match="designation: designation"):
        clerk.gift(clerk.batch(), lines=((goal.pk, 5000),))
    assert not OfflineGift.objects.exists()


def test_the_database_refuses_what_the_function_would(clerk):
    gift = clerk.gift(clerk.batch())
    rows = OfflineGift.objects.filter(pk=gift.pk)
    for column, value, rule in (
        ("amount_minor", 0, "offline_gift_makes_sense"),
        ("benefit_minor", 5, "benefit_says_what"),
        ("postmarked_on", days_ago(0), "postmark_before_arrival"),
        ("symbol", "ABC", "shares_are_whole_facts"),
        ("batch_id", clerk.batch().pk, "stays_in_its_batch"),
    ):
        assert rule in refused(rows.update, **{column: value})


def test_a_bounced_check_is_reversed_its_receipt_void_and_nothing_is_edited(clerk, run_jobs):
    gift = clerk.posted()
    run_jobs()
    receipt = gift.receipts.get()
    with pytest.raises(reversing.NotReversible, match="no_reason"):
        reversing.reverse(gift, reason="bounced", note=" ", by=clerk.by)
    first = reversing.reverse(gift, reason="bounced", note="no funds", by=clerk.by)
    assert reversing.reverse(gift, reason="bounced", note="again", by=clerk.by) == first
    gift.refresh_from_db()
    assert (gift.status, gift.refunded_minor, gift.kept_minor) == ("paid", 5000, 0)
    entry = Entry.objects.get(kind="reversed")
    assert (entry.corrects.kind, entry.reason, entry.actor) == ("received", "no funds", clerk.by)
    assert lying("bank_account") == 0
    receipt.refresh_from_db()
    assert (receipt.state, receipt.void_reason) == ("void", "dispute")
    run_jobs()
    assert gift.receipts.count() == 1


def test_a_wrong_row_is_entered_anew_without_a_second_deposit(clerk):
    wrong = clerk.posted()
    reversing.reverse(wrong, reason="mistake", note="other donor", by=clerk.by)
    assert (lying("undeposited"), lying("bank_account")) == (-5000, 5000)
    again = clerk.batch(5000, deposited_on=None)
    clerk.gift(again, name="Ama Mensah")
    clerk.post(again)
    assert (lying("undeposited"), lying("bank_account")) == (0, 5000)


def test_a_gift_of_a_closed_month_is_booked_in_the_first_open_one(clerk):
    received = timezone.localdate().replace(day=1) - timedelta(days=20)
    month = Period.objects.create(
        legal_entity=LegalEntity.objects.get(is_default=True),
        livemode=False,
        begins_on=received.replace(day=1),
    )
    periods.hold(month.legal_entity)
    periods.write_closing(month, by=clerk.by, reason="", overlooked=[])
    gift = clerk.posted(received_on=received)
    entry = gift.entries.get()
    assert entry.occurred_at.date() == gift.paid_at.date() == received
    assert entry.posted_on == periods.after(month.begins_on)
    assert PeriodStep.objects.count() == 1


def test_hints_name_the_same_gift_and_the_same_check(clerk):
    old = clerk.posted(check_number="77", received_on=days_ago(4))
    batch = clerk.batch(5000, 5000, 7000)
    same = clerk.gift(batch, received_on=days_ago(2))
    check = clerk.gift(batch, 7000, check_number="77", received_on=days_ago(1))
    fresh = clerk.gift(batch, name="Ama Mensah", check_number="78")
    hints = duplicates.of_batch(batch)
    assert {one.code for one in hints[same.pk]} == {"same_gift"}
    assert {one.known.donation for one in hints[same.pk]} == {old.pk}
    assert [one.code for one in hints[check.pk]] == ["same_check"]
    assert fresh.pk not in hints
    told = duplicates.of_facts(batch, [clerk.facts(received_on=days_ago(2)), clerk.facts(1)])
    assert [len(found) for found in told] == [2, 0]
    reversing.reverse(old, reason="mistake", note="x", by=clerk.by)
    assert check.pk not in duplicates.of_batch(batch)


def test_a_paid_gift_without_its_entry_is_found_out(clerk):
    clerk.books_are_damaged = True
    gift = clerk.posted()
    assert not books.verify()["gifts are whole"]
    lines = list(gift.lines.all())
    gift.pk, gift.reference, gift.form_token = None, "x", "y"
    gift.status, gift.paid_at, gift.donor = "pending", None, None
    donor, paid_at = clerk.posted(name="Ama Mensah").donor, timezone.now()
    gift.save(force_insert=True)
    lines[0].pk, lines[0].donation = None, gift
    lines[0].save(force_insert=True)
    rows = Donation.objects.filter(pk=gift.pk)
    assert "which_charge" in refused(rows.update, status="paid", paid_at=paid_at)
    rows.update(status="paid", paid_at=paid_at, donor=donor)
    told = [one.about for one in books.verify()["gifts are whole"]]
    assert told == [f"donation {gift.pk}"]
    assert "terms_frozen" in refused(rows.update, source="cash")


def test_a_deposit_changes_no_net_assets(clerk):
    assert {"undeposited", "securities", "bank_account"} <= chart.BALANCES
    clerk.posted()
    legs = Posting.objects.exclude(account__in=chart.BALANCES).values_list("account", flat=True)
    assert set(legs) == {"contributions"}


def test_an_entry_of_no_gift_and_a_deposit_that_is_not_its_batch_are_found(clerk):
    clerk.books_are_damaged = True
    gift = clerk.posted()
    rule = "batches are booked as they were entered"
    assert not books.verify()[rule]
    entity, currency = gift.legal_entity, gift.currency
    for source, kind, account in (
        ("offline:404", "received", "undeposited"),
        ("batch:404", "deposit", "bank_account"),
    ):
        ledger.post(
            [
                ledger.Leg(account, 100, currency),
                ledger.Leg("contributions", -100, currency, purpose()),
            ],
            source=source,
            kind=kind,
            entity=entity,
            livemode=False,
            occurred_at=timezone.now(),
        )
    told = [one.about for one in books.verify()[rule]]
    assert told == ["entry of offline:404", "entry of batch:404"]
