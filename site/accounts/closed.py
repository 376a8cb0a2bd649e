"""Account pages of the library that the staff side does not offer: staff are invited, with a fixed
address, and keep a second factor.
"""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import remove_webauthn
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _


def closed(request: HttpRequest, **named: object) -> HttpResponse:
    raise Http404


def remove_key(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The library asks its adapter before it removes an authenticator app, not before a key."""
    key = Authenticator.objects.filter(pk=pk, user_id=request.user.pk).first()
    if key and not get_adapter().can_delete_authenticator(key):
        messages.error(request, _("Add another second factor before you remove this one."))
        return redirect("mfa_list_webauthn")
    removed: HttpResponseBase = remove_webauthn(request, pk=pk)
    return removed


urlpatterns = [
    path("signup/", closed),
    path("signup/passkey/", closed),
    path("email/", closed),
    path("confirm-email/", closed),
    path("confirm-email/<str:key>/", closed),
    path("login/code/", closed),
    path("login/code/confirm/", closed),
    path("2fa/webauthn/keys/<int:pk>/remove/", remove_key),
]
