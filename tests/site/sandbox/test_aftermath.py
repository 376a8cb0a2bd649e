"""What becomes of paid money: refunds, disputes, warnings and payouts, to the cent."""

import pytest
import stripe

from sandbox.control import ControlError

DISPUTED, REFUND_FAILS, REFUND_WAITS = "4000000000000259", "4000000000005126", "4000000000007726"
ASKED_ABOUT, REPORTED, AT_ONCE = "4000000000001976", "4000000000005423", "4000000000000077"


@pytest.fixture
def pay(sandbox, client, new_session):
    sandbox.fees("at_once")

    def paid(amount=5000, card=AT_ONCE):
        """The session of a payment and its charge."""
        session = new_session(amount)
        sandbox.pay(session.id, card)
        if card == "bank":
            sandbox.settle(session.id)
        intent = client.v1.checkout.sessions.retrieve(session.id).payment_intent
        return session.id, client.v1.payment_intents.retrieve(intent).latest_charge

    return paid


def kinds(sandbox, *families):
    return [
        event["type"] for event in sandbox.events() if event["type"].startswith(families or ("",))
    ]


def rows(client, **about):
    """(type, amount, fee, net), oldest first."""
    found = client.v1.balance_transactions.list({"limit": 100, **about}).data
    return [(row.type, row.amount, row.fee, row.net) for row in reversed(found)]


def held(client):
    """What the balance says is there, pending or not."""
    balance = client.v1.balance.retrieve()
    return sum(part.amount for part in (*balance.available, *balance.pending))


def test_a_card_is_refunded_in_parts_until_nothing_is_left(sandbox, client, pay):
    _, charge = pay(5000)
    part = client.v1.refunds.create(
        {
            "charge": charge,
            "amount": 2000,
            "reason": "requested_by_customer",
            "metadata": {"reference": "r"},
        }
    )
    assert (part.status, part.amount, part.metadata["reference"]) == ("succeeded", 2000, "r")
    assert not client.v1.charges.retrieve(charge).refunded

    rest = client.v1.refunds.create({"payment_intent": part.payment_intent, "reason": "fraudulent"})

    assert rest.amount == 3000
    whole = client.v1.charges.retrieve(charge)
    assert (whole.refunded, whole.amount_refunded) == (True, 5000)
    assert whole.fraud_details.user_report == "fraudulent"
    assert [one.id for one in client.v1.refunds.list({"charge": charge}).data] == [rest.id, part.id]
    assert kinds(sandbox, "refund", "charge.refunded") == 2 * ["charge.refunded", "refund.created"]
    assert rows(client) == [
        ("charge", 5000, 175, 4825),
        ("refund", -2000, 0, -2000),
        ("refund", -3000, 0, -3000),
    ]
    assert held(client) == -175


def test_what_cannot_be_refunded_is_refused_with_stripes_words(client, pay, sandbox):
    _, charge = pay(5000)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded") as refused:
        client.v1.refunds.create({"charge": charge, "amount": 5001}, {"idempotency_key": "k"})
    assert refused.value.param == "amount"
    client.v1.refunds.create({"charge": charge})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"charge": charge})
    assert refused.value.code == "charge_already_refunded"

    session, disputed = pay(5000)
    sandbox.dispute(session)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"charge": disputed})
    assert refused.value.code == "charge_disputed"
    for wrong in ({}, {"charge": "ch_none"}, {"charge": charge, "amount": 0}):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.refunds.create(wrong)


def test_a_refund_may_fail_later_and_the_money_comes_back(sandbox, client, pay):
    _, charge = pay(5000, REFUND_FAILS)
    refund = client.v1.refunds.create({"charge": charge, "amount": 1000})
    assert refund.status == "succeeded"

    sandbox.set_clock(advance=11)

    failed = client.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert failed.failure_balance_transaction.amount == 1000
    assert client.v1.charges.retrieve(charge).amount_refunded == 0
    assert kinds(sandbox, "refund")[-2:] == ["refund.updated", "refund.failed"]
    assert rows(client)[1:] == [("refund", -1000, 0, -1000), ("refund_failure", 1000, 0, 1000)]


@pytest.mark.parametrize(("card", "wait"), [("bank", 5 * 86_400), (REFUND_WAITS, 10)])
def test_a_pending_refund_succeeds_later(sandbox, client, pay, card, wait):
    _, charge = pay(5000, card)
    refund = client.v1.refunds.create({"charge": charge})
    assert refund.status == "pending"

    sandbox.set_clock(advance=wait + 1)

    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert kinds(sandbox, "refund") == ["refund.created", "refund.updated"]
    refunded = "payment_refund" if card == "bank" else "refund"
    assert rows(client, type=refunded) == [(refunded, -5000, 0, -5000)]


def test_a_refund_that_waits_for_the_payer_can_be_canceled_and_no_other(sandbox, client, pay):
    session, _ = pay(5000)
    waiting = sandbox.refund(session, 1000, status="requires_action")
    other = sandbox.refund(session, 1000)

    assert client.v1.refunds.cancel(waiting["id"]).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.cancel(other["id"])
    assert held(client) == 4825 - 1000


def test_a_dispute_takes_the_money_and_a_fee_and_winning_brings_the_money_back(
    sandbox, client, pay
):
    session, charge = pay(5000, DISPUTED)
    sandbox.set_clock(advance=11)
    dispute = client.v1.disputes.list({"charge": charge}).data[0]
    assert (dispute.status, dispute.amount, dispute.reason) == (
        "needs_response",
        5000,
        "fraudulent",
    )
    assert dispute.evidence_details.due_by > dispute.created
    assert client.v1.charges.retrieve(charge).disputed
    assert rows(client, source=dispute.id) == [("adjustment", -5000, 1500, -6500)]

    client.v1.disputes.update(
        dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": True}
    )
    assert client.v1.disputes.retrieve(dispute.id).status == "under_review"
    sandbox.set_clock(advance=11)

    won = client.v1.disputes.retrieve(dispute.id)
    assert won.status == "won"
    assert [row.net for row in won.balance_transactions] == [-6500, 5000]
    assert kinds(sandbox, "charge.dispute") == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.dispute.funds_reinstated",
        "charge.dispute.updated",
        "charge.dispute.closed",
    ]
    with pytest.raises(stripe.InvalidRequestError, match="closed"):
        client.v1.disputes.close(dispute.id)
    with pytest.raises(ControlError, match="charged back"):
        sandbox.refund(session)


def test_a_dispute_is_lost_when_it_is_accepted_and_a_fee_may_come_back_when_won(
    sandbox, client, pay
):
    lost = sandbox.dispute(pay(5000)[0], reason="product_not_received")
    assert client.v1.disputes.close(lost["id"]).status == "lost"

    won = sandbox.dispute(pay(5000)[0], amount=2000)
    sandbox.command("win_dispute", dispute=won["id"], fee_back=True)

    assert rows(client, source=won["id"]) == [
        ("adjustment", -2000, 1500, -3500),
        ("adjustment", 2000, -1500, 3500),
    ]
    assert held(client) == 2 * 4825 - 6500


def test_a_question_moves_no_money_unless_it_escalates(sandbox, client, pay):
    session, charge = pay(5000, ASKED_ABOUT)
    sandbox.set_clock(advance=11)
    question = client.v1.disputes.list({"charge": charge}).data[0]
    assert (question.status, question.is_charge_refundable) == ("warning_needs_response", True)
    sandbox.command("win_dispute", dispute=question.id)
    assert client.v1.disputes.retrieve(question.id).status == "warning_closed"
    assert rows(client, source=question.id) == []
    assert client.v1.refunds.create({"charge": charge, "amount": 100}).status == "succeeded"

    second = sandbox.dispute(session, kind="inquiry")
    sandbox.command("escalate_dispute", dispute=second["id"])
    assert client.v1.disputes.retrieve(second["id"]).status == "needs_response"
    assert rows(client, source=second["id"]) == [("adjustment", -4900, 1500, -6400)]


def test_a_debit_taken_back_is_lost_at_once_and_a_prevented_dispute_takes_no_fee(
    sandbox, client, pay
):
    bounced = sandbox.dispute(pay(5000, "bank")[0], reason="insufficient_funds")
    assert bounced["status"] == "lost"
    prevented = sandbox.dispute(pay(5000)[0], kind="prevented")
    assert rows(client, source=prevented["id"]) == [("adjustment", -5000, 0, -5000)]
    assert kinds(sandbox, "charge.dispute").count("charge.dispute.closed") == 2


def test_a_warning_of_fraud_is_settled_by_a_refund(sandbox, client, pay):
    _, charge = pay(5000, REPORTED)
    sandbox.set_clock(advance=11)
    warning = client.v1.radar.early_fraud_warnings.list({"charge": charge}).data[0]
    assert warning.actionable

    client.v1.refunds.create({"charge": charge, "reason": "fraudulent"})

    assert not client.v1.radar.early_fraud_warnings.retrieve(warning.id).actionable
    assert kinds(sandbox, "radar") == [
        "radar.early_fraud_warning.created",
        "radar.early_fraud_warning.updated",
    ]


def test_a_payment_under_review_is_approved_or_closed_by_what_becomes_of_it(sandbox, client, pay):
    first, second = pay()[0], pay()[0]
    review = sandbox.command("open_review", session=first)["review"]
    sandbox.command("open_review", session=second)
    assert [one.open for one in client.v1.reviews.list().data] == [True, True]

    assert client.v1.reviews.approve(review["id"]).closed_reason == "approved"
    sandbox.dispute(second)

    assert client.v1.reviews.list().data == []
    assert client.v1.charges.retrieve(pay()[1]).review is None
    closed = [event["data"]["object"] for event in sandbox.events(types=["review.closed"])]
    assert [one["closed_reason"] for one in closed] == ["approved", "disputed"]


def test_what_is_available_goes_to_the_bank_each_night_and_its_rows_add_up(sandbox, client, pay):
    sandbox.payouts("daily")
    pay(5000)
    session, _ = pay(3000)
    pay(7000, "4242424242424242")  # available only after two days
    sandbox.refund(session, 500)
    sandbox.command("stripe_fee", amount=37)

    sandbox.set_clock(advance=86_400)
    sandbox.set_clock(advance=11)

    payout = client.v1.payouts.list().data[0]
    assert (payout.status, payout.automatic) == ("in_transit", True)
    assert payout.reconciliation_status == "completed"
    listed = rows(client, payout=payout.id)
    assert listed == [
        ("charge", 5000, 175, 4825),
        ("charge", 3000, 117, 2883),
        ("refund", -500, 0, -500),
        ("stripe_fee", -37, 0, -37),
        ("payout", -payout.amount, 0, -payout.amount),
    ]
    assert payout.amount == sum(row[3] for row in listed[:-1])
    sandbox.set_clock(advance=2 * 86_400)
    assert client.v1.payouts.retrieve(payout.id).status == "paid"
    assert len(client.v1.payouts.list().data) == 2
    assert held(client) == 0


def test_a_failed_payout_returns_the_money_and_the_next_one_carries_it(sandbox, client, pay):
    pay(5000)
    payout = sandbox.pay_out()
    sandbox.command("arrive_payout", payout=payout["id"])
    sandbox.command("fail_payout", payout=payout["id"], code="no_account")
    assert client.v1.payouts.retrieve(payout["id"]).failure_code == "no_account"
    assert held(client) == 4825

    second = sandbox.pay_out()

    assert second["amount"] == 4825
    assert rows(client, payout=second["id"])[0] == ("payout_failure", 4825, 0, 4825)
    assert len(rows(client, payout=payout["id"])) == 2
    assert kinds(sandbox, "payout") == [
        "payout.created",
        "payout.reconciliation_completed",
        "payout.updated",
        "payout.paid",
        "payout.updated",
        "payout.failed",
        "payout.created",
        "payout.reconciliation_completed",
    ]


def test_a_payout_made_by_hand_names_no_rows_and_a_debt_is_not_paid_out(sandbox, client, pay):
    session, _ = pay(5000)
    by_hand = sandbox.pay_out(1000)
    with pytest.raises(stripe.InvalidRequestError, match="not manual"):
        client.v1.balance_transactions.list({"payout": by_hand["id"]})
    sandbox.command("cancel_payout", payout=by_hand["id"])
    assert client.v1.payouts.retrieve(by_hand["id"]).status == "canceled"

    sandbox.payouts("daily")
    sandbox.dispute(session)
    sandbox.set_clock(advance=2 * 86_400)

    assert held(client) == 4825 - 6500
    assert [payout.id for payout in client.v1.payouts.list().data] == [by_hand["id"]]
