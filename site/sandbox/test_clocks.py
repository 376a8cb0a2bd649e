"""Test clocks: customers with a time of their own, which stands still until it is advanced.

What is done to such a customer, their subscriptions and invoices happens at the clock's frozen
time. Fees, payouts and disputes of their payments go by the sandbox's own time.
"""

from typing import Any

from sandbox import clock, events, ids, standing
from sandbox.store import Object, store

DAYS_KEPT = 30
KIND = "test_helpers.test_clock"


def create(given: dict[str, Any]) -> Object:
    made = store.save(
        {
            "id": ids.new_id("clock_1"),
            "object": KIND,
            "created": clock.now(),
            "deletes_after": clock.now() + DAYS_KEPT * 86_400,
            "frozen_time": given["frozen_time"],
            "livemode": False,
            "name": given.get("name"),
            "status": "ready",
            "status_details": {},
        }
    )
    events.emit(f"{KIND}.created", made)
    return made


def begin_to_advance(test_clock: Object, until: int) -> Object:
    """As at Stripe, the call answers at once and the work is done a moment later."""
    test_clock["status"] = "advancing"
    test_clock["status_details"] = {"advancing": {"target_frozen_time": until}}
    store.save(test_clock)
    events.emit(f"{KIND}.advancing", test_clock)
    clock.plan("advance_test_clock", test_clock["id"], clock.exact())
    return test_clock


@clock.action("advance_test_clock")
def advance(test_clock_id: str) -> None:
    test_clock = store.get(KIND, test_clock_id)
    if test_clock is None:
        return
    until = test_clock["status_details"]["advancing"]["target_frozen_time"]
    clock.advance(test_clock_id, until)
    test_clock |= {"status": "ready", "status_details": {}, "frozen_time": until}
    store.save(test_clock)
    events.emit(f"{KIND}.ready", test_clock)


def delete(test_clock: Object) -> None:
    """Its customers go with it, and so do their subscriptions."""
    mine: Any = [("test_clock", "=", test_clock["id"])]
    with clock.on(test_clock["id"]):
        for subscription in store.select("subscription", where=mine, limit=1000):
            if subscription["status"] not in standing.ENDED:
                standing.end(subscription, reason="cancellation_requested")
        for customer in store.select("customer", where=mine, limit=1000):
            store.save(customer | {"_deleted": True})
            events.emit("customer.deleted", customer)
    store.execute("DELETE FROM agenda WHERE test_clock = ?", (test_clock["id"],))
    store.delete(test_clock["id"])
    events.emit(f"{KIND}.deleted", test_clock)


def of(*names: object) -> str | None:
    """The test clock of the first of these objects that has one, itself or through its customer."""
    for name in names:
        thing = store.find(name) if isinstance(name, str) and name else None
        if thing is None:
            continue
        customer = thing.get("customer") or thing.get("_customer")
        owner = store.get("customer", customer) if isinstance(customer, str) else None
        found: str | None = thing.get("test_clock") or (owner or {}).get("test_clock")
        if found:
            return found
    return None
