"""Commands of the control API about subscriptions: cards that change, invoices, dunning."""

from sandbox import (
    address,
    charging,
    clock,
    dunning,
    events,
    invoices,
    objects,
    portal,
    standing,
    switches,
    test_clocks,
)
from sandbox.api.answers import public
from sandbox.cards import CARDS, digits
from sandbox.hosted.forms import expiry_of
from sandbox.steering import Answer, Given, Refused, command
from sandbox.store import Object, store


@command
def card_of(given: Given) -> Answer:
    """From now on the card of a `subscription` or `customer` answers as the test card `card`.

    It looks as before, and no event tells: the bank has changed its mind. `expires` ("MM/YYYY")
    changes the date printed on it.
    """
    kept = _card(given)
    if "card" in given:
        kept["_number"] = _number(given)
    if "expires" in given:
        month, year = _expiry(given)
        kept["card"] |= {"exp_month": month, "exp_year": year}
    with store.transaction():
        store.save(kept)
    return {"payment_method": public(kept)}


@command
def update_card(given: Given) -> Answer:
    """The bank has sent the owner of a `subscription` or `customer` a new card, and told Stripe."""
    with store.transaction():
        kept = _card(given)
        looks = dict(kept["card"])
        card = CARDS[_number(given)] if "card" in given else None
        if card:
            kept["_number"] = card.number
            looks |= {"last4": card.last4, "brand": card.brand, "fingerprint": card.fingerprint}
        looks["exp_month"], looks["exp_year"] = _expiry(given)
        old = {"card": kept["card"]}
        kept["card"] = looks
        store.save(kept)
        events.emit("payment_method.automatically_updated", kept, previous=old)
    return {"payment_method": public(kept)}


@command
def give_card(given: Given) -> Answer:
    """The owner of a `customer` gives a new test `card` in the portal; `authenticate` as in pay."""
    customer = store.need("customer", str(given["customer"]))
    with store.transaction():
        session = portal.new_session(
            {"customer": customer["id"]},
            configuration=portal.default_configuration()["id"],
            origin=address.origin(),
        )
    outcome = portal.set_up(session, CARDS[_number(given)], charging.Payer(customer["name"]))
    if outcome.kind == "requires_action" and given.get("authenticate") is not None:
        outcome = portal.authenticate(session, passed=bool(given["authenticate"]))
    return {"outcome": outcome.kind, "error": outcome.error}


@command
def pay_invoice(given: Given) -> Answer:
    """Pay an open `invoice` as its hosted page does: with a new test `card`, or the one on file.

    A 3-D Secure step that comes of it, or waits already, is passed or failed by `authenticate`.
    """
    with store.transaction(), clock.on(test_clocks.of(given["invoice"])):
        invoice = store.need("invoice", str(given["invoice"]))
        intent = store.get("payment_intent", invoice["_intent"] or "")
        waits = intent is not None and intent["status"] == "requires_action"
        if "card" in given or not waits:
            kept = _new_card(invoice, given) if "card" in given else invoices.method_for(invoice)
            if kept is None:
                raise Refused("the customer has no payment method; name a card")
            outcome = invoices.attempt(invoice, kept, on_session=True)
            waits = outcome.kind == "requires_action"
        if waits and given.get("authenticate") is not None:
            outcome = invoices.authenticate(invoice["id"], passed=bool(given["authenticate"]))
        elif waits:
            outcome = charging.Outcome("requires_action")
    invoice = store.need("invoice", invoice["id"])
    return {"outcome": outcome.kind, "error": outcome.error, "invoice": public(invoice)}


@command
def dunning_schedule(given: Given) -> Answer:
    """After a failed renewal: `days` from each try to the next, and the `end` of the schedule."""
    rules = switches.get("dunning")
    days = [float(day) for day in given.get("days", rules["days"])]
    if given.get("end", "cancel") not in dunning.ENDS:
        raise Refused(f"end: {', '.join(dunning.ENDS)}")
    with store.transaction():
        switches.put("dunning", {"days": days, "end": given.get("end", rules["end"])})
    return {"dunning": switches.get("dunning")}


def _number(given: Given) -> str:
    number = digits(str(given["card"]))
    if number not in CARDS:
        raise Refused(f"no such test card: {number}")
    return number


def _expiry(given: Given) -> tuple[int, int]:
    expiry = expiry_of(str(given["expires"]))
    if expiry is None:
        raise Refused('expires: "MM/YYYY"')
    return expiry


def _card(given: Given) -> Object:
    """The card that a subscription, or else a customer, is charged by."""
    name = None
    if "subscription" in given:
        subscription = store.need("subscription", str(given["subscription"]))
        given = {**given, "customer": subscription["customer"]}
        name = subscription["default_payment_method"]
    customer = store.need("customer", str(given["customer"]))
    kept = store.get(
        "payment_method", name or customer["invoice_settings"]["default_payment_method"] or ""
    )
    if kept is None:
        theirs = [("customer", "=", customer["id"]), ("type", "=", "card")]
        found = store.select("payment_method", where=theirs, limit=1)  # type: ignore[arg-type]
        kept = found[0] if found else None
    if kept is None or kept["type"] != "card":
        raise Refused("there is no card")
    return kept


def _new_card(invoice: Object, given: Given) -> Object:
    customer = store.need("customer", invoice["customer"])
    subscription = standing.subscription_of(invoice)
    return objects.payment_method(
        CARDS[_number(given)],
        exp_month=12,
        exp_year=2034,
        details=objects.billing_details(name=customer["name"], email=customer["email"]),
        customer=subscription["customer"],
    )
