"""The product over real HTTP, both sides, on the test's own databases."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

from pages.serving import AtOnce
from tests import roles
from tests.server import Clone


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Requests are asserted on, not printed."""


@dataclass(frozen=True)
class Live:
    """Origins of the two running sides, without a slash at the end, and their databases."""

    public: str
    staff: str
    database: Clone


@pytest.fixture
def live(own_database: Clone) -> Iterator[Live]:
    """Serves the public and the staff side on free ports; their own urls say so."""
    servers = {
        role: ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler) for role in ("public", "staff")
    }
    origins = {role: f"http://localhost:{one.server_port}" for role, one in servers.items()}
    roles.install(PUBLIC_URL=origins["public"], STAFF_URL=origins["staff"])
    for role, one in servers.items():
        one.set_app(_application(role))
        threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.02}).start()
    try:
        yield Live(origins["public"], origins["staff"], own_database)
    finally:
        for one in servers.values():
            one.shutdown()
            one.server_close()
        roles.install()


def _application(role: str) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    with roles.acting_as(role):
        inner = get_wsgi_application()
        if role == roles.PUBLIC:
            inner = AtOnce(inner)

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        roles.current.set(role)  # of this thread, which answers for this side alone
        return inner(environ, start_response)

    return application
