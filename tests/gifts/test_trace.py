"""What a donor sees of her gift: the thing's steps on their day, never a word of a person."""

import re
from datetime import date, timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from donations import mails, tracing
from donations.checkout import Part
from donations.models import Designation, Donation, Mail
from gifts import units
from gifts.models import Unit, UnitShare
from gifts.trace import calendar, funds, steps, telling
from tests.gifts.wishing import UNIT, make_wish, wish
from tests.people import person

__all__ = ["make_wish", "wish"]


@pytest.fixture
def gift(giving, run_jobs, wish):
    """A whole thing, a third of another one, and a plain gift."""
    donation = giving.begin(
        parts=[
            Part(wish.designation, UNIT + 15_000),
            Part(Designation.objects.get(is_default=True), 2_500),
        ],
        form="basket",
    )
    giving.pay(donation)
    giving.deliver()
    run_jobs()
    return Donation.objects.get(pk=donation.pk)


def bought(gift, wish, *, cost=UNIT):
    """A unit that this gift's line pays whole."""
    (unit,) = units.make(
        wish.kind, origin=Unit.Origin.BOUGHT, wish=wish, cost_minor=cost, by=person()
    )
    UnitShare.objects.create(unit=unit, line=gift.lines.first(), amount_minor=cost)
    return unit


def page_of(giving, gift):
    link = tracing.new_link(gift)
    return giving.client.get(re.sub(r"^https?://[^/]+", "", link))


def test_a_gift_is_followed_from_payment_to_ready(giving, gift, wish):
    assert "as soon as enough" in page_of(giving, gift).text
    unit = bought(gift, wish)
    for state in ("received", "ready"):
        units.move(unit, to=Unit.State(state), by=person())
    line, plain = steps.of(gift)
    assert [(stage.name, stage.is_whole) for stage in line.stages] == [
        ("ordered", True), ("received", True), ("ready", True),
    ]  # fmt: skip
    assert (line.things, line.waiting_minor) == (1, 15_000)
    assert plain.wish is None
    page = page_of(giving, gift).text
    assert "Checked and ready" in page
    assert "$150.00 of it goes into the next one" in page


def test_the_page_names_neither_the_thing_nor_anybody(giving, gift, wish):
    unit = bought(gift, wish)
    page = page_of(giving, gift)
    for secret in (unit.code, gift.name, gift.email, gift.reference, "Osei"):
        assert secret not in page.text
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]


def test_what_comes_after_ready_is_not_shown(giving, gift, wish):
    unit = bought(gift, wish)
    for state in ("received", "ready"):
        units.move(unit, to=Unit.State(state), by=person())
    before = without_links(page_of(giving, gift))
    for state in ("matched", "shipped", "handed_over", "confirmed"):
        units.move(unit, to=Unit.State(state), by=person())
    assert without_links(page_of(giving, gift)) == before


def without_links(page):
    """Each link is made anew and says when."""
    return re.sub(r"/trace/[^/]+/", "", page.text)


def test_a_thing_that_was_damaged_is_said_and_its_replacement_counts(giving, gift, wish):
    unit = bought(gift, wish)
    units.move(unit, to=Unit.State.DAMAGED, by=person())
    assert "damaged or was lost" in page_of(giving, gift).text


def test_a_canceled_order_gives_the_money_back_to_the_gift(giving, gift, wish):
    unit = bought(gift, wish)
    units.move(unit, to=Unit.State.CANCELED, by=person())
    line, _ = steps.of(gift)
    assert (line.stages, line.waiting_minor) == ((), UNIT + 15_000)


def test_each_step_is_told_once_by_mail(giving, run_jobs, gift, wish):
    outbox.outbox.clear()
    gift.lines.first()
    whole = bought(gift, wish)
    for _ in range(2):
        telling.tell_of_things(0)
        run_jobs()
    (ordered,) = outbox.outbox
    assert "has been ordered" in ordered.body
    for state in ("received", "ready"):
        units.move(whole, to=Unit.State(state), by=person())
    telling.tell_of_things(0)
    run_jobs()
    assert len(outbox.outbox) == 1  # a third of another one still waits
    (other,) = units.make(
        wish.kind, origin=Unit.Origin.BOUGHT, wish=wish, cost_minor=15_000, by=person()
    )
    UnitShare.objects.create(unit=other, line=gift.lines.first(), amount_minor=15_000)
    for state in ("received", "ready"):
        units.move(other, to=Unit.State(state), by=person())
    for _ in range(2):
        telling.tell_of_things(0)
        run_jobs()
    assert "checked and ready" in outbox.outbox[1].body
    assert len(outbox.outbox) == 2
    mails.send_again(Mail.objects.get(about="ready"))
    run_jobs()
    assert "checked and ready" in outbox.outbox[2].body
    link = re.search(r"/trace/\S+", ordered.body)
    assert link
    assert giving.client.get(link[0]).status_code == 200


def test_the_receipt_of_a_basket_brings_the_link(giving, gift):
    mail = Mail.objects.get(template="receipt")
    assert "/trace/" in outbox.outbox[-1].body
    assert mail.donation == gift


def test_a_link_that_went_to_a_wrong_address_is_dead(giving, gift):
    token = tracing.new_link(gift).rstrip("/").rpartition("/")[2]
    assert giving.client.get(f"/trace/{token}/").status_code == 200
    Donation.objects.filter(pk=gift.pk).update(email="right@example.org")
    gone = giving.client.get(f"/trace/{token}/")
    assert gone.status_code == 404
    assert "leads nowhere" in gone.text
    assert giving.client.get("/trace/anything/").status_code == 404


def test_a_gift_that_was_covered_elsewhere_says_where_it_went(giving, run_jobs, wish):
    gift = giving.begin(parts=[Part(wish.designation, UNIT, "fund")], form="basket")
    giving.open(gift)
    Designation.objects.filter(pk=wish.designation_id).update(closes_at=timezone.now())
    giving.sandbox.pay(giving.session_of(gift))
    giving.deliver()
    run_jobs()
    gift.refresh_from_db()
    page = page_of(giving, gift).text
    assert "You chose Laptops for university, Latin America" in page
    assert "Education" in page


@pytest.mark.parametrize(
    ("day", "news", "until"),
    [
        ("2026-01-01", "2026-01-10", "2025-10-01"),
        ("2026-01-10", "2026-04-10", "2026-01-01"),
        ("2026-11-22", "2027-01-10", "2026-10-01"),
        ("2026-12-31", "2027-01-10", "2026-10-01"),
    ],
)
def test_news_of_things_in_use_waits_for_the_day_after_the_quarter(day, news, until):
    day = date.fromisoformat(day)
    assert calendar.next_news(day) == date.fromisoformat(news)
    assert calendar.told_until(day).date() == date.fromisoformat(until)


def test_a_trace_of_many_lines_costs_the_same_few_queries(
    giving, gift, wish, django_assert_num_queries
):
    for _ in range(2):
        bought(gift, wish, cost=20_000)
    with django_assert_num_queries(6):
        steps.of(gift)


@pytest.mark.parametrize("count", [10, 11])
def test_an_open_fund_tells_a_quarter_only_with_eleven_gifts_behind_it(giving, run_jobs, count):
    fund = Designation.objects.get(is_default=True)
    for number in range(count):
        giving.pay(giving.begin(1_000, email=f"d{number}@example.org"))
    giving.deliver()
    run_jobs()
    now = timezone.now()
    (quarter,) = funds.quarters([fund], since=now, now=now + timedelta(days=92))[fund.pk][-1:]
    # 110.00 by its first digit: with the exact one, a report's sum would tell of other funds.
    assert quarter.given_minor == (10_000 if count == 11 else None)
    assert quarter.spent.is_hidden
    assert not funds.quarters([fund], since=now)[fund.pk]
