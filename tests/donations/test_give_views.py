"""Giving as the browser sees it: pages, redirects, what is kept and what is never shown."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model

from core import forms
from donations.models import CheckoutAttempt, Donation
from sandbox.control import CARD
from tests.giving import BANK, DECLINED, later

FACTS = {"amount_choice": "5000", "designation": "education", "name": "Ruth Osei"}


@pytest.fixture(autouse=True)
def no_need_to_wait(monkeypatch):
    monkeypatch.setattr(forms, "TOO_FAST_SECONDS", -1)


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', page)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def send(client, path: str = "/give/", **changes: str):
    marks = hidden(client.get(path).text)
    return client.post("/give/", {**marks, **FACTS, "email": "ruth@example.org", **changes})


def test_from_the_form_to_stripe_and_back(giving, public_client, run_jobs):
    review = send(public_client, name="Ruth <b>Osei</b>")
    assert review.status_code == 302
    page = public_client.get(review.url).text
    assert "Ruth &lt;b&gt;Osei&lt;/b&gt;" in page
    assert "NORTH STAR GIFT" in page

    donation = Donation.objects.get()
    to_stripe = public_client.post(f"/give/pay/{donation.reference}/")
    assert to_stripe.url.startswith(giving.sandbox.url)
    giving.sandbox.pay(giving.session_of(donation), CARD)

    back = public_client.get(f"/give/return/{donation.reference}/")
    assert "Thank you, Ruth" in back.text  # before any event has come
    assert back.headers["Cache-Control"].startswith("max-age=0")
    asked = f"/give/status/{donation.reference}/"
    assert public_client.get(asked).json() == {"state": "paid", "done": False, "receipt": ""}
    assert "data-status-url" in back.text  # the page asks until the number is there
    run_jobs()
    number = donation.receipts.get().label
    assert public_client.get(asked).json() == {"state": "paid", "done": True, "receipt": number}
    back = public_client.get(f"/give/return/{donation.reference}/").text
    assert number in back
    assert "data-status-url" not in back
    assert public_client.get(f"/give/review/{donation.reference}/").status_code == 302


def test_a_wrong_form_comes_back_whole_and_writes_nothing(giving, public_client):
    answer = send(public_client, amount_choice="other", amount="abc", message="Dear all")
    assert answer.status_code == 422
    assert "abc" in answer.text
    assert "Dear all" in answer.text
    assert not Donation.objects.exists()


def test_a_form_sent_twice_is_one_gift(giving, public_client):
    marks = hidden(public_client.get("/give/").text)
    both = {**marks, **FACTS, "email": "ruth@example.org"}
    first, second = (public_client.post("/give/", both) for _ in range(2))
    assert first.url == second.url
    assert Donation.objects.count() == 1


def test_a_link_may_choose_beforehand(giving, public_client):
    page = public_client.get("/give/?amount=40&designation=education&appeal=SPRING").text
    assert 'value="40.00"' in page
    assert hidden(page)["appeal"] == "SPRING"
    nonsense = public_client.get("/give/?amount=abc&designation=nowhere&currency=XXX")
    assert nonsense.status_code == 200


def test_coming_back_without_paying_loses_nothing(giving, public_client):
    send(public_client, tribute_kind="memory", tribute_name="Esi", cover_fee="on")
    donation = Donation.objects.get()
    public_client.post(f"/give/pay/{donation.reference}/")
    assert public_client.get(f"/give/back/{donation.reference}/").status_code == 200

    page = public_client.get(f"/give/?change={donation.reference}").text
    assert 'value="Esi"' in page
    assert 'value="ruth@example.org"' in page
    again = public_client.post(f"/give/pay/{donation.reference}/")
    assert again.url == CheckoutAttempt.objects.get().url


def test_a_changed_gift_closes_the_page_of_the_old_one(giving, public_client):
    send(public_client)
    old = Donation.objects.get()
    public_client.post(f"/give/pay/{old.reference}/")
    send(public_client, f"/give/?change={old.reference}", amount_choice="10000")
    old.refresh_from_db()
    assert old.status == Donation.Status.ABANDONED
    assert Donation.objects.exclude(pk=old.pk).get().amount_minor == 10000


def test_a_paid_gift_cannot_be_changed(giving, public_client, run_jobs):
    donation = giving.begin()
    giving.pay(donation, CARD)
    giving.deliver()
    run_jobs()
    page = public_client.get(f"/give/?change={donation.reference}").text
    assert donation.email not in page


def test_a_declined_card_is_still_waiting_not_failed(giving, public_client, run_jobs):
    donation = giving.begin()
    giving.pay(donation, DECLINED)
    giving.deliver()
    run_jobs()
    state = public_client.get(f"/give/status/{donation.reference}/").json()["state"]
    assert state == "waiting"


def test_stripe_away_is_told_and_the_same_try_goes_on(giving, public_client):
    send(public_client)
    donation = Donation.objects.get()
    giving.sandbox.fault("cut-before", count=9)
    answer = public_client.post(f"/give/pay/{donation.reference}/")
    assert answer.status_code == 503
    assert "Nothing was charged" in answer.text
    giving.sandbox.clear_faults()
    assert public_client.post(f"/give/pay/{donation.reference}/").status_code == 302
    assert donation.attempts.count() == 1


def test_after_a_day_the_link_names_nobody(giving, public_client, run_jobs):
    donation = giving.begin(name="Ruth Osei", email="ruth@example.org")
    giving.pay(donation, CARD)
    giving.deliver()
    run_jobs()
    with later(hours=25):
        page = public_client.get(f"/give/return/{donation.reference}/").text
    assert "Ruth" not in page
    assert "ruth@example.org" not in page


@pytest.mark.parametrize("path", ["review", "back", "return", "status"])
def test_a_made_up_reference_is_not_found(giving, public_client, path):
    assert public_client.get(f"/give/{path}/{'0' * 32}/").status_code == 404


@pytest.mark.parametrize("path", ["pay"])
def test_looking_at_a_form_never_acts(giving, public_client, path):
    donation = giving.begin()
    assert public_client.get(f"/give/{path}/{donation.reference}/").status_code == 405
    assert not donation.attempts.exists()


def test_without_an_offer_giving_rests_and_says_so(db, public_client):
    assert public_client.get("/give/").status_code == 503


def test_the_review_shows_the_address_as_it_will_be_printed(giving, public_client):
    address = {"country": "US", "address_line1": "48 Orchard Lane", "city": "Ithaca"}
    review = send(public_client, **address, region="New York", postcode="14850")
    assert (
        "48 Orchard Lane<br>Ithaca, NY 14850<br>United States" in public_client.get(review.url).text
    )


def test_a_thank_you_page_stops_asking_after_a_minute(giving, public_client):
    donation = giving.begin()
    giving.pay(donation, CARD)
    with later(minutes=2):
        answer = public_client.get(f"/give/status/{donation.reference}/").json()
    assert answer == {"state": "paid", "done": True, "receipt": ""}


def test_a_debit_that_came_back_speaks_of_the_bank_and_leads_to_giving_again(
    giving, public_client, run_jobs, mailoutbox
):
    donation = giving.begin()
    session = giving.pay(donation, BANK)
    giving.sandbox.fail(session)
    giving.deliver()
    run_jobs()
    page = public_client.get(f"/give/return/{donation.reference}/").text
    assert "Your bank returned the payment" in page
    change = f"/give/?change={donation.reference}"
    assert change in mailoutbox[-1].body
    assert donation.email in public_client.get(change).text


def test_a_signed_in_donor_need_not_type_her_name_again(giving, public_client, run_jobs):
    giving.paid(name="Dora Diaz", email="dora@example.org")
    run_jobs()
    user = get_user_model().objects.create_user("dora@example.org")
    public_client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    assert "Dora Diaz" not in public_client.get("/give/").text  # an address not proved
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    page = public_client.get("/give/").text
    assert 'value="Dora Diaz"' in page
    assert 'value="dora@example.org"' in page
