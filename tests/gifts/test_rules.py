"""What the database itself refuses about things, whoever asks and by whatever way."""

import pytest
from django.db import DatabaseError, connection, transaction

from gifts import units
from gifts.models import Unit, UnitShare, UnitStep, Wish
from gifts.models.units import STEPS
from tests.people import person
from tests.things_made import make_kind, make_wish

pytestmark = pytest.mark.django_db
BOUGHT, GIVEN, State = Unit.Origin.BOUGHT, Unit.Origin.GIVEN, Unit.State


def refused(sql: str, message: str) -> None:
    with pytest.raises(DatabaseError, match=message), transaction.atomic():
        run(sql)


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_wish_is_reviewed_by_another_person_than_who_wrote_it():
    make_wish()
    refused(
        "UPDATE gifts_wish SET state = 'reviewed', reviewed_by_id = written_by_id,"
        " reviewed_at = now()",
        "wish_by_two_people",
    )
    refused("UPDATE gifts_wish SET state = 'reviewed'", "wish_review_fits_its_state")


def test_a_wish_begins_as_draft_and_skips_no_step():
    wish = make_wish()
    refused("UPDATE gifts_wish SET state = 'published'", "(?i)transition")
    wish.pk, wish.slug, wish.state = None, "other", "published"
    with pytest.raises(DatabaseError, match="cannot be"), transaction.atomic():
        wish.save(force_insert=True)


@pytest.mark.parametrize("state", ["reviewed", "published"])
def test_a_text_changes_only_as_its_review_is_taken_back(state):
    make_wish(state=state)
    refused("UPDATE gifts_wish SET text = 'Other words'", "wish_text_changes_in_draft_alone")
    run(
        "UPDATE gifts_wish SET text = 'Other words', state = 'draft', reviewed_by_id = NULL,"
        " reviewed_at = NULL"
    )


def test_a_wish_is_published_with_price_and_purse_and_both_texts():
    make_wish(state="reviewed")
    refused("UPDATE gifts_wish SET state = 'published'", "wish_published_means")
    with pytest.raises(DatabaseError, match="wish_published_means"), transaction.atomic():
        make_wish(state="published", text_es="")


@pytest.mark.parametrize(
    "change",
    ["wanted = 100", "unit_minor = 1", "region = 'africa'", "purpose = 'language'",
     "slug = 'x'", "designation_id = NULL", "currency = 'EUR'", "over_funding_percent = 50"],
)  # fmt: skip
def test_goal_price_and_subject_are_frozen_once_published(change):
    make_wish(state="published")
    refused(f"UPDATE gifts_wish SET {change}", "wish_frozen_once_published")


def test_a_goal_is_one_of_the_steps():
    make_wish()
    refused("UPDATE gifts_wish SET wanted = 11", "wish_goal_is_a_step")


def test_the_purse_of_a_wish_has_its_goal():
    wish, other = make_wish(state="reviewed"), make_wish(state="published", wanted=25)
    wish.designation, wish.unit_minor = other.designation, 48000
    with pytest.raises(DatabaseError, match="is not what it asks for"), transaction.atomic():
        wish.save()


def test_a_wish_is_closed_with_a_reason_and_kept():
    make_wish(state="published")
    refused("UPDATE gifts_wish SET state = 'closed', closed_at = now()", "wish_closed_means")
    refused("DELETE FROM gifts_wish", "(?i)cannot delete")


def test_what_staff_change_in_a_wish_is_on_record():
    wish = make_wish(state="published")
    assert Wish.pgh_event_model.objects.filter(pgh_obj=wish).count() == 3


@pytest.mark.parametrize("origin", [BOUGHT, GIVEN])
def test_a_unit_begins_as_its_origin_says(origin):
    (unit,) = units.make(make_kind(), origin=origin)
    assert unit.state == unit.steps.get().state == units.BEGINS[origin]
    unit.pk, unit.code, unit.state = None, "other", "ready"
    with pytest.raises(DatabaseError, match="cannot begin as"), transaction.atomic():
        unit.save(force_insert=True)


def test_a_unit_is_moved_by_a_step_alone():
    (unit,) = units.make(make_kind(), origin=BOUGHT)
    refused("UPDATE gifts_unit SET state = 'received'", "moved by its steps")
    refused("UPDATE gifts_unit SET moved_at = now()", "moved by its steps")
    units.move(unit, to=State.RECEIVED, by=person(), note="Two boxes")
    refused("UPDATE gifts_unitstep SET note = 'x'", "(?i)cannot update")
    refused("DELETE FROM gifts_unitstep", "(?i)cannot (update or )?delete")
    unit.refresh_from_db()
    assert unit.state == "received"
    assert unit.moved_at == unit.steps.last().at


def test_moving_again_is_one_step_and_a_leap_is_refused():
    (unit,) = units.make(make_kind(), origin=BOUGHT)
    for _ in range(2):
        assert units.move(unit, to=State.RECEIVED, by=None).state == "received"
    assert unit.steps.count() == 2
    with pytest.raises(units.CannotMove):
        units.move(unit, to=State.CONFIRMED, by=None)
    with pytest.raises(DatabaseError, match=r"(?i)transition"), transaction.atomic():
        UnitStep.objects.create(unit=unit, state="confirmed")


def test_a_given_device_is_ready_only_once_it_was_erased():
    (unit,) = units.make(make_kind(), origin=GIVEN)
    for state in (State.ACCEPTED, State.RECEIVED):
        units.move(unit, to=state, by=None)
    with pytest.raises(units.CannotMove):
        units.move(unit, to=State.READY, by=None)
    refused = pytest.raises(DatabaseError, match=r"was not erased|has not passed every check")
    with refused, transaction.atomic():
        UnitStep.objects.create(unit=unit, state="ready")


def test_what_is_no_device_is_ready_as_it_comes():
    (unit,) = units.make(make_kind(is_device=False), origin=GIVEN)
    for state in (State.ACCEPTED, State.RECEIVED, State.READY):
        assert units.move(unit, to=state, by=None).state == state


def test_every_state_of_a_unit_can_be_reached():
    assert {after for _, after in STEPS} == set(State) - {State.ORDERED, State.OFFERED}


def test_shares_of_a_unit_are_its_cost_and_of_a_line_no_more_than_it(make_gift):
    first, second = make_gift(amount=48000), make_gift(amount=2000)
    lines = {"first": first.lines.get(), "second": second.lines.get()}
    one, two = units.make(make_kind(), origin=BOUGHT, count=2, cost_minor=30000)

    def share(unit: Unit, **parts: int) -> None:
        with transaction.atomic():
            UnitShare.objects.bulk_create(
                UnitShare(unit=unit, line=lines[name], amount_minor=amount)
                for name, amount in parts.items()
            )

    with pytest.raises(DatabaseError, match="must add up to its cost"):
        share(one, first=29999)
    share(one, first=30000)
    with pytest.raises(DatabaseError, match="pays no more than it is"):
        share(two, first=28000, second=2000)
    with pytest.raises(DatabaseError, match="must add up to its cost"):
        share(one, second=1)
    refused("UPDATE gifts_unitshare SET amount_minor = 1", "(?i)cannot update")
    refused("UPDATE gifts_unit SET cost_minor = 1", "unit_cost_frozen")
