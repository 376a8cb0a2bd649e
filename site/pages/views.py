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
