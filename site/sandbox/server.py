"""The sandbox's threaded HTTP server, on this machine only, and its two background threads."""

import logging
import socket
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

from sandbox import address, clock, recorder, steering
from sandbox.delivery import Courier
from sandbox.store import store

HOST = "127.0.0.1"
log = logging.getLogger("sandbox.server")


class Handler(WSGIRequestHandler):
    # Headers and body are two writes; waiting to join them costs 40 ms each.
    disable_nagle_algorithm = True

    def get_environ(self) -> dict[str, Any]:
        return {**super().get_environ(), "sandbox.connection": self}

    def close_now(self) -> None:
        """End the connection without an answer: a fault on request."""
        self.close_connection = True
        connection: socket.socket = self.connection  # type: ignore[assignment]  # typeshed's slip
        connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:
        """The objects and events are the log."""


class Server(ThreadedWSGIServer):
    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.debug("connection ended early", exc_info=True)


class Clockwork(threading.Thread):
    """Does what the agenda holds when its time has come."""

    def __init__(self) -> None:
        super().__init__(name="clockwork", daemon=True)
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(0.1):
            try:
                clock.run_due()
            except Exception:
                log.exception("agenda")


class Sandbox:
    """One running sandbox: `serve` returns after `stop`."""

    def __init__(
        self,
        *,
        port: int,
        data: Path,
        webhook: str = "",
        webhook_secret: str = "",
        retry_after: Sequence[float] = (),
        record: Path | None = None,
    ) -> None:
        self._server = Server((HOST, port), Handler)
        self.url = f"http://{HOST}:{self._server.server_port}"
        address.serve_at(self.url)
        store.open(data / "sandbox.sqlite3")
        if record:
            recorder.start(record)
        if webhook:
            steering.first_endpoint.update(url=webhook, secret=webhook_secret)
        with store.transaction():
            steering.ensure_endpoint()
        self._server.set_app(get_wsgi_application())
        self._courier = Courier(retry_after)
        self._clockwork = Clockwork()

    def serve(self) -> None:
        self._courier.start()
        self._clockwork.start()
        self._server.serve_forever(poll_interval=0.1)

    def stop(self) -> None:
        """Callable from a signal handler: the server is asked from another thread."""
        threading.Thread(target=self._server.shutdown).start()

    def close(self) -> None:
        self._clockwork.stopped.set()
        self._courier.stop()
        self._server.server_close()
        self._clockwork.join(2)
        self._courier.join(2)
        store.close()
