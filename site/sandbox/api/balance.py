"""The balance and its rows: what moved on the account, with fee and net."""

from typing import Any

from sandbox.api.answers import equal, page, retrieve
from sandbox.api.errors import invalid
from sandbox.api.params import Text
from sandbox.api.routes import DATED, Call, operation
from sandbox.store import Object, store


@operation("GET", "/v1/balance_transactions/{id}")
def show(call: Call) -> Object:
    return retrieve("balance_transaction", call, "balance transaction")


@operation(
    "GET",
    "/v1/balance_transactions",
    {**DATED, "currency": Text(3), "payout": Text(), "source": Text(), "type": Text()},
)
def list_transactions(call: Call) -> Object:
    where = equal(call, "currency", "source", "type")
    if "payout" in call.params:
        payout = store.get("payout", call.params["payout"])
        if payout is None or not payout["automatic"]:
            raise invalid(
                "Balance transaction history can only be filtered on automatic payouts, not"
                " manual.",
                param="payout",
            )
        where.append(("_payout", "=", payout["id"]))
    return page(call, "balance_transaction", where)


@operation("GET", "/v1/balance")
def balance(_call: Call) -> Object:
    """Sums of all rows ever, by currency; payouts are rows that take away."""
    sums = store.execute(
        "SELECT json_extract(data, '$.status') AS status, json_extract(data, '$.currency') AS"
        " currency, SUM(json_extract(data, '$.net')) AS net FROM objects"
        " WHERE kind = 'balance_transaction' GROUP BY 1, 2"
    )
    shares: dict[str, dict[str, int]] = {"available": {}, "pending": {}}
    for row in sums:
        shares[row["status"]][row["currency"]] = row["net"]
    currencies = sorted({currency for share in shares.values() for currency in share} or {"usd"})

    def listed(status: str) -> list[dict[str, Any]]:
        return [
            {
                "amount": shares[status].get(currency, 0),
                "currency": currency,
                "source_types": {"card": shares[status].get(currency, 0)},
            }
            for currency in currencies
        ]

    return {
        "object": "balance",
        "available": listed("available"),
        "livemode": False,
        "pending": listed("pending"),
    }
