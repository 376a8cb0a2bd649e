"""Both sides of the site in one test process, each with the settings it really has.

Settings are computed from ROLE when they are read. Here `config/settings.py` is run once for each
role, and every setting that differs is looked up by the role of the code that asks: of the request
(in any thread), of the test otherwise.
"""

import os
import runpy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from unittest import mock

from django.conf import LazySettings, UserSettingsHolder
from django.test import Client

from tests.server import ROOT

PUBLIC, STAFF = "public", "staff"
# The vault's app and database stay installed: one process holds the models of both sides.
VAULT = ("VAULT_DATABASE_URL", "VAULT_KEYS")
SHARED = {"INSTALLED_APPS", "DATABASES", "PASSWORD_HASHERS", *VAULT}
current: ContextVar[str] = ContextVar("role", default=PUBLIC)
_differing: dict[str, dict[str, Any]] = {PUBLIC: {}, STAFF: {}}


def install(**environment: str) -> None:
    """Compute the settings of each role anew, under these changes of the environment."""
    computed = {role: _settings_of(role, environment) for role in (PUBLIC, STAFF)}
    plain = _settings_of(STAFF, {})
    names = set(_differing[PUBLIC]) | {
        name
        for values in computed.values()
        for name, value in values.items()
        if name.isupper() and name not in SHARED and value != plain[name]
    }
    for role, values in computed.items():
        _differing[role] = {name: values[name] for name in names}
    for name in names:
        # A property of the class wins over the value that LazySettings caches on itself.
        setattr(LazySettings, name, _by_role(name))


def _settings_of(role: str, environment: Mapping[str, str]) -> dict[str, Any]:
    with mock.patch.dict(os.environ, {**environment, "ROLE": role}):
        if role == PUBLIC:
            for name in VAULT:
                os.environ.pop(name, None)
        return runpy.run_path(str(ROOT / "site" / "config" / "settings.py"))


def _by_role(name: str) -> property:
    def read(self: LazySettings) -> Any:
        holder: Any = self._wrapped
        while isinstance(holder, UserSettingsHolder):  # override_settings wins
            if name in holder.__dict__:
                return holder.__dict__[name]
            holder = holder.__dict__["default_settings"]
        return _differing[current.get()][name]

    return property(read)


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """Code inside sees this role's settings: urls, middleware, cookies, content policy."""
    token = current.set(role)
    try:
        yield
    finally:
        current.reset(token)


class RoleClient(Client):
    """Django's test client, speaking to one side whatever side the test itself is on."""

    def __init__(self, role: str, **options: Any) -> None:
        super().__init__(**options)
        self.role = role

    def request(self, **request: Any) -> Any:
        with acting_as(self.role):
            return super().request(**request)

    def force_login(self, *arguments: Any, **named: Any) -> None:
        with acting_as(self.role):  # the session cookie has another name on each side
            super().force_login(*arguments, **named)

    @property
    def session(self) -> Any:
        with acting_as(self.role):
            return super().session
