"""The sandbox's time, which tests may set, and the agenda of what is to happen at a time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from sandbox import switches
from sandbox.store import store

Action = Callable[[str], object]
Some = TypeVar("Some", bound=Action)
ACTIONS: dict[str, Action] = {}
# While the agenda is worked off, its entries happen when they were due, not when we come to them.
_moment: ContextVar[float | None] = ContextVar("moment", default=None)


def exact() -> float:
    moment = _moment.get()
    return time.time() + float(switches.get("clock_offset")) if moment is None else moment


@contextmanager
def at(moment: float) -> Iterator[None]:
    """For what happens inside, this is the time."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)


def now() -> int:
    return int(exact())


def action(name: str) -> Callable[[Some], Some]:
    """Register what the agenda calls with the id of an object."""

    def register(function: Some) -> Some:
        ACTIONS[name] = function
        return function

    return register


def plan(name: str, subject: str, due: float) -> None:
    store.execute(
        "INSERT INTO agenda (due, action, subject) VALUES (?, ?, ?)", (due, name, subject)
    )


def unplan(name: str, subject: str) -> None:
    store.execute("DELETE FROM agenda WHERE action = ? AND subject = ?", (name, subject))


def run_due() -> int:
    """Do everything that is due by now, in order of time, each in a transaction of its own."""
    done = 0
    while rows := store.execute(
        "SELECT * FROM agenda WHERE due <= ? ORDER BY due, id LIMIT 1", (exact(),)
    ):
        with store.transaction():
            removed = store.execute(
                "DELETE FROM agenda WHERE id = ? RETURNING id", (rows[0]["id"],)
            )
            if removed:
                with at(rows[0]["due"]):
                    ACTIONS[rows[0]["action"]](rows[0]["subject"])
                done += 1
    return done
