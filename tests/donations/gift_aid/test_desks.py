"""The desks of Gift Aid and the donor's own page: looked over, made, taken, cancelled."""

from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from accounts.models import User
from donations.models import Claim, Declaration
from tests.donations.gift_aid.conftest import make_donor, make_gifts
from tests.roles import PUBLIC, STAFF, RoleClient, acting_as

JUNE = date(2026, 6, 1)


def url(name, *args):
    with acting_as(STAFF):
        return reverse(name, args=args)


def text_of(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.role(STAFF)
def test_finance_looks_a_claim_over_makes_it_takes_it_and_says_that_it_was_sent(
    charity, maya, declare, finance, run_jobs
):
    declare()
    make_gifts(charity, maya, 100_00, on=JUNE)
    make_gifts(charity, make_donor("No Body"), 5_00, on=JUNE)
    asked = {"entity": charity.pk, "first_day": "2026-04-06", "last_day": "2026-10-31"}
    page = text_of(finance.post(url("gift_aid_claims:add"), asked))
    assert "There is no declaration." in page
    assert "£25.00" in page
    assert not Claim.objects.exists()
    seen = page.partition('name="fingerprint" value="')[2].partition('"')[0]

    late = finance.post(url("gift_aid_claims:add"), {**asked, "confirmed": "1", "fingerprint": "x"})
    assert "the gifts changed meanwhile" in text_of(late)
    finance.post(url("gift_aid_claims:add"), {**asked, "confirmed": "1", "fingerprint": seen})
    claim = Claim.objects.get()
    inspect = url("gift_aid_claims:inspect", claim.pk)
    assert "Its schedule is being written" in text_of(finance.get(inspect))
    run_jobs()
    assert finance.get(url("gift_aid_claims:progress", claim.pk)).json()["state"] == "made"
    assert url("gift_aid_claims:download", claim.pk) in text_of(finance.get(inspect))
    assert finance.get(url("gift_aid_claims:download", claim.pk)).content.startswith(b"PK")

    finance.post(url("gift_aid_claims:sent", claim.pk), {"on": "2026-11-01", "reference": "A1"})
    claim.refresh_from_db()
    assert (claim.state, claim.reference) == ("sent", "A1")
    assert "Sent" in text_of(finance.get(url("gift_aid_claims:index")))


@pytest.mark.role(STAFF)
def test_donor_care_takes_one_down_from_paper_and_cancels_it(charity, maya, care):
    typed = {
        "entity": charity.pk, "donor": maya.pk, "way": "paper", "declared_on": "2026-05-01",
        "first_name": "Maya", "last_name": "Lindqvist", "house": "48", "country": "GB",
        "address": "48 Orchard Lane, London", "postcode": "SW1A 1AA",
    }  # fmt: skip
    assert "UK taxpayer" in text_of(care.get(url("gift_aid_declarations:add")))
    wrong = care.post(url("gift_aid_declarations:add"), {**typed, "donor": 9_999_999})
    assert "There is no donor with this number." in text_of(wrong)
    care.post(url("gift_aid_declarations:add"), typed)
    row = Declaration.objects.get()
    page = text_of(care.get(url("gift_aid_declarations:inspect", row.pk)))
    assert "48 Orchard Lane, London" in page
    assert "In force" in text_of(care.get(url("gift_aid_declarations:index")))
    care.post(url("gift_aid_declarations:cancel", row.pk), {"on": "2026-06-01"})
    row.refresh_from_db()
    assert row.cancelled_on == JUNE
    assert row.cancelled_by is not None


def test_a_donor_reads_and_cancels_her_own_and_no_other(charity, maya, declare):
    mine = declare()
    other = declare(donor=make_donor("Ruth Osei"))
    user = User.objects.create_user("maya@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client = RoleClient(PUBLIC)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert f"/account/gift-aid/{mine.pk}/" in text_of(client.get("/account/"))
    assert "UK taxpayer" in text_of(client.get(f"/account/gift-aid/{mine.pk}/"))
    assert client.post(f"/account/gift-aid/{other.pk}/").status_code == 404
    assert client.post(f"/account/gift-aid/{mine.pk}/").status_code == 302
    mine.refresh_from_db()
    other.refresh_from_db()
    assert mine.cancelled_on is not None
    assert other.cancelled_on is None
    assert "/account/gift-aid/" not in text_of(client.get("/account/"))
