"""The monthly review over HTTP: by person, the unusual first, ticked by another person."""

from datetime import datetime, timedelta
from unittest import mock

import pytest
from django.db import DatabaseError
from django.utils import timezone

from gifts.vault import needs, review
from gifts.vault.models import Access, AccessReview
from gifts.vault.transactions import vault_atomic
from tests.gifts.staff.asking import told, turned_away, url
from tests.people import person, signed_in
from tests.roles import STAFF
from tests.vault_made import make_need

pytestmark = [pytest.mark.role(STAFF), pytest.mark.django_db(databases=["default", "vault"])]


def last_month(day: int, hour: int) -> datetime:
    first = (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)
    moment = datetime(first.year, first.month, day, hour, tzinfo=timezone.get_default_timezone())
    while moment.weekday() > 4:
        moment += timedelta(days=1)
    return moment


def look(user, at, *, purpose="verify", record=None):
    with mock.patch("django.utils.timezone.now", return_value=at):
        Access.objects.create(
            user_id=user.pk, who=user.email, purpose=purpose, model="need", record=record,
            fields="what_for",
        )  # fmt: skip


def test_the_unusual_come_first_and_another_person_ticks():
    usual, odd, lead = person(factor=False), person(factor=False), person("Privacy lead")
    decided = make_need(state="draft")
    noon, night = last_month(3, 12), last_month(4, 23)
    look(usual, noon, record=decided.pk)
    with mock.patch("django.utils.timezone.now", return_value=noon + timedelta(hours=1)):
        needs.verify(decided, by=usual)
    for _times in range(2):
        look(odd, night, record=make_need(state="draft", partner=decided.partner).pk)
    look(lead, noon, purpose="subject")

    month = noon.date().replace(day=1)
    found = {one.user_id: one for one in review.of(month)}
    assert (found[usual.pk].unusual, found[lead.pk].unusual) == (0, 0)
    assert (found[odd.pk].outside, found[odd.pk].undecided) == (2, 2)
    assert review.of(month)[0].user_id == odd.pk

    client = signed_in(lead)
    page = told(client.get(url("looks:index")), "Looks by day")
    assert page.index(odd.email) < page.index(usual.email)
    assert "<svg" in page
    one = url("looks:person", odd.pk) + f"?month={month}"
    told(client.get(one), "outside hours, no step afterwards")
    told(client.post(one, {"finding": "She was on call."}, follow=True), "Reviewed.")
    told(client.post(url("looks:person", lead.pk) + f"?month={month}", follow=True), "your own")
    row = AccessReview.objects.get()
    assert (row.user_id, row.reviewed_by, row.looks) == (odd.pk, lead.pk, 2)
    told(client.get(one), "She was on call.")
    assert review.unreviewed(timezone.localdate()) == [(month, 2)]
    look(odd, night)
    told(client.get(one), "Reviewed were 2 looks")


def test_a_month_is_reviewed_when_it_is_over_and_once():
    odd, lead = person(factor=False), person("Privacy lead")
    look(odd, timezone.now())
    today = timezone.localdate()
    client = signed_in(lead)
    this = url("looks:person", odd.pk) + f"?month={today.replace(day=1)}"
    told(client.post(this, follow=True), "This month is not over yet.")
    facts = {"user_id": odd.pk, "who": "x", "looks": 1, "reviewed_by": lead.pk}
    for wrong in (
        {"month": today.replace(day=1)},
        {"month": last_month(1, 1).date().replace(day=1), "reviewed_by": odd.pk},
        {"month": last_month(1, 1).date().replace(day=2)},
    ):
        with pytest.raises(DatabaseError), vault_atomic():
            AccessReview.objects.create(**facts | wrong)
    assert client.get(url("looks:person", 0)).status_code == 404


@pytest.mark.parametrize("role", ["Needs keeper", "Gifts coordinator", "Administrator"])
def test_only_privacy_leads_see_who_looked(role):
    client = signed_in(person(role))
    assert turned_away(client.get(url("looks:index")))
