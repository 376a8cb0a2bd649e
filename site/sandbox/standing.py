"""How a subscription stands: the change of its fields, what a payment does to it, its end."""

from typing import Any

from sandbox import clock, events
from sandbox.store import Object, store

ENDED = ("canceled", "incomplete_expired")
# What the agenda may hold for a subscription.
PLANS = ("upcoming_invoice", "cycle", "end_subscription", "trial_will_end", "expire_incomplete")
UPCOMING_NOTICE = 7 * 86_400
TRIAL_NOTICE = 3 * 86_400


def change(subscription: Object, **new: Any) -> Object:
    """Write what differs and tell it in one event; nothing differs, nothing is told."""
    old = {key: subscription[key] for key, value in new.items() if subscription[key] != value}
    if old:
        subscription |= new
        store.save(subscription)
        events.emit("customer.subscription.updated", subscription, previous=old)
    return subscription


def period_of(subscription: Object) -> tuple[int, int]:
    item = subscription["items"]["data"][0]
    return item["current_period_start"], item["current_period_end"]


def with_period(subscription: Object, start: int, end: int) -> Object:
    """The items, moved to another period."""
    items: Object = subscription["items"]
    moved = {"current_period_start": start, "current_period_end": end}
    return items | {"data": [item | moved for item in items["data"]]}


def end(subscription: Object, *, reason: str, status: str = "canceled") -> Object:
    """Nothing more is charged: no cycle, and open invoices are no longer collected by themselves.

    Told as `customer.subscription.deleted`; an incomplete one that expires is an update.
    """
    now = clock.now()
    for action in (*PLANS, "resume_collection"):
        clock.unplan(action, subscription["id"])
    for invoice in invoices_of(subscription, ("draft", "open")):
        clock.unplan("finalize_invoice", invoice["id"])
        clock.unplan("collect_invoice", invoice["id"])
        store.save(
            invoice
            | {
                "auto_advance": False,
                "automatically_finalizes_at": None,
                "next_payment_attempt": None,
            }
        )
    if status == "incomplete_expired":
        return change(subscription, status=status, ended_at=now)
    details = subscription["cancellation_details"] | {"reason": reason}
    subscription |= {"status": status, "ended_at": now, "cancellation_details": details}
    # Of one that was to end at a time, the day of that request stays.
    subscription["canceled_at"] = subscription["canceled_at"] or now
    store.save(subscription)
    events.emit("customer.subscription.deleted", subscription)
    return subscription


def invoices_of(subscription: Object, states: tuple[str, ...]) -> list[Object]:
    return store.select(
        "invoice",
        where=[
            ("parent.subscription_details.subscription", "=", subscription["id"]),
            ("status", "IN", list(states)),
        ],
    )


def subscription_of(invoice: Object) -> Object:
    return store.need("subscription", invoice["parent"]["subscription_details"]["subscription"])


def replan(subscription: Object) -> None:
    """Put what comes next on the agenda: cycle, its announcement, the end of a trial, the end."""
    name = subscription["id"]
    if subscription["status"] in (*ENDED, "incomplete"):
        return
    for action in PLANS:
        clock.unplan(action, name)
    _, turn = period_of(subscription)
    leaves = subscription["cancel_at"]
    if leaves is not None and leaves <= turn:
        clock.plan("end_subscription", name, leaves)
        return
    if leaves is not None:
        clock.plan("end_subscription", name, leaves)
    now = clock.now()
    if subscription["status"] == "trialing" and turn - TRIAL_NOTICE > now:
        clock.plan("trial_will_end", name, turn - TRIAL_NOTICE)
    if turn - UPCOMING_NOTICE > now:
        clock.plan("upcoming_invoice", name, turn - UPCOMING_NOTICE)
    clock.plan("cycle", name, turn)
