"""What is available is paid out to the bank each night, and sometimes comes back.

Each row of the balance belongs to at most one payout, and the rows of a payout add up to it. A
payout that fails leaves its rows with it: what came back is a row of its own, for the next one.
"""

from sandbox import clock, events, ids, money
from sandbox.store import Condition, Object, store

# By the sandbox's clock: until the rows can be listed, and until the bank has the money.
LISTED_AFTER = 10
DAYS_TO_ARRIVE = 2
FAILURES = {
    "account_closed": "The bank account has been closed.",
    "could_not_process": "The bank could not process this payout.",
    "no_account": "The bank account details on file are probably incorrect.",
}
# An automatic payout takes all there is, however many rows that are.
ALL = 1_000_000


class NotPossible(Exception):
    """Nothing to pay out, or the payout has ended otherwise."""


@clock.action("daily_payout")
def daily(currency: str) -> None:
    """Pay out what is available, if that is anything: a debt waits for the next gifts."""
    if sum(row["net"] for row in _available(currency)) > 0:
        pay_out(currency)


def pay_out(currency: str = "usd", *, amount: int | None = None) -> Object:
    """Send what is available to the bank.

    Args:
        amount: of a payout made by hand, which names no rows; automatic ones take all.

    Raises:
        NotPossible: there is not so much available.
    """
    with store.transaction():
        rows = _available(currency)
        available = sum(row["net"] for row in rows)
        if available < max(1, amount or 0):
            raise NotPossible(f"{available} is available")
        thing = _new(currency, amount or available, automatic=amount is None)
        store.save(thing)
        own = _move(thing, "payout", -thing["amount"], "STRIPE PAYOUT")
        thing["balance_transaction"] = own["id"]
        store.save(thing)
        if amount is None:
            for row in [*rows, own]:
                store.save(row | {"_payout": thing["id"]})
            clock.plan("reconcile_payout", thing["id"], clock.exact() + LISTED_AFTER)
        clock.plan("arrive_payout", thing["id"], thing["arrival_date"])
        events.emit("payout.created", thing)
    return thing


@clock.action("reconcile_payout")
def reconcile(payout_id: str) -> None:
    """Tell that the rows of an automatic payout can be listed."""
    with store.transaction():
        thing = store.need("payout", payout_id)
        if thing["reconciliation_status"] == "in_progress":
            thing["reconciliation_status"] = "completed"
            store.save(thing)
            events.emit("payout.reconciliation_completed", thing)


@clock.action("arrive_payout")
def arrive(payout_id: str) -> Object:
    """The bank has the money, unless the payout came to another end."""
    with store.transaction():
        thing = store.need("payout", payout_id)
        if thing["status"] in ("pending", "in_transit"):
            before = {"status": thing["status"]}
            thing["status"] = "paid"
            store.save(thing)
            events.emit("payout.updated", thing, previous=before)
            events.emit("payout.paid", thing)
    return thing


def fail(payout_id: str, code: str = "account_closed") -> Object:
    """The bank sends the money back, also after it had it.

    Raises:
        NotPossible: the payout failed or was canceled already.
    """
    message = FAILURES[code]
    ending = {"status": "failed", "failure_code": code, "failure_message": message}
    return _take_back(payout_id, ending, "payout_failure", "payout.failed")


def cancel(payout_id: str) -> Object:
    """Stop a payout before the bank has it.

    Raises:
        NotPossible: too late.
    """
    if store.need("payout", payout_id)["status"] not in ("pending", "in_transit"):
        raise NotPossible("Only pending payouts can be canceled.")
    return _take_back(payout_id, {"status": "canceled"}, "payout_cancel", "payout.canceled")


def stripe_fee(amount: int, *, currency: str = "usd", description: str) -> Object:
    """Stripe takes (or, below zero, returns) something that belongs to no payment."""
    with store.transaction():
        return money.move(
            None,
            kind="stripe_fee",
            category="fee",
            amount=-amount,
            currency=currency,
            description=description,
        )


def make_available() -> int:
    """As if the days of waiting were over for every row; how many there were."""
    with store.transaction():
        store.execute(
            "UPDATE agenda SET due = ? WHERE action = 'make_available'", (clock.exact() - 1,)
        )
    return clock.run_due()


def _take_back(payout_id: str, ending: Object, kind: str, event: str) -> Object:
    with store.transaction():
        thing = store.need("payout", payout_id)
        if thing["status"] in ("failed", "canceled"):
            raise NotPossible(f"the payout is {thing['status']}")
        before = {"status": thing["status"]}
        row = _move(thing, kind, thing["amount"], "STRIPE PAYOUT FAILURE")
        thing |= ending | {"failure_balance_transaction": row["id"]}
        store.save(thing)
        clock.unplan("arrive_payout", payout_id)
        events.emit("payout.updated", thing, previous=before)
        events.emit(event, thing)
    return thing


def _move(thing: Object, kind: str, amount: int, description: str) -> Object:
    category = kind.replace("_cancel", "_reversal").replace("_failure", "_reversal")
    return money.move(
        thing["id"],
        kind=kind,
        category=category,
        amount=amount,
        currency=thing["currency"],
        description=description,
    )


def _available(currency: str) -> list[Object]:
    """Rows that no payout has carried away; those of payouts made by hand count, and stay."""
    where: list[Condition] = [
        ("currency", "=", currency),
        ("status", "=", "available"),
        ("_payout", "IS", None),
    ]
    return store.select("balance_transaction", where=where, limit=ALL)


def _new(currency: str, amount: int, *, automatic: bool) -> Object:
    now = clock.now()
    return {
        "id": ids.new_id("po_1"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": (now // 86_400 + DAYS_TO_ARRIVE) * 86_400,
        "automatic": automatic,
        "balance_transaction": None,
        "created": now,
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": "ba_1SandboxBankAccount",
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "in_progress" if automatic else "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit" if automatic else "pending",
        "trace_id": None,
        "type": "bank_account",
    }
