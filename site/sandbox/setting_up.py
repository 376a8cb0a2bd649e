"""Setup intents: a card or account is kept for later, and nothing is charged."""

from sandbox import billing_objects, charging, events, ids, objects
from sandbox.cards import CARDS, TEST_METHODS, Card
from sandbox.charging import Outcome
from sandbox.store import Object, store

# It can be kept, and is declined only when charged.
FAILS_LATER = "4000000000000341"


def begin(
    *,
    customer: str | None,
    methods: list[str],
    wishes: Object | None = None,
    session: str | None = None,
) -> Object:
    intent = store.save(
        billing_objects.setup_intent(
            customer=customer, methods=methods, wishes=wishes or {}, session=session
        )
    )
    events.emit("setup_intent.created", intent)
    return intent


def attempt(intent: Object, kept: Object, *, authenticated: bool = False) -> Outcome:
    """Ask the bank whether the payment method may be kept."""
    method = charging.method_of(kept)
    intent |= {"payment_method": kept["id"], "last_setup_error": None, "next_action": None}
    if isinstance(method, Card):
        if method.authenticate and not authenticated:
            intent |= {
                "status": "requires_action",
                "next_action": {
                    "type": "use_stripe_sdk",
                    "use_stripe_sdk": {
                        "type": "three_d_secure_redirect",
                        "source": ids.new_id("src_1"),
                    },
                },
            }
            store.save(intent)
            events.emit("setup_intent.requires_action", intent)
            return Outcome("requires_action")
        error = charging.error_of(kept)
        if error and method.number != FAILS_LATER:
            return refuse(intent, kept, error)
    intent["status"] = "succeeded"
    store.save(intent)
    events.emit("setup_intent.succeeded", intent)
    return Outcome("paid")


def refuse(intent: Object, kept: Object, error: Object) -> Outcome:
    shown = {key: value for key, value in kept.items() if not key.startswith("_")}
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_setup_error": error | {"payment_method": shown},
    }
    store.save(intent)
    events.emit("setup_intent.setup_failed", intent)
    return Outcome("declined", error)


def method_called(name: str) -> Object | None:
    """A payment method by its id, or a new one by Stripe's name for a test card."""
    if name not in TEST_METHODS:
        return store.get("payment_method", name)
    details = objects.billing_details(name=None, email=None)
    card = CARDS[TEST_METHODS[name]]
    return objects.payment_method(card, exp_month=12, exp_year=2034, details=details, customer=None)


def attach(kept: Object, customer: str) -> Object:
    """The payment method is the customer's from now on."""
    if kept["customer"] != customer:
        store.save(kept | {"customer": customer})
        kept["customer"] = customer
        events.emit("payment_method.attached", kept)
    return kept
