"""Campaigns' pages as visitors and editors get them."""

import re
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.images.tests.utils import get_test_image_file

from campaigns import progress
from campaigns.models import Campaign, CampaignPage, Picture
from core.tokens import new_token
from donations.models import Designation, Donation
from tests.giving import Giving, later
from tests.roles import RoleClient
from tests.things_made import make_wish

pytestmark = pytest.mark.django_db


def text_of(client, path):
    caches["local"].clear()
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    assert not answer.cookies
    return " ".join(answer.content.decode().split())


def test_the_list_shows_each_campaign_in_both_languages(seeded, public_client: RoleClient) -> None:
    page = text_of(public_client, "/campaigns/")
    assert page.count("<article") == 3
    assert page.index("A school year") < page.index("Until the first salary")
    assert "<strong>$0</strong> of $6,000" in page
    assert 'href="/es/campanas/"' in page
    spanish = text_of(public_client, "/es/campanas/")
    assert spanish.count("<article") == 3
    assert "/es/campanas/un-ano-de-estudios/" in spanish
    CampaignPage.objects.all().delete()
    assert "No campaign runs just now" in text_of(public_client, "/campaigns/")


def test_a_page_costs_few_queries_and_none_the_second_time(
    seeded, public_client: RoleClient
) -> None:
    for path in ("/campaigns/", "/campaigns/school-year/", "/es/campanas/un-ano-de-estudios/"):
        caches["local"].clear()
        with CaptureQueriesContext(connection) as cold:
            assert public_client.get(path).status_code == 200
        with CaptureQueriesContext(connection) as warm:
            public_client.get(path)
        assert len(cold) <= 15, path
        assert len(warm) == 0, path


def test_a_gift_from_the_box_of_a_page_counts_for_its_campaign(
    seeded, giving: Giving, public_client: RoleClient, run_jobs
) -> None:
    row = Campaign.objects.get(code="SCHOOL-YEAR")
    page = text_of(public_client, "/campaigns/school-year/")
    assert "Nobody has given yet. Be the first." in page
    box = re.search(r'<form method="get" action="(/give/)">(.*?)</form>', page)
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', box[2]))
    sent["amount"] = re.search(r'name="amount" value="([^"]+)"', box[2])[1]
    form = public_client.get(box[1], sent).content.decode()
    typed = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    typed["designation"] = re.search(r'name="designation" value="([^"]+)"[^>]*checked', form)[1]
    assert (typed["designation"], typed["appeal"]) == ("education", "SCHOOL-YEAR")

    data = {"name": "Ruth Osei", "email": "ruth@example.org", "amount_choice": "2500"}
    with later(seconds=3):
        answer = public_client.post("/give/", typed | data | {"token": new_token()})
    assert answer.status_code == 302, answer.content.decode()
    giving.pay(Donation.objects.get(appeal="SCHOOL-YEAR"))
    giving.deliver()
    run_jobs()

    assert progress.of([row])[row.pk].value == 2500
    assert "<strong>$25</strong> of $6,000" in text_of(public_client, "/campaigns/school-year/")


def test_a_campaign_for_monthly_donors_asks_for_monthly_gifts(
    seeded, public_client: RoleClient
) -> None:
    page = text_of(public_client, "/campaigns/twenty-five-who-stay/")
    assert "<strong>0</strong> of 25 monthly donors" in page
    assert 'name="frequency" value="monthly"' in page
    assert "frequency=yearly&amp;designation=where-needed-most&amp;appeal=MONTHS" in page


def test_a_closed_campaign_thanks_and_leads_on_and_asks_for_nothing(
    seeded, public_client: RoleClient
) -> None:
    page = text_of(public_client, "/campaigns/until-the-first-salary/")
    assert "This campaign has ended. Thank you." in page
    assert "Thank you for having been there" in page
    assert 'href="/campaigns/school-year/">A school year' in page
    assert "appeal=" not in page
    assert 'name="appeal"' not in page
    # The boxes further down are gone, too, once a running one ends.
    assert text_of(public_client, "/campaigns/school-year/").count('name="appeal"') == 2
    Campaign.objects.filter(code="SCHOOL-YEAR").update(
        ends_on=timezone.localdate() - timedelta(days=1)
    )
    assert 'name="appeal"' not in text_of(public_client, "/campaigns/school-year/")


def test_a_campaign_for_a_wish_shows_its_things_and_leads_to_it(
    seeded, public_client: RoleClient
) -> None:
    wish = make_wish(state="published", slug="laptops")
    Campaign.objects.filter(code="MONTHS").update(
        goal_kind="wish", goal=None, goal_currency="", designation=None, wish=wish
    )
    page = text_of(public_client, "/campaigns/twenty-five-who-stay/")
    assert f"<strong>0</strong> of {wish.wanted} funded" in page
    assert f'href="/wishes/{wish.slug}/"' in page


def test_a_page_shows_its_picture_with_words_for_it(
    seeded, public_client: RoleClient, settings, tmp_path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    picture = Picture.objects.create(title="x", file=get_test_image_file(), shows="nobody")
    page = CampaignPage.objects.get(slug="school-year")
    page.picture, page.picture_in_words = picture, "A desk at a window"
    page.save()
    assert 'alt="A desk at a window"' in text_of(public_client, "/campaigns/school-year/")
    assert "/media/images/" in text_of(public_client, "/campaigns/")


@pytest.mark.role("staff")
def test_an_editor_sets_a_goal_in_plain_words_and_sees_the_page_before_it_is_public(
    seeded, editor: RoleClient
) -> None:
    typed = {
        "name": "Winter", "code": "WINTER", "goal_kind": "amount", "goal": "2,500.50",
        "goal_currency": "USD", "designation": Designation.objects.get(code="work").pk,
        "starts_on": "2026-12-01", "ends_on": "2026-11-01", "after_end": "closed",
    }  # fmt: skip
    answer = editor.post("/admin/campaigns/new/", typed)
    assert "Choose a last day on or after the first." in answer.content.decode()
    typed["ends_on"] = typed["starts_on"]  # a day of giving
    assert editor.post("/admin/campaigns/new/", typed).status_code == 302
    row = Campaign.objects.get(code="WINTER")
    assert row.goal == 2500_50
    assert "2500.50" in editor.get(f"/admin/campaigns/edit/{row.pk}/").content.decode()

    page = CampaignPage.objects.get(slug="school-year")
    draft = editor.get(f"/admin/pages/{page.pk}/view_draft/")
    assert draft.status_code == 200
    assert "A school year" in draft.content.decode()


def test_no_campaign_is_deleted(seeded) -> None:
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        Campaign.objects.filter(code="SCHOOL-YEAR").delete()


def test_a_page_leads_on_in_its_own_language(seeded) -> None:
    page = CampaignPage.objects.get(slug="school-year")
    page.next_page = CampaignPage.objects.get(slug="un-ano-de-estudios")
    with pytest.raises(ValidationError, match="same language"):
        page.clean()
