"""The page at /: what the sandbox holds, for people; with buttons for debits that wait."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from sandbox import clock, money, paying
from sandbox.store import store

NEWEST = 25


def overview(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _decide(request)
    context: dict[str, Any] = {
        "now": datetime.fromtimestamp(clock.now(), UTC),
        "sessions": [
            {
                "id": session["id"],
                "url": session["url"],
                "amount": money.display(session["amount_total"] or 0, session["currency"] or "usd"),
                "status": session["status"],
                "payment_status": session["payment_status"],
                "intent": (intent := paying.intent_of(session) or {"status": "", "id": ""})["id"],
                "waits": intent["status"] == "processing",
            }
            for session in store.select("checkout.session", limit=NEWEST)
        ],
        "renewals": [
            {
                "id": intent["id"],
                "invoice": intent["_invoice"],
                "amount": money.display(intent["amount"], intent["currency"]),
            }
            for intent in store.select("payment_intent", where=[("status", "=", "processing")])
            if intent.get("_invoice") and not intent["_session"]
        ],
        "events": [
            {
                "id": event["id"],
                "type": event["type"],
                "at": datetime.fromtimestamp(event["created"], UTC),
                "object": event["data"]["object"]["id"],
            }
            for event in store.select("event", limit=NEWEST)
        ],
        "deliveries": store.execute("SELECT * FROM deliveries ORDER BY id DESC LIMIT ?", (NEWEST,)),
        "counts": store.execute("SELECT kind, count(*) AS n FROM objects GROUP BY kind"),
        "endpoints": store.select("webhook_endpoint"),
    }
    response = render(request, "sandbox/overview.html", context)
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'"
    )
    return response


def _decide(request: HttpRequest) -> HttpResponse:
    """Settle or fail a debit. A form of another site is refused by where it comes from."""
    if request.headers.get("Origin") != f"{request.scheme}://{request.get_host()}":
        return HttpResponse("Use the buttons of this page.", status=403)
    intent = request.POST.get("payment_intent", "")
    try:
        if "settle" in request.POST:
            paying.settle_debit(intent)
        else:
            paying.fail_debit(intent)
    except paying.NotPayable as error:
        return HttpResponse(str(error), status=409, content_type="text/plain")
    return HttpResponseRedirect("/")
