"""Auditors come for a time: read-only, and no page opens after their day, asked at each request."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from donations import demo
from donations.audit.sampling import Span
from donations.models import LegalEntity
from staff import role_story, roles
from tests.donations.staff.test_books_desks import text
from tests.donations.staff.test_desks import url
from tests.people import person, signed_in
from tests.roles import STAFF

pytestmark = pytest.mark.role(STAFF)


def test_the_role_reads_money_and_nothing_else():
    allowed = roles.ROLES["Auditor"]
    apps = {name.split(".")[0] for name in allowed.permissions}
    assert apps == {"donations", "accounts"}
    assert all(name.split(".")[1].startswith("view_") for name in allowed.permissions)
    hidden = ("donor", "mail", "staffnote", "export", "event", "plan")
    assert not {f"donations.view_{name}" for name in hidden} & set(allowed.permissions)
    assert (allowed.pages, allowed.uploads) == ((), ())


def test_access_ends_with_its_day_at_the_next_request(db):
    today = timezone.localdate()
    person_of = person("Auditor", access_until=today)
    client = signed_in(person_of)
    assert client.get(url("journal:index")).status_code == 200
    assert "Your access ends after" in text(client.get("/admin/"))
    User.objects.filter(pk=person_of.pk).update(access_until=today - timedelta(days=1))
    for address in (url("journal:index"), "/admin/", url("audit_packs:index")):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "Your time here is over" in answer.content.decode()


def test_an_auditor_without_a_day_does_not_enter_and_others_need_none(db):
    without = person("Auditor", access_until=None)
    answer = signed_in(without).get("/admin/")
    assert answer.status_code == 403
    assert "No last day was set" in answer.content.decode()
    assert signed_in(person("Finance")).get("/admin/").status_code == 200
    # Another role beside it opens nothing either; an end holds for whoever has one.
    both = person("Auditor", "Finance", access_until=None)
    assert signed_in(both).get(url("journal:index")).status_code == 403
    leaving = person("Finance", access_until=timezone.localdate() - timedelta(days=1))
    assert signed_in(leaving).get("/admin/").status_code == 403


def test_an_administrator_sets_the_day(db):
    auditor = person("Auditor", access_until=None)
    admin = signed_in(person("Administrator"))
    assert "No day is set" in text(admin.get(url("auditors:index")))
    day = timezone.localdate() + timedelta(days=30)
    admin.post(url("auditors:until", auditor.pk), {"until": day})
    assert "May enter" in text(admin.get(url("auditors:inspect", auditor.pk)))
    assert signed_in(auditor).get("/admin/").status_code == 200
    other = person("Finance")
    admin.post(url("auditors:until", other.pk), {"until": day})
    other.refresh_from_db()
    assert other.access_until is None
    assert signed_in(other).get(url("auditors:index")).status_code in (302, 403)


def test_who_held_a_role_when_is_kept_by_the_database(db):
    demo.seed()
    today = timezone.localdate()
    ada, ben = person("Finance", factor=False), person("Editor", factor=False)
    ada.groups.clear()
    span = Span(LegalEntity.objects.get(), False, today - timedelta(days=1), today)
    _headings, rows = role_story.sheet(span)
    told = {(row[0], row[1]): row for row in rows}
    assert told["Finance", ada.email][3] != ""
    assert told["Editor", ben.email][3] == ""
    past = Span(span.entity, False, today - timedelta(days=9), today - timedelta(days=5))
    assert not [row for row in role_story.sheet(past)[1] if row[1] in (ada.email, ben.email)]
