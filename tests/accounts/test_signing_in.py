"""A donor signs in with the address she gave with; the code in the mail is the proof."""

import re

import pytest

from accounts.models import User
from donations.models import Donation
from sandbox.control import CARD


@pytest.fixture
def gift(giving, run_jobs) -> Donation:
    donation = giving.begin(email="ruth@example.org")
    giving.pay(donation, CARD)
    giving.deliver()
    run_jobs()
    donation.refresh_from_db()
    assert donation.status == Donation.Status.PAID
    return donation


def code_in(mail) -> str:
    found = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", mail.body, re.MULTILINE)
    assert found, mail.body
    return found.group(1)


def test_who_gave_signs_in_by_the_mailed_code_without_signing_up(gift, public_client, mailoutbox):
    public_client.post("/account/login/code/", {"email": "Ruth@Example.org"})
    assert mailoutbox[-1].to == ["ruth@example.org"]
    assert "North Star" in mailoutbox[-1].body
    assert "localhost" not in mailoutbox[-1].body

    public_client.post("/account/login/code/confirm/", {"code": code_in(mailoutbox[-1])})
    page = public_client.get("/account/").text
    assert gift.receipts.get().label in page
    receipt = public_client.get(f"/account/receipts/{gift.receipts.get().label}/")
    assert receipt.headers["Content-Type"] == "application/pdf"


def test_who_never_gave_learns_nothing_and_no_account_is_made(gift, public_client, mailoutbox):
    known = public_client.post("/account/login/code/", {"email": "ruth@example.org"})
    stranger = public_client.post("/account/login/code/", {"email": "else@example.org"})
    assert (known.status_code, known.url) == (stranger.status_code, stranger.url)
    assert not User.objects.filter(email="else@example.org").exists()


def test_another_donors_receipt_is_not_found(gift, public_client, mailoutbox):
    other = User.objects.create_user("other@example.org")
    public_client.force_login(other, "django.contrib.auth.backends.ModelBackend")
    assert public_client.get("/account/").status_code == 200
    label = gift.receipts.get().label
    assert public_client.get(f"/account/receipts/{label}/").status_code == 404


def test_an_unverified_address_opens_nothing(gift, public_client):
    pretender = User.objects.create_user("ruth@example.org")
    public_client.force_login(pretender, "django.contrib.auth.backends.ModelBackend")
    assert gift.receipts.get().label not in public_client.get("/account/").text


def test_my_giving_asks_to_sign_in_first(public_client, db):
    answer = public_client.get("/account/")
    assert answer.status_code == 302
    assert answer.url.startswith("/account/login/")
