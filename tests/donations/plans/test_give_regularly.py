"""Giving regularly as the browser sees it, without JavaScript."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import forms
from donations.models import Designation, Donation, GivingOptions, Plan
from tests.donations.test_give_views import hidden, send


@pytest.fixture(autouse=True)
def no_need_to_wait(monkeypatch):
    monkeypatch.setattr(forms, "TOO_FAST_SECONDS", -1)


def test_from_a_link_to_a_monthly_gift(standing, public_client):
    page = public_client.get("/give/?frequency=monthly&amount=25").text
    assert "Give every month" in page
    assert 'href="?frequency=yearly"' in page
    assert hidden(page)["frequency"] == "monthly"
    answer = send(
        public_client, "/give/?frequency=monthly&amount=25", amount_choice="2500", cover_fee=""
    )
    review = public_client.get(answer.url).text
    assert "Each month" in review
    assert "first today, next on" in review
    assert "Pay $25.00" in review

    donation = Donation.objects.get()
    public_client.post(f"/give/pay/{donation.reference}/")
    standing.giving.sandbox.pay(standing.giving.session_of(donation))
    back = public_client.get(f"/give/return/{donation.reference}/").text
    assert "Thank you, Ruth" in back
    assert "change, pause or stop your regular gift" in back
    plan = Plan.objects.get()
    assert (plan.status, plan.amount_minor, plan.interval) == ("active", 2500, "month")
    standing.settle()
    assert standing.now(plan).subscription_id


def test_a_monthly_gift_that_is_changed_stays_monthly(giving, public_client):
    answer = send(public_client, "/give/?frequency=monthly", amount_choice="2500")
    earlier = Donation.objects.get()
    page = public_client.get(f"/give/?change={earlier.reference}").text
    assert hidden(page)["frequency"] == "monthly"
    assert "frequencies" not in page
    assert answer.status_code == 302


def test_what_staff_do_not_offer_is_not_shown(giving, public_client):
    GivingOptions.objects.exclude(frequency="once").delete()
    page = public_client.get("/give/?frequency=monthly").text
    assert "Give once" in page
    assert "frequencies" not in page


def test_a_purpose_with_an_end_is_offered_for_one_gift_only(giving, public_client):
    ends = timezone.now() + timedelta(days=9)
    Designation.objects.filter(code="work").update(closes_at=ends)
    assert 'value="work"' in public_client.get("/give/").text
    assert 'value="work"' not in public_client.get("/give/?frequency=monthly").text


def test_whoever_gives_regularly_is_asked_and_nobody_else_learns_of_it(standing, public_client):
    plan = standing.begun()
    assert "already give" not in public_client.get("/give/?frequency=monthly").text
    user = get_user_model().objects.create_user(plan.email)
    address = EmailAddress.objects.create(user=user, email=plan.email, primary=True)
    public_client.force_login(user)
    assert "already give" not in public_client.get("/give/?frequency=monthly").text
    EmailAddress.objects.filter(pk=address.pk).update(verified=True)
    page = public_client.get("/give/?frequency=monthly").text
    assert "already give" in page
    raise_it = f"/plan/{plan.reference}/amount/"
    assert f'<a href="{raise_it}">raise that gift</a>' in page
    assert public_client.get(raise_it).status_code == 200


def test_the_choice_costs_no_further_query(giving, public_client):
    public_client.get("/give/")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        public_client.get("/give/?frequency=monthly")
    assert len(seen) <= 5, [query["sql"] for query in seen]
