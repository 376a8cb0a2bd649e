"""What donors and staff do with a plan: told before, done once, seen in what Stripe says."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core import signing

from donations import gateway
from donations.models import Designation, GivingOptions, Plan, PlanChange
from donations.plans import actions, calendar, changes, finding, links
from donations.plans.changes import NotAllowed
from donations.plans.steps import By
from tests.donations.plans.conftest import months_later

Status = Plan.Status
LINK = By.link()
TRIES = 3
SUBSCRIPTION = {"match": "/v1/subscriptions/sub_", "method": "POST"}


@pytest.fixture
def donor(db):
    return By.account(get_user_model().objects.create_user("ruth@example.org"))


@pytest.fixture
def staff(db):
    return By.staff(get_user_model().objects.create_user("care@example.org", is_staff=True))


def refusal(action, *args, **kwargs) -> str:
    with pytest.raises(NotAllowed) as raised:
        action(*args, **kwargs)
    return raised.value.why


def test_a_new_amount_holds_from_the_next_charge_on(standing, donor):
    plan = standing.begun(2500, fee_cover_minor=100)
    standing.mails()
    meant = actions.preview_amount(plan, gift_minor=4000, cover_fee=False)
    assert (meant.amount_minor, meant.next_charge_at) == (4000, plan.next_charge_at)
    for _ in range(2):
        plan = actions.change_amount(plan, gift_minor=4000, cover_fee=False, by=donor)
    assert (plan.amount_minor, plan.fee_cover_minor) == (4000, 0)
    assert plan.donations.count() == 1  # nothing is charged for the rest of the month
    plan = actions.change_amount(plan, gift_minor=1000, by=LINK)
    standing.settle()
    assert standing.story(plan) == ["started", "raised", "lowered"]
    raised, lowered = plan.steps.exclude(kind="started")
    assert (raised.monthly_before_minor, raised.monthly_after_minor) == (2600, 4000)
    assert (raised.channel, raised.actor_id) == ("account", donor.actor_id)
    assert (lowered.channel, lowered.actor) == ("link", None)
    assert ["$40.00 a month" in text or "$10.00 a month" in text for text in standing.mails()]
    standing.renew(plan)
    assert plan.donations.latest("paid_at").amount_minor == 1000


def test_an_amount_that_makes_no_sense_is_refused(standing, donor):
    plan = standing.begun(2500)
    GivingOptions.objects.update_or_create(
        currency="USD",
        frequency="monthly",
        defaults={"amounts_minor": [2500], "minimum_minor": 500},
    )
    assert refusal(actions.change_amount, plan, gift_minor=499, by=donor) == "amount"
    assert refusal(actions.change_amount, plan, gift_minor=10**9, by=donor) == "amount"
    assert refusal(actions.change_amount, plan, gift_minor=5000, by=LINK) == "sign_in"
    assert not plan.changes.exists()


def test_a_pause_leaves_out_its_months_and_ends_by_itself(standing):
    plan = standing.begun()
    first = plan.next_charge_at
    meant = actions.preview_pause(plan, months=2)
    assert meant.left_out == (first, months_later(first, 1))
    for _ in range(2):
        plan = actions.pause(plan, months=2, by=LINK)
    assert (plan.status, plan.monthly_minor) == (Status.PAUSED, 0)
    assert plan.next_charge_at == meant.next_charge_at == months_later(first, 2)
    standing.pass_to(months_later(first, 1))
    assert plan.donations.count() == 1
    standing.pass_to(months_later(first, 2))
    plan = standing.now(plan)
    assert (plan.status, plan.donations.count()) == (Status.ACTIVE, 2)
    assert standing.story(plan) == ["started", "paused", "resumed"]
    assert plan.steps.last().channel == "system"


def test_a_pause_within_the_hour_before_a_charge_means_no_charge(standing):
    plan = standing.begun()
    # The month is over, its bill lies there and would be charged in half an hour.
    standing.pass_to(plan.next_charge_at, hours=0.5)
    plan = standing.now(plan)
    actions.pause(plan, months=1, by=LINK)
    standing.pass_to(plan.next_charge_at, hours=24)
    assert plan.donations.count() == 1
    assert standing.now(plan).next_charge_at > plan.next_charge_at


def test_a_pause_can_be_ended_early_and_asks_nothing_for_its_time(standing, staff):
    plan = actions.pause(standing.begun(), months=6, by=LINK)
    standing.pass_to(months_later(plan.started_at, 1), hours=48)
    plan = standing.now(plan)
    meant = actions.preview_resume(plan)
    for _ in range(2):
        plan = actions.resume(plan, by=staff)
    assert plan.next_charge_at == meant.next_charge_at
    assert abs(plan.next_charge_at - months_later(plan.started_at, 2)) < timedelta(minutes=1)
    assert plan.donations.count() == 1
    assert plan.steps.last().channel == "staff"


@pytest.mark.parametrize("interval", ["month", "year"])
def test_a_gift_skipped_twice_by_a_double_click_is_skipped_once(standing, interval):
    plan = standing.begun(12000, interval=interval)
    charge = plan.next_charge_at
    for _ in range(2):
        actions.skip(plan, charge_at=charge, by=LINK)
        plan = standing.now(plan)
    assert plan.next_charge_at == calendar.charge_at(charge, interval, 1)
    standing.pass_to(charge)
    assert plan.donations.count() == 1
    plan = standing.renew(standing.now(plan))
    assert plan.donations.count() == 2
    assert standing.story(plan) == ["started", "skipped", "resumed"]


def test_a_yearly_gift_is_skipped_not_paused(standing):
    plan = standing.begun(12000, interval="year")
    assert refusal(actions.pause, plan, months=3, by=LINK) == "yearly"
    assert refusal(actions.preview_pause, plan, months=13) == "months"


def test_another_purpose_holds_from_the_next_gift_on(standing, donor):
    plan = standing.begun()
    work = Designation.objects.get(code="work")
    assert refusal(actions.change_designation, plan, designation=work, by=LINK) == "sign_in"
    for _ in range(2):
        plan = actions.change_designation(plan, designation=work, by=donor)
    standing.renew(plan)
    assert plan.donations.latest("paid_at").lines.get().designation == work
    assert standing.story(plan) == ["started", "designation"]
    capped = Designation.objects.create(code="x", name="X", target_minor=1, fallback=work)
    assert refusal(actions.change_designation, plan, designation=capped, by=donor) == "purpose"
    moved = actions.move_plans(work, to=Designation.objects.get(is_default=True), by=donor)
    assert moved == 1


def test_a_stopped_plan_is_never_charged_again_and_knows_by_whom(standing, staff):
    plan = standing.begun()
    # Even of a bill that lies there already.
    standing.pass_to(plan.next_charge_at, hours=0.5)
    plan = actions.cancel(standing.now(plan), by=staff, reason="money", note="Hard times.")
    assert (plan.status, plan.canceled_by) == (Status.CANCELED, "staff")
    assert (plan.cancel_reason, plan.cancel_note) == ("money", "Hard times.")
    assert plan.next_charge_at is None
    assert plan.ended_at
    assert actions.cancel(plan, by=staff) == plan
    standing.pass_to(months_later(plan.started_at, 3))
    assert plan.donations.count() == 1
    assert standing.story(plan) == ["started", "canceled"]
    assert "has been stopped" in standing.mails()[-1]
    for action in (actions.pause, actions.resume, actions.change_amount):
        given = {actions.pause: {"months": 1}, actions.change_amount: {"gift_minor": 900}}
        assert refusal(action, plan, by=staff, **given.get(action, {})) == "over"


def test_what_is_stopped_in_stripes_dashboard_is_known_as_that(standing):
    plan = standing.begun()
    gateway.cancel_subscription(plan.subscription_id, key="in the dashboard")
    standing.settle()
    assert standing.now(plan).canceled_by == "stripe"


def test_stripe_being_away_loses_no_wish(standing):
    plan = standing.begun()
    standing.giving.sandbox.fault("cut-before", count=TRIES, **SUBSCRIPTION)
    with pytest.raises(gateway.Unreachable):
        actions.pause(plan, months=1, by=LINK)
    assert plan.changes.get().state == "asked"
    standing.run_jobs(until=timedelta(minutes=2))
    assert standing.now(plan).status == Status.PAUSED
    assert plan.changes.get().state == "done"


def test_an_answer_that_was_lost_is_no_second_change(standing):
    plan = standing.begun()
    standing.giving.sandbox.fault("cut", count=TRIES, **SUBSCRIPTION)
    with pytest.raises(gateway.Unreachable):
        actions.change_amount(plan, gift_minor=1000, by=LINK)
    standing.settle()  # Stripe's event is quicker than our job
    standing.run_jobs(until=timedelta(minutes=2))
    assert standing.story(plan) == ["started", "lowered"]
    assert plan.steps.last().channel == "link"
    assert plan.changes.get().state == "done"


def test_a_later_wish_takes_the_place_of_one_that_waits(standing):
    plan = standing.begun()
    first = changes.ask(plan, kind="pause", wanted={"until": "2099-01-01T00:00:00+00:00"}, by=LINK)
    assert changes.ask(plan, kind="pause", wanted=first.wanted, by=LINK) == first
    actions.cancel(plan, by=LINK)
    standing.run_jobs(until=timedelta(minutes=2))
    assert list(PlanChange.objects.order_by("pk").values_list("state", flat=True)) == [
        *("replaced", "done"),
    ]
    assert standing.story(plan) == ["started", "canceled"]


def test_a_wish_that_stripe_refuses_is_told(standing, monkeypatch):
    plan = standing.begun()

    def no(*args, **kwargs):
        raise gateway.Refused("no_way", "")

    monkeypatch.setattr(gateway, "pause_subscription", no)
    assert refusal(actions.pause, plan, months=1, by=LINK) == "refused"
    assert (plan.changes.get().state, plan.changes.get().problem) == ("refused", "no_way")


def test_a_plan_that_is_over_can_be_taken_up_again_once(standing):
    plan = actions.cancel(standing.begun(2500, fee_cover_minor=100), by=LINK)
    first, second = actions.restart(plan), actions.restart(plan)
    assert first == second
    standing.giving.pay(first)
    standing.settle()
    again = standing.now(first.plan)
    assert (again.amount_minor, again.interval, again.restarts) == (2600, "month", plan)
    assert standing.story(again) == ["restarted"]
    assert refusal(actions.restart, plan) == "live"
    assert refusal(actions.restart, again) == "live"


def test_a_link_opens_its_plan_for_two_weeks_and_a_fresh_one_goes_to_its_own_address(
    standing, public_client, monkeypatch
):
    plan = standing.begun()
    url = links.new_link(plan)
    path = url.split("8000", 1)[-1]
    token = path.strip("/").split("/")[-1]
    assert links.open_link(token).state == "ready"
    assert "$25.00" in public_client.get(path).text
    standing.mails()

    with monkeypatch.context() as patched:
        real = signing.time.time
        patched.setattr(signing.time, "time", lambda: real() + 15 * 86_400)
        assert links.open_link(token).state == "expired"
        page = public_client.get(path)
        assert page.status_code == 410
        assert "$25.00" not in page.text
        known = public_client.post(f"{path}again/")
    unknown = public_client.post("/plan/abc/again/")
    assert known.text.replace(token, "abc") == unknown.text
    finding.send_links_to("nobody@example.org")
    finding.send_links_to(plan.email)  # within the hour: no second mail
    standing.run_jobs()
    assert len(standing.mails()) == 1

    Plan.objects.filter(pk=plan.pk).update(email="corrected@example.org")
    assert links.open_link(token).state == "unknown"
    assert links.open_link("abc").state == "unknown"
