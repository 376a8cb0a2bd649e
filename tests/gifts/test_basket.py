"""Several things in one payment: typed, changed, paid, and nothing lost on the way."""

import re

import pytest

from donations import room
from donations.models import Designation, Donation, Plan
from gifts import wishes
from gifts.models import Wish
from tests.gifts.wishing import UNIT, make_wish, wish

__all__ = ["make_wish", "wish"]


class Visitor:
    """Someone at the basket's page, with a browser that keeps cookies and fields."""

    def __init__(self, giving):
        self.client = giving.client
        self.fields = {}

    def look(self, query=""):
        self.page = self.client.get(f"/basket/{query}")
        self._read()
        return self

    def send(self, **typed):
        started = {"name": "Ruth Osei", "email": "ruth@example.org"}
        data = started | self.fields | typed
        self.page = self.client.post("/basket/", {k: v for k, v in data.items() if v is not None})
        if self.page.status_code != 302:
            self._read()
        return self

    def _read(self):
        form = self.page.context["form"]
        self.fields = {
            name: value
            for name in form.fields
            if (value := form[name].value()) not in (None, "", False)
        } | {"rows": [row.wish.slug for row in form.rows]}

    @property
    def donation(self):
        assert self.page.status_code == 302, self.errors
        return Donation.objects.get(reference=re.findall(r"review/(\w+)/", self.page.url)[0])

    @property
    def errors(self):
        return self.page.context["form"].errors


@pytest.fixture
def visitor(giving, no_waiting):
    return Visitor(giving)


@pytest.fixture
def no_waiting(monkeypatch):
    monkeypatch.setattr("core.forms.TOO_FAST_SECONDS", -1.0)


def parts(donation):
    return {line.designation.code: line.amount_minor for line in donation.lines.all()}


def test_looking_at_the_basket_keeps_nothing_and_sets_no_session(visitor, wish):
    visitor.look(f"?wish={wish.slug}&units=2")
    assert "sessionid" not in visitor.client.cookies
    assert visitor.fields[f"units-{wish.slug}"] == 2
    assert not visitor.look().page.context["lines"]


def test_half_a_laptop_a_plain_gift_and_five_dollars_a_month_are_one_payment(
    visitor, giving, run_jobs, wish
):
    visitor.look(f"?wish={wish.slug}&amount=225")
    donation = visitor.send(plain="20", monthly="5").donation
    default = Designation.objects.get(is_default=True)
    lines = [(line.designation.code, line.amount_minor) for line in donation.lines.all()]
    assert lines == [(default.code, 500), (f"wish-{wish.pk}", 22_500), (default.code, 2_000)]
    giving.pay(donation)
    giving.deliver()
    run_jobs()
    plan = Plan.objects.get()
    assert (plan.status, plan.amount_minor, plan.designation) == ("active", 500, default)
    assert room.standing([wish.designation_id])[wish.designation_id].given_minor == 22_500
    assert donation.receipts.get().snapshot["amount_minor"] == 25_000


def test_what_was_chosen_stays_while_looking_on_and_can_be_taken_out(visitor, make_wish):
    laptop, player = make_wish(), make_wish("Player", 3_000)
    visitor.look(f"?wish={laptop.slug}&units=1").send(look_on="1")
    assert visitor.page.status_code == 302
    visitor.look(f"?wish={player.slug}&units=2")
    assert [row.wish for row, *_ in visitor.page.context["lines"]] == [laptop, player]
    visitor.send(remove=laptop.slug)
    assert [row.wish for row, *_ in visitor.page.context["lines"]] == [player]
    assert parts(visitor.send(name="Ruth", email="r@example.org").donation) == {
        f"wish-{player.pk}": 6_000
    }
    assert not visitor.look().page.context["lines"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"share": "4"}, "smallest share"),
        ({"units": "16"}, "15 of them"),
        ({"share": "6748"}, "to nobody"),
        ({"share": "1.2.3"}, "as a number"),
        ({"units": "x"}, "whole number"),
        ({"units": ""}, "empty"),
    ],
)
def test_what_cannot_be_given_is_said_beside_it_and_nothing_typed_is_lost(
    visitor, wish, typed, said
):
    visitor.look(f"?wish={wish.slug}&units=1")
    fields = {f"units-{wish.slug}": "", f"share-{wish.slug}": ""}
    visitor.send(**fields | {f"{name}-{wish.slug}": value for name, value in typed.items()})
    assert visitor.page.status_code == 422
    assert said in str(visitor.errors)
    assert visitor.fields["email"] == "ruth@example.org"


def test_the_last_money_that_is_missing_may_be_less_than_the_smallest_share(
    visitor, giving, run_jobs, make_wish
):
    wish = make_wish("Pen", 100)
    visitor.look(f"?wish={wish.slug}&amount=10")
    giving.pay(visitor.send().donation)
    giving.deliver()
    run_jobs()
    giving.sandbox.refund(giving.session_of(Donation.objects.get()), 300)
    giving.deliver()
    run_jobs()
    visitor.look(f"?wish={wish.slug}&amount=8")
    assert parts(visitor.send().donation) == {f"wish-{wish.pk}": 800}


def test_what_others_cover_meanwhile_is_told_and_the_gift_can_be_changed(
    visitor, giving, run_jobs, wish
):
    donation = visitor.look(f"?wish={wish.slug}&units=15").send().donation
    other = Visitor(giving).look(f"?wish={wish.slug}&units=15").send().donation
    giving.pay(other)
    giving.deliver()
    run_jobs()
    answer = visitor.client.post(f"/give/pay/{donation.reference}/")
    assert answer.status_code == 409
    assert "covered" in answer.text
    visitor.look(f"?change={donation.reference}")
    assert "covered" in visitor.page.text
    visitor.send(remove=wish.slug)
    visitor.send(plain="30")
    assert parts(visitor.donation) == {Designation.objects.get(is_default=True).code: 3_000}


def test_changing_a_gift_that_holds_its_place_does_not_stand_in_its_own_way(visitor, giving, wish):
    donation = visitor.look(f"?wish={wish.slug}&units=15").send(if_covered="back").donation
    giving.open(donation)
    visitor.look(f"?change={donation.reference}")
    assert visitor.fields["if_covered"] == "back"
    changed = visitor.send(**{f"units-{wish.slug}": "14"}).donation
    assert parts(changed) == {f"wish-{wish.pk}": 14 * UNIT}
    donation.refresh_from_db()
    assert donation.status == "abandoned"
    assert giving.open(changed)


def test_the_wording_that_the_donor_saw_is_on_record(visitor, wish):
    donation = visitor.look(f"?wish={wish.slug}&units=1").send().donation
    assert (donation.terms, donation.form) == ("discretion-1", "basket")
    review = visitor.client.get(f"/give/review/{donation.reference}/").text
    assert "held for you for 30 minutes" in review
    assert "/basket/?change=" in review


def test_the_same_basket_sent_twice_is_one_gift(visitor, wish):
    visitor.look(f"?wish={wish.slug}&units=1")
    fields = dict(visitor.fields)
    first = visitor.send().donation
    visitor.fields = fields
    assert visitor.send().donation == first


def test_a_draft_or_ended_wish_cannot_be_put_in(visitor, wish):
    draft = Wish.objects.create(
        slug="x", kind=wish.kind, purpose="language", region="world", written_by=wish.written_by
    )
    assert not visitor.look(f"?wish={draft.slug}&units=1").page.context["lines"]
    wishes.end(wish, reason="done")
    visitor.look(f"?wish={wish.slug}&units=1").send()
    assert "covered or has ended" in str(visitor.errors)
