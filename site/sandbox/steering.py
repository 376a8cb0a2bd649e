"""The control API under /_sandbox/: JSON in, JSON out, for tests and for the page at /.

It moves the clock, pays, settles, queues faults and steers deliveries. Only JSON is taken, which
no foreign web page can send here without asking first.
"""

import json
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from sandbox import (
    clock,
    delivery,
    disputing,
    events,
    faults,
    money,
    paying,
    payouts,
    switches,
)
from sandbox.api.answers import public
from sandbox.api.http import forget_keys_at_work
from sandbox.api.webhook_endpoints import register
from sandbox.cards import BANK_FAILURES, CARDS, BankAccount, digits
from sandbox.store import Condition, store

Given = dict[str, Any]
Answer = dict[str, Any]
COMMANDS: dict[str, Callable[[Given], Answer]] = {}
# The endpoint named on the command line; a reset brings it back.
first_endpoint: dict[str, str] = {}
FROM_COMMAND_LINE = "Named on the sandbox's command line"


class Refused(Exception):
    """The command makes no sense as given."""


REFUSALS = (Refused, paying.NotPayable, disputing.NotPossible, payouts.NotPossible)


def command(function: Callable[[Given], Answer]) -> Callable[[Given], Answer]:
    COMMANDS[function.__name__] = function
    return function


def control(request: HttpRequest, name: str) -> HttpResponse:
    if name not in COMMANDS:
        return JsonResponse({"error": f"no such command: {name}"}, status=404)
    if request.method != "POST" or request.content_type != "application/json":
        return JsonResponse({"error": "POST a JSON object"}, status=405)
    try:
        return JsonResponse(COMMANDS[name](json.loads(request.body or b"{}")))
    except (KeyError, ValueError, *REFUSALS) as error:
        return JsonResponse({"error": f"{type(error).__name__}: {error}"}, status=400)


@command
def health(_given: Given) -> Answer:
    return {"now": clock.exact(), "offset": switches.get("clock_offset")}


@command
def reset(_given: Given) -> Answer:
    """Forget everything, the endpoint of the command line excepted."""
    with store.transaction():
        store.empty()
        switches.forget()
        forget_keys_at_work()
        ensure_endpoint()
    return {}


def ensure_endpoint() -> None:
    """Register the endpoint of the command line; that of an earlier start becomes this one."""
    if not first_endpoint:
        return
    url, secret = first_endpoint["url"], first_endpoint["secret"]
    for endpoint in store.select("webhook_endpoint"):
        if endpoint["description"] == FROM_COMMAND_LINE:
            # Its id stays, so that deliveries still waiting for it find their way.
            store.save(endpoint | {"url": url, "_secret": secret})
            return
    register(url, ["*"], secret=secret, description=FROM_COMMAND_LINE)


@command
def set_clock(given: Given) -> Answer:
    """Set the sandbox's time (`now`) or move it (`advance`, seconds), then do what became due."""
    real = time.time()
    offset = float(switches.get("clock_offset"))
    if "now" in given:
        offset = float(given["now"]) - real
    with store.transaction():
        switches.put("clock_offset", offset + float(given.get("advance", 0)))
    done = clock.run_due()
    return {"now": clock.exact(), "done": done}


@command
def pay(given: Given) -> Answer:
    """Pay a session with a test card, or with "bank"; a 3-D Secure step is passed or failed too."""
    session_id = str(given["session"])
    number = digits(str(given.get("card", "4242424242424242")))
    if number != "bank" and number not in CARDS:
        raise Refused(f"no such test card: {number}")
    method = BankAccount() if number == "bank" else CARDS[number]
    payer = paying.Payer(name=given.get("name", "Test Donor"), email=given.get("email"))
    outcome = paying.pay(session_id, method, payer)
    if outcome.kind == "requires_action" and given.get("authenticate") is not None:
        outcome = paying.authenticate(session_id, passed=bool(given["authenticate"]))
    session = store.need("checkout.session", session_id)
    return {"outcome": outcome.kind, "error": outcome.error, "session": public(session)}


@command
def expire(given: Given) -> Answer:
    paying.expire(str(given["session"]))
    return {"session": public(store.need("checkout.session", str(given["session"])))}


@command
def settle(given: Given) -> Answer:
    """The bank pays a processing debit, named by its session or payment intent."""
    paying.settle_debit(_intent_id(given))
    return {}


@command
def fail(given: Given) -> Answer:
    """The bank refuses a processing debit."""
    code = str(given.get("code", "insufficient_funds"))
    if code not in BANK_FAILURES:
        raise Refused(f"no such failure: {code}; there are {', '.join(BANK_FAILURES)}")
    paying.fail_debit(_intent_id(given), code)
    return {}


def _intent_id(given: Given) -> str:
    if "session" in given:
        intent = paying.intent_of(store.need("checkout.session", str(given["session"])))
        return str(intent["id"]) if intent else ""
    return str(given["payment_intent"])


@command
def fault(given: Given) -> Answer:
    """Queue a fault for the next API calls: kind, count, method, match, seconds."""
    faults.queue(**given)
    return {"faults": switches.get("faults")}


@command
def clear_faults(_given: Given) -> Answer:
    with store.transaction():
        switches.put("faults", [])
    return {}


@command
def fees(given: Given) -> Answer:
    """When charges get their balance transaction: "later" (after `delay`), "at_once", "held"."""
    if given["when"] not in ("later", "at_once", "held"):
        raise Refused("when: later, at_once or held")
    with store.transaction():
        switches.put("fees", given["when"])
        switches.put("fees_delay", float(given.get("delay", switches.get("fees_delay"))))
    return {}


@command
def rates(given: Given) -> Answer:
    """From now on money of these currencies is settled in dollars, at so many for one of them."""
    if any(Decimal(rate) <= 0 for rate in given.values()):
        raise Refused("a rate is above zero")
    with store.transaction():
        switches.put("rates", {code.lower(): str(rate) for code, rate in given.items()})
    return {}


@command
def release_fees(_given: Given) -> Answer:
    return {"released": money.release()}


@command
def steer_deliveries(given: Given) -> Answer:
    """Set paused, delay, shuffle (seconds), drop, duplicate, twin (counts; -1 for all)."""
    rules = switches.get("deliveries")
    unknown = set(given) - set(rules)
    if unknown:
        raise Refused(f"no such rule: {', '.join(sorted(unknown))}")
    with store.transaction():
        switches.put("deliveries", rules | given)
    delivery.wake()
    return {"deliveries": switches.get("deliveries")}


@command
def tamper(given: Given) -> Answer:
    """Change fields of an object (`set`), or drop it (`forget`): Stripe and its caller differ."""
    thing = store.find(str(given["id"]))
    if thing is None:
        raise Refused(f"no such object: {given['id']}")
    with store.transaction():
        if given.get("forget"):
            store.delete(thing["id"])
            # What was to happen to it never will.
            store.execute("DELETE FROM agenda WHERE subject = ?", (thing["id"],))
        else:
            store.save(thing | dict(given["set"]))
    return {}


@command
def deliveries(given: Given) -> Answer:
    """Every delivery, oldest first; `state` picks pending, delivered, failed or dropped."""
    rows = store.execute(
        "SELECT * FROM deliveries WHERE ? IN ('', state) ORDER BY id", (given.get("state", ""),)
    )
    return {"deliveries": [dict(row) for row in rows]}


@command
def resend(given: Given) -> Answer:
    """Deliver an old event once more."""
    events.resend(store.need("event", str(given["event"])))
    return {}


@command
def list_events(given: Given) -> Answer:
    """Events oldest first, after the one called `since`, of the kinds in `types`."""
    where: list[Condition] = [("type", "IN", list(given["types"]))] if given.get("types") else []
    found = store.select("event", where=where, limit=100_000, before=given.get("since"))
    return {"events": [public(event) for event in reversed(found)]}
