"""Needs over HTTP: by codes; read for a purpose, once, on record; verified by a second person."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from gifts.staff.needs import PATIENCE
from gifts.vault import needs, partners
from gifts.vault.models import Access, Need
from gifts.vault.transactions import vault_atomic
from tests.gifts.staff.asking import told, turned_away, url, words
from tests.people import person, signed_in
from tests.roles import STAFF
from tests.things_made import make_kind
from tests.vault_made import make_need, make_partner

pytestmark = [pytest.mark.role(STAFF), pytest.mark.django_db(databases=["default", "vault"])]
SECRET = "For her evening course."


@pytest.fixture
def keeper():
    return signed_in(person("Needs keeper"))


def test_the_list_tells_codes_states_and_who_is_waited_for(keeper, django_assert_max_num_queries):
    make_kind()
    partner = make_partner()
    draft = make_need(partner=partner, state="draft")
    unsent = make_need(partner=partner, state="draft", sent_at=None)
    make_need(partner=partner)
    keeper.get(url("needs:index"))
    with django_assert_max_num_queries(20) as few:
        page = told(keeper.get(url("needs:index")), draft.code)
    assert "1 to verify" in page
    assert "waits for a second person" in page
    assert unsent.code not in page
    assert SECRET not in page
    make_need(partner=partner)
    make_need(partner=make_partner(name="Other"))
    with django_assert_max_num_queries(len(few)):
        keeper.get(url("needs:index"))
    told(keeper.get(url("needs:index") + f"?q={draft.code.lower().replace('-', '')}"), draft.code)
    told(keeper.get(url("needs:inspect", draft.pk)), "Who can verify it: ")
    assert not Access.objects.exists()


def test_what_stands_still_is_listed(keeper, monkeypatch):
    need = make_need()
    monkeypatch.setitem(PATIENCE, "open", 0)
    told(keeper.get(url("needs:index")), "1 stand still")
    told(keeper.get(url("needs:index") + "?stuck=on"), need.code)


def test_nothing_is_read_before_its_purpose_is_told(keeper):
    need = make_need(what_for=SECRET)
    read = url("needs:read", need.pk)
    asked = keeper.get(read)
    assert SECRET not in told(asked, "what do you need it for?")
    assert SECRET not in told(keeper.post(read), "This field is required.")
    assert SECRET not in told(keeper.post(read, {"purpose": "subject"}), "Select a valid choice")
    assert SECRET not in told(keeper.post(read, {"purpose": "emergency"}), "Select a valid choice")
    assert not Access.objects.exists()

    shown = keeper.post(read, {"purpose": "verify"})
    told(shown, SECRET)
    assert "no-store" in shown["Cache-Control"]
    look = Access.objects.get()
    assert (look.purpose, look.model, look.record) == ("verify", "need", need.pk)
    assert SECRET not in words(keeper.get(read))
    assert SECRET not in words(keeper.get(url("needs:inspect", need.pk)))


def test_where_the_log_fails_nothing_is_shown(keeper, monkeypatch):
    need = make_need(what_for=SECRET)

    def full(*args, **kwargs):
        raise DatabaseError("the log is full")

    monkeypatch.setattr("gifts.vault.access.note_each", full)
    page = told(keeper.post(url("needs:read", need.pk), {"purpose": "verify"}), "It cannot be read")
    assert SECRET not in page


def test_roles_read_for_their_own_purposes_alone():
    need = make_need(what_for=SECRET)
    read = url("needs:read", need.pk)
    for role in ("Gifts coordinator", "Privacy lead"):
        client = signed_in(person(role))
        told(client.get(url("needs:inspect", need.pk)), need.code)
        told(client.get(read), "Your roles read nothing here.")
        for purpose in ("verify", "support", "emergency", "matching"):
            assert SECRET not in words(client.post(read, {"purpose": purpose}))
    for role in ("Finance lead", "Donor care", "Purchaser", "Editor"):
        client = signed_in(person(role))
        for name in ("needs:inspect", "needs:read"):
            assert turned_away(client.get(url(name, need.pk))), (role, name)
    assert not Access.objects.exists()


def test_a_superuser_is_asked_and_logged_like_everybody():
    need = make_need(what_for=SECRET)
    root = person(is_superuser=True)
    client = signed_in(root)
    assert SECRET not in words(client.get(url("needs:read", need.pk)))
    told(client.post(url("needs:read", need.pk), {"purpose": "verify"}), SECRET)
    assert Access.objects.get().who == root.email


def test_a_second_person_verifies_and_the_need_is_open():
    stated, typed = person("Needs keeper"), person("Needs keeper")
    need = make_need(state="draft", stated_by=stated, typed_by=typed.pk)
    for own in (stated, typed):
        answer = signed_in(own).post(url("needs:verify", need.pk), follow=True)
        told(answer, "It takes a second person")
    third = person("Needs keeper")
    told(signed_in(third).post(url("needs:verify", need.pk), follow=True), "verified and open")
    need.refresh_from_db()
    assert (need.state, need.verified_by, need.verified_who) == ("open", third.pk, third.email)
    assert needs.verify(need, by=third).state == "open"


def test_without_every_tick_there_is_nothing_to_verify(keeper):
    need = make_need(state="draft", say_told=False, kind="")
    page = told(keeper.post(url("needs:verify", need.pk), follow=True), "cannot be verified")
    assert "the kind of thing, she was told how it is used" in page
    need.refresh_from_db()
    assert need.state == "draft"


def test_the_need_of_a_suspended_partner_opens_when_it_is_back(keeper):
    need = make_need(state="draft")
    partners.move(need.partner, to="suspended", by=None)
    told(keeper.post(url("needs:verify", need.pk), follow=True), "opens when its partner")
    told(keeper.post(url("needs:open", need.pk), follow=True), "Nothing was changed")
    partners.move(need.partner, to="active", by=None)
    told(keeper.post(url("needs:open", need.pk), follow=True), "The need is open.")


@pytest.mark.parametrize("telling", ["Ask Ana Pérez.", "Call +502 5555 0199.", "On 12/03/2026."])
def test_a_refusal_that_names_somebody_is_held_back(keeper, telling):
    need = make_need()
    refuse = url("needs:refuse", need.pk)
    assert "The need has ended" not in words(keeper.post(refuse, {"answer": telling}, follow=True))
    with pytest.raises(needs.HeldBack), vault_atomic():
        needs.refuse(need, text=telling, by=person(factor=False))
    need.refresh_from_db()
    assert (need.state, need.answer) == ("open", "")


def test_a_refusal_ends_the_need_and_the_partner_reads_why(keeper):
    need = make_need()
    text = "Not this year: we have no laptops. Please ask for a tablet."
    told(keeper.post(url("needs:refuse", need.pk), {"answer": text}, follow=True), "has ended")
    need.refresh_from_db()
    assert (need.state, need.answer) == ("withdrawn", text)
    told(keeper.get(url("needs:inspect", need.pk)), text)
    matched = make_need(state="matched")
    told(keeper.post(url("needs:refuse", matched.pk), follow=True), "Nothing was changed")
    why = {"answer": "She found another way."}
    told(keeper.post(url("needs:withdraw", matched.pk), why, follow=True), "is withdrawn")


def test_what_nobody_sent_or_verified_expires(monkeypatch):
    unsent, unverified = make_need(state="draft", sent_at=None), make_need(state="draft")
    kept = make_need()
    assert needs.expire(days=60) == 0
    later = timezone.now() + timedelta(days=61)
    monkeypatch.setattr("gifts.vault.needs.timezone.now", lambda: later)
    assert needs.expire(days=60) == 2
    assert needs.expire(days=60) == 0
    states = {need.pk: need.state for need in Need.objects.all()}
    assert [states[one.pk] for one in (unsent, unverified, kept)] == ["expired", "expired", "open"]


def test_a_coordinator_verifies_refuses_and_ends_nothing():
    client = signed_in(person("Gifts coordinator"))
    need = make_need(state="draft")
    for act in ("verify", "open", "refuse", "withdraw"):
        assert turned_away(client.post(url(f"needs:{act}", need.pk))), act
    assert client.get("/admin/needs/inspect/not-a-key/").status_code == 404
