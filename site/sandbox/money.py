"""Fees and the balance: what Stripe keeps of a charge, and when the rest is there."""

from decimal import ROUND_HALF_UP, Decimal

from sandbox import clock, events, ids, switches
from sandbox.store import Object, store

DAYS_UNTIL_AVAILABLE = 2
# Minor units for each card charge, about 30 US cents.
FIXED_FEE = {"usd": 30, "eur": 25, "gbp": 20, "cad": 30, "aud": 30, "jpy": 45, "kwd": 90}
# Stripe's smallest charge, by currency; others are taken as they come.
SMALLEST = {"usd": 50, "eur": 50, "gbp": 30, "cad": 50, "aud": 50, "jpy": 50}
LARGEST = 99_999_999
# Digits after the point, where Stripe counts other than two.
DIGITS = dict.fromkeys(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ],
    0,
) | dict.fromkeys(["bhd", "jod", "kwd", "omr", "tnd"], 3)
SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def display(amount: int, currency: str) -> str:
    """For people: "$25.00", "25.000 KWD"."""
    digits = DIGITS.get(currency, 2)
    number = f"{Decimal(amount).scaleb(-digits):,.{digits}f}"
    sign = SIGNS.get(currency)
    return f"{sign}{number}" if sign else f"{number} {currency.upper()}"


def fee_of(charge: Object) -> int:
    """Minor units: 2.9 % and a fixed part for cards, 0.8 % up to 5.00 for bank debits."""
    amount: int = charge["amount"]
    if charge["payment_method_details"]["type"] == "us_bank_account":
        return min((amount * 8 + 500) // 1000, 500)
    return (amount * 29 + 500) // 1000 + FIXED_FEE.get(charge["currency"], 30)


def book_later(charge: Object) -> None:
    """Give a successful charge its balance transaction: now, shortly after, or when released."""
    when = switches.get("fees")
    if when == "at_once":
        _book(charge)
    elif when == "later":
        clock.plan("book_charge", charge["id"], clock.exact() + switches.get("fees_delay"))
    else:
        clock.plan("book_charge", charge["id"], float("inf"))


@clock.action("book_charge")
def book(charge_id: str) -> None:
    charge = store.need("charge", charge_id)
    _book(charge)
    events.emit("charge.updated", charge, previous={"balance_transaction": None})


def release() -> int:
    """Book every charge that is held or waiting; how many there were."""
    with store.transaction():
        store.execute(
            "UPDATE agenda SET due = ? WHERE action = 'book_charge'", (clock.exact() - 1,)
        )
    return clock.run_due()


def _book(charge: Object) -> None:
    at_once = charge.get("_available_at_once", False)
    card = charge["payment_method_details"]["type"] == "card"
    transaction = move(
        charge["id"],
        kind="charge" if card else "payment",
        category="charge",
        amount=charge["amount"],
        currency=charge["currency"],
        fee=fee_of(charge),
        fee_for="Stripe processing fees",
        description=charge["description"],
        days=0 if at_once else DAYS_UNTIL_AVAILABLE,
    )
    charge["balance_transaction"] = transaction["id"]
    store.save(charge)


def move(
    source: str | None,
    *,
    kind: str,
    category: str,
    amount: int,
    currency: str,
    fee: int = 0,
    fee_for: str = "",
    description: str | None = None,
    days: int = 0,
) -> Object:
    """Write one row of the balance: what came (or went, below zero), what Stripe kept of it.

    Args:
        days: until the rest is available and may be paid out.
    """
    created = clock.now()
    rate = switches.get("rates").get(currency)
    if rate:
        amount, fee = _in_dollars(amount, currency, rate), _in_dollars(fee, currency, rate)
        currency = "usd"
    taken: Object = {
        "amount": fee,
        "application": None,
        "currency": currency,
        "description": fee_for,
        "type": "stripe_fee",
    }
    transaction: Object = {
        "id": ids.new_id("txn_3"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": created + days * 86_400,
        "balance_type": "payments",
        "created": created,
        "currency": currency,
        "description": description,
        "exchange_rate": float(rate) if rate else None,
        "fee": fee,
        "fee_details": [taken] if fee else [],
        "net": amount - fee,
        "reporting_category": category,
        "source": source,
        "status": "pending" if days else "available",
        "type": kind,
        # The payout that carried it away, once there is one; "" keeps it out of all of them.
        "_payout": None,
    }
    store.save(transaction)
    if days:
        clock.plan("make_available", transaction["id"], transaction["available_on"])
    else:
        _wait_for_payout(transaction)
    return transaction


def _in_dollars(amount: int, currency: str, rate: str) -> int:
    """Cents, half of one away from zero."""
    worth = Decimal(amount).scaleb(2 - DIGITS.get(currency, 2)) * Decimal(rate)
    return int(worth.to_integral_value(ROUND_HALF_UP))


@clock.action("make_available")
def make_available(transaction_id: str) -> None:
    transaction = store.save(
        store.need("balance_transaction", transaction_id) | {"status": "available"}
    )
    _wait_for_payout(transaction)


def _wait_for_payout(transaction: Object) -> None:
    """What is available by midnight is paid out then, by sandbox.payouts."""
    if switches.get("payouts") == "daily":
        midnight = (transaction["available_on"] // 86_400 + 1) * 86_400
        clock.plan_once("daily_payout", transaction["currency"], midnight)
