"""The ground of the tests, made before Django reads its settings.

The controller starts PostgreSQL (or uses the one named in TEST_DATABASE_URL, an administrator's
address), migrates one template per database and keeps it for the next run; each worker clones the
templates in a tenth of a second. Tests connect as the product does, with its own roles.
"""

import contextlib
import fcntl
import hashlib
import importlib.metadata
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
import pytest

from core import embedded

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "var" / "test"
DROP_TRIES = 40
BASE_ENVIRONMENT = {
    "SECRET_KEY": "only-for-tests-" + "x" * 40,
    "ROLE": "staff",  # the side that has both databases; tests/roles.py shows each side its own
    "DEBUG": "0",
    "DEMO": "0",
    "HASHED_STATIC": "0",
    "CONN_MAX_AGE": "0",
    "PUBLIC_URL": "http://localhost:8000",
    "STAFF_URL": "http://localhost:8001",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "STRIPE_SECRET_KEY": "sk_test_" + "t" * 24,
    "STRIPE_WEBHOOK_SECRETS": "whsec_" + "t" * 24,
    "STRIPE_API_BASE": "http://127.0.0.1:9",  # nobody listens there
    "STRIPE_CHECKOUT_ORIGIN": "https://checkout.stripe.com",
    "MAIL_BACKEND": "files",
    "MAIL_DIRECTORY": str(HOME / "mail"),
    "MEDIA_DIRECTORY": str(HOME / "media"),
    "LOG_LEVEL": "WARNING",
}
# 32 bytes; the public side never learns it.
VAULT_KEYS = "b25seSBmb3IgdGVzdHMgeHh4eHh4eHh4eHh4eHh4eHg="
# What the machine's own environment must not bring into a test.
FOREIGN = ("EMAIL_URL", "TRUSTED_PROXIES", "TIME_ZONE", "DEFAULT_FROM_EMAIL")


@dataclass(frozen=True)
class Clone:
    """Two databases cloned from the migrated templates, by the product's and the owner's roles."""

    name: str
    server: embedded.Server

    @property
    def vault_name(self) -> str:
        return f"{self.name}_vault"

    @property
    def url(self) -> str:
        return self.server.app_url(self.name)

    @property
    def vault_url(self) -> str:
        return self.server.vault_url(self.vault_name)

    @property
    def owner_url(self) -> str:
        return self.server.owner_url(self.name)

    @property
    def vault_owner_url(self) -> str:
        return self.server.vault_owner_url(self.vault_name)

    def environment(self, role: str = "staff") -> dict[str, str]:
        """For a child process in this role; the public one learns nothing of the vault."""
        made = {**os.environ, **BASE_ENVIRONMENT, "ROLE": role, "DATABASE_URL": self.url}
        made["PYTHONPATH"] = os.pathsep.join((str(ROOT), str(ROOT / "site")))
        for name in ("VAULT_DATABASE_URL", "VAULT_KEYS"):
            made.pop(name, None)
        confidential = {"VAULT_DATABASE_URL": self.vault_url, "VAULT_KEYS": VAULT_KEYS}
        return made | (confidential if role == "staff" else {})


@dataclass
class Run:
    """What this test process knows of the server; one for each pytest run and worker."""

    server: embedded.Server
    token: str
    template: str
    main: Clone
    users: IO[str] | None
    """Held with a shared lock while the server is in use: the last run to end stops it."""


run: Run


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Wraps pytest-django's own hook, which loads the settings."""
    global run  # noqa: PLW0603 - the plugin's one state, made here and read by fixtures
    try:
        run = _join_run() if "PYTEST_XDIST_WORKER" in os.environ else _begin_run()
    except (embedded.EmbeddedError, psycopg.Error) as error:
        raise pytest.UsageError(str(error)) from error
    os.environ.update(run.main.environment())
    _refuse_foreign_sockets()
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if "run" not in globals() or run.users is None:
        return
    with _starting(), contextlib.suppress(BlockingIOError, psycopg.Error):
        _drop(run.server, f"test_{run.token}_")
        fcntl.flock(run.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if "TEST_DATABASE_URL" not in os.environ:
            embedded.stop(run.server.data)
    run.users.close()


@contextlib.contextmanager
def _starting() -> Iterator[None]:
    """No run begins while another decides whether it is the last to use the server."""
    with (HOME / "starting").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        yield


def _server() -> embedded.Server:
    if url := os.environ.get("TEST_DATABASE_URL"):
        return embedded.adopt(url, HOME / "foreign")
    return embedded.start(HOME / "pg", durable=False)


def _begin_run() -> Run:
    for name in FOREIGN:
        os.environ.pop(name, None)
    HOME.mkdir(parents=True, exist_ok=True)
    users = (HOME / "users").open("w")
    with _starting():
        alone = True
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            alone = False
        server = _server()
        template = f"template_{_fingerprint()}"
        if alone:
            _drop(server, "test_")
            _drop(server, "template_", except_for=template)
        fcntl.flock(users, fcntl.LOCK_SH)
        if not _exists(server, f"{template}_vault"):
            _make_templates(server, template)
    token = secrets.token_hex(3)
    os.environ["NORTHSTAR_TEST_RUN"] = f"{token} {template}"
    return Run(server, token, template, clone(server, template, f"test_{token}_main"), users)


def _join_run() -> Run:
    token, template = os.environ["NORTHSTAR_TEST_RUN"].split()
    name = f"test_{token}_{os.environ['PYTEST_XDIST_WORKER']}"
    server = _server()
    return Run(server, token, template, clone(server, template, name), None)


def clone(server: embedded.Server, template: str, name: str) -> Clone:
    with _owner(server) as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        cursor.execute(f'CREATE DATABASE "{name}_vault" TEMPLATE "{template}_vault"')
        # A clone does not inherit who may connect.
        cursor.execute(f'REVOKE ALL ON DATABASE "{name}", "{name}_vault" FROM PUBLIC')
        cursor.execute(f'GRANT CONNECT ON DATABASE "{name}" TO ns_app')
        cursor.execute(f'GRANT CONNECT ON DATABASE "{name}_vault" TO ns_vault')
    return Clone(name, server)


def drop(made: Clone) -> None:
    with _owner(made.server) as cursor:
        for name in (made.name, made.vault_name):
            _drop_when_free(cursor, name)


def _drop_when_free(cursor: Any, name: str) -> None:
    """What a closing connection or the server itself still does there, ends within seconds."""
    for left in reversed(range(DROP_TRIES)):
        try:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            return
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            if not left:
                raise
            time.sleep(0.25)


@contextlib.contextmanager
def _owner(server: embedded.Server) -> Iterator[Any]:
    """A cursor of the owner whose text is not checked: names here are made by this file."""
    with psycopg.connect(server.owner_url("northstar"), autocommit=True) as connection:
        yield connection.cursor()


def _exists(server: embedded.Server, name: str) -> bool:
    with _owner(server) as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        return cursor.rowcount == 1


def _drop(server: embedded.Server, prefix: str, except_for: str = "-") -> None:
    with _owner(server) as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database"
            " WHERE starts_with(datname, %s) AND NOT starts_with(datname, %s)",
            [prefix, except_for],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _fingerprint() -> str:
    """Changes with anything that changes a freshly migrated database."""
    digest = hashlib.sha256()
    installed = {f"{d.name}=={d.version}" for d in importlib.metadata.distributions()}
    digest.update("\n".join(sorted(installed)).encode())
    folders = ("core", "donations", "gifts", "campaigns", "site")
    files = [file for folder in folders for file in (ROOT / folder).rglob("migrations/**/*.py")]
    others = ("site/config/settings.py", "site/staff/roles.py", "deploy/roles.sql")
    for file in (*sorted(files), *(ROOT / other for other in others)):
        digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _make_templates(server: embedded.Server, template: str) -> None:
    """Migrate both databases side by side, and make the roles of staff, a second of work.

    The vault's is renamed last: it marks both as whole.
    """
    _drop(server, template)
    for name in (template, f"{template}_new"):
        with _owner(server) as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        with psycopg.connect(server.owner_url(name), autocommit=True) as connection:
            role = "ns_app" if name == template else "ns_vault"
            for what, rights in (
                ("TABLES", "SELECT, INSERT, UPDATE, DELETE"),
                ("SEQUENCES", "USAGE, SELECT"),
            ):
                connection.execute(
                    f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {what} TO {role}"
                )
            connection.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    environment = Clone(template, server).environment() | {
        "DATABASE_URL": server.owner_url(template),
        "VAULT_DATABASE_URL": server.owner_url(f"{template}_new"),
    }
    migrate = ("migrate", "--verbosity=0")
    for together in ((migrate, (*migrate, "vault", "--database=vault")), (("roles",),)):
        commands = [
            subprocess.Popen(
                [sys.executable, "manage.py", *command],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for command in together
        ]
        said = [command.communicate()[0] for command in commands]
        if any(command.returncode for command in commands):
            words = "The test databases could not be made:\n" + "".join(said)
            raise embedded.EmbeddedError(words)
    with _owner(server) as cursor:
        cursor.execute(f'ALTER DATABASE "{template}_new" RENAME TO "{template}_vault"')


def _refuse_foreign_sockets() -> None:
    """A test that reaches for the network fails at once, and says which address it wanted."""
    real_connect, real_lookup = socket.socket.connect, socket.getaddrinfo
    near = ("127.0.0.1", "::1", "localhost")

    def connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in near:
            raise AssertionError(f"A test may not connect to {address[0]}.")
        real_connect(self, address)

    def lookup(host: Any, *rest: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in (*near, None, "", "0.0.0.0"):  # noqa: S104 - listened for, not on
            raise AssertionError(f"A test may not look up {name}.")
        return real_lookup(host, *rest, **named)

    socket.socket.connect = connect  # type: ignore[assignment, method-assign]
    socket.getaddrinfo = lookup
