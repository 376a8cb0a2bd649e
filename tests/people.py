"""Staff for tests: people with a role, a second factor and a session that used it."""

import time
from datetime import date
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

from accounts.models import User
from tests.roles import STAFF, RoleClient

PASSWORD = "correct horse battery staple"
_numbers = iter(range(1, 1_000_000))


def person(*names: str, factor: bool = True, **fields: Any) -> User:
    """Somebody with these roles; `secret` is on the object, for codes."""
    from django.contrib.auth.models import Group  # noqa: PLC0415 - models, after Django's start

    fields.setdefault("email", f"person{next(_numbers)}@northstar.example")
    if "Auditor" in names:
        fields.setdefault("access_until", date(2099, 12, 31))
    user = User.objects.create_user(password=PASSWORD, **fields)
    if names:
        user.groups.set(Group.objects.filter(name__in=names))
        assert user.groups.count() == len(names)
    if factor:
        user.secret = generate_totp_secret()
        TOTP.activate(user, user.secret)
    return user


def code(user: User, *, seconds_ago: int = 0) -> str:
    return format_hotp_value(hotp_value(user.secret, int(time.time() - seconds_ago) // 30))


def signed_in(user: User, *, method: str = "mfa") -> RoleClient:
    """A client of the staff side whose session began with this method."""
    client = RoleClient(STAFF)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": method, "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
