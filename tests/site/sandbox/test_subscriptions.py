"""Subscriptions: renewed by the clock, changed, paused, ended."""

import time
from datetime import UTC, date, datetime

import pytest
import stripe

from tests.site.sandbox.plans import (
    DAY,
    at,
    invoices_of,
    kinds,
    last_event,
    new_price,
    refreshed,
    renew,
    turn,
)

RENEWED = [
    "invoice.upcoming",
    "customer.subscription.updated",
    "invoice.created",
    "invoice.finalized",
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
]


def test_renewals_come_by_the_clock_with_their_events_in_order(client, sandbox, subscribe):
    at(sandbox, "2027-01-31T09:00")
    begun = subscribe()
    since = last_event(sandbox)

    renew(sandbox, begun)

    assert kinds(sandbox, since) == RENEWED
    once = refreshed(client, begun)
    days = [datetime.fromtimestamp(turn(one), UTC).date() for one in (begun, once)]
    assert days == [date(2027, 2, 28), date(2027, 3, 31)]
    renewal = invoices_of(client, begun)[0]
    assert renewal.billing_reason == "subscription_cycle"
    assert (renewal.created, renewal.status_transitions.paid_at) == (
        turn(begun),
        turn(begun) + 3600,
    )
    line = renewal.lines.data[0]
    assert (line.period.start, line.period.end) == (turn(begun), turn(once))
    assert (renewal.period_start, renewal.period_end) == (begun.created, turn(begun))
    draft, paid = sandbox.events(types=["invoice.created", "invoice.paid"])[-2:]
    assert (draft["data"]["object"]["status"], draft["created"]) == ("draft", turn(begun))
    assert paid["created"] == turn(begun) + 3600


def test_a_year_passes_in_one_step_for_many_subscriptions(client, sandbox, subscribe):
    for number in range(3):
        subscribe(1000 + number)
    yearly = subscribe(9000, interval="year")
    started = time.monotonic()

    sandbox.set_clock(advance=366 * DAY)

    assert time.monotonic() - started < 4
    paid = client.v1.invoices.list({"status": "paid", "limit": 100}).data
    assert [invoice.amount_paid for invoice in paid].count(1001) == 13
    assert len(invoices_of(client, yearly)) == 2


def test_a_new_amount_counts_from_the_next_period_on(client, sandbox, subscribe):
    begun = subscribe()
    since = last_event(sandbox)

    changed = client.v1.subscriptions.update(begun.id, new_price(begun, 4000))

    assert changed.items.data[0].price.unit_amount == 4000
    assert turn(changed) == turn(begun)
    assert kinds(sandbox, since) == ["customer.subscription.updated"]
    preview = client.v1.invoices.create_preview({"subscription": begun.id})
    assert preview.total == 4000
    renew(sandbox, begun)
    assert [invoice.total for invoice in invoices_of(client, begun)] == [4000, 2500]


def test_a_new_interval_is_charged_at_once_and_counts_from_now(client, sandbox, subscribe):
    begun = subscribe()
    sandbox.set_clock(advance=3 * DAY)
    changed = client.v1.subscriptions.update(begun.id, new_price(begun, 30_000, "year"))

    assert turn(changed) > begun.created + 366 * DAY
    newest = invoices_of(client, begun)[0]
    assert (newest.total, newest.status) == (30_000, "paid")
    assert newest.billing_reason == "subscription_update"


def test_prorations_are_refused_since_the_sandbox_makes_none(client, subscribe):
    begun = subscribe()
    wish = new_price(begun, 4000) | {"proration_behavior": "create_prorations"}
    with pytest.raises(stripe.InvalidRequestError, match="no prorations"):
        client.v1.subscriptions.update(begun.id, wish)


def test_a_moved_trial_end_skips_charges_and_moves_the_day(client, sandbox, subscribe):
    begun = subscribe()
    until = turn(begun) + 45 * DAY
    moved = client.v1.subscriptions.update(
        begun.id, {"trial_end": until, "proration_behavior": "none"}
    )
    assert (moved.status, turn(moved), moved.billing_cycle_anchor) == ("trialing", until, until)

    sandbox.set_clock(now=until - 10)
    charged = [invoice.total for invoice in invoices_of(client, begun)]
    assert charged == [0, 2500]
    assert "customer.subscription.trial_will_end" in kinds(sandbox)
    sandbox.set_clock(now=until + 3601)

    assert [invoice.total for invoice in invoices_of(client, begun)] == [2500, 0, 2500]
    assert refreshed(client, begun).status == "active"


def test_a_trial_ended_now_charges_now(client, sandbox, subscribe):
    ahead = int(time.time()) + 10 * DAY
    begun = subscribe(subscription_data={"trial_end": ahead})
    assert (begun.status, turn(begun)) == ("trialing", ahead)
    assert client.v1.payment_intents.list().data == []
    session = client.v1.checkout.sessions.list({"subscription": begun.id}).data[0]
    assert (session.payment_status, session.amount_total) == ("no_payment_required", 0)
    assert {"setup_intent.succeeded", "invoice.paid"} <= set(kinds(sandbox))

    now = client.v1.subscriptions.update(
        begun.id, {"trial_end": "now", "proration_behavior": "none"}
    )

    assert now.status == "active"
    assert [invoice.total for invoice in invoices_of(client, begun)] == [2500, 0]


@pytest.mark.parametrize(
    ("behavior", "status"),
    [("void", "void"), ("mark_uncollectible", "uncollectible"), ("keep_as_draft", "draft")],
)
def test_a_paused_period_is_not_charged_and_collection_resumes(
    client, sandbox, subscribe, behavior, status
):
    begun = subscribe()
    pause = {"behavior": behavior, "resumes_at": turn(begun) + 5 * DAY}
    paused = client.v1.subscriptions.update(begun.id, {"pause_collection": pause})
    assert (paused.status, paused.pause_collection.behavior) == ("active", behavior)

    sandbox.set_clock(advance=66 * DAY)

    states = [invoice.status for invoice in invoices_of(client, begun)]
    assert states == ["paid", status, "paid"]
    assert refreshed(client, begun).pause_collection is None
    assert len(client.v1.charges.list().data) == 2
    assert kinds(sandbox).count("invoice.upcoming") == 1


def test_unsetting_a_pause_resumes_collection_and_a_kept_draft_can_be_paid(
    client, sandbox, subscribe
):
    begun = subscribe()
    client.v1.subscriptions.update(begun.id, {"pause_collection": {"behavior": "keep_as_draft"}})
    renew(sandbox, begun)
    resumed = client.v1.subscriptions.update(begun.id, {"pause_collection": ""})
    assert resumed.pause_collection is None
    draft = invoices_of(client, begun)[0]
    assert (draft.status, draft.auto_advance) == ("draft", False)

    assert client.v1.invoices.finalize_invoice(draft.id).status == "open"
    assert client.v1.invoices.pay(draft.id).status == "paid"


def test_an_end_at_the_period_lets_it_run_out_and_can_be_taken_back(client, sandbox, subscribe):
    begun, kept = subscribe(), subscribe()
    wish = {
        "cancel_at_period_end": True,
        "cancellation_details": {"feedback": "too_expensive", "comment": "Later again"},
    }
    for one in (begun, kept):
        leaving = client.v1.subscriptions.update(one.id, wish)
    assert (leaving.status, leaving.cancel_at) == ("active", turn(kept))
    assert leaving.cancellation_details.feedback == "too_expensive"
    client.v1.subscriptions.update(kept.id, {"cancel_at_period_end": False})

    renew(sandbox, kept)

    gone = refreshed(client, begun)
    assert (gone.status, gone.ended_at) == ("canceled", turn(begun))
    assert gone.cancellation_details.reason == "cancellation_requested"
    assert len(invoices_of(client, begun)) == 1
    assert len(invoices_of(client, kept)) == 2
    assert [one.id for one in client.v1.subscriptions.list().data] == [kept.id]
    assert len(client.v1.subscriptions.list({"status": "all"}).data) == 2
    assert [one.id for one in client.v1.subscriptions.list({"status": "ended"}).data] == [begun.id]


def test_cancel_ends_now_and_stops_what_was_to_be_collected(client, sandbox, subscribe):
    begun = subscribe()
    sandbox.set_clock(now=turn(begun) + 10)
    assert client.v1.subscriptions.cancel(begun.id).status == "canceled"
    sandbox.set_clock(advance=90 * DAY)

    assert len(client.v1.charges.list().data) == 1
    draft = invoices_of(client, begun)[0]
    assert (draft.status, draft.auto_advance) == ("draft", False)
    with pytest.raises(stripe.InvalidRequestError, match="canceled subscription"):
        client.v1.subscriptions.update(begun.id, {"description": "x"})


def test_a_time_to_end_may_lie_anywhere(client, sandbox, subscribe):
    begun = subscribe()
    client.v1.subscriptions.update(begun.id, {"cancel_at": turn(begun) + 5 * DAY})
    sandbox.set_clock(advance=80 * DAY)
    gone = refreshed(client, begun)
    assert (gone.status, gone.ended_at) == ("canceled", turn(begun) + 5 * DAY)
    assert len(invoices_of(client, begun)) == 2


def test_an_open_invoice_is_voided_or_written_off_and_takes_no_money_then(
    client, sandbox, subscribe
):
    for end in ("void_invoice", "mark_uncollectible"):
        begun = subscribe()
        sandbox.card_of(subscription=begun.id, card="4000000000009995")
        sandbox.set_clock(now=turn(begun) + 3601)
        invoice = invoices_of(client, begun)[0]
        ended = getattr(client.v1.invoices, end)(invoice.id)
        assert ended.status == ("void" if end == "void_invoice" else "uncollectible")
        assert ended.next_payment_attempt is None
    with pytest.raises(stripe.InvalidRequestError, match="already finalized"):
        client.v1.invoices.finalize_invoice(invoice.id)
