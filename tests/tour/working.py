"""Procrastinate's own worker in a thread of the tour's processes, after the stage's have ended."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unittest import mock

from procrastinate.contrib.django import app

from donations.receipts import document


@contextmanager
def worker() -> Iterator[None]:
    """Its clock is this process's. Receipts are numbered and mailed; their pages are not drawn."""
    loop = asyncio.new_event_loop()

    async def work() -> None:
        with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
            async with app.open_async():
                await app.run_worker_async(
                    queues=["public"], concurrency=2, install_signal_handlers=False
                )

    task = loop.create_task(work())

    def run() -> None:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    def undrawn(snapshot: Any, **_how: Any) -> bytes:
        return f"%PDF {snapshot.number}".encode()

    thread = threading.Thread(target=run, daemon=True)
    with mock.patch.object(document, "render", undrawn):
        thread.start()
        try:
            yield
        finally:
            loop.call_soon_threadsafe(task.cancel)
            thread.join(15)
