"""The customer portal: a new payment method becomes the one that is charged, and invoices are seen.

As Stripe's payment_method_update flow, it sets the subscription's default where a subscription has
one of its own (as those begun in Checkout have), and the customer's `invoice_settings` default.
"""

from typing import Any

from sandbox import (
    charging,
    clock,
    customers,
    events,
    ids,
    objects,
    setting_up,
    standing,
    test_clocks,
)
from sandbox.cards import BankAccount, Card
from sandbox.charging import Outcome, Payer
from sandbox.store import Object, store

# A portal's link works for an hour, as long as its owner is about.
HOUR = 3600
FEATURES: dict[str, Any] = {
    "customer_update": {"allowed_updates": [], "enabled": False},
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True, "payment_method_configuration": None},
    "subscription_cancel": {
        "cancellation_reason": {"enabled": False, "options": []},
        "enabled": False,
        "mode": "at_period_end",
        "proration_behavior": "none",
    },
    "subscription_update": {
        "billing_cycle_anchor": None,
        "default_allowed_updates": [],
        "enabled": False,
        "proration_behavior": "none",
        "schedule_at_period_end": {"conditions": []},
        "trial_update_behavior": "end_trial",
    },
}


def configuration(given: dict[str, Any], *, default: bool = False) -> Object:
    features = given.get("features", {})
    profile = {"headline": None, "privacy_policy_url": None, "terms_of_service_url": None}
    made = store.save(
        {
            "id": ids.new_id("bpc_1"),
            "object": "billing_portal.configuration",
            "active": True,
            "application": None,
            "business_profile": profile | given.get("business_profile", {}),
            "created": clock.now(),
            "default_return_url": given.get("default_return_url"),
            "features": {
                name: feature | features.get(name, {} if default else {"enabled": False})
                for name, feature in FEATURES.items()
            },
            "is_default": default,
            "livemode": False,
            "login_page": {"enabled": False, "url": None},
            "metadata": given.get("metadata") or {},
            "name": given.get("name"),
            "updated": clock.now(),
        }
    )
    events.emit("billing_portal.configuration.created", made)
    return made


def default_configuration() -> Object:
    """The account's own; it is there from the first use on."""
    found = store.select("billing_portal.configuration")
    return next((one for one in found if one["is_default"]), None) or configuration(
        {}, default=True
    )


def new_session(given: dict[str, Any], *, configuration: str, origin: str) -> Object:
    """A link for one customer; `given` as in the parameters of the call that makes it."""
    flow = given.get("flow_data")
    secret = ids.random_text(40)
    after = (flow or {}).get("after_completion", {"type": "portal_homepage"})
    return store.save(
        {
            "id": ids.new_id("bps_1"),
            "object": "billing_portal.session",
            "configuration": configuration,
            "created": clock.now(),
            "customer": given["customer"],
            "customer_account": None,
            "flow": flow
            and {
                "after_completion": {"hosted_confirmation": None, "redirect": None, **after},
                "subscription_cancel": None,
                "subscription_update": None,
                "subscription_update_confirm": None,
                "type": flow["type"],
            },
            "livemode": False,
            "locale": given.get("locale"),
            "on_behalf_of": None,
            "return_url": given.get("return_url"),
            "url": f"{origin}/p/session/{secret}",
            "_secret": secret,
            "_intent": None,
        }
    )


def open_session(secret: str) -> Object | None:
    """The session behind a link, while it works."""
    found = store.select("billing_portal.session", where=[("_secret", "=", secret)], limit=1)
    if not found or found[0]["created"] + HOUR < clock.now():
        return None
    return found[0]


def set_up(session: Object, method: Card | BankAccount, payer: Payer) -> Outcome:
    """Try to keep a new payment method."""
    with store.transaction(), clock.on(test_clocks.of(session["customer"])):
        customer = store.need("customer", session["customer"])
        kept = objects.payment_method(
            method,
            exp_month=payer.exp_month,
            exp_year=payer.exp_year,
            details=objects.billing_details(name=payer.name, email=customer["email"]),
            customer=None,
        )
        methods = ["card", "us_bank_account"]
        intent = _intent_of(session) or setting_up.begin(customer=customer["id"], methods=methods)
        store.save(session | {"_intent": intent["id"]})
        return _try(session, intent, kept, authenticated=False)


def authenticate(session: Object, *, passed: bool) -> Outcome:
    """Finish the 3-D Secure step.

    Raises:
        NotPayable: no such step is waiting.
    """
    with store.transaction(), clock.on(test_clocks.of(session["customer"])):
        intent = _intent_of(session)
        if intent is None or intent["status"] != "requires_action":
            raise charging.NotPayable("no authentication is waiting")
        kept = store.need("payment_method", intent["payment_method"])
        if passed:
            return _try(session, intent, kept, authenticated=True)
        return setting_up.refuse(intent, kept, charging.unauthenticated("setup_intent"))


def last_error(session: Object) -> Object | None:
    intent = _intent_of(session)
    error: Object | None = intent["last_setup_error"] if intent else None
    return error


def choose(customer_id: str, kept: Object) -> None:
    """From now on this payment method is charged for everything of the customer's."""
    customer = store.need("customer", customer_id)
    settings = customer["invoice_settings"] | {"default_payment_method": kept["id"]}
    customers.change(customer, invoice_settings=settings)
    theirs = store.select("subscription", where=[("customer", "=", customer_id)])
    for subscription in theirs:
        if subscription["status"] not in standing.ENDED and subscription["default_payment_method"]:
            standing.change(subscription, default_payment_method=kept["id"])


def _try(session: Object, intent: Object, kept: Object, *, authenticated: bool) -> Outcome:
    outcome = setting_up.attempt(intent, kept, authenticated=authenticated)
    if outcome.kind == "paid":
        choose(session["customer"], setting_up.attach(kept, session["customer"]))
    return outcome


def _intent_of(session: Object) -> Object | None:
    """The setup under way; one that went well is over, and another card is another setup."""
    now = store.need("billing_portal.session", session["id"])
    intent = store.get("setup_intent", now["_intent"] or "")
    return intent if intent and intent["status"] != "succeeded" else None
