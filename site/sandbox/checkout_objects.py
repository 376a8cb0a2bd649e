"""A Checkout Session as new, in Stripe's full shape."""

from typing import Any

from sandbox import clock, ids
from sandbox.store import Object

CREATION = {"payment": "if_required", "setup": "if_required", "subscription": "always"}


def session(
    given: dict[str, Any],
    *,
    origin: str,
    expires_at: int,
    currency: str | None,
    total: int | None,
    known_email: str | None,
) -> Object:
    """`given` as in the parameters of the call that makes it."""
    mode = given["mode"]
    session_id = ids.new_id("cs_test_a1", 58)
    details = {
        "address": None,
        "business_name": None,
        "email": known_email,
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
        "customer_creation": None if given.get("customer") else CREATION[mode],
        "customer_details": details if known_email else None,
        "customer_email": given.get("customer_email"),
        "discounts": [],
        "expires_at": expires_at,
        "invoice": None,
        "invoice_creation": None
        if mode != "payment"
        else {
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
        "mode": mode,
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "always" if mode == "subscription" else "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": given.get("payment_method_types") or methods,
        "payment_status": "unpaid" if total else "no_payment_required",
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
        "total_details": None
        if total is None
        else {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{origin}/c/pay/{session_id}",
        "wallet_options": None,
        "_payment_intent_data": given.get("payment_intent_data", {}),
        "_setup_intent_data": given.get("setup_intent_data", {}),
        "_subscription_data": given.get("subscription_data", {}),
        # Whom the payment is of; made at the first try where a subscription needs one.
        "_customer": given.get("customer"),
        # What a subscription's first invoice is paid with, which the session does not name.
        "_intent": None,
        "_line_items": [],
    }
