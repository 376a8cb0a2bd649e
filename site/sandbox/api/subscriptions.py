"""Subscriptions: begun without a page, read, changed, paused, ended."""

from typing import Any

from sandbox import charging, clock, invoices, standing, subscriptions
from sandbox.api.answers import equal, page, retrieve
from sandbox.api.catalogue import INLINE_PRICE, price_of
from sandbox.api.errors import ApiError, invalid, no_such
from sandbox.api.params import (
    Choice,
    Flag,
    Hash,
    Integer,
    Items,
    Metadata,
    Moment,
    Text,
    Unset,
    merged_metadata,
    required,
)
from sandbox.api.routes import DATED, Call, operation
from sandbox.charging import Outcome
from sandbox.store import Condition, Object, store

TWO_YEARS = 2 * 366 * 86_400
STATES = "active canceled incomplete incomplete_expired past_due trialing unpaid"
PRORATION = Choice("always_invoice", "create_prorations", "none")
DETAILS = Hash(
    {
        "comment": Text(empty=True),
        "feedback": Choice(
            "",
            *("customer_service", "low_quality", "missing_features", "other", "switched_service"),
            *("too_complex", "too_expensive", "unused"),
        ),
    }
)
SHARED = {
    "cancel_at": Unset(Integer()),
    "cancel_at_period_end": Flag(),
    "default_payment_method": Text(),
    "description": Text(500, empty=True),
    "metadata": Metadata(),
    "off_session": Flag(),
    "payment_behavior": Choice("allow_incomplete", "error_if_incomplete"),
    "proration_behavior": PRORATION,
    "trial_end": Moment(),
}
ITEM = {
    "metadata": Metadata(),
    "price": Text(),
    "price_data": Hash(INLINE_PRICE),
    "quantity": Integer(1, 999_999),
}


@operation(
    "POST",
    "/v1/subscriptions",
    {
        **SHARED,
        "customer": required(Text()),
        "items": required(Items(Hash(ITEM), 20)),
        "trial_period_days": Integer(1, 730),
    },
)
def create(call: Call) -> Object:
    given = call.params
    customer = store.get("customer", given["customer"])
    if customer is None or customer.get("_deleted"):
        raise no_such("customer", given["customer"], param="customer", status=400)
    _check_method(given, customer["id"])
    trial_end = given.get("trial_end")
    trial_end = None if trial_end == "now" else trial_end
    if "trial_period_days" in given:
        trial_end = clock.now() + given["trial_period_days"] * 86_400
    _check_trial(trial_end, clock.now())
    items = [
        (price_of(item, f"items[{number}]"), item.get("quantity", 1))
        for number, item in enumerate(given["items"])
    ]
    _check_prices(items)
    on_session = not given.get("off_session", False)
    if given.get("payment_behavior") == "error_if_incomplete" and trial_end is None:
        _refuse_if_declined(customer, given, on_session=on_session)
    subscription, invoice = subscriptions.begin(
        customer, items=items, wishes=given, trial_end=trial_end
    )
    ends = _ends(subscription, given)
    if ends:
        subscription = standing.change(subscription, **ends)
        standing.replan(subscription)
    invoice = invoices.finalize(invoice)
    kept = invoices.method_for(invoice)
    if invoice["status"] == "open" and kept is not None:
        invoices.attempt(invoice, kept, on_session=on_session)
    subscription = store.need("subscription", subscription["id"])
    subscriptions.await_payment(subscription)
    return subscription


@operation("GET", "/v1/subscriptions/{id}")
def show(call: Call) -> Object:
    return retrieve("subscription", call)


@operation(
    "GET",
    "/v1/subscriptions",
    {
        **DATED,
        "customer": Text(),
        "status": Choice("all", "ended", *STATES.split()),
        "test_clock": Text(),
    },
)
def list_subscriptions(call: Call) -> Object:
    """Without a status, as Stripe: all that are not canceled."""
    where = equal(call, "customer", "test_clock")
    status = call.params.get("status")
    states: dict[str | None, list[str]] = {
        None: [state for state in STATES.split() if state != "canceled"],
        "ended": list(standing.ENDED),
    }
    if status != "all":
        condition: Condition = ("status", "IN", states.get(status, [str(status)]))
        where.append(condition)
    return page(call, "subscription", where)


@operation(
    "POST",
    "/v1/subscriptions/{id}",
    {
        **SHARED,
        "cancellation_details": DETAILS,
        "items": Items(Hash({**ITEM, "id": Text()}), 20),
        "pause_collection": Unset(
            Hash(
                {
                    "behavior": required(Choice("keep_as_draft", "mark_uncollectible", "void")),
                    "resumes_at": Integer(),
                }
            )
        ),
    },
)
def update(call: Call) -> Object:
    subscription, given = retrieve("subscription", call), call.params
    _refuse_ended(subscription, given)
    _check_method(given, subscription["customer"])
    new: dict[str, Any] = {}
    if "metadata" in given:
        new["metadata"] = merged_metadata(subscription["metadata"], given["metadata"])
    if "default_payment_method" in given:
        new["default_payment_method"] = given["default_payment_method"]
    if "description" in given:
        new["description"] = given["description"] or None
    if "pause_collection" in given:
        pause = given["pause_collection"]
        new["pause_collection"] = pause and {"resumes_at": None, **pause}
    if "cancellation_details" in given:
        new["cancellation_details"] = _details(subscription, given)
    new |= _ends(subscription, given)
    trial_end = given.get("trial_end")
    trial_end = clock.now() if trial_end == "now" else trial_end
    if trial_end is not None and given["trial_end"] != "now":
        _check_trial(trial_end, subscription["billing_cycle_anchor"])
    items = [
        _item(subscription, item, number) for number, item in enumerate(given.get("items", []))
    ]
    if items or trial_end is not None:
        _refuse_proration(given)
    return subscriptions.change(subscription, new=new, items=items, trial_end=trial_end)


@operation(
    "DELETE",
    "/v1/subscriptions/{id}",
    {"cancellation_details": DETAILS, "invoice_now": Flag(), "prorate": Flag()},
)
def cancel(call: Call) -> Object:
    subscription = retrieve("subscription", call)
    if subscription["status"] in standing.ENDED:
        raise no_such("subscription", subscription["id"])
    if call.params.get("invoice_now") or call.params.get("prorate"):
        raise invalid("The sandbox makes no prorations.", param="prorate")
    subscription["cancellation_details"] = _details(subscription, call.params)
    return standing.end(subscription, reason="cancellation_requested")


def declined(outcome: Outcome) -> ApiError:
    """What a call answers that was to charge and could not: 402, as the card's issuer said."""
    error = outcome.error or {}
    needs_bank = outcome.kind == "requires_action"
    return ApiError(
        402,
        "card_error",
        error.get("message", "This payment requires additional user action before it can succeed.")
        if error or needs_bank
        else "This customer has no attached payment source or default payment method.",
        code=error.get("code")
        or ("invoice_payment_intent_requires_action" if needs_bank else "resource_missing"),
        decline_code=error.get("decline_code"),
        saved=True,
    )


def _refuse_if_declined(customer: Object, given: dict[str, Any], *, on_session: bool) -> None:
    """For `error_if_incomplete`: nothing is begun unless the first payment will go through."""
    theirs = customer["invoice_settings"]["default_payment_method"]
    kept = store.get("payment_method", given.get("default_payment_method") or theirs or "")
    if kept is None:
        raise declined(Outcome("declined"))
    kind = charging.foresee(kept, on_session=on_session)
    if kind in ("declined", "requires_action"):
        error = charging.error_of(kept) if kind == "declined" else None
        raise declined(Outcome(kind, error))


def _ends(subscription: Object, given: dict[str, Any]) -> dict[str, Any]:
    """What `cancel_at` and `cancel_at_period_end` change."""
    if "cancel_at_period_end" in given and given.get("cancel_at"):
        raise invalid(
            "You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
            param="cancel_at",
        )
    if "cancel_at_period_end" not in given and "cancel_at" not in given:
        return {}
    at_turn = given.get("cancel_at_period_end", False)
    leaves = standing.period_of(subscription)[1] if at_turn else given.get("cancel_at")
    if leaves is not None and leaves <= clock.now():
        raise invalid("`cancel_at` must be a timestamp in the future.", param="cancel_at")
    reason = "cancellation_requested" if leaves else None
    return {
        "cancel_at": leaves,
        "cancel_at_period_end": at_turn,
        "canceled_at": clock.now() if leaves else None,
        "cancellation_details": _details(subscription, given) | {"reason": reason},
    }


def _details(subscription: Object, given: dict[str, Any]) -> Object:
    details: Object = dict(subscription["cancellation_details"])
    for key, value in given.get("cancellation_details", {}).items():
        details[key] = value or None
    return details


def _item(
    subscription: Object, given: dict[str, Any], number: int
) -> tuple[str | None, subscriptions.Bought]:
    where = f"items[{number}]"
    old = {item["id"]: item for item in subscription["items"]["data"]}
    item_id = given.get("id")
    if item_id is not None and item_id not in old:
        raise no_such("subscription item", item_id, param=f"{where}[id]", status=400)
    priced = "price" in given or "price_data" in given
    price = price_of(given, where) if priced or item_id is None else old[item_id]["price"]
    _check_prices([(price, 1), *((item["price"], 1) for item in old.values() if len(old) > 1)])
    if price["currency"] != subscription["currency"]:
        raise invalid(
            f"The price specified only supports `{price['currency']}`. This doesn't match the"
            f" expected currency: `{subscription['currency']}`.",
            param=where,
        )
    quantity = given.get("quantity", old[item_id]["quantity"] if item_id else 1)
    return item_id, (price, quantity)


def _check_prices(items: list[subscriptions.Bought]) -> None:
    rhythms = {str(price["recurring"]) for price, _ in items}
    if "None" in rhythms:
        raise invalid(
            "The price specified is set to `type=one_time` but this field only accepts prices with"
            " `type=recurring`.",
            param="items",
        )
    if len(rhythms) > 1 or len({price["currency"] for price, _ in items}) > 1:
        raise invalid("All prices on a subscription must have one interval.", param="items")


def _check_method(given: dict[str, Any], customer: str) -> None:
    name = given.get("default_payment_method")
    kept = store.get("payment_method", name or "")
    if name and (kept is None or kept["customer"] != customer):
        raise invalid(
            "The customer does not have a payment method with the ID"
            f" {name}. The payment method must be attached to the customer.",
            code="resource_missing",
            param="default_payment_method",
        )


def _check_trial(trial_end: int | None, anchor: int) -> None:
    if (
        trial_end is not None
        and not clock.now() < trial_end <= max(anchor, clock.now()) + TWO_YEARS
    ):
        raise invalid(
            "Invalid timestamp: must be an integer Unix timestamp in the future, at most two years"
            " ahead.",
            param="trial_end",
        )


def _refuse_proration(given: dict[str, Any]) -> None:
    if given.get("proration_behavior") != "none":
        raise invalid(
            "The sandbox makes no prorations: pass `proration_behavior=none` with `items` and"
            " `trial_end`.",
            param="proration_behavior",
        )


def _refuse_ended(subscription: Object, given: dict[str, Any]) -> None:
    status = subscription["status"]
    allowed = {"metadata", "cancellation_details"}
    if status in standing.ENDED and set(given) - allowed:
        raise invalid(
            "A canceled subscription can only update its cancellation_details and metadata."
        )
    if status == "incomplete" and set(given) - allowed - {"default_payment_method"}:
        raise invalid(
            "The subscription is incomplete; it can be changed once its first invoice is paid."
        )
