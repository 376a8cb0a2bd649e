"""What a person or a test has set on the sandbox; kept in the store, so a restart keeps it."""

import json
from typing import Any

from sandbox.store import store

DEFAULTS: dict[str, Any] = {
    # Seconds the sandbox's clock is ahead of the real one.
    "clock_offset": 0.0,
    # When a charge gets its balance transaction: "later" (by charge.updated), "at_once" or "held".
    "fees": "later",
    "fees_delay": 0.5,
    # What one of a currency is worth in dollars, as text: charges of it are settled in dollars.
    "rates": {},
    # After a failed renewal: days from each try to the next one, and what comes after the last:
    # "cancel", "unpaid" or "past_due".
    "dunning": {"days": [3, 5, 7], "end": "cancel"},
    # When what is available is paid out: "daily", or "manual" (by a command only).
    "payouts": "daily",
    # Faults for the next API calls: kind, count, method, match, seconds.
    "faults": [],
    # Deliveries: paused, seconds of delay and of random shuffling, how many to drop or to double.
    # "twin" makes two events with ids of their own out of one change.
    "deliveries": {
        "paused": False,
        "delay": 0.0,
        "shuffle": 0.0,
        "drop": 0,
        "duplicate": 0,
        "twin": 0,
    },
}
_known: dict[str, Any] = {}


def get(name: str) -> Any:
    if name not in _known:
        rows = store.execute("SELECT value FROM switches WHERE name = ?", (name,))
        # Through JSON, so that nobody changes the default in place.
        _known[name] = json.loads(rows[0]["value"] if rows else json.dumps(DEFAULTS[name]))
    return _known[name]


def put(name: str, value: Any) -> None:
    store.execute("INSERT OR REPLACE INTO switches VALUES (?, ?)", (name, json.dumps(value)))
    _known[name] = value


def take(name: str, part: str) -> bool:
    """Use up one of a counted switch; -1 never runs out."""
    value = get(name)
    if value[part] == 0:
        return False
    if value[part] > 0:
        put(name, value | {part: value[part] - 1})
    return True


def forget() -> None:
    """The store was emptied: read everything anew."""
    _known.clear()
