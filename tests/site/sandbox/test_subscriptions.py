"""Subscriptions: begun on the page or by a call, renewed by the clock, changed, paused, ended."""

import time
from datetime import UTC, date, datetime

import pytest
import stripe

from sandbox.control import ControlError
from tests.site.sandbox.conftest import programme

DAY = 86_400
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
LAPTOP = {
    "price_data": {"currency": "usd", "unit_amount": 5000, "product_data": {"name": "A laptop"}},
    "quantity": 1,
}


def kinds(sandbox, since=None):
    found = [event["type"] for event in sandbox.events(since=since)]
    return [kind for kind in found if kind != "charge.updated"]


def last_event(sandbox):
    return sandbox.events()[-1]["id"]


def at(sandbox, text):
    """Set the sandbox's clock to a moment in UTC."""
    sandbox.set_clock(now=datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def turn(subscription):
    return subscription.items.data[0].current_period_end


def renew(sandbox, subscription):
    """Let the period end and its invoice be collected."""
    sandbox.set_clock(now=turn(subscription) + 3601)


def invoices_of(client, subscription):
    return client.v1.invoices.list({"subscription": subscription.id, "limit": 100}).data


def refreshed(client, subscription):
    return client.v1.subscriptions.retrieve(subscription.id)


def new_price(subscription, amount, interval="month"):
    item = subscription.items.data[0]
    price = {
        "currency": "usd",
        "product": item.price.product,
        "recurring": {"interval": interval},
        "unit_amount": amount,
    }
    return {"items": [{"id": item.id, "price_data": price}], "proration_behavior": "none"}


def test_a_paid_page_begins_a_subscription_and_tells_it_in_order(client, sandbox):
    params = programme()
    params["line_items"].append(LAPTOP)
    session = client.v1.checkout.sessions.create(params)
    assert (session.amount_total, session.subscription, session.customer) == (7500, None, None)

    assert sandbox.pay(session.id)["outcome"] == "paid"

    done = client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["subscription.latest_invoice.payments", "invoice", "customer"]}
    )
    assert (done.status, done.payment_status, done.payment_intent) == ("complete", "paid", None)
    assert done.customer.email == "donor@example.org"
    subscription = done.subscription
    assert (subscription.status, subscription.metadata["plan"]) == ("active", "plan-1")
    assert [item.price.recurring.interval for item in subscription.items.data] == ["month"]
    invoice = subscription.latest_invoice
    assert (invoice.status, invoice.amount_paid) == ("paid", 7500)
    assert invoice.billing_reason == "subscription_create"
    assert {line.amount for line in invoice.lines.data} == {2500, 5000}
    assert invoice.parent.subscription_details.subscription == subscription.id
    payment = invoice.payments.data[0]
    listed = client.v1.invoice_payments.list(
        {
            "payment": {"type": "payment_intent", "payment_intent": payment.payment.payment_intent},
            "expand": ["data.payment.payment_intent.latest_charge"],
        }
    ).data
    assert [one.id for one in listed] == [payment.id]
    assert listed[0].payment.payment_intent.latest_charge.amount == 7500
    assert kinds(sandbox) == [
        "customer.created",
        "payment_intent.created",
        "payment_method.attached",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "customer.subscription.updated",
        "checkout.session.completed",
    ]


def test_a_declined_card_begins_nothing_and_leaves_the_page_open(client, sandbox):
    session = client.v1.checkout.sessions.create(programme())

    assert sandbox.pay(session.id, "4000000000009995")["outcome"] == "declined"
    assert sandbox.pay(session.id, "4000002760003184", authenticate=False)["outcome"] == "declined"

    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert client.v1.subscriptions.list({"status": "all"}).data == []
    assert client.v1.invoices.list().data == []
    assert sandbox.pay(session.id)["outcome"] == "paid"
    assert len(client.v1.customers.list().data) == 1
    assert len(client.v1.payment_intents.list().data) == 1


def test_what_does_not_go_together_in_a_session_is_refused(client):
    recurring = programme()["line_items"]
    for wrong in (
        programme(submit_type="donate"),
        programme(line_items=[LAPTOP]),
        programme(mode="payment", subscription_data=None) | {"line_items": recurring},
        programme(mode="setup"),
    ):
        given = {key: value for key, value in wrong.items() if value is not None}
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.checkout.sessions.create(given)


def test_a_first_bank_debit_is_active_at_once_and_paid_when_it_is_settled(client, sandbox):
    session = client.v1.checkout.sessions.create(programme())
    assert sandbox.pay(session.id, "bank")["outcome"] == "processing"
    done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "invoice"]})
    assert (done.payment_status, done.subscription.status) == ("unpaid", "active")
    assert done.invoice.status == "open"

    sandbox.settle(session.id)

    done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["invoice"]})
    assert (done.payment_status, done.invoice.status) == ("paid", "paid")
    assert "checkout.session.async_payment_succeeded" in kinds(sandbox)


def test_a_first_bank_debit_that_fails_leaves_the_subscription_past_due(client, sandbox):
    session = client.v1.checkout.sessions.create(programme())
    sandbox.pay(session.id, "bank")
    sandbox.fail(session.id)
    done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "invoice"]})
    assert (done.subscription.status, done.invoice.status) == ("past_due", "open")
    assert {"invoice.payment_failed", "checkout.session.async_payment_failed"} <= set(
        kinds(sandbox)
    )


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


def test_a_plan_begins_again_by_a_call_with_the_card_on_file(client, sandbox, subscribe):
    first = subscribe()
    client.v1.subscriptions.cancel(first.id)
    wish = {
        "customer": first.customer,
        "items": [{"price": first.items.data[0].price.id, "quantity": 2}],
        "default_payment_method": first.default_payment_method,
        "off_session": True,
    }

    again = client.v1.subscriptions.create(wish | {"expand": ["latest_invoice"]})

    assert (again.status, again.latest_invoice.amount_paid) == ("active", 5000)
    later = int(time.time()) + 20 * DAY
    waiting = client.v1.subscriptions.create(wish | {"trial_end": later})
    assert (waiting.status, turn(waiting)) == ("trialing", later)


def test_a_declined_beginning_is_incomplete_and_expires_after_a_day(client, sandbox, subscribe):
    first = subscribe()
    sandbox.card_of(subscription=first.id, card="4000000000000002")
    wish = {
        "customer": first.customer,
        "items": [{"price": first.items.data[0].price.id}],
        "default_payment_method": first.default_payment_method,
    }
    with pytest.raises(stripe.CardError) as refused:
        client.v1.subscriptions.create(wish | {"payment_behavior": "error_if_incomplete"})
    assert (refused.value.http_status, refused.value.code) == (402, "card_declined")
    assert len(client.v1.subscriptions.list().data) == 1

    begun = client.v1.subscriptions.create(wish)
    assert begun.status == "incomplete"
    sandbox.set_clock(advance=DAY)

    assert refreshed(client, begun).status == "incomplete_expired"
    assert [invoice.status for invoice in invoices_of(client, begun)] == ["void"]


def test_an_incomplete_beginning_can_still_be_paid(client, sandbox, subscribe):
    first = subscribe()
    sandbox.card_of(subscription=first.id, card="4000000000000002")
    begun = client.v1.subscriptions.create(
        {
            "customer": first.customer,
            "items": [{"price": first.items.data[0].price.id}],
            "default_payment_method": first.default_payment_method,
        }
    )
    answer = sandbox.pay_invoice(begun.latest_invoice, "4242424242424242")
    assert (answer["outcome"], answer["invoice"]["status"]) == ("paid", "paid")
    assert refreshed(client, begun).status == "active"
    with pytest.raises(ControlError, match="NotPayable"):
        sandbox.pay_invoice(begun.latest_invoice)


def test_a_session_in_setup_mode_keeps_a_card_and_charges_nothing(client, sandbox, subscribe):
    customer = client.v1.customers.create({"email": "a@example.org"})
    session = client.v1.checkout.sessions.create(
        {
            "mode": "setup",
            "currency": "usd",
            "customer": customer.id,
            "success_url": "http://localhost:9/thanks",
        }
    )
    assert sandbox.pay(session.id, "4000000000000002")["outcome"] == "declined"
    assert sandbox.pay(session.id, "4000002760003184", authenticate=True)["outcome"] == "paid"

    done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]})
    assert (done.status, done.amount_total) == ("complete", None)
    kept = client.v1.payment_methods.list({"customer": customer.id, "type": "card"}).data
    assert [one.id for one in kept] == [done.setup_intent.payment_method]
    assert client.v1.charges.list().data == []
    assert client.v1.setup_intents.list({"customer": customer.id}).data[0].status == "succeeded"


def test_payment_methods_come_and_go_and_one_may_be_the_customers(client, sandbox, subscribe):
    begun = subscribe()
    customer, card = begun.customer, begun.default_payment_method
    changed = client.v1.customers.update(
        customer,
        {
            "name": "Ada",
            "metadata": {"a": "1"},
            "invoice_settings": {"default_payment_method": card},
        },
    )
    assert (changed.name, changed.invoice_settings.default_payment_method) == ("Ada", card)
    assert sandbox.events()[-1]["data"]["previous_attributes"]["name"] == "Test Donor"

    assert client.v1.payment_methods.detach(card).customer is None

    assert client.v1.customers.payment_methods.list(customer).data == []
    assert client.v1.payment_methods.attach(card, {"customer": customer}).customer == customer
    assert kinds(sandbox)[-2:] == ["payment_method.detached", "payment_method.attached"]


def test_products_and_prices_are_kept_and_listed(client):
    product = client.v1.products.create({"name": "Abolitionist programme"})
    price = client.v1.prices.create(
        {
            "product": product.id,
            "currency": "usd",
            "unit_amount": 500,
            "recurring": {"interval": "month"},
        }
    )
    assert client.v1.prices.retrieve(price.id, {"expand": ["product"]}).product.name == product.name
    assert [one.id for one in client.v1.prices.list({"product": product.id}).data] == [price.id]
    assert [one.id for one in client.v1.products.list({"active": True}).data] == [product.id]


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
