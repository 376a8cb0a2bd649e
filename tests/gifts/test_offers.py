"""An offer and its things: each step once, in order, by whoever may, and the books beside it."""

from datetime import date, timedelta
from unittest import mock

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from core.images import Picture
from donations import books
from donations.models import Entry, Mail, Posting
from gifts import units
from gifts.models import (
    Acknowledgment,
    DeviceCheck,
    GivenThing,
    Offer,
    OfferPhoto,
    StatementFile,
    Unit,
    UnitStep,
)
from gifts.offers import acknowledgments, deciding, intake, irs, links, paper, values, wiping
from tests.gifts.offered import ERASED, arrived, check_all, make_offer
from tests.people import person
from tests.things_made import make_kind

pytestmark = pytest.mark.django_db


def refused(sql, message):
    with (
        pytest.raises(DatabaseError, match=message),
        transaction.atomic(),
        connection.cursor() as c,
    ):
        c.execute(sql)


def steps(thing):
    return list(UnitStep.objects.filter(unit=thing.pk).values_list("state", flat=True))


def test_the_same_form_sent_twice_is_one_offer_with_one_mail():
    photo = Picture(b"jpeg", "jpg", "image/jpeg")
    kind = make_kind()
    twice = [
        deciding.begin(
            kind, form_token="t", photo=photo, description="x", quantity=1, age="new",
            condition="good", charger="yes", way="shipping", name="A", email="a@example.org",
            country="US",
        )
        for _ in range(2)
    ]  # fmt: skip
    assert twice[0] == twice[1]
    assert Mail.objects.filter(template="offer").count() == OfferPhoto.objects.count() == 1


def test_a_decision_is_made_once_and_told_once(run_jobs):
    offer, by = make_offer(), person(factor=False)
    for _ in range(2):
        deciding.accept(offer, answer="To 100 Harbor Street.\nGround floor.", by=by)
    for late in (deciding.decline, deciding.accept):
        if late is deciding.decline:
            with pytest.raises(deciding.TooLate):
                late(offer, answer="No.", by=by)
    run_jobs()
    letter = mail.outbox[-1]
    assert [m.subject for m in mail.outbox] == ["Your offer: thank you", "Your offer: yes, please"]
    for told in ("To 100 Harbor Street.", "Ground floor.", offer.code, "Find my device"):
        assert told in letter.body


def test_an_offer_that_ends_loses_its_picture_and_is_not_taken_up_again():
    for end in ("decline", "withdraw"):
        offer, by = make_offer(), person(factor=False)
        OfferPhoto.objects.create(offer=offer, data=b"x", mime="image/jpeg")
        if end == "decline":
            deciding.decline(offer, answer="We have none to give it to.", by=by)
        else:
            deciding.withdraw(offer)
            deciding.withdraw(offer)
        assert not OfferPhoto.objects.filter(offer=offer).exists()
        with pytest.raises(deciding.TooLate):
            deciding.accept(offer, answer="Yes.", by=by)
        with pytest.raises(deciding.TooLate):
            arrived(offer)
        with pytest.raises(deciding.TooLate):
            deciding.close(offer)


def test_what_arrived_cannot_be_withdrawn():
    offer = make_offer(state="accepted")
    arrived(offer)
    with pytest.raises(deciding.TooLate):
        deciding.withdraw(offer)


def test_taking_in_twice_by_one_form_happens_once_and_in_parts_as_often_as_it_takes():
    offer, by = make_offer(state="accepted"), person(factor=False)
    arrived(offer)
    one = [intake.Arrived("Lenovo ThinkPad T480")]
    with pytest.raises(intake.Changed):
        intake.receive(offer, one, received_on=date(2026, 1, 5), things_before=0, by=by)
    intake.receive(offer, one, received_on=date(2026, 1, 5), things_before=1, by=by)
    assert offer.things.count() == Unit.objects.count() == 2
    assert steps(offer.things.first()) == ["offered", "accepted", "received"]


def test_a_device_is_ready_when_and_only_when_each_check_passed():
    offer = make_offer(state="accepted")
    for missing in DeviceCheck.Check:
        (thing,) = arrived(offer)
        check_all(thing, but=(missing,))
        unit = Unit.objects.get(pk=thing.pk)
        assert unit.state != "ready", missing
        # Not even by the hand that writes the steps.
        if unit.state == "wiped":
            refused(
                f"INSERT INTO gifts_unitstep (unit_id, state, at, note)"
                f" VALUES ({unit.pk}, 'ready', now(), '')",
                "has not passed every check",
            )
        extra = ERASED if missing == "erased" else {}
        intake.check(thing, missing, passed=True, by=person(factor=False), **extra)
        unit.refresh_from_db()
        assert unit.state == "ready", missing
    assert all(row.by.email for row in DeviceCheck.objects.all())


def test_a_check_that_fails_afterwards_holds_a_device_back_and_a_later_one_lets_it_go():
    (thing,) = arrived(make_offer(state="accepted"))
    by = person(factor=False)
    check_all(thing, but=("labels",))
    intake.check(thing, "unlocked", passed=False, note="Still in Find My", by=by)
    intake.check(thing, "labels", passed=True, by=by)
    assert Unit.objects.get(pk=thing.pk).state == "wiped"
    for _ in range(2):
        intake.check(thing, "unlocked", passed=True, by=by)
    assert Unit.objects.get(pk=thing.pk).state == "ready"
    assert thing.checks.filter(check_kind="unlocked").count() == 3


def test_a_device_that_comes_back_is_checked_anew():
    (thing,) = arrived(make_offer(state="accepted"))
    check_all(thing)
    unit = Unit.objects.get(pk=thing.pk)
    for state in ("damaged", "received", "tested", "wiped"):
        unit = units.move(unit, to=Unit.State(state), by=None)
    assert intake.latest_checks(thing) == {}
    with pytest.raises(DatabaseError, match="every check"), transaction.atomic():
        units.move(unit, to=Unit.State.READY, by=None)


def test_a_check_says_how_it_was_erased_and_what_is_wrong():
    (thing,) = arrived(make_offer(state="accepted"))
    by = person(factor=False)
    for facts in ({"kind": "erased", "passed": True}, {"kind": "works", "passed": False}):
        with pytest.raises(DatabaseError), transaction.atomic():
            intake.check(thing, facts["kind"], passed=facts["passed"], by=by)


def test_a_book_needs_no_check_and_a_device_is_not_waved_through():
    book = make_kind(is_device=False, name="Dictionary")
    (thing,) = arrived(make_offer(kind=book, state="accepted"))
    with pytest.raises(intake.NotPossible):
        intake.check(thing, "works", passed=True, by=person(factor=False))
    intake.make_ready(thing, by=person(factor=False))
    assert Unit.objects.get(pk=thing.pk).state == "ready"
    (laptop,) = arrived(make_offer(state="accepted"))
    with pytest.raises(intake.NotPossible):
        intake.make_ready(laptop, by=person(factor=False))


def test_a_serial_number_is_known_until_the_statement_and_then_only_known_again(run_jobs):
    offer = make_offer(state="accepted")
    one, two = arrived(offer, "PF-1SECRET", "PF-2SECRET")
    check_all(one)
    made = wiping.make(offer, by=person(factor=False))
    one.refresh_from_db()
    assert (one.serial, one.serial_hash) == ("", intake.hashed("pf 1secret"))
    assert one.statement == made
    assert GivenThing.objects.get(pk=two.pk).serial == "PF-2SECRET"  # not erased yet
    with pytest.raises(wiping.NothingErased):
        wiping.make(offer, by=person(factor=False))
    refused(f"UPDATE gifts_giventhing SET serial = 'x' WHERE unit_id = {one.pk}", "any more")
    run_jobs()
    assert mail.outbox[-1].subject == "Your devices are erased"
    StatementFile.objects.update(made_at=timezone.now() - timedelta(days=91))
    wiping.forget_old_files()
    assert not StatementFile.objects.exists()


def test_two_who_make_the_statement_at_once_make_one():
    offer = make_offer(state="accepted")
    (thing,) = arrived(offer)
    check_all(thing)
    drawn = paper.render

    def meanwhile(facts):
        if not offer.statements.exists():
            with mock.patch.object(paper, "render", drawn):
                wiping.make(offer, by=person(factor=False))
        return drawn(facts)

    with mock.patch.object(paper, "render", meanwhile), pytest.raises(wiping.Changed):
        wiping.make(offer, by=person(factor=False))
    assert offer.statements.count() == 1


def test_an_acknowledgment_is_numbered_without_gap_drawn_once_and_never_changed(run_jobs):
    by = person(factor=False)
    for number in (1, 2):
        offer = make_offer(state="accepted")
        arrived(offer, "A", "B")
        made = acknowledgments.issue(offer, by=by)
        assert acknowledgments.issue(offer, by=by) == made
        assert made.label == f"TEST-IK-{timezone.now().year}-{number:06d}"
    run_jobs()
    acknowledgments.draw(made.pk)
    made.refresh_from_db()
    assert acknowledgments.stored_bytes(made).startswith(b"%PDF")
    assert Mail.objects.filter(about__startswith="acknowledged").count() == 2
    with pytest.raises(acknowledgments.NothingKept):
        acknowledgments.issue(make_offer(state="accepted"), by=by)
    for change in ("snapshot = '{}'", "number = 9", "sha256 = 'x'", "offer_id = 1"):
        refused(f"UPDATE gifts_acknowledgment SET {change}", "any more|violates")
    refused("UPDATE gifts_acknowledgmentseries SET last_number = 9", "counts by one")
    refused("DELETE FROM gifts_acknowledgment", "Cannot delete")


def test_a_void_acknowledgment_makes_room_for_one_about_what_was_kept():
    offer, by = make_offer(state="accepted"), person(factor=False)
    one, _two = arrived(offer, "A", "B")
    first = acknowledgments.issue(offer, by=by)
    intake.refuse(one, reason="Still locked.", by=by)
    for _ in range(2):
        acknowledgments.void(first, reason="One went back.", by=by)
    second = acknowledgments.issue(offer, by=by)
    assert [row["count"] for row in second.snapshot["items"]] == [1]
    assert Acknowledgment.objects.filter(offer=offer).count() == 2


def test_an_offer_is_closed_when_nothing_of_it_is_owed():
    offer, by = make_offer(state="accepted"), person(factor=False)
    (thing,) = arrived(offer)
    for what, do in {
        "checks": lambda: check_all(thing),
        "statement": lambda: wiping.make(offer, by=by),
        "paper": lambda: acknowledgments.issue(offer, by=by),
    }.items():
        with pytest.raises(deciding.NotDone) as owed:
            deciding.close(offer)
        assert owed.value.what == what
        do()
    assert deciding.close(offer).state == deciding.close(offer).state == Offer.State.CLOSED
    assert deciding.close(make_offer(state="accepted")).state == Offer.State.CLOSED  # never came


def worth(thing, amount, by=None):
    return values.set_value(
        thing, amount_minor=amount, method="comparable", source="p. 3", by=by or person()
    )


def balances():
    rows = Posting.objects.filter(account__contains="given") | Posting.objects.filter(
        account="contributions_in_kind"
    )
    found = {}
    for row in rows:
        found[row.account] = found.get(row.account, 0) + row.amount_minor
    return found


def test_a_value_comes_into_the_books_is_corrected_by_the_difference_and_leaves_with_the_thing():
    (thing,) = arrived(make_offer(state="accepted"), "S-1")
    for amount in (20_000, 20_000, 15_000):
        worth(thing, amount)
    assert balances() == {"things_given": 15_000, "contributions_in_kind": -15_000}
    assert Entry.objects.filter(kind="in_kind_value").count() == 2
    assert books.verify()["given things are booked at their value"] == []
    done = {
        intake.dispose(
            thing, disposed_on=timezone.localdate(), how="recycled", to_whom="City", why="Worn",
            by=person(factor=False),
        ).pk
        for _ in range(2)
    }  # fmt: skip
    assert done == {thing.pk}
    assert balances() == {
        **{"things_given": 0, "things_given_used": 15_000},
        "contributions_in_kind": -15_000,
    }
    thing.refresh_from_db()
    assert (thing.serial, bool(thing.serial_hash)) == ("", True)
    with pytest.raises(values.Gone):
        worth(thing, 1)
    assert not any(books.verify().values())


def test_a_value_that_is_not_booked_is_found():
    (thing,) = arrived(make_offer(state="accepted"))
    worth(thing, 20_000)
    with mock.patch.object(values, "_post"):
        worth(thing, 9_000)
    assert len(books.verify()["given things are booked at their value"]) == 1


def disposed(claim, *, after, signed=None):
    """A thing that came on 1 March 2024 and was sold so long after; the claim before or later."""
    offer, by = make_offer(state="accepted"), person(factor=False)
    came = date(2024, 3, 1)
    (thing,) = intake.receive(
        offer, [intake.Arrived("Server")], received_on=came, things_before=0, by=by
    )
    facts = {"claimed_minor": claim, "signed_on": signed or date(2025, 1, 10), "by": by}
    if signed is None:
        irs.sign_form_8283(offer, **facts)
    row = intake.dispose(thing, disposed_on=came + after, how="sold", to_whom="x", why="x", by=by)
    if signed:
        irs.sign_form_8283(offer, **facts)
    row.refresh_from_db()
    return row


def test_form_8282_is_due_for_large_claims_disposed_of_within_three_years():
    year = timedelta(days=365)
    assert disposed(500_001, after=year).form_8282_due_on == date(2025, 3, 1) + timedelta(days=125)
    assert disposed(500_000, after=year).form_8282_due_on is None
    assert disposed(900_000, after=timedelta(days=1095)).form_8282_due_on  # three years to the day
    assert disposed(900_000, after=timedelta(days=1096)).form_8282_due_on is None
    late = disposed(900_000, after=timedelta(days=5), signed=date(2024, 12, 1))
    assert late.form_8282_due_on == date(2024, 12, 1) + timedelta(days=60)
    irs.file_form_8282(late, filed_on=date(2025, 1, 2), by=person(factor=False))
    irs.file_form_8282(late, filed_on=date(2026, 1, 2), by=person(factor=False))
    late.refresh_from_db()
    assert late.form_8282_filed_on == date(2025, 1, 2)
    with pytest.raises(irs.Filed):
        irs.sign_form_8283(
            late.thing.offer, claimed_minor=1, signed_on=date(2025, 1, 1), by=person(factor=False)
        )
    assert irs.years_after(date(2024, 2, 29)) == date(2027, 2, 28)


def test_a_link_dies_with_the_address_it_went_to():
    offer = make_offer()
    token = links.new_link(offer).rstrip("/").rpartition("/")[2]
    assert links.open_link(token).state == "ready"
    assert links.open_link(token + "x").state == "unknown"
    Offer.objects.update(email="other@example.org")
    assert links.open_link(token).state == "unknown"


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE gifts_offer SET state = 'received'", "transition|violates"),
        ("UPDATE gifts_offer SET description = 'x'", "any more"),
        ("UPDATE gifts_offer SET quantity = 0", "any more|violates"),
        ("DELETE FROM gifts_offer", "Cannot delete"),
        ("UPDATE gifts_offer SET claimed_minor = 5", "violates"),
    ],
)
def test_the_database_refuses_what_must_not_be(sql, why):
    make_offer()
    refused(sql, why)
