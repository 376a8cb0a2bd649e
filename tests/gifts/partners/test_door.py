"""Who enters the partners' pages, how long, and with what in hand."""

import re
import time
from datetime import timedelta
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache, caches
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from gifts.partners import door
from gifts.vault import workers
from gifts.vault.models import Access, Need, PartnerUser
from staff import code_sheets
from staff.models import CodeSheet
from tests.gifts.partners.visiting import (
    PURPOSE,
    begin,
    desk_of,
    fill,
    make_kinds,
    make_worker,
    stated,
    words,
)  # fmt: skip
from tests.people import PASSWORD, person, signed_in
from tests.roles import STAFF, RoleClient
from tests.vault_made import make_need, make_partner, make_recipient

pytestmark = [
    pytest.mark.role(STAFF),
    pytest.mark.django_db(databases=["default", "vault"]),
]


@pytest.fixture(autouse=True)
def kinds():
    cache.clear()
    make_kinds()


def away(client, seconds=door.IDLE_SECONDS + 1):
    """Her session, as it is after so long at rest."""
    session = client.session
    session[door.SEEN] = time.time() - seconds
    session.save()


def enter(user, **typed):
    """A fresh browser, after the password and before the code."""
    client = RoleClient(STAFF)
    answer = client.post("/account/login/", {"login": user.email, "password": PASSWORD, **typed})
    return client, answer


def test_only_somebody_who_works_for_a_partner_enters():
    for user in (person("Administrator"), person("Case worker"), person()):
        answer = signed_in(user).get("/partners/")
        assert answer.status_code == 403
        assert "These pages are closed to you" in words(answer)
    assert RoleClient(STAFF).get("/partners/")["Location"].startswith("/account/login/")


def test_a_case_worker_has_no_other_door():
    client = desk_of(make_worker())
    assert client.get("/admin/").status_code == 403
    assert client.get("/")["Location"] == "/partners/"
    assert client.get("/partners/requests/x/nothing/").status_code == 404


def test_staff_cannot_be_made_case_workers():
    with pytest.raises(workers.WorksElsewhere):
        workers.add(make_partner(), person("Editor"))
    worker = make_worker()
    with pytest.raises(workers.WorksElsewhere):
        workers.add(make_partner(), User.objects.get(pk=worker.user_id))


def test_somebody_who_left_is_out_on_the_next_request():
    worker = make_worker()
    client = desk_of(worker)
    assert client.get("/partners/").status_code == 200
    workers.end(worker, by=person(factor=False))
    assert client.get("/partners/").status_code == 403


def test_an_idle_session_ends_and_what_a_page_brings_then_is_kept_sealed():
    worker = make_worker()
    client = desk_of(worker)
    code = begin(client)
    address = f"/partners/requests/{code}/purpose/"
    # What she typed would be held back: it is kept all the same, for her to mend.
    typed = PURPOSE | {"what_for": "So that Maria can study."}
    away(client)
    answer = client.post(address, typed)
    assert answer["Location"] == f"/account/login/?next={quote(address, safe='')}"
    assert client.get(address)["Location"].startswith("/account/login/")

    back = desk_of(worker)
    page = back.get(address)
    assert "You were away for long" in words(page)
    assert typed["what_for"] in page.content.decode()
    assert Need.objects.get(code=code).purpose == ""
    fill(back, code, "purpose")
    assert "You were away" not in words(back.get(address))


def test_a_name_typed_too_late_is_kept_too_and_under_lock():
    worker = make_worker()
    client = desk_of(worker)
    code = begin(client)
    away(client)
    client.post(f"/partners/requests/{code}/person/", {"name": "Lucía Quetzal", "known": ""})
    assert b"Quetzal" not in bytes(Need.objects.get(code=code).sealed)
    page = desk_of(worker).get(f"/partners/requests/{code}/person/")
    assert "Lucía Quetzal" in page.content.decode()
    assert Access.objects.filter(user_id=worker.user_id, fields="typed").count() == 1


def test_what_comes_too_late_is_not_kept_for_a_request_of_others_or_from_a_forged_form():
    theirs = make_need(partner=make_partner(), state="draft", sent_at=None)
    before = bytes(theirs.sealed)
    client = desk_of(make_worker())
    away(client)
    client.post(f"/partners/requests/{theirs.code}/purpose/", PURPOSE)
    theirs.refresh_from_db()
    assert bytes(theirs.sealed) == before

    worker = make_worker()
    mine = begin(desk_of(worker))
    strict = RoleClient(STAFF, enforce_csrf_checks=True)
    strict.cookies = desk_of(worker).cookies
    away(strict)
    assert strict.post(f"/partners/requests/{mine}/purpose/", PURPOSE).status_code == 403
    assert Need.objects.get(code=mine).sealed is None


def test_a_session_in_use_goes_on():
    client = desk_of(make_worker())
    client.get("/partners/")
    away(client, door.IDLE_SECONDS - 60)
    assert client.get("/partners/").status_code == 200
    assert time.time() - client.session[door.SEEN] < 5


def test_after_signing_in_she_lands_where_she_was():
    worker = make_worker(factor=False)
    user = User.objects.get(pk=worker.user_id)
    codes = code_sheets.issue(user, by=person("Administrator"))
    client, answer = enter(user, next="/partners/requests/new/")
    assert answer["Location"].startswith("/account/2fa/authenticate/")
    sent = client.post(answer["Location"], {"code": f"{codes[7][:4]} {codes[7][4:]}"})
    assert sent["Location"] == "/partners/requests/new/"
    assert client.get("/partners/requests/new/").status_code == 200


def test_a_code_from_the_sheet_opens_once_and_a_new_sheet_ends_the_old_one():
    worker = make_worker(factor=False)
    user = User.objects.get(pk=worker.user_id)
    desk = signed_in(person("Administrator"))
    page = desk.post("/admin/code_sheets/issue/", {"person": user.pk})
    assert "no-store" in page["Cache-Control"]
    found = re.findall(r'class="code">(\d{4}) (\d{4})<', page.content.decode())
    pairs = [first + second for first, second in found]
    assert len(pairs) == code_sheets.CODES
    assert CodeSheet.objects.get().person == user
    # No name and no cause on paper.
    assert user.email not in words(page)

    def try_code(code):
        client, answer = enter(user)
        return client.post(answer["Location"], {"code": code}).status_code

    assert try_code(pairs[0]) == 302
    assert try_code(pairs[0]) == 200
    code_sheets.issue(user, by=person("Administrator"))
    assert try_code(pairs[1]) == 200


def test_a_password_alone_opens_nothing_and_says_what_to_do():
    user = User.objects.get(pk=make_worker(factor=False).user_id)
    client, _answer = enter(user)
    page = client.get("/partners/")
    assert page.status_code == 403
    assert "Ask us for a printed sheet of codes" in words(page)


def test_no_sheet_is_given_to_staff_or_by_somebody_else():
    staff = person("Finance", "Case worker")
    with pytest.raises(code_sheets.NotForStaff):
        code_sheets.issue(staff, by=person("Administrator"))
    desk = signed_in(person("Administrator"))
    assert "Staff use an app or a key" in words(
        desk.post("/admin/code_sheets/issue/", {"person": staff.pk})
    )
    worker = User.objects.get(pk=make_worker(factor=False).user_id)
    signed_in(person("Finance")).post("/admin/code_sheets/issue/", {"person": worker.pk})
    assert not Authenticator.objects.filter(user=worker)


def test_the_team_is_confirmed_by_ticking_and_whoever_is_not_ticked_is_out():
    partner = make_partner()
    one, two = make_worker(partner), make_worker(partner)
    late = timezone.now() - timedelta(days=101)
    PartnerUser.objects.filter(pk=one.pk).update(confirmed_at=late)
    client, leaves = desk_of(one), desk_of(two)
    assert "more than three months" in words(client.get("/partners/"))
    assert " checked" not in client.get("/partners/team/").content.decode()
    both = [one.pk, two.pk]
    # A list that lacks oneself is a slip.
    assert client.post("/partners/team/", {"shown": both, "stays": [two.pk]}).status_code == 422
    newcomer = make_worker(partner)
    client.post("/partners/team/", {"shown": both, "stays": [one.pk]})
    assert "more than three months" not in words(client.get("/partners/"))
    assert leaves.get("/partners/").status_code == 403
    two.refresh_from_db()
    assert two.ended_who == one.who
    # Who was not on the page was neither confirmed nor ended by it.
    assert desk_of(newcomer).get("/partners/").status_code == 200


def test_nobody_ends_the_access_of_another_partners_people():
    mine, theirs = make_worker(), make_worker()
    desk_of(mine).post("/partners/team/", {"shown": [mine.pk, theirs.pk], "stays": [mine.pk]})
    theirs.refresh_from_db()
    assert theirs.ended_at is None


def test_unconfirmed_for_long_access_ends_until_staff_look():
    worker = make_worker()
    PartnerUser.objects.update(confirmed_at=timezone.now() - timedelta(days=131))
    client = desk_of(worker)
    assert client.get("/partners/").status_code == 403
    workers.vouch(worker, by=person(factor=False))
    assert client.get("/partners/").status_code == 200


def test_every_page_is_small_private_and_can_be_left_at_once(settings):
    css = (settings.SITE / "static/css/partners.css").stat().st_size
    worker = make_worker()
    client = desk_of(worker)
    need = stated(client)
    draft = begin(client)
    fill(client, draft)
    for _ in range(31):
        make_need(partner=worker.partner, recipient=need.recipient, state="verified")
    steps = [
        f"requests/{draft}/{step}/" for step in ("purpose", "details", "person", "say", "check")
    ]
    sizes = {}
    paths = ("", "team/", "arrived/", "requests/new/", f"requests/{need.code}/", *steps)
    for tail in (*paths, f"requests/{need.code}/withdraw/", "requests/2222-2222/"):
        client.get("/partners/?language=th")
        page = client.get(f"/partners/{tail}")
        text = page.content.decode()
        sizes[tail] = len(page.content) + css
        assert page["Cache-Control"] == "no-store", tail
        assert "<script" not in text, tail
        assert 'rel="noreferrer nofollow"' in text, tail
        assert 'action="/account/logout/"' in text, tail
        assert "traffick" not in text.lower() + page["Content-Type"]
        assert "surviv" not in text.lower()
    assert max(sizes.values()) <= 40_000, sizes


def test_every_page_with_free_text_shows_the_hotline():
    client = desk_of(make_worker())
    code = begin(client)
    for step in ("purpose", "details", "person", "say"):
        page = client.get(f"/partners/requests/{code}/{step}/")
        assert "Messages are not read round the clock." in words(page), step
        assert 'autocomplete="off"' in page.content.decode()


def test_a_long_list_asks_no_more_than_a_short_one():
    worker = make_worker()
    client = desk_of(worker)
    known = make_recipient(worker.partner)
    counts = []
    for more in (1, 9):
        for _ in range(more):
            make_need(partner=worker.partner, recipient=known)
        client.get("/partners/")
        caches["local"].clear()  # what is remembered for a second is asked for both times
        with (
            CaptureQueriesContext(connections["default"]) as everyday,
            CaptureQueriesContext(connections["vault"]) as vault,
        ):
            client.get("/partners/")
        counts.append(len(everyday) + len(vault))
    assert counts[0] == counts[1] <= 15


def test_a_page_older_than_the_signing_in_is_asked_for_again_in_her_language():
    worker = make_worker(make_partner(language="th"))
    strict = RoleClient(STAFF, enforce_csrf_checks=True)
    strict.cookies = desk_of(worker).cookies
    answer = strict.post("/partners/requests/new/", {"kind": "laptop"})
    assert answer.status_code == 403
    assert "โปรดส่งอีกครั้ง" in words(answer)
    assert not Need.objects.exists()
