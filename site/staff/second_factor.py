"""Every staff page asks for a second factor, used in this very session."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from staff.auditors import has_ended

ENTER = "wagtailadmin.access_admin"
# Case workers of partners enter here, and nowhere else; their own door asks who they are.
PARTNERS = "/partners/"
OPEN_WITHOUT = (
    *("/account/", "/static/", "/health/", "/ready/"),
    *(f"/{code}/account/" for code, _name in settings.LANGUAGES),
)


class RequireSecondFactor:
    """Middleware of the staff role: closed by default, so that a new url is guarded unseen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN_WITHOUT):
            return self.get_response(request)
        user = request.user
        if not isinstance(user, User):
            return _to("account_login", request)
        if not user.has_perm(ENTER):
            # Sent to sign in, somebody signed in would go round in circles.
            if request.path != "/" and not request.path.startswith(PARTNERS):
                raise PermissionDenied
            if not is_mfa_enabled(user):
                return render(request, "staff/no_factor.html", status=403)
        if has_ended(user):
            return render(request, "staff/ended.html", {"until": user.access_until}, status=403)
        if not is_mfa_enabled(user):
            return redirect("mfa_activate_totp")
        if not _proven(request, user):
            return _to("mfa_reauthenticate", request)
        return self.get_response(request)


def _proven(request: HttpRequest, user: User) -> bool:
    """Was the factor used to enter, or enrolled (which takes a code) since?

    Having one on record is not enough: a session that began elsewhere, by a password or a mailed
    code alone, would pass.
    """
    records = get_authentication_records(request, user)
    if any(record.get("method") == "mfa" for record in records):
        return True
    if not records:
        return False
    began = datetime.fromtimestamp(records[0]["at"], UTC)
    enrolled = Authenticator.objects.filter(user=user, created_at__gte=began)
    return bool(enrolled.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def _to(name: str, request: HttpRequest) -> HttpResponse:
    # What a partner's form sent is asked for again at its own address, which answers a GET too.
    again = request.method == "GET" or request.path.startswith(PARTNERS)
    back = urlencode({"next": request.get_full_path()}) if again else ""
    return redirect(f"{reverse(name)}?{back}")


class MFAAdapter(DefaultMFAAdapter):
    def is_mfa_enabled(self, user: AbstractBaseUser, types: Any = None) -> bool:
        """A donor's passkey stands beside the mailed code: losing it locks nobody out."""
        if settings.ROLE == "public" and isinstance(user, User) and not user.has_perm(ENTER):
            return False
        # Asked whether a second step follows the password: a printed sheet is one by itself.
        if settings.ROLE == "staff" and types and len(types) > 1:
            types = [*types, Authenticator.Type.RECOVERY_CODES]
        return bool(super().is_mfa_enabled(user, types))

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff keep at least one factor; a lost one is reset by others."""
        if settings.ROLE == "public" and not authenticator.user.has_perm(ENTER):
            return True
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())
