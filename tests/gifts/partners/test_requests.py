"""Stating a request over HTTP without JavaScript, and every wrong turn."""

import re
from datetime import date

import pytest

from gifts.vault import needs, partners
from gifts.vault.models import Access, Need, Recipient
from tests.deliveries_made import make_match, states_of
from tests.gifts.partners.visiting import (
    FORMS,
    PURPOSE,
    begin,
    desk_of,
    fill,
    make_kinds,
    make_worker,
    read,
    shipped,
    stated,
    words,
)  # fmt: skip
from tests.people import person
from tests.roles import STAFF
from tests.vault_made import make_need, make_partner, make_recipient

pytestmark = [
    pytest.mark.role(STAFF),
    pytest.mark.django_db(databases=["default", "vault"]),
]


@pytest.fixture(autouse=True)
def kinds():
    make_kinds()


@pytest.fixture
def worker():
    return make_worker()


@pytest.fixture
def desk(worker):
    return desk_of(worker)


def test_a_request_is_stated_in_six_short_pages_and_stands_in_the_list(worker, desk):
    assert "Nothing was sent yet." in words(desk.get("/partners/"))
    need = stated(desk)

    assert (need.kind, need.purpose, need.band) == ("laptop", "university", "higher")
    assert (need.spec_class, need.keyboard, need.voltage) == (2, "latam", "110")
    assert (need.partner, need.region) == (worker.partner, worker.partner.region)
    assert need.stated_by == worker.user_id
    assert need.sent_at
    page = words(desk.get("/partners/"))
    assert f"Laptop {need.code}" in page
    assert "Sent: we check it" in page


def test_a_dropped_line_loses_nothing_that_was_saved(desk):
    code = begin(desk)
    fill(desk, code, "purpose")

    assert f"Laptop {code} Begun" in words(desk.get("/partners/"))
    # "Go on" leads to the first page that was not seen, with what was typed before.
    assert desk.get(f"/partners/requests/{code}/check/")["Location"].endswith("/details/")
    assert PURPOSE["what_for"] in words(desk.get(f"/partners/requests/{code}/purpose/"))


def test_every_form_sent_twice_is_one_request_and_one_person(desk):
    token = read(desk, "/partners/requests/new/", 'name="token" value="([^"]+)"')
    to = [
        desk.post("/partners/requests/new/", {"token": token, "kind": "laptop"})["Location"]
        for _ in range(2)
    ]
    assert to[0] == to[1]
    code = Need.objects.get().code
    for step in ("purpose", "details", "person", "say") * 2:
        fill(desk, code, step)
    for _ in range(2):
        answer = desk.post(f"/partners/requests/{code}/check/")
        assert answer["Location"] == f"/partners/requests/{code}/"
    assert Need.objects.count() == 1
    assert Recipient.objects.count() == 1


def test_another_partners_request_answers_exactly_like_none(desk):
    theirs = make_need(partner=make_partner(name="Casa Sur")).code
    for tail in ("", "name/", "check/", "take-back/", "withdraw/", "purpose/", "person/", "say/"):
        for method in ("get", "post"):
            there = getattr(desk, method)(f"/partners/requests/{theirs}/{tail}")
            nowhere = getattr(desk, method)(f"/partners/requests/2222-2222/{tail}")
            # Of some pages nobody posts to, whatever the code.
            assert there.status_code == nowhere.status_code, (method, tail)
            assert there.status_code == (405 if (method, tail) == ("post", "") else 404)
            assert words(there) == words(nowhere)
    assert Need.objects.get(code=theirs).state == "open"


def test_another_partners_person_cannot_be_chosen(desk):
    theirs = make_recipient(make_partner(name="Casa Sur"))
    code = begin(desk)
    answer = desk.post(f"/partners/requests/{code}/person/", {"known": theirs.code})
    assert answer.status_code == 422
    assert theirs.code not in words(desk.get(f"/partners/requests/{code}/person/"))


def test_another_partners_token_makes_nothing(desk):
    token = read(desk, "/partners/requests/new/", 'name="token" value="([^"]+)"')
    desk.post("/partners/requests/new/", {"token": token, "kind": "laptop"})
    other = desk_of(make_worker())
    answer = other.post("/partners/requests/new/", {"token": token, "kind": "laptop"})
    assert answer.status_code == 404
    assert Need.objects.count() == 1


@pytest.mark.parametrize(
    ("step", "typed", "said"),
    [
        ("purpose", {"what_for": "Maria studies law."}, "“Maria” looks like a name"),
        ("purpose", {"what_for": "Call +502 5555 0142"}, "looks like a telephone number"),
        ("purpose", {"what_for": "x" * 401}, "in 400 signs; these are 401"),
        ("purpose", {"band": ""}, "Please choose what she learns now."),
        ("details", {"needed_by": "2020-01-01"}, "a day from today on"),
        ("details", {"needed_by": "soon"}, "write the day like 2027-03-31"),
        ("details", {"note": "She lives in Guatemala"}, "looks like a place"),
        ("person", {"name": ""}, "write her name, or choose her code"),
        ("person", {"name": "x" * 121}, "Please make this shorter."),
        ("say", {"say_asked": None}, "only if she asked for it"),
        ("say", {"say_may_refuse": None}, "she loses nothing by a no"),
        ("say", {"say_language": "call 5555 0142"}, "looks like a telephone number"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_the_field_and_nothing_typed_is_lost(
    desk, step, typed, said
):
    code = begin(desk)
    sent = {k: v for k, v in (FORMS[step] | typed).items() if v is not None}
    answer = desk.post(f"/partners/requests/{code}/{step}/", sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in words(answer)
    for value in sent.values():
        assert value in page


def test_each_tick_of_her_say_stands_alone_and_none_is_ticked_before(desk):
    code = begin(desk)
    page = desk.get(f"/partners/requests/{code}/say/").content.decode()
    assert page.count('type="checkbox"') == 3
    assert "checked" not in page


def test_a_course_is_not_asked_for_its_keyboard(desk):
    code = begin(desk, "course-fee")
    page = desk.get(f"/partners/requests/{code}/details/").content.decode()
    assert 'name="keyboard"' not in page
    assert 'name="needed_by"' in page


def test_her_name_in_the_words_about_the_thing_is_found_before_sending(desk):
    code = begin(desk)
    fill(desk, code, what_for="So that quetzal can study law.")
    answer = desk.post(f"/partners/requests/{code}/check/")
    assert answer.status_code == 422
    assert "Her name stands in what you wrote." in words(answer)
    assert Need.objects.get(code=code).sent_at is None


def test_a_person_of_before_is_chosen_by_her_code(worker, desk):
    known = make_recipient(worker.partner)
    code = begin(desk)
    fill(desk, code, "person", known=known.code, name="", contact="")
    assert Need.objects.get(code=code).recipient == known
    assert Recipient.objects.count() == 1


def test_somebody_typed_and_then_replaced_leaves_nothing(worker, desk):
    known = make_recipient(worker.partner)
    code = begin(desk)
    fill(desk, code, "person")
    typed = Need.objects.get(code=code).recipient
    fill(desk, code, "person", known=known.code, name="", contact="")
    typed.refresh_from_db()
    assert typed.erased_at
    known.refresh_from_db()
    assert known.erased_at is None


def test_a_name_is_shown_on_one_page_alone_and_is_on_record(worker, desk):
    need = stated(desk)
    before = Access.objects.count()
    for path in ("/partners/", f"/partners/requests/{need.code}/", "/partners/team/"):
        assert "Quetzal" not in words(desk.get(path))
    assert Access.objects.count() == before

    page = words(desk.post(f"/partners/requests/{need.code}/name/"))
    assert "Lucía Quetzal" in page
    assert "+502 5555 0142" in page
    looks = Access.objects.order_by("pk")[before:]
    assert {(look.purpose, look.user_id) for look in looks} == {("care", worker.user_id)}
    assert {look.record for look in looks} == {need.pk, need.recipient_id}
    # The address bar has nothing to show it again.
    again = desk.get(f"/partners/requests/{need.code}/name/")
    assert again["Location"] == f"/partners/requests/{need.code}/"


def test_what_was_sent_is_taken_back_to_change_until_it_is_checked(desk):
    need = stated(desk)
    desk.post(f"/partners/requests/{need.code}/take-back/")
    fill(desk, need.code, "purpose", purpose="job_search")
    need.refresh_from_db()
    assert (need.sent_at, need.purpose) == (None, "job_search")


def test_what_is_checked_meanwhile_is_neither_taken_back_nor_changed(worker, desk):
    need = make_need(partner=worker.partner, state="verified")
    for tail, typed in (("take-back", {}), ("purpose", PURPOSE)):
        answer = desk.post(f"/partners/requests/{need.code}/{tail}/", typed)
        assert answer.status_code == 409
        assert "This came too late" in words(answer)
    assert desk.get(f"/partners/requests/{need.code}/purpose/").status_code == 302


def test_withdrawing_asks_once_and_is_one_click_for_one_person(worker, desk):
    need = stated(desk)
    assert desk.get(f"/partners/requests/{need.code}/withdraw/").status_code == 200
    assert desk.post(f"/partners/requests/{need.code}/withdraw/").status_code == 422
    for _ in range(2):
        answer = desk.post(f"/partners/requests/{need.code}/withdraw/", {"why": "found"})
        assert answer["Location"] == "/partners/"
    need.refresh_from_db()
    assert need.state == "withdrawn"
    step = need.steps.get()
    assert (step.user_id, step.note) == (worker.user_id, "found another way")
    assert "Withdrawn" in words(desk.get("/partners/"))


def test_what_was_set_aside_is_free_at_once(worker, desk):
    match = make_match(partner=worker.partner)
    desk.post(f"/partners/requests/{match.need.code}/withdraw/", {"why": "found"})
    assert states_of(match) == ("ready", "withdrawn", "ended")


def test_what_came_is_told_by_its_code_once(worker, desk):
    match = shipped(worker.partner)
    code = match.unit_code.replace("-", "").lower()
    for _ in range(2):
        answer = desk.post("/partners/arrived/", {"code": code, "outcome": "received"})
        assert answer.status_code == 302
    assert "Noted: it is here." in words(desk.get(answer["Location"]))
    assert states_of(match) == ("confirmed", "closed", "ended")
    assert match.parcels.get().steps.filter(user_id=worker.user_id, state="confirmed").count() == 1


@pytest.mark.parametrize(
    ("outcome", "thing"), [("damaged", "damaged"), ("not_received", "shipped")]
)
def test_what_did_not_come_well_is_told_too(worker, desk, outcome, thing):
    match = shipped(worker.partner)
    desk.post("/partners/arrived/", {"code": match.unit_code, "outcome": outcome})
    assert states_of(match)[0] == thing


def test_a_thing_of_others_answers_like_none(desk):
    theirs = shipped(make_partner(name="Casa Sur"))
    said = [
        words(desk.post("/partners/arrived/", {"code": code, "outcome": "received"}))
        for code in (theirs.unit_code, "2222-2222", "x")
    ]
    assert "No thing with this code is on its way to you." in said[0]
    assert len({text.split("Code of the thing")[0] for text in said}) == 1
    assert states_of(theirs)[0] == "shipped"
    assert desk.post("/partners/arrived/", {"code": "", "outcome": "received"}).status_code == 422
    assert desk.post("/partners/arrived/", {"code": "x", "outcome": "eaten"}).status_code == 422


def test_a_closed_request_is_not_withdrawn(worker, desk):
    need = make_need(partner=worker.partner, state="closed")
    answer = desk.post(f"/partners/requests/{need.code}/withdraw/", {"why": "found"})
    assert answer.status_code == 409


def test_a_draft_given_up_leaves_nothing_of_her(desk):
    code = begin(desk)
    fill(desk, code, "purpose", "person")
    need = Need.objects.get(code=code)
    desk.post(f"/partners/requests/{code}/withdraw/", {"why": "mistake"})
    need.refresh_from_db()
    need.recipient.refresh_from_db()
    assert (need.sealed, need.recipient.sealed) == (None, None)
    assert need.erased_at
    assert need.recipient.erased_at
    assert code not in words(desk.get("/partners/"))
    assert desk.get(f"/partners/requests/{code}/").status_code == 404


def test_the_list_says_the_month_or_why_it_is_not_possible(worker, desk):
    hoped = make_need(partner=worker.partner)
    ended = make_need(partner=worker.partner, state="verified")
    needs.answer(hoped, text="", expected=date(2027, 3, 15))
    needs.answer(ended, text="No laptops can be brought in this year.")
    needs.move(ended, to="expired", by=person(factor=False))
    page = words(desk.get("/partners/"))
    assert "Expected in March 2027" in page
    assert "Not possible because: No laptops can be brought in this year." in page


def test_an_answer_that_tells_where_somebody_is_is_held_back(worker):
    need = make_need(partner=worker.partner)
    with pytest.raises(needs.HeldBack):
        needs.answer(need, text="Nothing can be sent to Guatemala.")
    need.refresh_from_db()
    assert need.answer == ""


def test_suspended_in_the_middle_nothing_more_is_read_or_written(worker, desk):
    code = begin(desk)
    partners.move(worker.partner, to="suspended", by=person(factor=False))
    for method in ("get", "post"):
        answer = getattr(desk, method)(f"/partners/requests/{code}/purpose/", PURPOSE)
        assert answer.status_code == 403
        assert "These pages are closed to you" in words(answer)
    assert Need.objects.get(code=code).purpose == ""


def test_nothing_confidential_stands_in_log_lines_addresses_or_titles(desk, caplog):
    with caplog.at_level("DEBUG"):
        need = stated(desk)
        page = desk.post(f"/partners/requests/{need.code}/name/")
    assert "Quetzal" in page.content.decode()
    logged = caplog.text + str([vars(record) for record in caplog.records])
    for telling in ("Quetzal", "5555", "evening course", "Light to carry"):
        assert telling not in logged
    for path in ("/partners/", "/partners/requests/new/", f"/partners/requests/{need.code}/"):
        title = re.search("<title>(.*?)</title>", desk.get(path).content.decode())
        assert title
        assert title.group(1) == "Requests"


def test_too_much_at_once_is_refused(desk):
    code = begin(desk)
    answer = desk.post(f"/partners/requests/{code}/purpose/", {"what_for": "x" * 1_000_001})
    assert answer.status_code == 400
