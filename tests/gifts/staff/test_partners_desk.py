"""Partners over HTTP: entered, assessed by two, suspended, brought back, closed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from gifts.vault import needs, partners, workers
from gifts.vault.models import Access, Assessment, Partner, PartnerUser
from tests.gifts.staff.asking import told, turned_away, url, words
from tests.people import person, signed_in
from tests.roles import STAFF
from tests.vault_made import make_need, make_partner

pytestmark = [pytest.mark.role(STAFF), pytest.mark.django_db(databases=["default", "vault"])]
ENTERED = {
    **{"name": "Casa Lucero", "region": "latin_america", "country": "GT", "language": "es"},
    **{"voltage": "110", "office": "12 Calle", "contact": "Ana Pérez", "phone": "+502 5555"},
}


@pytest.fixture
def keeper():
    return signed_in(person("Needs keeper"))


@pytest.fixture
def other():
    return signed_in(person("Needs keeper"))


def checklist(**changed):
    today = timezone.localdate()
    days = {"made_on": today, "agreement_on": today, "review_on": today + timedelta(days=300)}
    return {**days, **{f"q{place}": "on" for place in range(8)}, **changed}


def test_a_partner_takes_part_after_two_people_signed(keeper, other):
    told(keeper.post(url("partners:add"), ENTERED, follow=True), "The partner is entered.")
    row = Partner.objects.get()
    act = {name: url(f"partners:{name}", row.pk) for name in ("assess", "sign", "activate")}

    told(keeper.post(act["assess"], checklist(q3="")), "Without this, it cannot take part.")
    told(keeper.post(act["activate"], follow=True), "Nothing was changed")
    told(keeper.post(act["assess"], checklist(), follow=True), "waits for a second signature")
    told(keeper.post(act["sign"], {"confirmed": 1}, follow=True), "you signed first")
    told(other.get(url("partners:index")), f"{row.code} waits for a second signature")
    shown = told(other.post(act["sign"]), "Things are sent to a public office")
    assert "First signature" in shown
    told(other.post(act["sign"], {"confirmed": 1}, follow=True), "signed by two")
    told(keeper.post(act["activate"], follow=True), "The partner takes part.")

    page = told(keeper.get(url("partners:inspect", row.pk)), "8 / 8")
    assert "Assessment signed second" in page
    for confidential in ("12 Calle", "Ana Pérez", "+502 5555"):
        assert confidential not in page
    assert [step.state for step in row.steps.all()] == ["assessed", "active"]


def test_suspending_takes_its_needs_out_and_ends_access_at_once(keeper, other):
    need = make_need()
    row = need.partner
    worker = person(factor=False)
    workers.add(row, worker)
    told(
        keeper.post(url("partners:suspend", row.pk), {"note": "No answer."}, follow=True),
        "The partner is suspended.",
    )
    assert not needs.waiting().exists()
    assert workers.of(worker) is None

    told(keeper.post(url("partners:activate", row.pk), follow=True), "a new one after a suspension")
    keeper.post(url("partners:assess", row.pk), checklist())
    other.post(url("partners:sign", row.pk), {"confirmed": 1})
    told(keeper.post(url("partners:activate", row.pk), follow=True), "The partner takes part.")
    assert workers.of(worker) is not None
    close = url("partners:close", row.pk)
    told(keeper.post(close, {"note": "Over."}, follow=True), "still has needs or things")
    answer = {"answer": "We part ways. Please ask us for another partner."}
    told(keeper.post(url("partners:wind_up", row.pk), answer, follow=True), "Needs withdrawn: 1.")
    told(keeper.post(close, {"note": "Over."}, follow=True), "The partner is closed.")
    assert workers.of(worker) is None


def test_a_review_falls_due_by_night_and_a_new_assessment_ends_it(keeper, other, monkeypatch):
    row = make_partner()
    assert partners.find_reviews_due() == 0
    later = timezone.now() + timedelta(days=400)
    monkeypatch.setattr("gifts.vault.partners.timezone.now", lambda: later)
    assert partners.find_reviews_due() == 1
    monkeypatch.undo()
    row.refresh_from_db()
    assert row.state == "review_due"
    assert row.takes_part
    told(keeper.get(url("partners:index")), "1 are due for a review")
    keeper.post(url("partners:assess", row.pk), checklist())
    other.post(url("partners:sign", row.pk), {"confirmed": 1})
    row.refresh_from_db()
    assert row.state == "active"
    assert Assessment.objects.count() == 2


def test_case_workers_are_added_by_mail_and_ended_at_once(keeper):
    row = make_partner()
    add = url("partners:add_worker", row.pk)
    form = {"email": "rosa@casa.example", "name": "Rosa"}
    told(keeper.post(add, form, follow=True), "may enter now")
    user = User.objects.get(email="rosa@casa.example")
    assert not user.has_usable_password()
    assert [group.name for group in user.groups.all()] == ["Case worker"]
    told(keeper.post(add, form, follow=True), "may enter now")
    worker = PartnerUser.objects.get()

    staff = person("Editor", email="edda@northstar.example")
    told(keeper.post(add, form | {"email": staff.email}, follow=True), "belongs to staff")
    elsewhere = url("partners:add_worker", make_partner(name="Other").pk)
    told(keeper.post(elsewhere, form, follow=True), "of another partner")

    end = url("partners:end_worker", row.pk)
    told(keeper.post(end, {"worker": worker.pk}, follow=True), "Her access has ended.")
    user.refresh_from_db()
    assert workers.of(user) is None
    assert not user.groups.exists()
    page = words(keeper.get(url("partners:inspect", row.pk)))
    assert "Case worker added" in page
    assert "Case worker ended" in page


def test_details_change_without_being_shown_and_keep_what_was_left_empty(keeper):
    row = make_partner()
    change = url("partners:amend", row.pk)
    assert "+502 5555 0100" not in words(keeper.get(change))
    form = {"name": "Casa Sol", "country": "GT", "language": "en", "voltage": "110"}
    told(keeper.post(change, form | {"phone": "+502 7"}, follow=True), "The partner was changed.")
    told(keeper.get(url("partners:inspect", row.pk)), "name, phone")

    read = url("partners:read", row.pk)
    page = told(keeper.post(read, {"purpose": "support"}), "+502 7")
    assert "1 Example Street" in page
    assert Access.objects.get().purpose == "support"


def test_a_coordinator_sees_codes_and_changes_nothing():
    client = signed_in(person("Gifts coordinator"))
    row = make_partner()
    told(client.get(url("partners:index")), row.code)
    told(client.get(url("partners:inspect", row.pk)), "Casa Lucero")
    told(client.get(url("partners:read", row.pk)), "Your roles read nothing here.")
    for act in ("amend", "assess", "sign", "activate", "suspend", "close", "add_worker"):
        assert turned_away(client.post(url(f"partners:{act}", row.pk))), act
    assert turned_away(client.get(url("partners:add")))
    row.refresh_from_db()
    assert row.state == "active"
    assert turned_away(signed_in(person("Finance lead")).get(url("partners:index")))
