"""A renewal that is heard of after its plan was changed is booked on the terms of its time."""

from datetime import timedelta

from donations import inbox
from donations.models import Channel, Designation
from donations.plans import actions
from donations.plans.steps import By

DESK = By(Channel.STAFF)


def test_a_late_renewal_goes_where_it_was_given_and_keeps_its_covered_fee(standing):
    plan = standing.begun(2500, fee_cover_minor=100)
    standing.clocks_to(plan.next_charge_at + timedelta(hours=2))
    late = standing.giving.new_events(*inbox.KINDS)
    old, new = plan.designation, Designation.objects.get(code="work")
    actions.change_amount(plan, gift_minor=4000, by=DESK)
    actions.change_designation(plan, designation=new, by=DESK)
    for event in late:
        standing.giving.post(event)
    standing.run_jobs()

    renewal = plan.donations.latest("paid_at")
    assert (renewal.amount_minor, renewal.fee_cover_minor) == (2600, 100)
    assert renewal.lines.get().designation == old
    plan = standing.renew(standing.now(plan))
    assert plan.donations.latest("paid_at").lines.get().designation == new
