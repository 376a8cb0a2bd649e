"""Checkout Sessions on the hosted page: one payment, a subscription, or a card to be kept."""

import re
from typing import Any

from sandbox import catalogue, checkout_objects, clock, ids, money, paying, setting_up
from sandbox.api.answers import equal, listing, page, retrieve
from sandbox.api.catalogue import INLINE_PRICE, PRODUCT_DATA, price_of
from sandbox.api.errors import invalid, no_such
from sandbox.api.params import (
    Choice,
    Email,
    Hash,
    Integer,
    Items,
    Metadata,
    Text,
    Web,
    required,
)
from sandbox.api.routes import DATED, LISTING, Call, operation
from sandbox.store import Object, store

LOCALES = "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt"
MORE_LOCALES = "nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW"
MINUTES_OPEN = (30, 24 * 60)
# What is taken in one mode only.
ONLY_IN = {
    "submit_type": "payment",
    "payment_intent_data": "payment",
    "customer_creation": "payment",
    "subscription_data": "subscription",
    "setup_intent_data": "setup",
}

LINE = Hash(
    {
        "price": Text(),
        "price_data": Hash({**INLINE_PRICE, "product_data": PRODUCT_DATA}),
        "quantity": Integer(1, 999_999),
        "metadata": Metadata(),
    }
)
CREATE = {
    "mode": required(Choice("payment", "setup", "subscription")),
    "ui_mode": Choice("hosted_page"),
    "submit_type": Choice("auto", "book", "donate", "pay"),
    "line_items": Items(LINE),
    "currency": Text(3),
    "customer": Text(),
    "customer_email": Email(800),
    "client_reference_id": Text(200),
    "metadata": Metadata(),
    "payment_intent_data": Hash(
        {
            "metadata": Metadata(),
            "description": Text(1000),
            "statement_descriptor_suffix": Text(22),
            "receipt_email": Email(),
        }
    ),
    "setup_intent_data": Hash({"metadata": Metadata(), "description": Text(1000)}),
    "subscription_data": Hash(
        {"metadata": Metadata(), "description": Text(500), "trial_end": Integer()}
    ),
    "payment_method_types": Items(Choice("card", "us_bank_account")),
    "success_url": required(Web()),
    "cancel_url": Web(),
    "expires_at": Integer(),
    "locale": Choice(*LOCALES.split(), *MORE_LOCALES.split()),
    "billing_address_collection": Choice("auto", "required"),
    "customer_creation": Choice("if_required"),
}


@operation("POST", "/v1/checkout/sessions", CREATE)
def create(call: Call) -> Object:
    given = call.params
    _refuse_mixtures(given)
    expires_at = _expires_at(given, clock.now())
    trial = _trial_end(given)
    items = [_line(line, number) for number, line in enumerate(given.get("line_items", []))]
    currency, total = _total(items, given, trial=trial)
    customer = store.get("customer", given.get("customer", ""))
    session = checkout_objects.session(
        given,
        origin=call.origin,
        expires_at=expires_at,
        currency=currency,
        total=total,
        known_email=given.get("customer_email") or (customer or {}).get("email"),
    )
    session["_line_items"] = items
    if given["mode"] == "setup":
        session["setup_intent"] = setting_up.begin(
            customer=session["customer"],
            methods=session["payment_method_types"],
            wishes=session["_setup_intent_data"],
            session=session["id"],
        )["id"]
    store.save(session)
    clock.plan("expire_session", session["id"], expires_at)
    return session


def _refuse_mixtures(given: dict[str, Any]) -> None:
    mode = given["mode"]
    if given.get("customer") and given.get("customer_email"):
        raise invalid(
            "You may only specify one of these parameters: customer, customer_email.",
            param="customer",
        )
    if given.get("customer") and store.get("customer", given["customer"]) is None:
        raise no_such("customer", given["customer"], param="customer", status=400)
    for name, only in ONLY_IN.items():
        if name in given and mode != only:
            raise invalid(f"You can only pass `{name}` in `{only}` mode.", param=name)
    if ("line_items" in given) == (mode == "setup"):
        if mode == "setup":
            raise invalid("You can not pass `line_items` in `setup` mode.", param="line_items")
        raise invalid(
            "Missing required param: line_items.", code="parameter_missing", param="line_items"
        )
    if mode == "setup" and "currency" not in given and "payment_method_types" not in given:
        raise invalid(
            "Missing required param: currency.", code="parameter_missing", param="currency"
        )
    suffix = given.get("payment_intent_data", {}).get("statement_descriptor_suffix", "A")
    if not re.search("[A-Za-z]", suffix) or re.search(r"[<>\\'\"*]", suffix):
        raise invalid(
            "The statement descriptor suffix must contain a letter and none of <, >, \\, ', \", *.",
            param="payment_intent_data[statement_descriptor_suffix]",
        )


def _trial_end(given: dict[str, Any]) -> int | None:
    trial_end: int | None = given.get("subscription_data", {}).get("trial_end")
    # As Stripe: Checkout makes no trial shorter than two days.
    if trial_end is not None and trial_end < clock.now() + 48 * 3600:
        raise invalid(
            "The `trial_end` date has to be at least 2 days in the future.",
            param="subscription_data[trial_end]",
        )
    return trial_end


def _expires_at(given: dict[str, Any], created: int) -> int:
    least, most = MINUTES_OPEN
    expires_at: int = given.get("expires_at", created + most * 60)
    # As Stripe, a little lenient about a clock that runs behind.
    if not created + least * 60 - 5 <= expires_at <= created + most * 60 + 5:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from"
            " Checkout Session creation.",
            param="expires_at",
        )
    return expires_at


def _line(line: dict[str, Any], number: int) -> Object:
    where = f"line_items[{number}]"
    quantity = line.get("quantity")
    if quantity is None:
        raise invalid(
            f"Quantity is required. Add `quantity` to `{where}`",
            code="parameter_missing",
            param=f"{where}[quantity]",
        )
    price = price_of(line, where)
    amount = price["unit_amount"] * quantity
    return {
        "id": ids.new_id("li_1"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": catalogue.name_of(price),
        "metadata": line.get("metadata") or {},
        "price": price,
        "quantity": quantity,
    }


def _total(
    items: list[Object], given: dict[str, Any], *, trial: int | None
) -> tuple[str | None, int | None]:
    """Currency and what is due now; in a trial, that is what rides along only."""
    if given["mode"] == "setup":
        return given.get("currency"), None
    currencies = {item["currency"] for item in items}
    if len(currencies) != 1:
        raise invalid(
            "The `line_items` parameter must hold prices of one currency.", param="line_items"
        )
    rhythms = {
        (item["price"]["recurring"]["interval"], item["price"]["recurring"]["interval_count"])
        for item in items
        if item["price"]["recurring"]
    }
    if given["mode"] == "subscription" and len(rhythms) != 1:
        raise invalid(
            "You must provide at least one recurring price in `subscription` mode, and all of one"
            " interval.",
            param="line_items",
        )
    if given["mode"] == "payment" and rhythms:
        raise invalid(
            "You specified `payment` mode but passed a recurring price. Either switch to"
            " `subscription` mode or use only one-time prices.",
            param="line_items",
        )
    if trial:
        for item in items:
            if item["price"]["recurring"]:
                item |= {"amount_subtotal": 0, "amount_total": 0}
    currency: str = currencies.pop()
    total = sum(item["amount_total"] for item in items)
    least = money.SMALLEST.get(currency, 1)
    if total < least and not (given["mode"] == "subscription" and total == 0):
        raise invalid(
            "The Checkout Session's total amount due must add up to at least"
            f" {money.display(least, currency)} {currency}",
            code="amount_too_small",
        )
    if total > money.LARGEST:
        raise invalid(
            "The Checkout Session's total amount must be no more than"
            f" {money.display(money.LARGEST, currency)}",
            code="amount_too_large",
        )
    return currency, total


@operation("GET", "/v1/checkout/sessions/{id}")
def show(call: Call) -> Object:
    return retrieve("checkout.session", call, "checkout.session")


@operation(
    "GET",
    "/v1/checkout/sessions",
    {
        **DATED,
        "customer": Text(),
        "payment_intent": Text(),
        "subscription": Text(),
        "status": Choice("complete", "expired", "open"),
        "customer_details": Hash({"email": required(Text())}),
    },
)
def list_sessions(call: Call) -> Object:
    where = equal(call, "customer", "payment_intent", "status", "subscription")
    if "customer_details" in call.params:
        where.append(("customer_details.email", "=", call.params["customer_details"]["email"]))
    return page(call, "checkout.session", where)


@operation("GET", "/v1/checkout/sessions/{id}/line_items", LISTING)
def line_items(call: Call) -> Object:
    items = retrieve("checkout.session", call, "checkout.session")["_line_items"]
    limit = call.params.get("limit", 10)
    return listing(items[:limit], call.path, has_more=len(items) > limit)


@operation("POST", "/v1/checkout/sessions/{id}/expire")
def expire(call: Call) -> Object:
    session = retrieve("checkout.session", call, "checkout.session")
    if session["status"] != "open":
        raise invalid(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout'
            f" Session has a status of {session['status']}."
        )
    paying.expire(session["id"])
    return store.need("checkout.session", session["id"])
