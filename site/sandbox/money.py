"""Fees and the balance: what Stripe keeps of a charge, and when the rest is there."""

from decimal import Decimal

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
    created = clock.now()
    at_once = charge.get("_available_at_once", False)
    fee = fee_of(charge)
    available_on = created if at_once else created + DAYS_UNTIL_AVAILABLE * 86_400
    transaction: Object = {
        "id": ids.new_id("txn_3"),
        "object": "balance_transaction",
        "amount": charge["amount"],
        "available_on": available_on,
        "balance_type": "payments",
        "created": created,
        "currency": charge["currency"],
        "description": charge["description"],
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [
            {
                "amount": fee,
                "application": None,
                "currency": charge["currency"],
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        ],
        "net": charge["amount"] - fee,
        "reporting_category": "charge",
        "source": charge["id"],
        "status": "available" if at_once else "pending",
        "type": "charge" if charge["payment_method_details"]["type"] == "card" else "payment",
    }
    store.save(transaction)
    if not at_once:
        clock.plan("make_available", transaction["id"], available_on)
    charge["balance_transaction"] = transaction["id"]
    store.save(charge)


@clock.action("make_available")
def make_available(transaction_id: str) -> None:
    store.save(store.need("balance_transaction", transaction_id) | {"status": "available"})
