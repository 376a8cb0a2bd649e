"""The desk for regular gifts: found, read, and acted on for a donor, against the sandbox."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from donations.models import Mail, Plan, PlanStep
from donations.plans import actions, letters
from tests.donations.plans.conftest import standing
from tests.people import person, signed_in
from tests.roles import STAFF, acting_as

pytestmark = pytest.mark.role(STAFF)
__all__ = ["standing"]


def url(name, *args):
    with acting_as(STAFF):
        return reverse(name, args=args)


def text_of(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def act(client, plan, name, **typed):
    """Both steps of an act: look it over, then confirm. What the first one showed."""
    address = url(f"plans:{name}", plan.pk)
    asked = text_of(client.post(address, typed))
    assert client.post(address, typed | {"confirmed": "1"}).status_code == 302
    return asked


@pytest.mark.parametrize("desk", ["plans", "plans_at_risk"])
def test_a_list_takes_the_same_few_queries_for_many_plans(
    desk, make_plan, care, django_assert_max_num_queries
):
    failing = {"status": "past_due", "tries": 1, "open_invoice_id": "in_1"}
    make_plan(**failing)
    care.get(url(f"{desk}:index"))  # content types are remembered after this
    with django_assert_max_num_queries(20) as few:
        care.get(url(f"{desk}:index"))
    for _ in range(5):
        make_plan(**failing)
    with django_assert_max_num_queries(len(few)):
        assert care.get(url(f"{desk}:index")).status_code == 200


def test_a_plan_is_found_by_whatever_a_donor_can_tell(make_plan, care):
    plan = make_plan(amount_minor=2575, card_last4="9911")
    make_plan(name="Somebody Else", email="else@other.test", amount_minor=1000, card_last4="1111")
    for typed in ("nunez", plan.email, plan.reference[:8], plan.subscription_id, "25.75", "9911",
                  plan.customer_id, "Núñez 25.75"):  # fmt: skip
        page = text_of(care.get(url("plans:index"), {"q": typed}))
        assert "Ruth Núñez" in page, typed
        assert "Somebody Else" not in page, typed


@pytest.mark.parametrize("query", [
    "status=past_due", "interval=year", "at_risk=on", "canceled_by=donor&cancel_reason=money",
    "ended_at_from=2026-01-01", "ordering=amount_minor",
])  # fmt: skip
def test_filters_keep_what_fits(query, make_plan, care):
    make_plan(name="Calm One", amount_minor=100)
    make_plan(name="Due One", status="past_due", interval="year")
    now = timezone.now()
    make_plan(
        name="Gone One", status="canceled", canceled_at=now, ended_at=now, canceled_by="donor",
        cancel_reason="money", next_charge_at=None,
    )  # fmt: skip
    kept = {"status": "Due", "interval": "Due", "at_risk": "Due"}.get(query.split("=")[0], "Gone")
    page = text_of(care.get(url("plans:index") + f"?{query}"))
    if query.startswith("ordering"):
        assert page.index("Calm One") < page.index("Due One")
        return
    assert f"{kept} One" in page
    assert "1 match" in page


def test_what_is_at_risk_is_listed_with_the_reason_and_told_at_home(make_plan, care, finance):
    soon = timezone.now() + timedelta(days=2)
    plan = make_plan(
        name="Due One", status="past_due", tries=3, retry_at=soon, open_invoice_id="in_1"
    )
    PlanStep.objects.create(
        plan=plan, kind="payment_failed", at=timezone.now(), channel="stripe", status="past_due",
        monthly_before_minor=2500, monthly_after_minor=2500,
        detail={"code": "insufficient_funds", "tries": 3, "retry_at": soon.isoformat()},
    )  # fmt: skip
    make_plan(name="Old Card", card_exp_year=2020, card_exp_month=1)
    make_plan(name="Calm One", card_exp_year=2099, card_exp_month=1)
    page = text_of(finance.get(url("plans_at_risk:index")))
    assert page.index("Due One") < page.index("Old Card")
    assert "Calm One" not in page
    for told in ("Not enough money on the account.", "tried 3 times, again", "01/2020"):
        assert told in page
    story = text_of(finance.get(url("plans:inspect", plan.pk)))
    assert "Try 3. Not enough money on the account. (insufficient_funds) Tried again" in story
    home = text_of(care.get(url("wagtailadmin_home")))
    assert "1 regular gift has a payment that fails" in home


def test_who_left_this_week_is_told_at_home_with_reasons(make_plan, care, editor):
    now = timezone.now()
    gone = {"status": "canceled", "canceled_at": now, "ended_at": now, "next_charge_at": None}
    make_plan(canceled_by="donor", cancel_reason="money", **gone)
    make_plan(canceled_by="donor", cancel_reason="money", **gone)
    make_plan(canceled_by="dispute", **gone)
    make_plan(canceled_by="donor", **gone | {"ended_at": now - timedelta(days=8)})
    told = "3 regular gifts ended this week: Cannot afford it now 2"
    assert told in text_of(care.get(url("wagtailadmin_home")))
    assert told not in text_of(editor.get(url("wagtailadmin_home")))


def test_staff_do_for_a_donor_what_the_donor_could(standing, care):
    plan = standing.begun(2500)
    raised = act(care, plan, "amount", typed="40", cover_fee="")
    assert "$25.00 a month" in raised
    assert "$40.00 a month" in raised
    paused = act(care, plan, "pause", months="2")
    meant = actions.preview_pause(plan, months=2)
    assert all(letters.day(moment, plan) in paused for moment in meant.left_out)
    assert care.post(url("plans:resume", plan.pk)).status_code == 302
    plan = standing.now(plan)
    skipped = {"charge_at": plan.next_charge_at.isoformat()}
    for _ in range(2):  # pressed twice, one gift is left out
        care.post(url("plans:skip", plan.pk), skipped)
    assert (standing.now(plan).status, standing.now(plan).amount_minor) == ("paused", 4000)
    asked = act(care, plan, "stop", reason="money", note="Lost her job")
    assert "Lost her job" in asked

    plan = standing.now(plan)
    assert (plan.status, plan.canceled_by, plan.cancel_reason) == ("canceled", "staff", "money")
    assert standing.story(plan) == [
        *("started", "raised", "paused", "resumed", "skipped", "canceled"),
    ]
    who = int(care.session["_auth_user_id"])
    done = plan.steps.exclude(kind="started").values_list("channel", "actor_id")
    assert set(done) == {("staff", who)}
    page = text_of(care.get(url("plans:inspect", plan.pk)))
    for told in ("$25.00 → $40.00", "Staff: Cannot afford it now", "Lost her job",
                 plan.subscription_id, "each time $25.00, then $40.00"):  # fmt: skip
        assert told in page


def test_the_purpose_changes_after_a_look(standing, care):
    plan = standing.begun(2500)
    other = actions.open_purposes().exclude(pk=plan.designation_id).first()
    assert other.name in act(care, plan, "purpose", designation=str(other.pk))
    assert standing.now(plan).designation == other


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("amount", {"typed": "much"}, "such as 25 or 12.50"),
        ("amount", {"typed": "9999999"}, "too small or too large"),
        ("pause", {"months": "13"}, "Select a valid choice"),
        ("skip", {"charge_at": "soon"}, "No charge is planned"),
    ],
)
def test_what_cannot_be_is_refused_in_words(make_plan, care, name, typed, said):
    plan = make_plan()
    page = text_of(care.post(url(f"plans:{name}", plan.pk), typed | {"confirmed": "1"}))
    assert said in page
    assert not plan.changes.exists()


def test_a_wish_that_stripe_does_not_hear_is_kept_and_said_so(standing, care, giving):
    plan = standing.begun(2500)
    giving.sandbox.fault("cut-before", match="/v1/subscriptions/sub_", method="DELETE", count=3)
    done = care.post(url("plans:stop", plan.pk), {"reason": "", "confirmed": "1"}, follow=True)
    page = text_of(done)
    assert "The wish is kept" in page
    assert "A change is under way" in page
    assert plan.changes.get().state == "asked"


def test_a_failed_payment_is_tried_again_on_the_telephone(standing, giving):
    plan = standing.begun(2500)
    giving.sandbox.card_of(subscription=plan.subscription_id, card="4000000000009995")
    plan = standing.renew(plan)
    assert plan.status == "past_due"
    care = signed_in(person("Donor care"))  # a month later: an older session is over
    refused = care.post(url("plans:retry", plan.pk), follow=True)
    assert "The bank refused again" in text_of(refused)


def test_the_donor_is_mailed_her_link_once_an_hour(make_plan, care):
    plan = make_plan()
    for _ in range(2):
        assert care.post(url("plans:link", plan.pk)).status_code == 302
    assert Mail.objects.filter(plan=plan, step=None).count() == 1


def test_an_act_that_makes_no_sense_changes_nothing(make_plan, care):
    plan = make_plan()
    page = text_of(care.post(url("plans:resume", plan.pk), follow=True))
    assert "Nothing was changed" in page
    assert Plan.objects.get(pk=plan.pk).status == "active"


def test_gift_and_donor_lead_to_the_plan(standing, finance):
    plan = standing.begun(2500)
    address = url("plans:inspect", plan.pk)
    assert address in text_of(finance.get(url("gifts:inspect", plan.donations.get().pk)))
    assert address in text_of(finance.get(url("donors:inspect", plan.donor_id)))
