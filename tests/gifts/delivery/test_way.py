"""A matched thing on its way to a partner: the vault moves first, the thing follows."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connections
from django.utils import timezone

from gifts.delivery import batches, closing, confirming
from gifts.delivery.outbox import apply
from gifts.models import Unit
from gifts.vault import needs, parcels, partners
from gifts.vault.models import Batch, BatchStep, Parcel, ParcelStep
from gifts.vault.transactions import vault_atomic
from tests.deliveries_made import make_match, make_unit, states_of
from tests.people import person
from tests.things_made import make_kind
from tests.vault_made import make_need, make_partner

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture
def staff():
    return person(factor=False)


@pytest.fixture
def partner():
    return make_partner()


def packed(partner, staff, *matches):
    return batches.pack(partner, codes=[match.unit_code for match in matches], by=staff)


def shipped(partner, staff, *matches):
    batch = packed(partner, staff, *matches)
    soon = timezone.localdate() + timedelta(days=9)
    return batches.ship(batch, carrier="Post", expected_on=soon, by=staff)


def test_a_thing_goes_from_matched_to_in_use(partner, staff):
    match = make_match(partner=partner)
    batch = shipped(partner, staff, match)
    assert states_of(match) == ("shipped", "matched", "approved")
    batches.arrive(batch, by=staff)
    assert states_of(match) == ("handed_over", "delivered", "approved")
    confirming.confirm(match.unit_code, partner=partner, by=staff, outcome="received")
    assert states_of(match) == ("confirmed", "closed", "ended")
    batch.refresh_from_db()
    assert batch.state == "closed"
    assert [step.who for step in batch.steps.all()] == [staff.email, staff.email, ""]


def test_what_is_confirmed_before_it_is_said_to_have_arrived_arrived_first(partner, staff):
    match = make_match(partner=partner)
    shipped(partner, staff, match)
    typed = match.unit_code.replace("-", " ").lower()
    confirming.confirm(typed, partner=partner, by=staff, outcome="received", by_phone=True)
    assert states_of(match) == ("confirmed", "closed", "ended")
    unit = Unit.objects.get(code=match.unit_code)
    assert [step.state for step in unit.steps.all()][-3:] == ["shipped", "handed_over", "confirmed"]
    assert ParcelStep.objects.filter(by_phone=True).count() == 2


@pytest.mark.parametrize("route", ["local", "direct"])
def test_what_is_bought_or_paid_on_the_spot_does_not_travel(partner, staff, route):
    match = make_match(partner=partner, unit=make_unit(make_kind(route=route)))
    with pytest.raises(batches.Refused, match="gone"):
        packed(partner, staff, match)
    (parcel,) = batches.hand_over(partner, codes=[match.unit_code], by=staff)
    assert (parcel.batch, parcel.state) == (None, "arrived")
    assert states_of(match) == ("handed_over", "delivered", "approved")
    confirming.confirm(match.unit_code, partner=partner, by=staff, outcome="received")
    assert states_of(match) == ("confirmed", "closed", "ended")


def test_the_list_to_pack_holds_what_nobody_sent_yet(partner, staff):
    first, second = make_match(partner=partner), make_match(partner=partner)
    other = make_match()
    assert {one.match for one in batches.waiting()[partner]} == {first, second}
    assert [one.match for one in batches.waiting()[other.need.partner]] == [other]
    batch = packed(partner, staff, first)
    assert [one.match for one in batches.waiting()[partner]] == [second]
    batches.cancel(batch, by=staff)
    assert len(batches.waiting()[partner]) == 2
    assert states_of(first) == ("matched", "matched", "approved")


def test_a_batch_is_of_one_partner_and_holds_a_thing_once(partner, staff):
    match, foreign = make_match(partner=partner), make_match()
    for codes in ([foreign.unit_code], [match.unit_code, "ZZZZ-9999"]):
        with pytest.raises(batches.Refused, match="gone"):
            batches.pack(partner, codes=codes, by=staff)
    with pytest.raises(batches.Refused, match="nothing"):
        batches.pack(partner, codes=[], by=staff)
    packed(partner, staff, match)
    with pytest.raises(batches.Refused, match="gone"):
        packed(partner, staff, match)


@pytest.mark.parametrize("code", ["ZZZZ-9999", "", "another partner's", "not yet shipped"])
def test_a_code_that_is_not_on_its_way_here_is_answered_like_one_that_does_not_exist(
    partner, staff, code
):
    foreign, here = make_match(), make_match(partner=partner)
    shipped(foreign.need.partner, staff, foreign)
    packed(partner, staff, here)
    typed = {"another partner's": foreign.unit_code, "not yet shipped": here.unit_code}
    with pytest.raises(confirming.NotExpected) as raised:
        confirming.confirm(typed.get(code, code), partner=partner, by=staff, outcome="received")
    assert str(raised.value) == ""


def test_the_same_word_twice_is_one(partner, staff):
    match = make_match(partner=partner)
    shipped(partner, staff, match)
    for _ in range(2):
        confirming.confirm(match.unit_code, partner=partner, by=staff, outcome="received")
    assert Parcel.objects.get().steps.count() == 4
    with pytest.raises(confirming.NotExpected):
        confirming.confirm(match.unit_code, partner=partner, by=staff, outcome="damaged")


def test_what_is_missed_may_still_turn_up(partner, staff):
    match, other = make_match(partner=partner), make_match(partner=partner)
    batch = shipped(partner, staff, match, other)
    batches.arrive(batch, missing=[match.unit_code], by=staff)
    assert states_of(match) == ("shipped", "matched", "approved")
    assert states_of(other) == ("handed_over", "delivered", "approved")
    confirming.turn_up(Parcel.objects.get(unit_code=match.unit_code), by=staff)
    assert states_of(match) == ("handed_over", "delivered", "approved")


def test_what_a_partner_has_and_then_misses_can_be_lost(partner, staff):
    match = make_match(partner=partner)
    batches.arrive(shipped(partner, staff, match), by=staff)
    confirming.confirm(match.unit_code, partner=partner, by=staff, outcome="not_received")
    assert states_of(match) == ("handed_over", "delivered", "approved")
    confirming.write_off(Parcel.objects.get(), to="lost", by=staff, note="Nobody has it.")
    assert states_of(match) == ("lost", "open", "ended")


@pytest.mark.parametrize("arrived", [False, True])
def test_what_came_damaged_leaves_its_need_open_for_another(partner, staff, arrived):
    match = make_match(partner=partner)
    batch = shipped(partner, staff, match)
    if arrived:
        batches.arrive(batch, by=staff)
    confirming.confirm(match.unit_code, partner=partner, by=staff, outcome="damaged")
    assert states_of(match) == ("damaged", "open", "ended")
    assert match.need.steps.last().note == "Damaged"
    again = make_match(need=match.need)
    assert [one.match for one in batches.waiting()[partner]] == [again]


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_need_withdrawn_before_its_thing_left_frees_it_at_once(partner, staff, is_packed):
    match = make_match(partner=partner)
    if is_packed:
        batch = packed(partner, staff, match)
    needs.move(match.need, to="withdrawn", by=staff)
    assert states_of(match) == ("ready", "withdrawn", "ended")
    if is_packed:
        with pytest.raises(batches.Refused, match="nothing"):
            batches.ship(batch, carrier="Post", expected_on=timezone.localdate(), by=staff)
    make_match(unit=Unit.objects.get(code=match.unit_code))


@pytest.mark.parametrize("arrived", [False, True])
def test_a_need_withdrawn_on_the_way_calls_its_thing_back(partner, staff, arrived):
    match = make_match(partner=partner)
    batch = shipped(partner, staff, match)
    if arrived:
        batches.arrive(batch, by=staff)
    needs.move(match.need, to="withdrawn", by=staff)
    parcel = Parcel.objects.get()
    assert parcel.state == "recalled"
    assert states_of(match)[1:] == ("withdrawn", "ended")
    with pytest.raises(confirming.NotExpected):
        confirming.confirm(match.unit_code, partner=partner, by=staff, outcome="received")
    confirming.take_back(parcel, by=staff)
    assert states_of(match) == ("returned", "withdrawn", "ended")


def test_a_suspended_partner_is_sent_nothing(partner, staff):
    match = make_match(partner=partner)
    batch = packed(partner, staff, match)
    partners.move(partner, to="suspended", by=staff)
    with pytest.raises(batches.Refused, match="partner"):
        batches.ship(batch, carrier="Post", expected_on=timezone.localdate(), by=staff)
    with pytest.raises(batches.Refused, match="partner"):
        packed(partner, staff, match)


def test_a_partner_is_closed_with_nothing_left_alone(partner, staff):
    waits, sent = make_match(partner=partner), make_match(partner=partner)
    make_need(partner=partner), make_need(partner=partner, state="draft")
    shipped(partner, staff, sent)
    with pytest.raises(partners.HasLeft):
        closing.close(partner, by=staff)
    assert closing.wind_up(partner, because="The partner ends its work.", by=staff) == 4
    assert states_of(waits) == ("ready", "withdrawn", "ended")
    with pytest.raises(partners.HasLeft):
        closing.close(partner, by=staff)
    confirming.take_back(Parcel.objects.get(), by=staff)
    assert closing.close(partner, by=staff).state == "closed"
    waits.need.refresh_from_db()
    assert waits.need.answer == "The partner ends its work."


# --- held in the database


def refused(match):
    return pytest.raises(DatabaseError, match=match)


def test_a_parcel_follows_its_steps_alone(partner, staff):
    make = make_match(partner=partner)
    packed(partner, staff, make)
    parcel = Parcel.objects.get()
    with refused("moved by its steps"), vault_atomic():
        Parcel.objects.update(state="shipped")
    with refused("Invalid transition"), vault_atomic():
        ParcelStep.objects.create(parcel=parcel, state="confirmed")
    with refused("moved by its steps"), vault_atomic():
        Batch.objects.update(state="canceled")
    with refused("batch_on_its_way_says_how"), vault_atomic():
        BatchStep.objects.create(batch=parcel.batch, state="shipped")
    with refused("one_living_parcel"), vault_atomic():
        parcels.begin(make, batch=parcel.batch, by=staff)
    with refused("cannot be changed"), vault_atomic():
        Parcel.objects.update(unit_code="ZZZZ-9999")


def test_a_parcel_begins_with_its_own_match_in_its_own_partners_batch(partner, staff):
    first, second = make_match(partner=partner), make_match()
    batch = packed(partner, staff, first)
    with refused("open batch of its partner"), vault_atomic():
        parcels.begin(second, batch=batch, by=staff)
    with refused("approved match"), vault_atomic():
        Parcel.objects.create(
            match=second, unit_code=first.unit_code, partner=partner, batch=batch, state="packed"
        )
    with refused("begins with the partner"), vault_atomic():
        Parcel.objects.create(
            match=second, unit_code=second.unit_code, partner=second.need.partner, state="packed"
        )


def now_and_not_at_the_commit():
    connections["vault"].cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_no_need_ends_with_its_thing_still_bound(partner, staff, monkeypatch):
    match = make_match(partner=partner)
    monkeypatch.setattr(parcels, "free", lambda need: None)
    with refused("still holds a thing"), vault_atomic():
        needs.move(match.need, to="withdrawn", by=staff)
        now_and_not_at_the_commit()


def test_no_match_ends_with_a_parcel_still_on_its_way(partner, staff):
    match = make_match(partner=partner)
    shipped(partner, staff, match)
    with refused("has a parcel on its way"), vault_atomic():
        parcels.end(match, why="")
        now_and_not_at_the_commit()


def test_a_partner_with_needs_cannot_be_closed_past_the_functions(partner, staff, monkeypatch):
    make_need(partner=partner)
    monkeypatch.setattr(partners, "left", lambda partner: None)
    with refused("needs or things left"), vault_atomic():
        partners.move(partner, to="closed", by=staff)


def test_what_was_said_is_carried_over_right_after_the_commit(
    partner, staff, django_capture_on_commit_callbacks
):
    match = make_match(partner=partner)
    with django_capture_on_commit_callbacks(using="vault", execute=True):
        shipped(partner, staff, match)
    assert Unit.objects.get(code=match.unit_code).state == "shipped"
    assert apply() == 0
