"""Paying a session: what the objects and events say afterwards."""

import pytest

from sandbox.control import ControlError

CARD_ORDER = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
    "charge.updated",
]


def kinds(sandbox):
    return [event["type"] for event in sandbox.events()]


def test_a_card_payment_completes_the_session_and_brings_fee_and_net(sandbox, client, new_session):
    session = new_session(2500)
    assert session.payment_intent is None
    assert session.status == "open"

    assert sandbox.pay(session.id)["outcome"] == "paid"
    sandbox.await_events("charge.updated")

    paid = client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    intent = paid.payment_intent
    assert intent.status == "succeeded"
    assert intent.metadata["gift"] == "gift-1"
    charge = intent.latest_charge
    assert charge.payment_method_details.card.last4 == "4242"
    assert charge.statement_descriptor_suffix == "GIFT"
    balance = charge.balance_transaction
    assert (balance.amount, balance.fee, balance.net) == (2500, 103, 2397)
    assert balance.exchange_rate is None
    assert balance.available_on == balance.created + 2 * 86_400
    assert kinds(sandbox) == CARD_ORDER


@pytest.mark.parametrize(
    ("card", "codes"),
    [
        ("4000000000000002", ("card_declined", "generic_decline")),
        ("4000000000009995", ("card_declined", "insufficient_funds")),
        ("4000000000009987", ("card_declined", "lost_card")),
        ("4000000000009979", ("card_declined", "stolen_card")),
        ("4000000000000069", ("expired_card", "expired_card")),
        ("4000000000000127", ("incorrect_cvc", "incorrect_cvc")),
        ("4000000000000119", ("processing_error", "processing_error")),
        ("4100000000000019", ("card_declined", "fraudulent")),
    ],
)
def test_a_declined_card_leaves_the_session_open_with_its_reason(
    sandbox, client, new_session, card, codes
):
    session = new_session()

    assert sandbox.pay(session.id, card)["outcome"] == "declined"

    after = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (after.status, after.payment_status) == ("open", "unpaid")
    error = after.payment_intent.last_payment_error
    assert (error.code, error.decline_code) == codes
    assert client.v1.charges.retrieve(error.charge).failure_code == codes[0]
    assert kinds(sandbox) == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
    ]


def test_a_blocked_card_is_never_sent_to_the_network(sandbox, client, new_session):
    session = new_session()
    sandbox.pay(session.id, "4100000000000019")

    outcome = client.v1.charges.list().data[0].outcome
    assert (outcome.type, outcome.network_status) == ("blocked", "not_sent_to_network")
    assert outcome.risk_level == "highest"


def test_after_a_decline_the_same_session_can_be_paid(sandbox, client, new_session):
    session = new_session()
    sandbox.pay(session.id, "4000000000000002")
    assert sandbox.pay(session.id)["outcome"] == "paid"
    sandbox.await_events("charge.updated")

    charges = client.v1.charges.list({"payment_intent": paid_intent(client, session)}).data
    assert [charge.status for charge in charges] == ["succeeded", "failed"]
    assert kinds(sandbox) == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        *CARD_ORDER[1:],
    ]


def paid_intent(client, session):
    return client.v1.checkout.sessions.retrieve(session.id).payment_intent


def test_a_session_takes_no_second_payment_and_none_after_its_end(sandbox, client, new_session):
    paid, expired = new_session(), new_session()
    sandbox.pay(paid.id)
    sandbox.expire(expired.id)

    for session in (paid, expired):
        with pytest.raises(ControlError, match="NotPayable"):
            sandbox.pay(session.id)
    with pytest.raises(ControlError, match="not processing"):
        sandbox.settle(paid.id)

    assert len(client.v1.charges.list().data) == 1


def test_a_bank_debit_completes_unpaid_and_is_settled_later(sandbox, client, new_session):
    session = new_session(10_000)

    assert sandbox.pay(session.id, "bank")["outcome"] == "processing"

    waiting = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
    assert waiting.payment_intent.status == "processing"
    sandbox.settle(session.id)
    sandbox.await_events("charge.updated")
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    assert client.v1.balance_transactions.list().data[0].fee == 80
    assert kinds(sandbox) == [
        "payment_intent.created",
        "payment_intent.processing",
        "charge.pending",
        "checkout.session.completed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
        "charge.updated",
    ]


def test_a_bank_debit_may_fail_after_the_session_completed(sandbox, client, new_session):
    session = new_session()
    sandbox.pay(session.id, "bank")
    sandbox.fail(session.id, "account_closed")

    after = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (after.status, after.payment_status) == ("complete", "unpaid")
    assert after.payment_intent.last_payment_error.code == "account_closed"
    assert kinds(sandbox)[-3:] == [
        "charge.failed",
        "payment_intent.payment_failed",
        "checkout.session.async_payment_failed",
    ]


def test_a_card_that_asks_the_bank_is_charged_only_after_the_answer(sandbox, client, new_session):
    session = new_session()
    assert sandbox.pay(session.id, "4000002760003184")["outcome"] == "requires_action"
    assert client.v1.charges.list().data == []

    assert sandbox.pay(session.id, "4000002760003184", authenticate=True)["outcome"] == "paid"

    secure = client.v1.charges.list().data[0].payment_method_details.card.three_d_secure
    assert secure.result == "authenticated"
    assert "payment_intent.requires_action" in kinds(sandbox)


def test_a_failed_authentication_is_no_charge(sandbox, client, new_session):
    session = new_session()
    answer = sandbox.pay(session.id, "4000002760003184", authenticate=False)

    assert answer["outcome"] == "declined"
    assert answer["error"]["code"] == "payment_intent_authentication_failure"
    assert client.v1.charges.list().data == []


def test_a_session_expires_by_time_and_cancels_what_was_begun(sandbox, client, new_session):
    session = new_session()
    sandbox.pay(session.id, "4000000000000002")

    sandbox.set_clock(advance=32 * 60)

    expired = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (expired.status, expired.url) == ("expired", None)
    assert expired.payment_intent.status == "canceled"
    assert kinds(sandbox)[-2:] == ["payment_intent.canceled", "checkout.session.expired"]


def test_a_held_balance_transaction_comes_when_it_is_released(sandbox, client, new_session):
    sandbox.fees("held")
    session = new_session()
    sandbox.pay(session.id)
    assert client.v1.charges.list().data[0].balance_transaction is None

    assert sandbox.release_fees() == 1

    assert client.v1.charges.list().data[0].balance_transaction
    update = sandbox.events(types=["charge.updated"])[0]
    assert update["data"]["previous_attributes"] == {"balance_transaction": None}


def test_money_becomes_available_after_two_days_or_at_once(sandbox, client, new_session):
    sandbox.fees("at_once")
    sandbox.pay(new_session().id)
    sandbox.pay(new_session().id, "4000000000000077")
    states = [row.status for row in client.v1.balance_transactions.list().data]
    assert states == ["available", "pending"]

    sandbox.set_clock(advance=2 * 86_400 + 5)

    states = [row.status for row in client.v1.balance_transactions.list().data]
    assert states == ["available", "available"]


def test_the_same_card_has_the_same_fingerprint_in_every_payment(sandbox, client, new_session):
    for card in ("4242424242424242", "4242424242424242", "5555555555554444"):
        sandbox.pay(new_session().id, card)

    newest, second, first = (
        charge.payment_method_details.card.fingerprint for charge in client.v1.charges.list().data
    )
    assert first == second != newest
