"""What Stripe's own events say happened to each standing gift; nothing of the product's is used.

The product asks Stripe how things stand and never believes an event's content. Here it is the
other way round: the story is told from the events alone, so the two can disagree.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

KINDS = (
    *("invoice.paid", "invoice.payment_failed", "invoice.voided"),
    *("customer.subscription.created", "customer.subscription.updated"),
    *("customer.subscription.deleted", "payment_method.automatically_updated"),
)
OVER = ("canceled", "incomplete_expired")


@dataclass
class Retold:
    """One subscription, as its events tell it."""

    # By the stop of the clock at which it was told: which steps.
    steps: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    # Of every invoice that was paid.
    paid: dict[str, int] = field(default_factory=dict)
    failed: Counter[str] = field(default_factory=Counter)
    now: dict[str, Any] = field(default_factory=dict)


def retell(stops: Iterable[list[dict[str, Any]]]) -> dict[str, Retold]:
    """By subscription. A stop's events are all there was between two looks of the product."""
    told: dict[str, Retold] = defaultdict(Retold)
    for number, events in enumerate(stops):
        touched: dict[str, list[tuple[str, Any, Any]]] = defaultdict(list)
        for event in (event for event in events if event["type"] in KINDS):
            thing, old = event["data"]["object"], event["data"].get("previous_attributes", {})
            for name in _subscriptions(thing, told):
                touched[name].append((event["type"], thing, old))
        for name, happened in touched.items():
            steps = _steps(told[name], happened)
            if steps:
                told[name].steps[number] = steps
    return told


def _subscriptions(thing: dict[str, Any], told: dict[str, Retold]) -> list[str]:
    if thing["object"] == "subscription":
        return [thing["id"]]
    if thing["object"] == "invoice":
        return [thing["parent"]["subscription_details"]["subscription"]]
    return [
        name
        for name, one in told.items()
        if one.now.get("default_payment_method") == thing["id"] and one.now["status"] not in OVER
    ]


def _steps(one: Retold, happened: list[tuple[str, Any, Any]]) -> Counter[str]:
    """Between two looks: each try that failed counts, and where the end stands it alone tells."""
    found: Counter[str] = Counter()
    for kind, thing, old in happened:
        if kind == "invoice.paid":
            one.paid[thing["id"]] = thing["amount_paid"]
            found["recovered"] += bool(one.failed[thing["id"]])
        elif kind == "invoice.payment_failed":
            # A payment by the donor's own hand does not count on; Stripe's number of tries tells.
            fresh = thing["attempt_count"] > one.failed[thing["id"]]
            one.failed[thing["id"]] = thing["attempt_count"]
            found["payment_failed"] += fresh
        elif kind == "invoice.voided":
            found["excused"] += bool(one.failed[thing["id"]])
        elif kind == "payment_method.automatically_updated":
            found["card_changed"] += 1
        elif kind == "customer.subscription.deleted":
            why = thing["cancellation_details"]["reason"]
            found = Counter({"lapsed" if why == "payment_failed" else "canceled": 1})
            one.now = thing
        else:
            found += _updated(one, thing, old)
            one.now = thing
    if {"canceled", "lapsed"} & set(found):
        del found["payment_failed"], found["excused"]
    if found["paused"]:
        del found["excused"]  # the pause says that it was let go
    return +found


def _updated(one: Retold, thing: dict[str, Any], old: dict[str, Any]) -> Counter[str]:
    found: Counter[str] = Counter()
    if not one.now:
        found["started"] += 1
        return found
    before, after = (_amount(row) for row in (one.now, thing))
    found["raised"] += after > before
    found["lowered"] += after < before
    if "pause_collection" in old:
        found["paused" if thing["pause_collection"] else "resumed"] += 1
    if old.get("default_payment_method"):
        found["card_changed"] += 1
    return found


def _amount(subscription: dict[str, Any]) -> int:
    return int(subscription["items"]["data"][0]["price"]["unit_amount"])
