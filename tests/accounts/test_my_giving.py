"""What a donor finds under "my giving": regular gifts, years, what she may say about herself."""

import html

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from donations.models import Donation, Plan
from donations.plans import links
from tests.donations.plans.conftest import Standing

MOST_QUERIES = 11


@pytest.fixture
def ruth(db, public_client) -> User:
    user = User.objects.create_user("ruth@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    public_client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return user


def read(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.text)


def test_regular_gifts_tributes_receipts_and_years_on_one_page_in_few_queries(
    standing: Standing, ruth, public_client
):
    for tribute in ("Ada", "Ben", "Cleo"):
        standing.begun(2500, tribute_kind="memory", tribute_name=tribute)
    strangers = standing.begun(9900, email="else@example.org")
    public_client.get("/account/")
    with CaptureQueriesContext(connection) as queries:
        page = read(public_client, "/account/")
    assert len(queries) <= MOST_QUERIES, [query["sql"][:80] for query in queries]
    for told in ("$25.00 a month", "In memory of Ben", "Next gift:", "$75.00 · 3 gifts"):
        assert told in page
    assert strangers.reference not in page
    assert "$99.00" not in page


def test_a_year_adds_up_what_stayed_and_says_what_went_back(
    standing: Standing, ruth, public_client
):
    plan = standing.begun(2500)
    standing.giving.paid(10000)
    refunded = standing.giving.paid(4000)
    session = standing.giving.session_of(refunded)
    standing.giving.sandbox.refund(session, 1500)
    standing.settle()
    assert Donation.objects.get(pk=refunded.pk).refunded_minor == 1500
    assert plan.started_at
    page = read(public_client, f"/account/years/{timezone.localdate(plan.started_at).year}/")
    for told in ("$150.00", "$165.00", "$15.00", "of this $25.00 stayed", "3 gifts"):
        assert told in page
    assert "$15.00 went back to you" in read(public_client, "/account/")
    assert public_client.get("/account/years/1999/").status_code == 404


def test_a_corrected_name_and_address_hold_for_the_plans_and_kill_old_links(
    standing: Standing, ruth, public_client
):
    plan = standing.begun(2500)
    token = links.new_link(plan).split("/")[-2]
    typed = {"name": "Ruth A.\nOsei", "language": "es", "email": "new@example.org"}
    refused = public_client.post("/account/about-me/", typed)
    assert refused.status_code == 422  # nobody has verified that address
    EmailAddress.objects.create(user=ruth, email="new@example.org", verified=True)
    assert public_client.post("/account/about-me/", typed).status_code == 302
    plan = Plan.objects.get(pk=plan.pk)
    assert (plan.name, plan.language, plan.email) == ("Ruth A. Osei", "es", "new@example.org")
    assert links.open_link(token).state == "unknown"
    assert "Ruth A. Osei" in read(public_client, "/account/about-me/")


def test_the_way_about_me_stands_where_nothing_was_given_yet(ruth, public_client):
    assert "No gifts yet" in read(public_client, "/account/")
    assert "ruth@example.org" in read(public_client, "/account/about-me/")
