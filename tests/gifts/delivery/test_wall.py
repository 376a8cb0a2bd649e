"""`verify_wall` names each thing of which the two databases say different things."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from gifts import units
from gifts.delivery import batches, confirming, wall
from gifts.delivery.outbox import apply
from gifts.models import Unit
from gifts.vault import needs, outbox
from gifts.vault.models import Match, Outbox, Parcel
from gifts.vault.transactions import vault_atomic
from tests.deliveries_made import make_match, make_unit
from tests.people import person
from tests.vault_made import make_need, make_partner

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


def sent(match, by):
    batch = batches.pack(match.need.partner, codes=[match.unit_code], by=by)
    return batches.ship(batch, carrier="Post", expected_on=timezone.localdate(), by=by)


def test_both_agree_on_every_way_a_thing_may_go(capsys):
    by, partner = person(factor=False), make_partner()
    ways = [make_match(partner=partner) for _ in range(7)]
    for match in ways[1:]:
        sent(match, by)
    _, _shipped, arrived, used, damaged, missed, recalled = ways
    batches.arrive(Parcel.objects.get(unit_code=arrived.unit_code).batch, by=by)
    outcomes = ((used, "received"), (damaged, "damaged"), (missed, "not_received"))
    for match, outcome in outcomes:
        confirming.confirm(match.unit_code, partner=partner, by=by, outcome=outcome)
    needs.move(recalled.need, to="withdrawn", by=by)
    make_unit()
    call_command("verify_wall")
    assert "the same of every thing" in capsys.readouterr().out


def test_what_was_moved_on_one_side_alone_is_named(capsys):
    matched, lost = make_match(), make_match()
    units.move(Unit.objects.get(code=lost.unit_code), to=Unit.State.LOST, by=None)
    stray = make_unit()
    units.move(stray, to=Unit.State.MATCHED, by=None)
    alone = make_need(state="matched")
    assert sorted(wall.disagreements()) == sorted(
        [
            f"{lost.unit_code}: should be “Matched” and is “Lost”",
            f"{stray.code}: “Matched”, and the vault knows nothing of it",
            f"need {alone.code} is matched and has no thing",
        ]
    )
    with pytest.raises(CommandError):
        call_command("verify_wall")
    assert matched.unit_code not in capsys.readouterr().out


def test_a_thing_that_does_not_exist_and_a_match_that_outlived_its_parcel_are_named():
    by = person(factor=False)
    match, other = make_match(), make_match(apply=False)
    sent(match, by)
    confirming.confirm(match.unit_code, partner=match.need.partner, by=by, outcome="received")
    with vault_atomic():
        Match.objects.create(
            run=match.run, need=make_need(state="matched"), unit_code="ZZZZ-9999", cost=0,
            state="approved",
        )  # fmt: skip
    apply()
    assert wall.disagreements() == ["ZZZZ-9999: should be “Matched”, and there is no such thing"]
    assert other.unit_code not in str(wall.disagreements())


def test_a_message_that_waits_too_long_or_was_refused_is_named_until_somebody_moved_the_thing():
    unit = make_unit()
    with vault_atomic():
        outbox.tell(unit.code, to="confirmed")
    assert wall.disagreements() == []  # the clock is about to take it
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wall, "PATIENCE", timedelta(0))
        assert "waits to be carried over" in wall.disagreements()[0]
    apply()
    assert wall.disagreements() == [f"{unit.code}: {Outbox.objects.get().refused}"]
    units.move(unit, to=Unit.State.LOST, by=None)
    assert wall.disagreements() == []
