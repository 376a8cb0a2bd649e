"""Checkout Sessions for one payment, on the hosted page."""

import re
from typing import Any

from sandbox import clock, ids, money, paying
from sandbox.api.answers import equal, listing, page, retrieve
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

LINE = Hash(
    {
        "price_data": required(
            Hash(
                {
                    "currency": required(Text(3)),
                    "product_data": required(
                        Hash(
                            {
                                "name": required(Text(250)),
                                "description": Text(500),
                                "images": Items(Web(2048), 8),
                                "metadata": Metadata(),
                            }
                        )
                    ),
                    "unit_amount": required(Integer(0)),
                    "tax_behavior": Choice("exclusive", "inclusive", "unspecified"),
                }
            )
        ),
        "quantity": Integer(1, 999_999),
        "metadata": Metadata(),
    }
)
CREATE = {
    "mode": required(Choice("payment")),
    "ui_mode": Choice("hosted_page"),
    "submit_type": Choice("auto", "book", "donate", "pay"),
    "line_items": required(Items(LINE)),
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
    if given.get("customer") and given.get("customer_email"):
        raise invalid(
            "You may only specify one of these parameters: customer, customer_email.",
            param="customer",
        )
    if given.get("customer") and store.get("customer", given["customer"]) is None:
        raise no_such("customer", given["customer"], param="customer", status=400)
    suffix = given.get("payment_intent_data", {}).get("statement_descriptor_suffix", "A")
    if not re.search("[A-Za-z]", suffix) or re.search(r"[<>\\'\"*]", suffix):
        raise invalid(
            "The statement descriptor suffix must contain a letter and none of <, >, \\, ', \", *.",
            param="payment_intent_data[statement_descriptor_suffix]",
        )
    expires_at = _expires_at(given, clock.now())
    items = [_line(line) for line in given["line_items"]]
    currency, total = _total(items)
    session = _session(call, expires_at=expires_at, currency=currency, total=total)
    session["_line_items"] = items
    store.save(session)
    clock.plan("expire_session", session["id"], expires_at)
    return session


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


def _line(line: dict[str, Any]) -> Object:
    price, quantity = line["price_data"], line.get("quantity")
    if quantity is None:
        raise invalid(
            "Quantity is required. Add `quantity` to `line_items[0]`",
            code="parameter_missing",
            param="line_items[0][quantity]",
        )
    currency = price["currency"].lower()
    if not re.fullmatch("[a-z]{3}", currency):
        raise invalid(f"Invalid currency: {currency}.", param="line_items[0][price_data][currency]")
    if money.DIGITS.get(currency) == 3 and price["unit_amount"] % 10:
        raise invalid(
            f"Amounts in {currency} must end in 0: Stripe takes them in steps of ten.",
            param="line_items[0][price_data][unit_amount]",
        )
    amount = price["unit_amount"] * quantity
    return {
        "id": ids.new_id("li_1"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": currency,
        "description": price["product_data"]["name"],
        "metadata": line.get("metadata") or {},
        "price": {
            "id": ids.new_id("price_1"),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": clock.now(),
            "currency": currency,
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": ids.new_id("prod_", 14),
            "recurring": None,
            "tax_behavior": price.get("tax_behavior", "unspecified"),
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "one_time",
            "unit_amount": price["unit_amount"],
            "unit_amount_decimal": str(price["unit_amount"]),
        },
        "quantity": quantity,
    }


def _total(items: list[Object]) -> tuple[str, int]:
    currencies = {item["currency"] for item in items}
    if len(currencies) != 1:
        raise invalid(
            "The `line_items` parameter must hold prices of one currency.", param="line_items"
        )
    currency: str = currencies.pop()
    total = sum(item["amount_total"] for item in items)
    least = money.SMALLEST.get(currency, 1)
    if total < least:
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


def _session(call: Call, *, expires_at: int, currency: str, total: int) -> Object:
    given = call.params
    session_id = ids.new_id("cs_test_a1", 58)
    email = given.get("customer_email")
    customer = store.get("customer", given["customer"]) if given.get("customer") else None
    known = email or (customer or {}).get("email")
    details = {
        "address": None,
        "business_name": None,
        "email": known,
        "individual_name": None,
        "name": None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }
    methods = ["card", "us_bank_account"] if currency == "usd" else ["card"]
    return {
        "id": session_id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": None,
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": given.get("billing_address_collection"),
        "cancel_url": given.get("cancel_url"),
        "client_reference_id": given.get("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": clock.now(),
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": given.get("customer"),
        "customer_creation": None if given.get("customer") else "if_required",
        "customer_details": details if known else None,
        "customer_email": email,
        "discounts": [],
        "expires_at": expires_at,
        "invoice": None,
        "invoice_creation": {
            "enabled": False,
            "invoice_data": {
                "account_tax_ids": None,
                "custom_fields": None,
                "description": None,
                "footer": None,
                "issuer": None,
                "metadata": {},
                "rendering_options": None,
            },
        },
        "livemode": False,
        "locale": given.get("locale"),
        "metadata": given.get("metadata") or {},
        "mode": "payment",
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": given.get("payment_method_types") or methods,
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "redirect_on_completion": "always",
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": given.get("submit_type"),
        "subscription": None,
        "success_url": given["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{call.origin}/c/pay/{session_id}",
        "wallet_options": None,
        "_payment_intent_data": given.get("payment_intent_data", {}),
    }


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
        "status": Choice("complete", "expired", "open"),
        "customer_details": Hash({"email": required(Text())}),
    },
)
def list_sessions(call: Call) -> Object:
    where = equal(call, "customer", "payment_intent", "status")
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
