"""Invoices and their payments: read, finalized, paid, voided, previewed."""

from sandbox import invoices, standing, subscriptions
from sandbox.api.answers import equal, listing, page, retrieve
from sandbox.api.errors import invalid, no_such
from sandbox.api.params import Choice, Flag, Hash, Metadata, Text, merged_metadata, required
from sandbox.api.routes import DATED, LISTING, Call, operation
from sandbox.api.subscriptions import declined
from sandbox.charging import NotPayable
from sandbox.store import Condition, Object, store

OF_SUBSCRIPTION = "parent.subscription_details.subscription"


@operation("GET", "/v1/invoices/{id}")
def show(call: Call) -> Object:
    return retrieve("invoice", call)


@operation(
    "GET",
    "/v1/invoices",
    {
        **DATED,
        "customer": Text(),
        "subscription": Text(),
        "status": Choice("draft", "open", "paid", "uncollectible", "void"),
    },
)
def list_invoices(call: Call) -> Object:
    where = equal(call, "customer", "status")
    if "subscription" in call.params:
        where.append((OF_SUBSCRIPTION, "=", call.params["subscription"]))
    return page(call, "invoice", where)


@operation("GET", "/v1/invoices/{id}/lines", LISTING)
def lines(call: Call) -> Object:
    found = retrieve("invoice", call)["lines"]["data"]
    limit = call.params.get("limit", 10)
    return listing(found[:limit], call.path, has_more=len(found) > limit)


# Before the operation on any invoice, whose id it would be otherwise.
@operation(
    "POST", "/v1/invoices/create_preview", {"customer": Text(), "subscription": required(Text())}
)
def create_preview(call: Call) -> Object:
    subscription = store.get("subscription", call.params["subscription"])
    if subscription is None:
        raise no_such("subscription", call.params["subscription"], param="subscription")
    if subscription["status"] in standing.ENDED or subscription["cancel_at_period_end"]:
        raise invalid("No upcoming invoices for customer", code="invoice_upcoming_none")
    return subscriptions.preview(subscription)


@operation("POST", "/v1/invoices/{id}", {"auto_advance": Flag(), "metadata": Metadata()})
def update(call: Call) -> Object:
    invoice, given = retrieve("invoice", call), call.params
    if "metadata" in given:
        invoice["metadata"] = merged_metadata(invoice["metadata"], given["metadata"])
    if given.get("auto_advance") and invoice["status"] == "draft":
        invoices.finalize_in_an_hour(invoice)
    if "auto_advance" in given:
        invoice["auto_advance"] = given["auto_advance"]
    return store.save(invoice)


@operation("POST", "/v1/invoices/{id}/finalize", {"auto_advance": Flag()})
def finalize(call: Call) -> Object:
    try:
        invoice = invoices.finalize(retrieve("invoice", call))
    except NotPayable:
        raise invalid("This invoice is already finalized, you can't re-finalize it.") from None
    if call.params.get("auto_advance", invoice["auto_advance"]) and invoice["status"] == "open":
        invoices.collect(invoice["id"])
    return store.need("invoice", invoice["id"])


@operation(
    "POST",
    "/v1/invoices/{id}/pay",
    {"payment_method": Text(), "off_session": Flag(), "paid_out_of_band": Flag()},
)
def pay(call: Call) -> Object:
    invoice, given = retrieve("invoice", call), call.params
    if invoice["status"] == "draft":
        invoice = invoices.finalize(invoice)
    if invoice["status"] in ("paid", "void"):
        raise invalid(
            "Invoice is already paid" if invoice["status"] == "paid" else "Invoice is void",
            code=f"invoice_{'already_paid' if invoice['status'] == 'paid' else 'not_editable'}",
        )
    if given.get("paid_out_of_band"):
        return invoices.paid(invoice, elsewhere=True)
    kept = invoices.method_for(invoice)
    if "payment_method" in given:
        kept = store.get("payment_method", given["payment_method"])
        if kept is None or kept["customer"] not in (None, invoice["customer"]):
            raise no_such(
                "PaymentMethod", given["payment_method"], param="payment_method", status=400
            )
    if kept is None:
        raise invalid(
            "Cannot charge a customer that has no active card", code="missing", param="customer"
        )
    try:
        outcome = invoices.attempt(invoice, kept, on_session=not given.get("off_session", False))
    except NotPayable as error:
        raise invalid(f"This invoice can't be paid now: {error}.") from None
    if outcome.kind in ("declined", "requires_action"):
        raise declined(outcome)
    return store.need("invoice", invoice["id"])


@operation("POST", "/v1/invoices/{id}/void")
def void(call: Call) -> Object:
    return _close(call, "void")


@operation("POST", "/v1/invoices/{id}/mark_uncollectible")
def mark_uncollectible(call: Call) -> Object:
    return _close(call, "uncollectible")


@operation("GET", "/v1/invoice_payments/{id}")
def show_payment(call: Call) -> Object:
    return retrieve("invoice_payment", call)


@operation(
    "GET",
    "/v1/invoice_payments",
    {
        **DATED,
        "invoice": Text(),
        "status": Choice("canceled", "open", "paid"),
        "payment": Hash({"type": required(Choice("payment_intent")), "payment_intent": Text()}),
    },
)
def list_payments(call: Call) -> Object:
    where: list[Condition] = equal(call, "invoice", "status")
    if "payment_intent" in call.params.get("payment", {}):
        where.append(("payment.payment_intent", "=", call.params["payment"]["payment_intent"]))
    return page(call, "invoice_payment", where)


def _close(call: Call, status: str) -> Object:
    try:
        return invoices.close(retrieve("invoice", call), status)
    except NotPayable as error:
        raise invalid(
            f"You can only pass in open invoices: {error}.", code="invoice_not_editable"
        ) from None
