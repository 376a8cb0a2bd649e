"""Procrastinate's own worker in a thread of the tour's processes, after the stage's have ended."""

import asyncio
import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from django.utils import timezone
from procrastinate.contrib.django import app

from donations.receipts import document

APART = multiprocessing.get_context("spawn")


class Clock:
    """Real time and some more, the same in all processes that are given it."""

    def __init__(self) -> None:
        self._ahead = APART.Value("d", 0.0)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead.value)

    def move(self, moment: datetime) -> None:
        self._ahead.value = (moment - datetime.now(UTC)).total_seconds()


@contextmanager
def beside(clock: Clock) -> Iterator[None]:
    """A second worker with this clock, in a process of its own: on another core."""
    ended = APART.Event()
    # No daemon: its jobs have processes of their own draw a year's papers.
    process = APART.Process(target=_beside, args=(clock, ended))
    process.start()
    try:
        yield
    finally:
        ended.set()
        process.join(30)
    assert process.exitcode == 0, "the second worker did not end well; its reason stands above"


def _beside(clock: Clock, ended: Any) -> None:
    around = multiprocessing.parent_process()
    assert around is not None
    with mock.patch.object(timezone, "now", clock.now), worker():
        while not ended.wait(1) and around.is_alive():
            pass


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
