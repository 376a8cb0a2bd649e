"""What a visitor sees when something is missing or broken."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's cookie was missing or old: nothing was sent; going back keeps the form."""
    # Behind the partners' door the page speaks their languages, as their other pages do.
    inside = hasattr(request, "worker")
    template = "gifts/partners/asleep.html" if inside else "403_csrf.html"
    return render(request, template, status=403)
