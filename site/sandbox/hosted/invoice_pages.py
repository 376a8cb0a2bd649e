"""The hosted page of an invoice: paid with a card, its 3-D Secure step, or a look at it."""

import contextlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sandbox import charging, clock, invoices, money, objects, setting_up
from sandbox.cards import digits
from sandbox.hosted.drawing import form_context, guarded, missing, redirect, words_of
from sandbox.hosted.forms import PaymentForm
from sandbox.store import Object, store


def show(request: HttpRequest, invoice_id: str) -> HttpResponse:
    invoice = store.get("invoice", invoice_id)
    if invoice is None or invoice["status"] == "draft":
        return missing(request)
    intent = store.get("payment_intent", invoice["_intent"] or "")
    payable = invoice["status"] in ("open", "uncollectible") and intent is not None
    if intent is None or not payable or intent["status"] == "processing":
        return _note(request, invoice)
    if intent["status"] == "requires_action" and "card" not in request.GET:
        return _secure(request, invoice)
    form = PaymentForm.filled_with(digits(request.GET.get("card", "")))
    refusal, status = intent["last_payment_error"], 200
    if request.method == "POST":
        form = PaymentForm.read(request.POST)
        method = form.check(email_known=True, methods=intent["payment_method_types"])
        if method is not None:
            _pay(invoice, form, method)
            return redirect(f"/i/{invoice_id}")
        refusal, status = None, 422
    words = words_of(request, None)
    context = form_context(
        form,
        words,
        action=f"/i/{invoice_id}",
        methods=intent["payment_method_types"],
        refusal=refusal,
    )
    amount = money.display(invoice["amount_due"], invoice["currency"])
    title = f"{words['pay']} {amount}"
    return _render(request, "portal_method", context | {"title": title, "label": title}, status)


def _pay(invoice: Object, form: PaymentForm, method: objects.Method) -> None:
    """With a method of the customer's from now on, as Stripe keeps it."""
    payer = form.payer()
    with store.transaction(), clock.on(invoice["test_clock"]):
        kept = objects.payment_method(
            method,
            exp_month=payer.exp_month,
            exp_year=payer.exp_year,
            details=objects.billing_details(name=payer.name, email=invoice["customer_email"]),
            customer=None,
        )
        try:
            outcome = invoices.attempt(invoice, kept, on_session=True)
        except charging.NotPayable:
            return  # somebody was quicker; the page says how it stands
        if outcome.kind != "declined":
            setting_up.attach(kept, invoice["customer"])


def _secure(request: HttpRequest, invoice: Object) -> HttpResponse:
    if request.method != "POST":
        total = money.display(invoice["amount_due"], invoice["currency"])
        # The template shows a total where its session has one.
        shown = {"session": {"amount_total": invoice["amount_due"]}, "total": total}
        return _render(request, "authenticate", shown)
    # If somebody was quicker, the page says how it stands.
    with contextlib.suppress(charging.NotPayable):
        invoices.authenticate(invoice["id"], passed="pass" in request.POST)
    return redirect(f"/i/{invoice['id']}")


def _note(request: HttpRequest, invoice: Object) -> HttpResponse:
    words = words_of(request, None)
    amount = money.display(invoice["total"], invoice["currency"])
    status = "processing" if invoice["status"] == "open" else invoice["status"]
    title = f"{invoice['number']}: {amount}"
    return _render(request, "note", {"title": title, "text": words[f"invoice_{status}"]})


def _render(
    request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    shared = {"words": words_of(request, None), "return_url": ""}
    return guarded(render(request, f"sandbox/{name}.html", shared | context, status=status))
