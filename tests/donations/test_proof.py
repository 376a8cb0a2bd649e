"""Where it is hot: a proof of work by the browser, or a link by mail."""

import base64
import html
import json
from unittest import mock

import altcha
import pytest
from django.core import mail, signing
from django.utils import timezone

from donations import mails, proof
from donations.models import CheckoutAttempt, Donation, Mail, UsedChallenge
from tests.donations.visitors import CHALLENGE, Visitor, solve
from tests.giving import later


def hot(visitor: Visitor, failures) -> str:
    """A filled form of a network that is hot; the address of its payment step."""
    visitor.open_page("early@example.org")
    failures(5, network=CheckoutAttempt.objects.get().network)
    return visitor.fill_in()


def test_where_it_is_hot_a_proof_opens_the_payment_page(visitor, failures):
    url = hot(visitor, failures)
    assert visitor.go_to_payment(url)
    assert visitor.proofs == 1
    # Pressed again it is the same page, and no further proof.
    assert visitor.go_to_payment(url)
    assert (visitor.proofs, visitor.giving.sessions()) == (1, 2)


def test_a_proof_is_good_once_and_for_its_own_gift(giving, cheap_proof):
    gift, other = giving.begin(), giving.begin()
    solution = solve(proof.challenge(gift))
    assert not proof.spend(solution, other)
    assert proof.spend(solution, gift)
    assert not proof.spend(solution, gift)
    assert UsedChallenge.objects.count() == 1


def test_a_proof_runs_out(giving, cheap_proof):
    gift = giving.begin()
    with later(minutes=-31):
        solution = solve(proof.challenge(gift))
    assert not proof.spend(solution, gift)


def test_a_proof_with_an_easier_task_of_ones_own_is_refused(giving, cheap_proof):
    gift = giving.begin()
    own = altcha.create_challenge(
        proof.ALGORITHM, 1, counter=1, data={"for": gift.reference}, hmac_secret="a guess"
    )
    assert not proof.spend(solve(json.dumps(own.to_dict())), gift)
    asked = json.loads(proof.challenge(gift))
    asked["parameters"]["keyPrefix"] = "00"
    assert not proof.spend(solve(json.dumps(asked)), gift)


@pytest.mark.parametrize(
    "nonsense",
    [
        *("", "x", "{}", "é", "A" * 5_000, "bnVsbA==", "W10=", "eyJjaGFsbGVuZ2UiOiAxfQ=="),
        base64.b64encode(b'{"challenge": {"parameters": []}, "solution": {}}').decode(),
        base64.b64encode(b"[" * 2_000).decode(),
    ],
)
def test_nonsense_is_no_proof(giving, nonsense):
    assert proof.spend(nonsense, giving.begin()) is False


def test_without_javascript_a_link_by_mail_takes_the_place_of_the_proof(
    visitor, failures, run_jobs
):
    visitor.solves = False
    url = hot(visitor, failures)
    for _ in range(2):
        answer = visitor._post(url, {"proof": "by-mail"})
        assert "Check your e-mail" in answer.content.decode()
    with mock.patch("donations.payments.issue_receipt.defer"):
        run_jobs(queue="public")
    (letter,) = mail.outbox
    link = next(word for word in letter.body.split() if "/give/confirm/" in word)
    path = link.removeprefix("http://localhost:8000")

    donation = Donation.objects.latest("pk")
    assert "Is this gift yours?" in visitor._get(path)  # a mail scanner looks: nothing changes
    donation.refresh_from_db()
    assert donation.confirmed_at is None
    assert visitor.go_to_payment(url) == ""
    assert visitor._post(path, {}).url == f"/give/review/{donation.reference}/"
    assert CHALLENGE.search(visitor._get(f"/give/review/{donation.reference}/")) is None
    assert visitor.go_to_payment(url)


def test_a_made_up_or_old_confirmation_link_confirms_nothing(visitor):
    gift = visitor.giving.begin()
    forged = signing.dumps(gift.reference, salt="another")
    good = signing.dumps(gift.reference, salt=mails.CONFIRM_SALT)
    with mock.patch("time.time", return_value=timezone.now().timestamp() + 90_000):
        assert mails.confirmable(good) is None
    assert mails.confirmable(good) == gift
    answer = visitor.giving.client.post(f"/give/confirm/{forged}/")
    assert answer.status_code == 404
    gift.refresh_from_db()
    assert gift.confirmed_at is None


def test_a_mailbox_gets_three_links_in_ten_minutes(visitor, failures):
    visitor.solves = False
    hot(visitor, failures)
    for _ in range(5):
        answer = visitor._post(visitor.fill_in("victim@example.org"), {"proof": "by-mail"})
        assert "Check your e-mail" in answer.content.decode()
    assert Mail.objects.filter(template="confirm_gift").count() == 3


def test_the_page_that_asks_for_a_proof_says_the_same_to_everyone(visitor, failures):
    url = hot(visitor, failures)
    page = html.unescape(visitor._post(url, {}).content.decode())
    shown = page.partition("<main")[2]
    for word in ("network", "failed", "stolen", "limit"):
        assert word not in shown
