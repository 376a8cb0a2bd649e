"""Purposes with a goal: never above it, and what comes too late goes where its donor wished."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from donations import checkout, payments, room, spending
from donations.models import CheckoutAttempt, Designation, Donation, Posting
from donations.receipts.book import issue_receipt
from tests.giving import BANK

UNIT = 45_000


@pytest.fixture
def fund(giving):
    return Designation.objects.get(code="education")


@pytest.fixture
def laptops(fund):
    """Room for two units."""
    return Designation.objects.create(
        code="laptops", name="Laptops", target_minor=2 * UNIT, fallback=fund,
        restriction="with_donor_restrictions",
    )  # fmt: skip


def toward(giving, *parts, **typed):
    return giving.begin(parts=[checkout.Part(*part) for part in parts], **typed)


def late(giving, purpose, amount=UNIT, *, if_covered="like", then=2 * UNIT, **typed):
    """A gift paid on a page that had ended for us, after others covered everything."""
    donation = toward(giving, (purpose, amount, if_covered), **typed)
    session = giving.open(donation)
    CheckoutAttempt.objects.filter(donation=donation).update(state="expired")
    other = toward(giving, (purpose, then))
    giving.pay(other)
    payments.refresh(other.attempts.get())
    giving.sandbox.pay(session)
    giving.deliver()
    return donation


def posted(purpose, account="contributions"):
    rows = Posting.objects.filter(designation=purpose, account=account)
    return -sum(rows.values_list("amount_minor", flat=True))


def test_a_gift_holds_its_place_from_the_moment_its_donor_leaves_for_stripe(giving, laptops):
    first = toward(giving, (laptops, UNIT))
    assert room.left_minor(laptops) == 2 * UNIT
    giving.open(first)
    assert room.left_minor(laptops) == UNIT
    with pytest.raises(room.Covered) as refused:
        giving.open(toward(giving, (laptops, UNIT + 1)))
    assert refused.value.designations == [laptops]
    giving.open(toward(giving, (laptops, UNIT)))
    assert room.left_minor(laptops) == 0


def test_the_database_itself_refuses_what_does_not_fit(giving, laptops):
    too_much = toward(giving, (laptops, 2 * UNIT + 1))
    with pytest.raises(DatabaseError, match="not so much room"), transaction.atomic():
        CheckoutAttempt.objects.create(
            donation=too_much, reference="x", expires_at=timezone.now() + timedelta(hours=1)
        )


def test_a_hold_ends_by_the_word_of_stripe_and_not_by_our_clock(giving, run_jobs, laptops):
    donation = toward(giving, (laptops, 2 * UNIT))
    session = giving.open(donation)
    CheckoutAttempt.objects.update(expires_at=timezone.now() - timedelta(minutes=5))
    assert room.left_minor(laptops) == 0
    giving.sandbox.expire(session)
    giving.deliver()
    run_jobs()
    assert room.left_minor(laptops) == 2 * UNIT


def test_a_debit_on_its_way_holds_its_place_and_leaves_it_when_it_bounces(
    giving, run_jobs, laptops
):
    session = giving.pay(toward(giving, (laptops, 2 * UNIT)), BANK)
    giving.deliver()
    run_jobs()
    assert Donation.objects.get().status == "processing"
    assert room.left_minor(laptops) == 0
    giving.sandbox.fail(session)
    giving.deliver()
    run_jobs()
    assert room.left_minor(laptops) == 2 * UNIT


def test_money_that_goes_back_opens_the_goal_again(giving, run_jobs, laptops):
    donation = toward(giving, (laptops, 2 * UNIT))
    giving.pay(donation)
    giving.deliver()
    run_jobs()
    giving.sandbox.refund(giving.session_of(donation), UNIT)
    giving.deliver()
    run_jobs()
    assert room.left_minor(laptops) == UNIT


def test_the_covered_fee_is_no_part_of_the_goal(giving, run_jobs, laptops):
    donation = toward(giving, (laptops, 2 * UNIT), fee_cover_minor=2_640)
    giving.pay(donation)
    giving.deliver()
    run_jobs()
    assert (posted(laptops), room.left_minor(laptops)) == (2 * UNIT, 0)
    assert posted(Designation.objects.get(is_default=True)) == 2_640


@pytest.mark.parametrize("wish", ["like", "fund", "back"])
def test_what_comes_too_late_goes_where_its_donor_wished(giving, run_jobs, laptops, fund, wish):
    like = Designation.objects.create(
        code="tablets", name="Tablets", target_minor=UNIT, fallback=fund
    )
    Designation.objects.filter(pk=laptops.pk).update(like=like)
    donation = late(giving, laptops, if_covered=wish)
    run_jobs()
    giving.deliver()
    run_jobs()

    donation.refresh_from_db()
    line = donation.lines.get()
    assert line.asked_for == laptops
    assert line.designation == (like if wish == "like" else fund)
    assert line.goes_back is (wish == "back")
    assert (donation.status, donation.kept_minor) == ("paid", 0 if wish == "back" else UNIT)
    assert donation.receipts.count() == (0 if wish == "back" else 1)
    assert room.standing([laptops.pk])[laptops.pk].taken_minor == 2 * UNIT


def test_a_like_wish_that_is_covered_too_gives_way_to_the_fund(giving, run_jobs, laptops, fund):
    like = Designation.objects.create(
        code="tablets", name="Tablets", target_minor=UNIT - 1, fallback=fund
    )
    Designation.objects.filter(pk=laptops.pk).update(like=like)
    donation = late(giving, laptops)
    run_jobs()
    assert donation.lines.get().designation == fund


def test_only_the_part_that_was_covered_goes_back_and_the_receipt_is_for_the_rest(
    giving, run_jobs, laptops
):
    default = Designation.objects.get(is_default=True)
    donation = toward(giving, (laptops, UNIT, "back"), (default, 2_500))
    session = giving.open(donation)
    CheckoutAttempt.objects.filter(donation=donation).update(state="expired")
    giving.pay(toward(giving, (laptops, 2 * UNIT)))
    giving.deliver()
    run_jobs()
    giving.sandbox.pay(session)
    payments.refresh(donation.attempts.get())
    issue_receipt(donation_id=donation.pk)  # too early: part of it is on its way back
    assert not donation.receipts.exists()
    run_jobs()
    giving.deliver()
    run_jobs()

    donation.refresh_from_db()
    assert donation.kept_minor == 2_500
    receipt = donation.receipts.get()
    assert [line["designation"] for line in receipt.snapshot["lines"]] == [default.name]
    assert posted(default) == 2_500
    assert posted(default, "refunds") == 0


def test_a_refund_that_stripe_refuses_leaves_the_money_where_it_was_booked(
    giving, run_jobs, laptops, fund
):
    donation = late(giving, laptops, if_covered="back")
    payments.refresh(donation.attempts.get())
    giving.sandbox.dispute(giving.session_of(donation))
    run_jobs()
    donation.refresh_from_db()
    assert donation.refunds.get().status == "refused"
    assert posted(fund) == UNIT
    assert donation.receipts.get().snapshot["amount_minor"] == UNIT


def test_a_purpose_that_ended_while_its_donor_paid_gives_way(giving, run_jobs, laptops, fund):
    donation = toward(giving, (laptops, UNIT))
    giving.open(donation)
    Designation.objects.filter(pk=laptops.pk).update(closes_at=timezone.now())
    giving.sandbox.pay(giving.session_of(donation))
    giving.deliver()
    run_jobs()
    assert donation.lines.get().designation == fund
    with pytest.raises(room.Covered):
        giving.open(toward(giving, (laptops, UNIT)))


def test_a_second_payment_for_one_gift_is_placed_anew(giving, run_jobs, laptops, fund):
    donation = toward(giving, (laptops, 2 * UNIT))
    first = giving.open(donation)
    CheckoutAttempt.objects.update(state="expired")
    second = giving.open(donation)
    for session in (first, second):
        giving.sandbox.pay(session)
    giving.deliver()
    run_jobs()
    twin = Donation.objects.exclude(pk=donation.pk).get()
    assert {donation.lines.get().designation, twin.lines.get().designation} == {laptops, fund}


def test_a_paid_line_stays_where_it_was_booked(giving, run_jobs, laptops, fund):
    donation = toward(giving, (laptops, UNIT))
    giving.pay(donation)
    payments.refresh(donation.attempts.get())
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        donation.lines.update(designation=fund)


def test_what_stands_in_for_others_takes_any_amount(laptops, fund):
    for change in ({"target_minor": 1}, {"closes_at": timezone.now()}):
        with pytest.raises(DatabaseError, match="any amount"), transaction.atomic():
            Designation.objects.filter(pk=fund.pk).update(**change)


def test_any_number_of_goals_is_read_by_one_query(giving, laptops, fund, django_assert_num_queries):
    pks = list(Designation.objects.values_list("pk", flat=True))
    with django_assert_num_queries(1):
        assert room.standing(pks)[laptops.pk] == room.Standing()


def test_what_goes_back_after_it_was_spent_is_asked_of_nobody_again(giving, run_jobs, laptops):
    donation = toward(giving, (laptops, 2 * UNIT))
    giving.pay(donation)
    giving.deliver()
    run_jobs()
    giving.books_are_damaged = True  # of this order only the ledger knows
    cause = spending.Cause("order:1", donation.legal_entity)
    spending.commit({laptops: 2 * UNIT}, currency="USD", cause=cause)
    giving.sandbox.refund(giving.session_of(donation), UNIT)
    giving.deliver()
    run_jobs()
    assert posted(laptops, "refunds") == -UNIT
    assert room.left_minor(laptops) == 0
