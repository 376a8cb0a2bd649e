"""Passkeys of donors: always one that signs in by itself, listed under "about me"."""

from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


class AddPasskeyView(AddWebAuthnView):
    template_name = "accounts/add_passkey.html"

    def get_success_url(self) -> str:
        return reverse("about_me")


add = login_required(AddPasskeyView.as_view())


def listed(request: HttpRequest) -> HttpResponse:
    """Where the library's pages lead back to."""
    return redirect("about_me")
