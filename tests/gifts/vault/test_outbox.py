"""What the vault says of a thing reaches the everyday database, once."""

import pytest

from gifts import units
from gifts.delivery import outbox as delivery
from gifts.models import Unit
from gifts.vault import outbox
from gifts.vault.models import Outbox
from gifts.vault.transactions import vault_atomic
from tests.things_made import make_kind

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture
def unit():
    (made,) = units.make(make_kind(), origin=Unit.Origin.BOUGHT, cost_minor=48000)
    for state in ("received", "ready"):
        made = units.move(made, to=Unit.State(state), by=None)
    return made


def told(unit, to):
    with vault_atomic():
        return outbox.tell(unit.code, to=to)


def test_a_message_moves_the_thing_once(unit):
    told(unit, "matched")
    assert delivery.apply() == 1
    assert delivery.apply() == 0
    unit.refresh_from_db()
    assert unit.state == "matched"
    assert unit.steps.filter(state="matched").count() == 1


def test_a_worker_that_died_before_its_tick_does_not_move_it_twice(unit):
    message = told(unit, "matched")
    units.move(unit, to=Unit.State.MATCHED, by=None, outbox=message.pk)
    units.move(unit, to=Unit.State.READY, by=None)
    assert delivery.apply() == 1
    unit.refresh_from_db()
    assert unit.state == "ready"
    assert Outbox.objects.get().refused == ""


def test_messages_are_taken_in_their_order(unit):
    for state in ("matched", "shipped", "handed_over"):
        told(unit, state)
    assert delivery.apply() == 3
    unit.refresh_from_db()
    assert unit.state == "handed_over"


def test_what_does_not_fit_is_kept_for_staff_to_see(unit):
    told(unit, "confirmed")
    with vault_atomic():
        outbox.tell("ZZZZ-9999", to="matched")
    delivery.apply()
    assert [row.refused for row in Outbox.objects.all()] == [
        f"{unit.code} is ready and cannot become confirmed",
        "no such thing",
    ]
