"""A donor's pages around a plan: looked at by GET, done by POST, by a link or signed in."""

import html
import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model

from donations.models import GivingOptions, Plan
from donations.plans import cards, links
from tests.accounts.test_signing_in import code_in

Status = Plan.Status
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
SUBSCRIPTION = {"match": "/v1/subscriptions/sub_", "method": "POST"}
MASTERCARD = "5555555555554444"
SHORT_OF_MONEY = "4000000000009995"
TRIES = 3


def path_to(plan: Plan) -> str:
    return "/plan/" + links.new_link(plan).partition("/plan/")[2]


def text_of(answer) -> str:
    return html.unescape(answer.text)


@pytest.fixture
def own(standing, public_client):
    """A plan, signed in to whom it belongs; the address of its page."""

    def made(**begun) -> tuple[Plan, str]:
        plan = standing.begun(**begun)
        user = get_user_model().objects.create_user(plan.email)
        EmailAddress.objects.create(user=user, email=plan.email, verified=True, primary=True)
        public_client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        return plan, f"/plan/{plan.reference}/"

    return made


@pytest.fixture
def press(public_client):
    """Send the form of a page as its button does, without JavaScript; where it leads, read."""

    def made(path: str, **typed):
        page = public_client.get(path)
        assert page.status_code == 200, page.status_code
        fields = dict(HIDDEN.findall(page.text)) | typed
        return public_client.post(path.partition("?")[0], fields, follow=True)

    return made


def test_a_look_by_link_tells_all_and_changes_nothing(standing, public_client):
    plan = standing.begun(2500)
    path = path_to(plan)
    before = Plan.objects.values().get(pk=plan.pk)
    for step in ("", "amount/?amount_choice=other&amount=10", "pause/?months=2", "skip/", "stop/"):
        answer = public_client.get(path + step)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
        assert "noindex" in answer.headers["X-Robots-Tag"]
    for step in ("card/", "bank/", "pay/", "again/"):
        assert public_client.get(path + step).status_code == 405
    assert Plan.objects.values().get(pk=plan.pk) == before
    assert not plan.changes.exists()
    page = text_of(public_client.get(path))
    for told in ("$25.00 a month", "Visa ending in 4242", "Your gift began", "$25.00 arrived"):
        assert told in page
    assert plan.email not in page
    assert plan.name not in page


def test_by_a_link_a_gift_is_lowered_paused_skipped_gone_on_with_and_stopped(
    standing, public_client, press
):
    plan = standing.begun(2500)
    path = path_to(plan)
    confirm = text_of(public_client.get(f"{path}amount/?amount_choice=other&amount=10"))
    assert "$25.00 a month" in confirm
    assert "$10.00 a month" in confirm
    assert "now $10.00 a month" in text_of(press(f"{path}amount/?amount_choice=other&amount=10"))
    paused = text_of(press(f"{path}pause/?months=2"))
    assert "Your gift rests" in paused
    assert "Go on now" in paused
    assert "Your gift goes on" in text_of(press(f"{path}resume/"))
    assert "One gift is skipped" in text_of(press(f"{path}skip/"))
    stopped = text_of(press(f"{path}stop/", reason="money", note="Hard times."))
    assert "has stopped" in stopped
    assert "Take it up again" in stopped
    plan = standing.now(plan)
    assert (plan.status, plan.canceled_by, plan.amount_minor) == (Status.CANCELED, "donor", 1000)
    assert (plan.cancel_reason, plan.cancel_note) == ("money", "Hard times.")
    assert {step.channel for step in plan.steps.exclude(kind="started")} == {"link"}
    story = text_of(public_client.get(path))
    for told in ("From $25.00 to $10.00 a month", "A pause began", "By a link from our mail"):
        assert told in story


def test_raising_asks_for_a_code_and_goes_on_with_the_typed_amount(
    standing, public_client, press, mailoutbox
):
    plan = standing.begun(2500)
    path = path_to(plan)
    asked = public_client.get(f"{path}amount/?amount_choice=other&amount=40")
    assert "a code first" in asked.text
    refused = public_client.post(f"{path}amount/", {"amount_choice": "other", "amount": "40"})
    assert "a code first" in refused.text
    assert standing.now(plan).amount_minor == 2500
    fields = dict(HIDDEN.findall(html.unescape(asked.text)))
    sent = public_client.post(f"/account/login/plan/{path.split('/')[2]}/", fields)
    code = code_in(mailoutbox[-1])
    typed = public_client.get(sent.url)
    onward = dict(HIDDEN.findall(html.unescape(typed.text)))["next"]
    signed = public_client.post("/account/login/code/confirm/", {"code": code, "next": onward})
    assert signed.url == f"/plan/{plan.reference}/amount/?amount_choice=other&amount=40"
    assert "now $40.00 a month" in text_of(press(signed.url))
    assert plan.steps.last().channel == "account"
    # Signed in, the link from the mail may do all of it too.
    assert "now $50.00 a month" in text_of(press(f"{path}amount/?amount_choice=other&amount=50"))


def test_another_purpose_and_taking_up_again_are_for_who_is_signed_in(standing, own, press):
    _plan, path = own()
    answer = press(f"{path}purpose/?designation=work")
    assert "goes to: First steps into work" in text_of(answer)
    press(f"{path}stop/")
    review = press(f"{path}restart/")
    assert review.redirect_chain[-1][0].startswith("/give/review/")
    assert "$25.00" in review.text or "$50.00" in review.text


def test_what_only_a_signed_in_donor_may_do_is_not_done_by_a_link(standing, public_client, press):
    plan = standing.begun()
    path = path_to(plan)
    assert "a code first" in public_client.post(f"{path}purpose/", {"designation": "work"}).text
    press(f"{path}stop/")
    assert "a code first" in public_client.post(f"{path}restart/").text
    assert plan.restarted_by.count() == 0


def test_a_plan_opens_to_its_owner_alone(standing, own, public_client):
    plan, path = own()
    assert public_client.get(path).status_code == 200
    other = standing.begun(email="else@example.org")
    assert public_client.get(f"/plan/{other.reference}/").status_code == 404
    assert public_client.post(f"/plan/{other.reference}/stop/").status_code == 404
    public_client.logout()
    answer = public_client.get(f"{path}amount/")
    assert answer.url == f"/account/login/?next={path}amount/"
    public_client.post(f"{path}stop/")
    assert standing.now(plan).status == Status.ACTIVE
    pretender = get_user_model().objects.create_user("pretender@example.org")
    EmailAddress.objects.create(user=pretender, email=plan.email, verified=False)
    public_client.force_login(pretender, "django.contrib.auth.backends.ModelBackend")
    assert public_client.get(path).status_code == 404


def test_a_button_pressed_twice_or_in_an_old_tab_does_no_second_thing(
    standing, public_client, press
):
    plan = standing.begun()
    path = path_to(plan)
    skip = dict(HIDDEN.findall(public_client.get(f"{path}skip/").text))
    pause = dict(HIDDEN.findall(public_client.get(f"{path}pause/?months=1").text))
    for _ in range(2):
        answer = public_client.post(f"{path}skip/", skip, follow=True)
        assert "One gift is skipped" in answer.text
    assert plan.steps.filter(kind="skipped").count() == 1
    skipped = standing.now(plan)
    # The other tab told of another date: look again.
    standing.pass_to(plan.next_charge_at, hours=24)
    moved = public_client.post(f"{path}pause/", pause)
    assert "Something has moved meanwhile" in moved.text
    assert standing.now(plan).next_charge_at == skipped.next_charge_at
    press(f"{path}stop/")
    for step in ("amount/", "pause/", "skip/", "resume/", "stop/", "card/"):
        answer = public_client.post(path + step, follow=True)
        assert answer.redirect_chain[-1][0] == path
        assert "ended" in answer.text
    assert "already" in press_restart_of_live(public_client, standing)


def press_restart_of_live(client, standing) -> str:
    path = path_to(standing.begun(email="else@example.org"))
    return client.post(f"{path}restart/", follow=True).text


def test_answers_that_make_no_sense_are_said_beside_the_field(standing, public_client):
    path = path_to(standing.begun(2500))
    GivingOptions.objects.update_or_create(
        currency="USD",
        frequency="monthly",
        defaults={"amounts_minor": [500, 2500], "minimum_minor": 500},
    )
    for amount, told in (("1", "smallest"), ("x", "number"), ("25", "already"), ("", "choose")):
        answer = public_client.get(f"{path}amount/?amount_choice=other&amount={amount}")
        assert answer.status_code == 422
        assert told in answer.text
    assert public_client.get(f"{path}pause/?months=13").status_code == 422


def test_while_stripe_is_away_a_wish_is_kept_and_seen_through(standing, public_client, press):
    plan = standing.begun()
    path = path_to(plan)
    standing.giving.sandbox.fault("cut-before", count=TRIES, **SUBSCRIPTION)
    assert "Your wish is kept" in text_of(press(f"{path}pause/?months=1"))
    assert "Your last wish is under way" in text_of(public_client.get(path))
    standing.run_jobs(until=timedelta(minutes=2))
    assert standing.now(plan).status == Status.PAUSED
    assert "under way" not in text_of(public_client.get(path))


def test_a_failed_payment_leads_the_page_and_can_be_skipped(standing, public_client, press):
    plan = standing.begun()
    standing.giving.sandbox.card_of(subscription=plan.subscription_id, card=SHORT_OF_MONEY)
    standing.pass_to(plan.next_charge_at)
    plan = standing.now(plan)
    assert plan.status == Status.PAST_DUE
    path = path_to(plan)
    page = text_of(public_client.get(path))
    assert "The payment of $25.00 did not go through" in page
    assert "not enough money" in page
    assert "We try once more on" in page
    assert "What would you like to do?" not in page
    tried = text_of(public_client.post(f"{path}pay/", follow=True))
    assert "not go through this time either" in tried
    charge_at = plan.next_charge_at
    skip = dict(HIDDEN.findall(public_client.get(f"{path}skip/").text))
    for _ in range(2):
        public_client.post(f"{path}skip/", skip)
    plan = standing.now(plan)
    assert (plan.status, plan.next_charge_at, plan.open_invoice_id) == (
        Status.PAUSED, charge_at, "",
    )  # fmt: skip
    standing.giving.sandbox.card_of(subscription=plan.subscription_id, card="4242424242424242")
    standing.renew(plan)
    assert plan.donations.filter(status="paid").count() == 2


def test_the_page_after_stripes_says_only_what_stripe_says(standing, public_client):
    plan = standing.begun()
    path = path_to(plan)
    gone = public_client.post(f"{path}card/")
    assert gone.status_code == 302
    back = returning(standing, public_client, path)
    assert "No new card yet" in text_of(public_client.get(back))
    standing.giving.sandbox.card_of(subscription=plan.subscription_id, card=SHORT_OF_MONEY)
    standing.pass_to(plan.next_charge_at)
    back = returning(standing, public_client, path)
    assert "No new card yet" in text_of(public_client.get(back))
    standing.giving.sandbox.give_card(plan.customer_id, MASTERCARD)
    for _ in range(2):
        after = text_of(public_client.get(back))
        assert "The payment has arrived" in after
        assert "ending in 4444" in after
    assert "No new card yet" in text_of(public_client.get(f"{path}card/nonsense/"))
    standing.giving.sandbox.fault("500-before", count=TRIES, match="/v1/")
    assert "does not answer just now" in text_of(public_client.get(back))


def returning(standing, client, path: str) -> str:
    plan = links.open_link(path.split("/")[2]).row
    return "/plan/" + cards.return_url(plan, path.split("/")[2]).partition("/plan/")[2]


def test_who_has_no_link_is_sent_one_and_a_stranger_reads_the_same(
    standing, public_client, mailoutbox
):
    plan = standing.begun()
    mailoutbox.clear()
    answers = [
        public_client.post("/plan/", {"email": email}).text
        for email in ("RUTH@example.org", "nobody@example.org")
    ]
    standing.run_jobs()
    assert answers[0] == answers[1]
    assert [message.to for message in mailoutbox] == [[plan.email]]
    assert public_client.post("/plan/", {"email": "x"}).status_code == 422
    assert public_client.get("/plan/abc/").status_code == 404
    for _ in range(12):
        last = public_client.post("/plan/", {"email": "nobody@example.org"})
    assert last.status_code == 429


def test_one_receipt_a_year_is_chosen_and_taken_back(standing, public_client, press):
    plan = standing.begun()
    path = path_to(plan)
    assert "You get one receipt a year" in text_of(press(f"{path}receipts/"))
    public_client.post(f"{path}receipts/", {"yearly": "1"})  # pressed twice
    assert standing.now(plan).yearly_receipt
    assert "One receipt a year" in public_client.get(path).text
    assert "a receipt for each gift" in text_of(press(f"{path}receipts/"))
    kinds = [step.kind for step in plan.steps.all()]
    assert kinds.count("receipts") == 2
