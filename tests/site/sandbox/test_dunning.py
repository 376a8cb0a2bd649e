"""Renewals that fail: when they are tried again, with which card, and how it ends."""

import urllib.request

import pytest

from tests.site.sandbox.plans import DAY, invoices_of, kinds, last_event, refreshed, renew, turn


def newest(client, subscription):
    return invoices_of(client, subscription)[0]


def test_a_failed_renewal_is_tried_again_on_its_schedule_and_then_ends_the_plan(
    client, sandbox, subscribe
):
    begun = subscribe()
    sandbox.card_of(subscription=begun.id, card="4000000000009995")
    since = last_event(sandbox)

    renew(sandbox, begun)

    tried = turn(begun) + 3600
    invoice = newest(client, begun)
    assert (invoice.status, invoice.attempt_count) == ("open", 1)
    assert invoice.next_payment_attempt == tried + 3 * DAY
    assert refreshed(client, begun).status == "past_due"
    assert kinds(sandbox, since)[-5:] == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "invoice.payment_failed",
        "customer.subscription.updated",
    ]
    for days, attempts in ((3, 2), (8, 3)):
        sandbox.set_clock(now=tried + days * DAY + 1)
        assert newest(client, begun).attempt_count == attempts
    sandbox.set_clock(now=tried + 15 * DAY + 1)

    last = newest(client, begun)
    assert (last.status, last.attempt_count, last.next_payment_attempt) == ("open", 4, None)
    gone = refreshed(client, begun)
    assert (gone.status, gone.cancellation_details.reason) == ("canceled", "payment_failed")
    assert kinds(sandbox)[-1] == "customer.subscription.deleted"
    assert len([c for c in client.v1.charges.list().data if c.status == "failed"]) == 4


@pytest.mark.parametrize("end", ["unpaid", "past_due"])
def test_the_end_of_the_schedule_may_leave_the_plan_and_a_late_payment_mends_it(
    client, sandbox, subscribe, end
):
    sandbox.dunning(days=[1], end=end)
    begun = subscribe()
    sandbox.card_of(subscription=begun.id, card="4000000000000341")
    sandbox.set_clock(now=turn(begun) + 3 * DAY)

    assert refreshed(client, begun).status == end
    assert newest(client, begun).attempt_count == 2
    assert sandbox.pay_invoice(newest(client, begun).id, "4242424242424242")["outcome"] == "paid"
    assert refreshed(client, begun).status == "active"


def test_a_card_that_works_again_between_tries_makes_the_plan_active(client, sandbox, subscribe):
    begun = subscribe()
    sandbox.card_of(subscription=begun.id, card="4000000000000002")
    renew(sandbox, begun)
    sandbox.card_of(subscription=begun.id, card="4242424242424242")
    since = last_event(sandbox)

    sandbox.set_clock(advance=3 * DAY)

    assert refreshed(client, begun).status == "active"
    paid = newest(client, begun)
    assert (paid.status, paid.attempt_count, paid.next_payment_attempt) == ("paid", 2, None)
    assert kinds(sandbox, since)[-1] == "customer.subscription.updated"


@pytest.mark.parametrize("card", ["4000000000009987", "4000000000009979", "4100000000000019"])
def test_a_card_that_can_never_work_is_not_charged_again_until_there_is_another(
    client, sandbox, subscribe, card
):
    begun = subscribe()
    sandbox.card_of(subscription=begun.id, card=card)
    renew(sandbox, begun)
    sandbox.set_clock(advance=4 * DAY)

    waiting = newest(client, begun)
    assert (waiting.status, waiting.attempt_count) == ("open", 2)
    assert waiting.next_payment_attempt
    assert len([c for c in client.v1.charges.list().data if c.status == "failed"]) == 1

    assert sandbox.give_card(begun.customer)["outcome"] == "paid"
    sandbox.set_clock(advance=5 * DAY)

    assert newest(client, begun).status == "paid"
    assert refreshed(client, begun).status == "active"


def test_an_expired_card_declines_until_the_bank_sends_its_new_date(client, sandbox, subscribe):
    begun = subscribe()
    sandbox.card_of(subscription=begun.id, expires="01/2025")
    renew(sandbox, begun)
    charge = client.v1.charges.list().data[0]
    assert charge.failure_code == "expired_card"

    sandbox.command("update_card", subscription=begun.id, expires="12/2040")

    event = sandbox.events(types=["payment_method.automatically_updated"])[0]
    assert event["data"]["object"]["card"]["exp_year"] == 2040
    assert event["data"]["previous_attributes"]["card"]["exp_year"] == 2025
    sandbox.set_clock(advance=3 * DAY)
    assert newest(client, begun).status == "paid"


def test_a_renewal_that_asks_the_bank_waits_for_the_owner(client, sandbox, subscribe):
    begun = subscribe(card="4000002760003184")
    since = last_event(sandbox)
    renew(sandbox, begun)

    told = kinds(sandbox, since)[-4:]
    assert told == [
        "payment_intent.requires_action",
        "invoice.payment_action_required",
        "invoice.payment_failed",
        "customer.subscription.updated",
    ]
    assert refreshed(client, begun).status == "past_due"
    invoice = newest(client, begun)
    assert sandbox.pay_invoice(invoice.id, authenticate=False)["outcome"] == "declined"
    assert sandbox.pay_invoice(invoice.id, authenticate=True)["outcome"] == "paid"
    assert refreshed(client, begun).status == "active"


def test_a_card_that_asked_once_renews_without_asking(client, sandbox, subscribe):
    begun = subscribe(card="4000002500003155")
    renew(sandbox, begun)
    assert newest(client, begun).status == "paid"


def test_the_subscriptions_own_card_comes_before_the_customers(client, sandbox, subscribe):
    begun, other = subscribe(), subscribe(card="5555555555554444")
    theirs = client.v1.payment_methods.detach(other.default_payment_method).id
    client.v1.payment_methods.attach(theirs, {"customer": begun.customer})
    client.v1.customers.update(
        begun.customer, {"invoice_settings": {"default_payment_method": theirs}}
    )
    renew(sandbox, begun)
    assert client.v1.charges.list({"customer": begun.customer}).data[0].payment_method != theirs

    client.v1.payment_methods.detach(begun.default_payment_method)
    renew(sandbox, refreshed(client, begun))
    assert client.v1.charges.list({"customer": begun.customer}).data[0].payment_method == theirs


def test_no_payment_method_at_all_is_a_failed_renewal(client, sandbox, subscribe):
    begun = subscribe()
    client.v1.payment_methods.detach(begun.default_payment_method)
    renew(sandbox, begun)
    assert (newest(client, begun).status, refreshed(client, begun).status) == ("open", "past_due")
    assert kinds(sandbox)[-2:] == ["invoice.payment_failed", "customer.subscription.updated"]


def test_a_renewal_by_debit_waits_for_its_bank_and_may_come_back(client, sandbox, subscribe):
    begun = subscribe(card="bank")
    sandbox.settle(client.v1.checkout.sessions.list({"subscription": begun.id}).data[0].id)
    renew(sandbox, begun)
    waiting = client.v1.invoice_payments.list({"invoice": newest(client, begun).id}).data[0]
    assert (newest(client, begun).status, refreshed(client, begun).status) == ("open", "active")
    with urllib.request.urlopen(sandbox.url) as page:  # noqa: S310 - the sandbox
        assert "Renewals by debit" in page.read().decode()

    sandbox.command("fail", payment_intent=waiting.payment.payment_intent, code="account_closed")

    assert refreshed(client, begun).status == "past_due"
    assert newest(client, begun).next_payment_attempt
    sandbox.set_clock(advance=3 * DAY)
    sandbox.command("settle", payment_intent=waiting.payment.payment_intent)
    assert (newest(client, begun).status, refreshed(client, begun).status) == ("paid", "active")
