"""Subscriptions: how one begins, turns from period to period, is changed and ends."""

from collections.abc import Sequence
from typing import Any

from sandbox import billing_objects, clock, events, ids, invoices, periods, standing
from sandbox.store import Object, store

# A price and how many of it.
Bought = tuple[Object, int]
HOURS_TO_PAY = 23


def begin(
    customer: Object,
    *,
    items: Sequence[Bought],
    wishes: dict[str, Any],
    once: Sequence[Bought] = (),
    trial_end: int | None = None,
) -> tuple[Object, Object]:
    """A subscription, incomplete or in its trial, and the draft of its first invoice.

    Args:
        once: what rides along on the first invoice only.
    """
    now = clock.now()
    price = items[0][0]
    anchor = trial_end or now
    subscription = billing_objects.subscription(
        customer=customer["id"],
        currency=price["currency"],
        anchor=anchor,
        wishes=wishes,
        test_clock=customer["test_clock"],
    )
    end = trial_end or _turn_after(price, anchor, now)
    subscription["items"]["data"] = [
        billing_objects.subscription_item(subscription, price, quantity, start=now, end=end)
        for price, quantity in items
    ]
    if trial_end:
        subscription |= {"status": "trialing", "trial_start": now, "trial_end": trial_end}
    lines = [
        billing_objects.line(price, quantity, start=now, end=now, item=None)
        for price, quantity in once
    ]
    first = invoices.draft(subscription, lines + _lines(subscription), reason="subscription_create")
    subscription["latest_invoice"] = first["id"]
    store.save(subscription)
    events.emit("customer.subscription.created", subscription)
    events.emit("invoice.created", first)
    if trial_end:
        standing.replan(subscription)
        if trial_end - now <= standing.TRIAL_NOTICE:
            announce_end_of_trial(subscription["id"])
    return subscription, first


def await_payment(subscription: Object) -> None:
    """One whose first payment failed has some hours; then it has never been."""
    if subscription["status"] == "incomplete":
        due = clock.now() + HOURS_TO_PAY * 3600
        clock.plan("expire_incomplete", subscription["id"], due)


@clock.action("expire_incomplete")
def expire(subscription_id: str) -> None:
    subscription = store.need("subscription", subscription_id)
    if subscription["status"] == "incomplete":
        for invoice in standing.invoices_of(subscription, ("open",)):
            invoices.close(invoice, "void")
        standing.end(subscription, reason="", status="incomplete_expired")


@clock.action("cycle")
def cycle(subscription_id: str) -> None:
    """The period is over: the next begins, with an invoice for it."""
    subscription = store.need("subscription", subscription_id)
    start, turn = standing.period_of(subscription)
    price = subscription["items"]["data"][0]["price"]
    end = _turn_after(price, subscription["billing_cycle_anchor"], turn)
    status = "active" if subscription["status"] == "trialing" else subscription["status"]
    moved = subscription | {"items": standing.with_period(subscription, turn, end)}
    invoice = invoices.draft(
        moved, _lines(moved, trial=False), reason="subscription_cycle", since=start
    )
    standing.change(subscription, items=moved["items"], status=status, latest_invoice=invoice["id"])
    standing.replan(subscription)
    _send_off(invoice, subscription)


def _send_off(invoice: Object, subscription: Object) -> None:
    """A new draft goes its way: to be collected in an hour, unless collection is paused."""
    pause = subscription["pause_collection"]
    behavior = pause["behavior"] if pause else ""
    if behavior == "keep_as_draft" or subscription["status"] == "unpaid":
        invoice["auto_advance"] = False
    store.save(invoice)
    events.emit("invoice.created", invoice)
    if behavior in ("void", "mark_uncollectible"):
        # One over nothing is paid as soon as it is final, and stays so.
        if invoices.finalize(invoice)["status"] == "open":
            invoices.close(invoice, "void" if behavior == "void" else "uncollectible")
    elif invoice["auto_advance"]:
        invoices.finalize_in_an_hour(invoice)


@clock.action("upcoming_invoice")
def announce(subscription_id: str) -> None:
    subscription = store.need("subscription", subscription_id)
    if not subscription["pause_collection"]:
        events.emit("invoice.upcoming", preview(subscription))


@clock.action("trial_will_end")
def announce_end_of_trial(subscription_id: str) -> None:
    events.emit("customer.subscription.trial_will_end", store.need("subscription", subscription_id))


def preview(subscription: Object) -> Object:
    """The invoice that the next cycle will bring; it is kept nowhere."""
    start, turn = standing.period_of(subscription)
    price = subscription["items"]["data"][0]["price"]
    end = _turn_after(price, subscription["billing_cycle_anchor"], turn)
    moved = subscription | {"items": standing.with_period(subscription, turn, end)}
    customer = store.need("customer", subscription["customer"])
    with clock.at(turn):
        invoice = billing_objects.invoice(
            subscription, customer, _lines(moved, trial=False), reason="upcoming", since=start
        )
    return invoice | {
        "id": ids.new_id("upcoming_in_1"),
        "next_payment_attempt": turn + invoices.HOUR,
    }


@clock.action("resume_collection")
def resume_collection(subscription_id: str) -> None:
    standing.change(store.need("subscription", subscription_id), pause_collection=None)


@clock.action("end_subscription")
def end(subscription_id: str) -> None:
    standing.end(store.need("subscription", subscription_id), reason="cancellation_requested")


def change(
    subscription: Object,
    *,
    new: dict[str, Any],
    items: Sequence[tuple[str | None, Bought]] = (),
    trial_end: int | None = None,
) -> Object:
    """Change fields, items and trial at once, told in one event.

    Args:
        new: fields that have no further effect, or whose effect is `replan`'s or the pause's.
        items: what an item (by id, None for another one) costs from the next period on.
        trial_end: nothing is charged until then; now ends a trial, and charges.
    """
    now = clock.now()
    start, turn = standing.period_of(subscription)
    trialing = subscription["status"] == "trialing"
    bills = False
    before = subscription["items"]["data"][0]["price"]["recurring"]
    working = subscription | {"items": _with_items(subscription, items), **new}
    rhythm = working["items"]["data"][0]["price"]["recurring"]
    if trial_end is not None and trial_end > now:
        new |= {"trial_end": trial_end, "billing_cycle_anchor": trial_end}
        if subscription["status"] == "active":
            new |= {"status": "trialing", "trial_start": now}
            bills = True
        start, turn = start if trialing else now, trial_end
    elif (trial_end is not None and trialing) or (rhythm != before and not trialing):
        price = working["items"]["data"][0]["price"]
        start, turn = now, _turn_after(price, now, now)
        new |= {"billing_cycle_anchor": now}
        if trialing:
            new |= {"status": "active", "trial_end": now}
        bills = True
    working |= new
    new["items"] = standing.with_period(working, start, turn)
    if working["cancel_at_period_end"]:
        new["cancel_at"] = turn
    if bills:
        invoice = invoices.draft(working | new, _lines(working | new), reason="subscription_update")
        new["latest_invoice"] = invoice["id"]
    if "pause_collection" in new:
        _plan_resumption(subscription, new["pause_collection"])
    standing.change(subscription, **new)
    standing.replan(subscription)
    if bills:
        events.emit("invoice.created", invoice)
        invoices.finalize_and_collect(invoice["id"])
    return store.need("subscription", subscription["id"])


def _plan_resumption(subscription: Object, pause: Object | None) -> None:
    clock.unplan("resume_collection", subscription["id"])
    if pause and pause["resumes_at"]:
        clock.plan("resume_collection", subscription["id"], pause["resumes_at"])


def _with_items(subscription: Object, changes: Sequence[tuple[str | None, Bought]]) -> Object:
    data = [dict(item) for item in subscription["items"]["data"]]
    start, end = standing.period_of(subscription)
    for item_id, (price, quantity) in changes:
        for item in data:
            if item["id"] == item_id:
                item |= {"price": price, "quantity": quantity}
        if item_id is None:
            data.append(
                billing_objects.subscription_item(
                    subscription, price, quantity, start=start, end=end
                )
            )
    items: Object = subscription["items"]
    return items | {"data": data}


def _lines(subscription: Object, *, trial: bool | None = None) -> list[Object]:
    """Each item for its current period; in a trial it costs nothing."""
    trial = subscription["status"] == "trialing" if trial is None else trial
    return [
        billing_objects.line(
            item["price"],
            item["quantity"],
            start=item["current_period_start"],
            end=item["current_period_end"],
            item=item,
            trial=trial,
        )
        for item in subscription["items"]["data"]
    ]


def _turn_after(price: Object, anchor: int, after: int) -> int:
    rhythm = price["recurring"]
    return periods.next_boundary(anchor, rhythm["interval"], rhythm["interval_count"], after)
