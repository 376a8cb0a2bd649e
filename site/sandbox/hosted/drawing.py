"""What all hosted pages share: guarded answers, and the form for a card or an account."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from sandbox.cards import CARDS
from sandbox.hosted.forms import PaymentForm
from sandbox.hosted.words import card_label, decline_words, words_for
from sandbox.store import Object


def words_of(request: HttpRequest, locale: str | None) -> dict[str, str]:
    return words_for(locale, request.headers.get("Accept-Language", ""))


def missing(request: HttpRequest) -> HttpResponse:
    words = words_of(request, None)
    return guarded(render(request, "sandbox/missing.html", {"words": words}, status=404))


def redirect(url: str, leads_to: Iterable[str | None] = ()) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return guarded(response, leads_to)


def guarded(response: HttpResponse, leads_to: Iterable[str | None] = ()) -> HttpResponse:
    """Headers of a page with a payment form. Chromium holds the redirect after a form against
    `form-action`, so the origins that it leads to are named there."""
    origins = {"'self'"}
    for url in leads_to:
        parts = urlsplit(url or "")
        if parts.netloc:
            origins.add(f"{parts.scheme}://{parts.netloc}")
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none';"
        f" frame-ancestors 'none'; form-action {' '.join(sorted(origins))}"
    )
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def form_context(
    form: PaymentForm,
    words: dict[str, str],
    *,
    action: str,
    methods: list[str],
    refusal: Object | None,
) -> dict[str, Any]:
    """What sandbox/card_form.html shows, but for the words on its button."""
    return {
        "form": form,
        "action": action,
        "errors": {name: words[word] for name, word in form.errors.items()},
        "refusal": decline_words(refusal, words) if refusal else "",
        "bank": "us_bank_account" in methods,
        "by_card": "card" in methods,
        "cards": [
            {"number": card.number, "last4": card.last4, "label": card_label(card.label, words)}
            for card in CARDS.values()
            if card.offered
        ],
    }
