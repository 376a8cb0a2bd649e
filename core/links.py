"""Absolute addresses of public pages, whichever process writes them."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation


def public_url(name: str, *args: Any, language: str = "en", query: str = "") -> str:
    """The address of a page of the public site in this language.

    The staff site and the workers have other urls or none; links in mails and on receipts, and
    Stripe's way back, must all lead to the public site.
    """
    with translation.override(language):
        path = reverse(name, urlconf=settings.PUBLIC_URLCONF, args=args)
    return f"{settings.PUBLIC_URL}{path}{'?' + query if query else ''}"
