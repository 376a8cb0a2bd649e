"""Pages that are code, because what they say depends on what the code does."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pages.serving import same_for_all


@same_for_all
def safety(request: HttpRequest) -> HttpResponse:
    """What the quick exit does, and honestly what it does not do."""
    return render(request, "pages/safety.html")


@same_for_all
def disclosures(request: HttpRequest) -> HttpResponse:
    """What the law wants said, in the words that today's receipts have."""
    return render(request, "pages/disclosures.html")


@same_for_all
def contact(request: HttpRequest) -> HttpResponse:
    """Who we are and where, as the legal entity has it."""
    return render(request, "pages/contact.html")


@same_for_all
def charge(request: HttpRequest) -> HttpResponse:
    """For whoever reads our name on a statement, which is the name that Stripe was told."""
    return render(request, "pages/charge.html")
