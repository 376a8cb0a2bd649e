"""Emergencies over HTTP: two people are told first, each look is named, another one reviews."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from donations import demo
from donations.models import Mail
from gifts.vault import emergencies, sealing
from gifts.vault.access import Reader
from gifts.vault.models import Access, BreakGlass, Purpose
from tests.gifts.staff.asking import told, turned_away, url, words
from tests.people import person, signed_in
from tests.roles import STAFF
from tests.vault_made import make_need, make_partner, make_recipient

pytestmark = [pytest.mark.role(STAFF), pytest.mark.django_db(databases=["default", "vault"])]
REASON = {"reason": "The partner does not answer and her flight leaves."}


def test_two_leads_hear_of_it_before_it_is_open(run_jobs, mailoutbox):
    demo.seed()
    coordinator, lead = person("Gifts coordinator"), person("Privacy lead")
    client = signed_in(coordinator)
    told(client.post(url("emergencies:add"), REASON), "It takes two privacy leads")
    person("Privacy lead", is_active=False)
    assert not BreakGlass.objects.exists()

    second = person("Privacy lead")
    told(client.get(url("emergencies:add")), lead.email)
    told(client.post(url("emergencies:add"), {"reason": ""}), "This field is required.")
    told(client.post(url("emergencies:add"), REASON, follow=True), "For an hour you may read.")
    run_jobs(queue="public")
    assert {mail.to[0] for mail in mailoutbox} == {lead.email, second.email}
    for mail in mailoutbox:
        assert coordinator.email in mail.body
        assert "/admin/emergencies/" in mail.body
        assert "flight" not in mail.body + mail.subject


def test_no_mail_queue_no_emergency(monkeypatch):
    person("Privacy lead")
    person("Privacy lead")

    def broken(*args, **kwargs):
        raise OSError("the job table is away")

    monkeypatch.setattr("donations.mails.send_mail.defer", broken)
    with pytest.raises(OSError, match="job table"):
        signed_in(person("Gifts coordinator")).post(url("emergencies:add"), REASON)
    assert not BreakGlass.objects.exists()
    assert not Mail.objects.exists()


def test_in_an_emergency_each_look_carries_it_and_ends_after_an_hour():
    coordinator = person("Gifts coordinator")
    client = signed_in(coordinator)
    need = make_need(recipient=make_recipient(make_partner(), name="Lucía Example"))
    read = url("needs:read", need.pk)
    glass = emergencies.declare(by=coordinator, reason="x", at=timezone.now())
    told(client.get(url("emergencies:index")), "You may read in an emergency until")
    page = told(client.post(read, {"purpose": "emergency"}), "Lucía Example")
    assert "For her evening course." in page
    assert [look.emergency_id for look in Access.objects.all()] == [glass.pk, glass.pk]
    other = signed_in(person("Gifts coordinator"))
    assert "Lucía" not in words(other.post(read, {"purpose": "emergency"}))

    over = BreakGlass.objects.create(
        user_id=coordinator.pk, who="x", reason="x", until=timezone.now() - timedelta(minutes=1)
    )
    for reader in (
        Reader.of(coordinator, Purpose.EMERGENCY, over),
        Reader.of(person(factor=False), Purpose.EMERGENCY, glass),
    ):
        with pytest.raises(DatabaseError):
            sealing.unseal(need, "what_for", reader=reader)


def test_another_person_reviews_it_when_it_is_over():
    keeper, lead = person("Needs keeper"), person("Privacy lead")
    old = timezone.now() - timedelta(days=8)
    glass = emergencies.declare(by=lead, reason="x", at=timezone.now())
    with pytest.raises(emergencies.NotOver):
        emergencies.review(glass, by=keeper, finding="Right.")
    late = BreakGlass.objects.create(user_id=lead.pk, who=lead.email, reason="x", until=old)
    assert not emergencies.overdue().exists()

    review = url("emergencies:review", late.pk)
    finding = {"finding": "It was one."}
    told(signed_in(lead).post(review, finding, follow=True), "It takes somebody else")
    assert turned_away(signed_in(keeper).post(review, finding))
    other = signed_in(person("Privacy lead"))
    told(other.post(review, finding, follow=True), "The emergency is reviewed.")
    told(other.get(url("emergencies:inspect", late.pk)), "It was one.")


def test_reviews_that_wait_too_long_are_listed(monkeypatch):
    lead = person("Privacy lead")
    emergencies.declare(by=person("Needs keeper"), reason="x", at=timezone.now())
    monkeypatch.setattr(emergencies, "REVIEW_WITHIN", timedelta(0))
    told(signed_in(lead).get(url("emergencies:index")), "1 were not reviewed within seven days")
