"""What an answer shows of an object: no private keys, related objects in full where asked for."""

from collections.abc import Sequence

from sandbox.api.errors import invalid, no_such
from sandbox.api.routes import Call
from sandbox.store import Condition, Object, store

# The fields of each kind that hold another object's id and may be asked for in full. Families that
# join later add theirs.
EXPANDABLE: dict[str, set[str]] = {
    "checkout.session": {"customer", "invoice", "payment_intent", "setup_intent", "subscription"},
    "price": {"product"},
    "billing_portal.session": {"configuration"},
    "customer": {"test_clock"},
    "customer.invoice_settings": {"default_payment_method"},
    "subscription": {
        "customer",
        "default_payment_method",
        "latest_invoice",
        "pending_setup_intent",
        "test_clock",
    },
    "invoice": {"customer", "default_payment_method", "test_clock"},
    "invoice.parent.subscription_details": {"subscription"},
    "invoice_payment": {"invoice"},
    "invoice_payment.payment": {"payment_intent"},
    "line_item.pricing.price_details": {"price"},
    "setup_intent": {"customer", "payment_method"},
    "payment_intent": {"customer", "latest_charge", "payment_method", "review"},
    "charge": {"balance_transaction", "customer", "payment_intent", "review"},
    "balance_transaction": {"source"},
    "payment_method": {"customer"},
    "refund": {"balance_transaction", "charge", "failure_balance_transaction", "payment_intent"},
    "dispute": {"charge", "payment_intent"},
    "radar.early_fraud_warning": {"charge", "payment_intent"},
    "review": {"charge", "payment_intent"},
    "payout": {"balance_transaction", "failure_balance_transaction"},
}
# Lists inside an object that are shown only when asked for: kind -> field -> private key.
ON_REQUEST: dict[str, dict[str, str]] = {"checkout.session": {"line_items": "_line_items"}}
# Lists of other objects that name this one: kind -> field -> (their kind, their field).
BELONGING = {
    "customer": {"subscriptions": ("subscription", "customer")},
    "invoice": {"payments": ("invoice_payment", "invoice")},
}


def public(thing: Object) -> Object:
    return {key: value for key, value in thing.items() if not key.startswith("_")}


def shown(thing: Object, expand: Sequence[str] = (), kind: str = "") -> Object:
    """The object as an answer shows it.

    Args:
        kind: where this is a part of an object: "invoice.parent".

    Raises:
        ApiError: a path in `expand` names nothing that can be expanded.
    """
    kind = kind or thing["object"]
    answer = public(thing)
    for head, rest in _by_head(expand).items():
        if kind == "list":
            if head != "data":
                raise _cannot(head)
            answer["data"] = [shown(item, rest) for item in thing["data"]]
            continue
        hidden = ON_REQUEST.get(kind, {}).get(head)
        if hidden:
            answer[head] = shown(listing(thing[hidden], f"{_url(thing)}/{head}"), rest)
            continue
        if head in BELONGING.get(kind, {}):
            theirs, field = BELONGING[kind][head]
            found = store.select(theirs, where=[(field, "=", thing["id"])])
            answer[head] = shown(listing(found, f"/v1/{theirs}s?{field}={thing['id']}"), rest)
            continue
        if isinstance(thing.get(head), dict) and rest:
            answer[head] = shown(thing[head], rest, thing[head].get("object", f"{kind}.{head}"))
            continue
        if head not in EXPANDABLE.get(kind, set()):
            raise _cannot(head)
        if isinstance(thing.get(head), str):
            related = store.find(thing[head])
            if related is not None:
                answer[head] = shown(related, rest)
    if kind == "list" and "data" not in _by_head(expand):
        answer["data"] = [public(item) for item in thing["data"]]
    return answer


def _by_head(expand: Sequence[str]) -> dict[str, list[str]]:
    heads: dict[str, list[str]] = {}
    for path in expand:
        head, _, rest = path.partition(".")
        heads.setdefault(head, [])
        if rest:
            heads[head].append(rest)
    return heads


def _cannot(name: str) -> Exception:
    return invalid(f"This property cannot be expanded ({name}).", param="expand")


def _url(thing: Object) -> str:
    return f"/v1/{thing['object'].replace('.', '/')}s/{thing['id']}"


def listing(data: list[Object], url: str, *, has_more: bool = False) -> Object:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def page(call: Call, kind: str, where: Sequence[Condition] = ()) -> Object:
    """One page of a list, newest first, as the call's cursors and `created` ask for."""
    bounds: list[Condition] = [("created", *bound) for bound in call.params.get("created", [])]
    limit = call.params.get("limit", 10)
    after, before = call.params.get("starting_after"), call.params.get("ending_before")
    for name, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor and store.get(kind, cursor) is None:
            raise no_such(kind.replace(".", " "), cursor, param=name, status=400)
    found = store.select(kind, where=[*bounds, *where], limit=limit + 1, after=after, before=before)
    has_more = len(found) > limit
    if has_more:
        # The one too many lies at the far end: the oldest, or the newest when reading backwards.
        found = found[1:] if before else found[:limit]
    return listing(found, call.path, has_more=has_more)


def equal(call: Call, *names: str) -> list[Condition]:
    """Filters of a list that compare one field with one parameter of the same name."""
    return [(name, "=", call.params[name]) for name in names if name in call.params]


def retrieve(kind: str, call: Call, what: str = "") -> Object:
    thing = store.get(kind, call.subject)
    if thing is None:
        raise no_such(what or kind.replace(".", " "), call.subject)
    return thing
