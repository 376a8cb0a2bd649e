"""What becomes of a renewal's money, and what a dispute does to the plan."""

from datetime import timedelta

from django.utils import timezone

from donations.models import Difference, Plan
from donations.plans import actions
from donations.plans.disputed import follow_disputes
from donations.plans.steps import By
from donations.reconciliation import run

Cause = Difference.Cause


def charge_of(plan):
    return plan.donations.filter(status="paid").order_by("pk").last().charge_id


def test_a_dispute_rests_the_plan_and_a_won_one_lets_it_go_on(standing):
    plan = standing.renew(standing.begun())
    sandbox = standing.giving.sandbox
    dispute = sandbox.command("dispute", charge=charge_of(plan))["dispute"]["id"]
    standing.settle()
    plan = standing.now(plan)
    assert (plan.status, plan.donations.get(disputed_minor__gt=0).disputed_minor) == (
        "paused",
        2500,
    )
    due = plan.steps.last()
    assert (due.kind, due.channel) == ("paused", "system")

    sandbox.command("win_dispute", dispute=dispute)
    standing.settle()
    plan = standing.now(plan)
    assert plan.status == "active"
    assert standing.story(plan)[-1] == "resumed"


def test_what_the_donor_wishes_after_a_dispute_holds_and_a_second_dispute_rests_it_anew(standing):
    plan = standing.begun()
    sandbox, charge = standing.giving.sandbox, charge_of(plan)

    def heard(command, **named):
        said = sandbox.command(command, **named)
        standing.settle()
        return said, standing.now(plan)

    said, frozen = heard("dispute", charge=charge)
    assert frozen.status == "paused"
    _, plan = heard("win_dispute", dispute=said["dispute"]["id"])
    assert plan.status == "active"

    plan = actions.pause(plan, months=2, by=By.link())
    wished = plan.paused_until
    follow_disputes(plan_id=plan.pk)  # an event about the old dispute comes again
    plan = standing.now(plan)
    assert (plan.status, plan.paused_until) == ("paused", wished)

    plan = actions.resume(plan, by=By.link())
    plan = standing.renew(plan)
    said, plan = heard("dispute", charge=charge_of(plan))
    assert plan.status == "paused"

    plan = actions.resume(plan, by=By.link())
    follow_disputes(plan_id=plan.pk)  # still undecided, and she wants to be charged
    assert standing.now(plan).status == "active"


def test_a_lost_dispute_ends_the_plan(standing):
    plan = standing.begun()
    sandbox = standing.giving.sandbox
    dispute = sandbox.command("dispute", charge=charge_of(plan))["dispute"]["id"]
    standing.settle()
    sandbox.command("lose_dispute", dispute=dispute)
    standing.settle()
    plan = standing.now(plan)
    assert (plan.status, plan.canceled_by) == ("canceled", Plan.CanceledBy.DISPUTE)
    assert plan.next_charge_at is None


def test_a_refund_that_is_heard_of_before_its_renewal_finds_it(standing):
    plan = standing.begun()
    standing.clocks_to(plan.next_charge_at + timedelta(hours=2))
    sandbox = standing.giving.sandbox
    (charge,) = [
        event["data"]["object"]["id"]
        for event in sandbox.events(types=["charge.succeeded"])
        if event["data"]["object"]["id"] != charge_of(plan)
    ]
    sandbox.command("refund", charge=charge, amount=1000)
    standing.giving.deliver("refund.created", "charge.refunded")
    standing.run_jobs()
    assert plan.donations.get(charge_id=charge).refunded_minor == 1000


def test_renewals_of_an_outage_are_found_and_booked(standing):
    plan = standing.begun()
    standing.clocks_to(plan.next_charge_at + timedelta(hours=2))
    standing.giving.new_events()  # none of them ever comes
    until = timezone.now() + timedelta(minutes=1)
    done = run.reconcile(since=until - timedelta(days=60), until=until, repair=True)
    assert Cause.CHARGE_UNBOOKED in {one.cause for one in done.differences.all()}
    standing.run_jobs()
    assert plan.donations.filter(status="paid").count() == 2
    assert not run.reconcile(since=until - timedelta(days=60), until=until).differences.exists()
