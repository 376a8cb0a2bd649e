"""The release of a quarter: made on its day, told to donors, held to eleven by the database."""

import re
from datetime import date, timedelta

import pytest
from django.core import mail as outbox
from django.db import DatabaseError, transaction

from donations import tracing
from donations.checkout import Part
from donations.models import Donation
from gifts import units
from gifts.delivery import batches, confirming, releasing
from gifts.delivery.outbox import apply
from gifts.ladder import K
from gifts.models import Release, ReleaseCell, ReleasedUnit, Unit, UnitShare
from gifts.trace import calendar, notes, steps, telling
from tests.deliveries_made import make_match, make_unit
from tests.gifts.wishing import UNIT, make_wish, wish
from tests.people import person
from tests.vault_made import make_need, make_partner, make_recipient

__all__ = ["make_wish", "wish"]
pytestmark = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture
def publish():
    """The news of the running quarter, on the day when it is published."""

    def publish():
        return releasing.publish(calendar.published_on(calendar.start_of(calendar.today())))

    return publish


def given_out(count, *, wish):
    """So many things of a wish, each in use by another person."""
    partner, by = make_partner(), person(factor=False)
    matches = [
        make_match(partner=partner, unit=make_unit(wish.kind, wish=wish), by=by, apply=False)
        for _ in range(count)
    ]
    apply()
    codes = [match.unit_code for match in matches]
    batch = batches.pack(partner, codes=codes, by=by)
    batches.arrive(batches.ship(batch, carrier="Post", expected_on=calendar.today(), by=by), by=by)
    for code in codes:
        confirming.confirm(code, partner=partner, by=by, outcome="received")
    apply()
    return list(Unit.objects.filter(code__in=codes))


def test_a_gift_is_told_of_with_ten_others_and_not_before(giving, run_jobs, wish, publish):
    donation = giving.begin(parts=[Part(wish.designation, UNIT)], form="basket")
    giving.pay(donation)
    giving.deliver()
    run_jobs()
    gift = Donation.objects.get(pk=donation.pk)
    things = given_out(K - 1, wish=wish)
    Unit.objects.filter(pk=things[0].pk).update(cost_minor=UNIT)
    UnitShare.objects.create(unit=things[0], line=gift.lines.get(), amount_minor=UNIT)

    # One link for all looks: a fresh one is signed with its second.
    link = re.sub(r"^https?://[^/]+", "", tracing.new_link(gift))

    def page():
        return giving.client.get(link).text

    quiet = page()
    assert quiet.count("the next news is due on") == 2
    quarter = calendar.start_of(calendar.today())
    assert releasing.publish(calendar.published_on(quarter) - timedelta(days=1)) is None
    assert publish().cells.count() == 0
    assert page() == quiet

    given_out(1, wish=wish)
    later = releasing.publish(calendar.published_on(calendar.after(quarter)))
    (cell,) = later.cells.all()
    assert (cell.stage, cell.region, cell.units.count()) == ("confirmed", wish.region, K)
    told = page()
    month = calendar.last_day(calendar.after(quarter))
    assert f"{month:%B %Y}, Latin America" in told
    assert "the next news" not in told

    outbox.outbox.clear()
    for _ in range(2):
        telling.tell_of_release(later.pk)
        run_jobs()
    (mail,) = outbox.outbox
    assert "a whole group" in mail.body
    assert "/trace/" in mail.body


def test_a_release_is_made_once_and_in_time_alone(publish):
    quarter = calendar.start_of(calendar.today())
    assert publish().quarter == quarter
    assert publish() is None
    assert releasing.publish(calendar.published_on(quarter) + timedelta(days=9)) is None


def test_things_of_fewer_than_eleven_people_wait(wish, publish):
    partner = make_partner()
    same = make_recipient(partner)
    by = person(factor=False)
    for _ in range(2):
        make_match(need=make_need(recipient=same), unit=make_unit(wish.kind, wish=wish), by=by)
    given_out(K - 2, wish=wish)
    codes = [one.unit.code for one in batches.waiting()[partner]]
    batch = batches.pack(partner, codes=codes, by=by)
    batches.arrive(batches.ship(batch, carrier="Post", expected_on=calendar.today(), by=by), by=by)
    apply()
    assert Unit.objects.filter(state__in=["handed_over", "confirmed"]).count() == K
    assert publish().cells.count() == 0


def test_what_nobody_in_the_vault_knows_of_is_never_told_of(wish, publish):
    for unit in (make_unit(wish.kind, wish=wish) for _ in range(K)):
        for state in ("matched", "handed_over"):
            units.move(unit, to=Unit.State(state), by=None)
    assert publish().cells.count() == 0


def cell(release, **facts):
    facts = {"stage": "handed_over", "region": "world"} | facts
    return ReleaseCell.objects.create(release=release, **facts)


def fill(into, things):
    ReleasedUnit.objects.bulk_create(
        ReleasedUnit(cell=into, unit=unit, stage=into.stage) for unit in things
    )


def refused(into, things, match):
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        fill(into, things)


def test_the_database_knows_no_smaller_group(wish):
    release = Release.objects.create(quarter=date(2026, 7, 1))
    things = [make_unit(wish.kind) for _ in range(2 * K)]
    refused(cell(release), things[: K - 1], "eleven things at least")
    first = cell(release)
    fill(first, things[: 2 * K - 1])
    refused(cell(release), things[:K], "thing_released_once_per_stage")
    later = Release.objects.create(quarter=date(2026, 10, 1))
    # Eleven of 21 would leave ten behind; and nothing comes on but with its own.
    refused(cell(later, stage="confirmed", earlier=first), things[:K], "stays behind")
    refused(cell(later, stage="confirmed"), things[: 2 * K - 1], "told of with")
    refused(cell(later, stage="confirmed", earlier=first), things[1:], "told of with")
    fill(cell(later, stage="confirmed", earlier=first), things[: 2 * K - 1])


def test_a_note_is_about_a_pool_of_eleven_and_passes_two_people(giving, wish, publish):
    writer, other = person(factor=False), person(factor=False)
    said = {"text": "They work well.", "text_es": "Funcionan bien.", "by": writer}
    things = given_out(K, wish=wish)
    release = Release.objects.create(quarter=date(2020, 1, 1))
    with pytest.raises(notes.Refused, match="too_few"):
        notes.write(release, wish=wish, **said)
    release = publish()
    for wrong, why in (
        ({"text": " "}, "no_text"),
        ({"text": "For survivors."}, "telling"),
        ({"text": "We thank you, says Lucía of Quetzaltenango."}, "telling"),
    ):
        with pytest.raises(notes.Refused, match=why):
            notes.write(release, wish=wish, **said | wrong)
    note = notes.write(release, wish=wish, **said)
    with pytest.raises(notes.Refused, match="there_is_one"):
        notes.write(release, wish=wish, **said)
    with pytest.raises(notes.Refused, match="same_person"):
        notes.accept(note, by=writer)
    assert notes.of([wish.pk]) == {}
    for _ in range(2):
        notes.accept(note, by=other)
    assert [one.public_text for one in notes.of([wish.pk])[wish.pk]] == ["They work well."]
    notes.take_down(note)
    assert notes.of([wish.pk]) == {}
    assert things


def test_what_came_to_grief_after_it_had_left_is_not_told_on_its_day(giving, run_jobs, wish):
    donation = giving.begin(parts=[Part(wish.designation, UNIT)], form="basket")
    giving.pay(donation)
    giving.deliver()
    run_jobs()
    unit = make_unit(wish.kind, wish=wish, cost_minor=UNIT)
    UnitShare.objects.create(unit=unit, line=donation.lines.get(), amount_minor=UNIT)
    for state in ("matched", "shipped", "lost"):
        units.move(unit, to=Unit.State(state), by=None)
    gift = Donation.objects.get(pk=donation.pk)
    assert steps.of(gift)[0].in_trouble == 0
    known = calendar.end_of(calendar.start_of(calendar.today()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calendar, "told_until", lambda: known)
        assert steps.of(gift)[0].in_trouble == 1
