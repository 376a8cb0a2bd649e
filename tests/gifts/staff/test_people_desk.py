"""People over HTTP by their codes: what we hold, told in time; erased at her word; consents."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from gifts import consents as door
from gifts.vault.models import Access, Need, Recipient, SubjectRequest
from tests.gifts.staff.asking import told, turned_away, url, words
from tests.people import person, signed_in
from tests.roles import STAFF
from tests.vault_made import make_need, make_partner, make_recipient

pytestmark = [pytest.mark.role(STAFF), pytest.mark.django_db(databases=["default", "vault"])]
NAME, TEXT = "Lucía Example", "I learned to sew,\nand now I teach it."
CONSENT = {
    **{"text": TEXT, "uses": ["web", "report"], "by_whom": "adult", "who": NAME},
    **{"contact": "her case worker", "language": "Spanish", "months": 12, "risk": "on"},
    "independent": "on",
}


@pytest.fixture
def lead():
    return signed_in(person("Privacy lead"))


def test_she_is_told_in_time_all_that_we_hold_and_the_look_is_on_record(lead):
    need = make_need(recipient=make_recipient(make_partner(), name=NAME))
    row = need.recipient
    today = timezone.localdate()
    assert NAME not in words(lead.get(url("people:index") + f"?q={need.code}"))
    told(lead.get(url("people:index") + f"?q={need.code}"), row.code)
    old = {"asked_on": today - timedelta(days=40)}
    told(lead.post(url("people:ask", row.pk), old), "a day of the last thirty")
    told(lead.post(url("people:ask", row.pk), {"asked_on": today}, follow=True), "on the list")
    assert SubjectRequest.objects.get().due_on == today + timedelta(days=30)

    page = told(lead.post(url("people:read", row.pk), {"purpose": "subject"}), NAME)
    assert "For her evening course." in page
    assert {look.record for look in Access.objects.all()} == {row.pk, need.pk}
    told(lead.post(url("people:answered", row.pk), follow=True), "The request is answered.")
    told(lead.get(url("requests:index")), row.code)
    told(lead.get(url("requests:inspect", SubjectRequest.objects.get().pk)), "Answered by")
    assert NAME not in words(lead.get(url("people:inspect", row.pk)))


def test_what_was_not_answered_in_time_is_listed(lead):
    row = make_recipient(make_partner())
    day = timezone.localdate() - timedelta(days=31)
    SubjectRequest.objects.create(
        recipient=row, asked_on=day, due_on=day + timedelta(days=30), made_by=1, made_who="x"
    )
    told(lead.get(url("requests:index")), "1 were not answered in time")
    told(lead.get(url("people:inspect", row.pk)), "She asked what we hold about her")


def test_she_is_erased_at_her_word_and_what_is_under_way_stops_first(lead):
    need = make_need(state="matched")
    row = need.recipient
    erase = url("people:erase", row.pk)
    told(lead.get(erase), f"First these needs are withdrawn: {need.code}.")
    told(lead.post(erase, {"why": "At her word."}), "This field is required.")
    form = {"why": "At her word.", "sure": "on"}
    told(lead.post(erase, form, follow=True), "All that was held about her is erased.")
    need, row = Need.objects.get(), Recipient.objects.get()
    assert need.state == "withdrawn"
    assert need.erased_at
    assert row.erased_at
    told(lead.post(url("people:read", row.pk), {"purpose": "subject"}, follow=True), "Nothing was")
    told(lead.post(erase, form, follow=True), "Nothing was changed")


def test_a_consent_is_recorded_shown_by_its_code_once_and_withdrawn_by_it(lead):
    add = url("consents:add")
    form = CONSENT | {"given_on": timezone.localdate()}
    told(lead.post(add, form | {"uses": []}), "This field is required.")
    told(lead.post(add, form | {"months": 25}), "less than or equal to 24")
    told(lead.post(add, form | {"person": "ZZZZ-9999"}), "nobody with this code")
    page = told(lead.post(add, form), "Give her this code")
    code = re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b", page)[0]
    assert door.may_publish(TEXT, "web")

    listed = told(lead.get(url("consents:index")), "Website, Donor reports")
    assert NAME not in listed
    assert code not in listed
    told(lead.post(url("consents:withdraw"), {"code": "2222-2222-2222"}), "No consent has this")
    told(lead.post(url("consents:withdraw"), {"code": code}, follow=True), "is withdrawn")
    assert not door.may_publish(TEXT, "web")


@pytest.mark.parametrize("role", ["Needs keeper", "Gifts coordinator", "Administrator"])
def test_others_see_neither_people_nor_consents(role):
    client = signed_in(person(role))
    row = make_recipient(make_partner())
    for name in ("inspect", "read", "erase", "ask"):
        assert turned_away(client.get(url(f"people:{name}", row.pk))), name
    for desk in ("people", "requests", "consents"):
        assert turned_away(client.get(url(f"{desk}:index"))), desk
    for name in ("consents:add", "consents:withdraw"):
        assert turned_away(client.post(url(name), CONSENT)), name
    assert Recipient.objects.get().erased_at is None
