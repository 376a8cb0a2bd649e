"""The customer portal's pages: a new payment method, and the invoices so far."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sandbox import charging, money, portal
from sandbox.cards import digits
from sandbox.hosted.drawing import form_context, guarded, missing, redirect, words_of
from sandbox.hosted.forms import PaymentForm
from sandbox.store import Object, store

METHODS = ["card", "us_bank_account"]


def while_open(
    view: Callable[[HttpRequest, Object], HttpResponse],
) -> Callable[[HttpRequest, str], HttpResponse]:
    """The view for a link that works still."""

    def show(request: HttpRequest, secret: str) -> HttpResponse:
        session = portal.open_session(secret)
        return missing(request) if session is None else view(request, session)

    return show


@while_open
def home(request: HttpRequest, session: Object) -> HttpResponse:
    """The flow's own page, or what the portal offers."""
    if session["flow"]:
        return redirect(f"{_path(session)}/method", _leads_to(session))
    configuration = store.need("billing_portal.configuration", session["configuration"])
    features = configuration["features"]
    context = {
        "methods": _methods(session),
        "invoices": _invoices(session) if features["invoice_history"]["enabled"] else None,
        "update_url": f"{_path(session)}/method"
        if features["payment_method_update"]["enabled"]
        else "",
    }
    return _render(request, "portal", session, context)


@while_open
def method(request: HttpRequest, session: Object) -> HttpResponse:
    path = f"{_path(session)}/method"
    form = PaymentForm.filled_with(digits(request.GET.get("card", "")))
    refusal, status = portal.last_error(session), 200
    if request.method == "POST":
        form = PaymentForm.read(request.POST)
        given = form.check(email_known=True, methods=METHODS)
        if given is not None:
            outcome = portal.set_up(session, given, form.payer())
            if outcome.kind == "requires_action":
                return redirect(f"{path}/authenticate", _leads_to(session))
            if outcome.error:
                return redirect(f"{path}?card={digits(form.number)}", _leads_to(session))
            return _done(request, session)
        refusal, status = None, 422
    words = words_of(request, session["locale"])
    context = form_context(form, words, action=path, methods=METHODS, refusal=refusal)
    context |= {"title": words["new_method"], "label": words["save"]}
    return _render(request, "portal_method", session, context, status=status)


@while_open
def authenticate(request: HttpRequest, session: Object) -> HttpResponse:
    if request.method != "POST":
        return _render(request, "authenticate", session, {"session": {"amount_total": None}})
    try:
        outcome = portal.authenticate(session, passed="pass" in request.POST)
    except charging.NotPayable:
        return redirect(_path(session), _leads_to(session))
    if outcome.error:
        return redirect(f"{_path(session)}/method", _leads_to(session))
    return _done(request, session)


def _done(request: HttpRequest, session: Object) -> HttpResponse:
    """Where the flow leads after its work."""
    after: Object = session["flow"]["after_completion"] if session["flow"] else {"type": ""}
    if after["type"] == "redirect":
        return redirect(after["redirect"]["return_url"], _leads_to(session))
    if after["type"] == "hosted_confirmation":
        words = words_of(request, session["locale"])
        text = (after["hosted_confirmation"] or {}).get("custom_message")
        return _render(request, "note", session, {"title": words["method_saved"], "text": text})
    if session["flow"]:
        # The portal's homepage follows the flow.
        store.save(store.need("billing_portal.session", session["id"]) | {"flow": None})
    return redirect(_path(session), _leads_to(session))


def _path(session: Object) -> str:
    return f"/p/session/{session['_secret']}"


def _leads_to(session: Object) -> list[str | None]:
    flow = session["flow"] or {"after_completion": {"redirect": None}}
    after = flow["after_completion"]["redirect"] or {"return_url": None}
    return [session["return_url"], after["return_url"]]


def _methods(session: Object) -> list[dict[str, Any]]:
    customer = store.need("customer", session["customer"])
    default = customer["invoice_settings"]["default_payment_method"]
    shown = []
    for kept in store.select("payment_method", where=[("customer", "=", customer["id"])]):
        details = kept[kept["type"]]
        shown.append(
            {
                "name": details.get("brand") or details.get("bank_name"),
                "last4": details["last4"],
                "expires": f"{details['exp_month']:02} / {details['exp_year']}"
                if kept["type"] == "card"
                else "",
                "default": kept["id"] == default,
            }
        )
    return shown


def _invoices(session: Object) -> list[dict[str, Any]]:
    found = store.select("invoice", where=[("customer", "=", session["customer"])], limit=24)
    return [
        {
            "day": datetime.fromtimestamp(invoice["created"], UTC),
            "status": invoice["status"],
            "amount": money.display(invoice["total"], invoice["currency"]),
            "url": invoice["hosted_invoice_url"] and f"/i/{invoice['id']}",
        }
        for invoice in found
        if invoice["status"] != "draft"
    ]


def _render(
    request: HttpRequest, name: str, session: Object, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    shared = {
        "words": words_of(request, session["locale"]),
        "return_url": session["return_url"],
    }
    page = render(request, f"sandbox/{name}.html", shared | context, status=status)
    return guarded(page, _leads_to(session))
