"""The hosted Checkout page and the 3-D Secure step; they work without JavaScript."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from sandbox import clock, money, paying
from sandbox.cards import digits
from sandbox.hosted.drawing import form_context, guarded, missing, redirect, words_of
from sandbox.hosted.forms import PaymentForm
from sandbox.hosted.words import rhythm_words
from sandbox.store import Object, store

ASSETS = Path(__file__).parent / "assets"
LAST_ERROR = {"payment_intent": "last_payment_error", "setup_intent": "last_setup_error"}
VERBS = {"setup": "save", "subscription": "subscribe"}


def asset(_request: HttpRequest, name: str) -> HttpResponseBase:
    path = ASSETS / name
    if path.parent != ASSETS or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), content_type="text/css")


def while_open(
    view: Callable[[HttpRequest, Object], HttpResponse],
) -> Callable[[HttpRequest, str], HttpResponse]:
    """The view for an open session; any other shows its own page."""

    def show(request: HttpRequest, session_id: str) -> HttpResponse:
        session = store.get("checkout.session", session_id)
        if session is None:
            return missing(request)
        return _closed(request, session) or view(request, session)

    return show


@while_open
def pay(request: HttpRequest, session: Object) -> HttpResponse:
    session_id = session["id"]
    form = PaymentForm.filled_with(digits(request.GET.get("card", "")))
    if request.method != "POST":
        return _form_page(request, session, form, refusal=_refusal(session))
    form = PaymentForm.read(request.POST)
    method = form.check(
        email_known=bool(session["customer_email"] or session["customer"]),
        methods=session["payment_method_types"],
    )
    if method is None:
        return _form_page(request, session, form, status=422)
    try:
        outcome = paying.pay(session_id, method, form.payer())
    except paying.NotPayable:
        # Somebody was quicker: another tab, a second click, or the clock.
        now = store.need("checkout.session", session_id)
        return _closed(request, now) or _redirect(now, f"/c/pay/{session_id}")
    if outcome.kind == "requires_action":
        return _redirect(session, f"/c/pay/{session_id}/authenticate")
    if outcome.error:
        # A page of its own, so that the browser's "back" never asks to send the card again.
        return _redirect(session, f"/c/pay/{session_id}?card={digits(form.number)}")
    return _redirect(session, success_url(session))


@while_open
def authenticate(request: HttpRequest, session: Object) -> HttpResponse:
    session_id = session["id"]
    if request.method != "POST":
        return _render(request, "authenticate", session, {})
    try:
        outcome = paying.authenticate(session_id, passed="pass" in request.POST)
    except paying.NotPayable:
        return _redirect(session, f"/c/pay/{session_id}")
    if outcome.error:
        return _redirect(session, f"/c/pay/{session_id}")
    return _redirect(session, success_url(session))


def success_url(session: Object) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _refusal(session: Object) -> Object | None:
    """Why the last try did not go through."""
    intent = paying.intent_of(session)
    if intent is None:
        return None
    error: Object | None = intent[LAST_ERROR[intent["object"]]]
    return error


def _closed(request: HttpRequest, session: Object) -> HttpResponse | None:
    """The page of a session that takes no more payments; None while it is open."""
    if session["status"] == "complete":
        if request.method == "POST":
            return _redirect(session, success_url(session))
        return _render(request, "done", session, {"success_url": success_url(session)})
    if session["status"] == "expired" or session["expires_at"] <= clock.now():
        return _render(request, "expired", session, {}, status=410)
    return None


def _form_page(
    request: HttpRequest,
    session: Object,
    form: PaymentForm,
    *,
    refusal: Object | None = None,
    status: int = 200,
) -> HttpResponse:
    words = _words(request, session)
    context = form_context(
        form,
        words,
        action=f"/c/pay/{session['id']}",
        methods=session["payment_method_types"],
        refusal=refusal,
    )
    context["verb"] = words[VERBS.get(session["mode"], session["submit_type"] or "pay")]
    context["ask_email"] = not session["customer_email"] and not session["customer"]
    return _render(request, "pay", session, context, status=status)


def _words(request: HttpRequest, session: Object) -> dict[str, str]:
    return words_of(request, session["locale"])


def _render(
    request: HttpRequest, name: str, session: Object, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    words = _words(request, session)
    sums = _sums(session, words)
    shared = {"words": words, "session": session, **sums}
    if "verb" in context:
        due = "" if session["amount_total"] is None else sums["total"]
        context["label"] = " ".join(filter(None, [context["verb"], due, sums["rhythm"]]))
    page = render(request, f"sandbox/{name}.html", shared | context, status=status)
    return guarded(page, _leads_to(session))


def _sums(session: Object, words: dict[str, str]) -> dict[str, Any]:
    """The lines, what is due now, and what is charged later and how often."""
    currency, total = session["currency"], session["amount_total"]
    lines, later, rhythm = [], 0, ""
    for item in session["_line_items"]:
        amount = item["price"]["unit_amount"] * item["quantity"]
        often = ""
        if item["price"]["recurring"]:
            often = rhythm = rhythm_words(item["price"]["recurring"], words)
            later += amount
        shown = money.display(amount, currency)
        lines.append(
            {
                "name": item["description"],
                "quantity": item["quantity"],
                "amount": shown,
                "often": often,
            }
        )
    trial_end = session.get("_subscription_data", {}).get("trial_end")
    return {
        "lines": lines,
        "total": words["save_title"] if total is None else money.display(total, currency),
        # Where all of it comes again, that is said beside the total.
        "rhythm": rhythm if later == total else "",
        "later": f"{money.display(later, currency)} {rhythm}" if later and later != total else "",
        "later_from": trial_end and datetime.fromtimestamp(trial_end, UTC).date(),
    }


def _redirect(session: Object, url: str) -> HttpResponse:
    return redirect(url, _leads_to(session))


def _leads_to(session: Object) -> list[str | None]:
    return [session["success_url"], session["cancel_url"]]
