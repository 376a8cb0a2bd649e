"""Payment intents, payment methods and charges as new, in Stripe's full shape."""

from typing import Any

from sandbox import clock, ids
from sandbox.cards import BankAccount, Card
from sandbox.store import Object, store

Method = Card | BankAccount


def payment_intent(
    *,
    amount: int,
    currency: str,
    customer: str | None,
    methods: list[str],
    wishes: dict[str, Any],
    session: str | None = None,
    invoice: str | None = None,
) -> Object:
    """The intent of a Checkout Session or of an invoice; `wishes` as in `payment_intent_data`."""
    intent_id = ids.new_id("pi_3", 23)
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{intent_id}_secret_{ids.random_text(25)}",
        "confirmation_method": "automatic",
        "created": clock.now(),
        "currency": currency,
        "customer": customer,
        "description": wishes.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": wishes.get("metadata") or {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": methods,
        "processing": None,
        "receipt_email": wishes.get("receipt_email"),
        "review": None,
        "setup_future_usage": wishes.get("setup_future_usage"),
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": wishes.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
        "_session": session,
        "_invoice": invoice,
    }


def billing_details(*, name: str | None, email: str | None) -> Object:
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return {"address": address, "email": email, "name": name, "phone": None, "tax_id": None}


def payment_method(
    method: Method, *, exp_month: int, exp_year: int, details: Object, customer: str | None
) -> Object:
    made: Object = {
        "id": ids.new_id("pm_1", 23),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": details,
        "created": clock.now(),
        "customer": customer,
        "livemode": False,
        "metadata": {},
    }
    if isinstance(method, BankAccount):
        bank = {
            "account_holder_type": "individual",
            "account_type": "checking",
            "bank_name": method.bank_name,
            "financial_connections_account": None,
            "fingerprint": method.fingerprint,
            "last4": method.last4,
            "networks": {"preferred": "ach", "supported": ["ach"]},
            "routing_number": method.routing_number,
            "status_details": {},
        }
        made |= {"type": "us_bank_account", "us_bank_account": bank}
    else:
        card = {
            "brand": method.brand,
            "checks": _checks(method),
            "country": method.country,
            "display_brand": method.brand.replace("amex", "american_express"),
            "exp_month": exp_month,
            "exp_year": exp_year,
            "fingerprint": method.fingerprint,
            "funding": method.funding,
            "generated_from": None,
            "last4": method.last4,
            "networks": {"available": [method.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        }
        made |= {"type": "card", "card": card, "_number": method.number}
    return store.save(made)


def _checks(card: Card) -> dict[str, str | None]:
    return {
        "address_line1_check": None,
        "address_postal_code_check": None,
        "cvc_check": "fail" if card.decline == "incorrect_cvc" else "pass",
    }


def charge(intent: Object, kept: Object, method: Method, *, authenticated: bool) -> Object:
    """A charge before its outcome is known: `pending`."""
    suffix = intent["statement_descriptor_suffix"]
    return {
        "id": ids.new_id("ch_3" if isinstance(method, Card) else "py_3", 23),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": kept["billing_details"],
        "calculated_statement_descriptor": f"SANDBOX* {suffix}".upper()[:22]
        if suffix
        else "SANDBOX",
        "captured": False,
        "created": clock.now(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": None,
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": kept["id"],
        "payment_method_details": _details(intent, kept, method, authenticated=authenticated),
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": suffix,
        "status": "pending",
        "transfer_data": None,
        "transfer_group": None,
        "_available_at_once": isinstance(method, Card) and method.available_at_once,
    }


def _details(intent: Object, kept: Object, method: Method, *, authenticated: bool) -> Object:
    if isinstance(method, BankAccount):
        bank = {
            "account_holder_type": "individual",
            "account_type": "checking",
            "bank_name": method.bank_name,
            "fingerprint": method.fingerprint,
            "last4": method.last4,
            "payment_reference": None,
            "routing_number": method.routing_number,
        }
        return {"type": "us_bank_account", "us_bank_account": bank}
    secure = {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": ids.random_text(36),
        "version": "2.2.0",
    }
    card = {
        "amount_authorized": intent["amount"],
        "authorization_code": None if method.decline else ids.random_text(6).upper(),
        "brand": kept["card"]["brand"],
        "checks": _checks(method),
        "country": kept["card"]["country"],
        "exp_month": kept["card"]["exp_month"],
        "exp_year": kept["card"]["exp_year"],
        "extended_authorization": {"status": "disabled"},
        "fingerprint": kept["card"]["fingerprint"],
        "funding": kept["card"]["funding"],
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": kept["card"]["last4"],
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": kept["card"]["brand"],
        "network_token": {"used": False},
        "network_transaction_id": ids.random_text(15).upper(),
        "overcapture": {
            "maximum_amount_capturable": intent["amount"],
            "status": "unavailable",
        },
        "regulated_status": "unregulated",
        "three_d_secure": secure if authenticated else None,
        "wallet": None,
    }
    return {"type": "card", "card": card}
