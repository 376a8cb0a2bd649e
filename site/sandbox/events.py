"""Events: what happened to an object, kept as Stripe keeps it and queued for the endpoints."""

import random
import time
from contextvars import ContextVar
from typing import Any

from sandbox import clock, delivery, ids, recorder, switches
from sandbox.api.answers import public
from sandbox.store import Object, store

API_VERSION = "2026-08-26.dahlia"
# The API call that is at work, as its events name it: (request id, idempotency key).
cause: ContextVar[tuple[str | None, str | None]] = ContextVar("cause", default=(None, None))


def emit(kind: str, thing: Object, *, previous: dict[str, Any] | None = None) -> None:
    """Keep the event and queue its deliveries; belongs into the transaction of the change.

    Args:
        previous: the old values of what an `.updated` event changed.
    """
    _keep(kind, thing, previous)
    if switches.take("deliveries", "twin"):
        _keep(kind, thing, previous)


def _keep(kind: str, thing: Object, previous: dict[str, Any] | None) -> None:
    request_id, key = cause.get()
    endpoints = [
        endpoint
        for endpoint in store.select("webhook_endpoint")
        if endpoint["status"] == "enabled" and ({"*", kind} & set(endpoint["enabled_events"]))
    ]
    data: dict[str, Any] = {"object": public(thing)}
    if previous is not None:
        data["previous_attributes"] = previous
    event: Object = {
        "id": ids.new_id("evt_1" if thing["object"] == "checkout.session" else "evt_3", 23),
        "object": "event",
        "api_version": API_VERSION,
        "created": clock.now(),
        "data": data,
        "livemode": False,
        "pending_webhooks": len(endpoints),
        "request": {"id": request_id, "idempotency_key": key},
        "type": kind,
    }
    store.save(event)
    recorder.record_event(event)
    for endpoint in endpoints:
        _queue(event, endpoint)
    store.after_commit(delivery.wake)


def _queue(event: Object, endpoint: Object) -> None:
    """A row for each delivery; the switches may drop, double, delay or shuffle it."""
    rules = switches.get("deliveries")
    state = "dropped" if switches.take("deliveries", "drop") else "pending"
    copies = 2 if switches.take("deliveries", "duplicate") else 1
    for _ in range(copies):
        due = time.time() + rules["delay"] + random.uniform(0, rules["shuffle"])
        store.execute(
            "INSERT INTO deliveries (event, type, endpoint, state, due) VALUES (?, ?, ?, ?, ?)",
            (event["id"], event["type"], endpoint["id"], state, due),
        )


def resend(event: Object) -> None:
    """Queue an old event once more for every endpoint, whatever it is subscribed to."""
    with store.transaction():
        for endpoint in store.select("webhook_endpoint"):
            _queue(event, endpoint)
        store.after_commit(delivery.wake)
