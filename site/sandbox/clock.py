"""The sandbox's time, which tests may set, and the agenda of what is to happen at a time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from sandbox import switches
from sandbox.store import store

Action = Callable[[str], object]
AnyAction = TypeVar("AnyAction", bound=Callable[..., object])
ACTIONS: dict[str, Action] = {}
TOGETHER = 25
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


def action(name: str) -> Callable[[AnyAction], AnyAction]:
    """Register what the agenda calls with the id of an object."""

    def register(function: AnyAction) -> AnyAction:
        ACTIONS[name] = function
        return function

    return register


def plan(name: str, subject: str, due: float) -> None:
    store.execute(
        "INSERT INTO agenda (due, action, subject) VALUES (?, ?, ?)", (due, name, subject)
    )


def plan_once(name: str, subject: str, due: float) -> None:
    """The same as `plan`, unless just that is planned already."""
    rows = store.execute(
        "SELECT 1 FROM agenda WHERE action = ? AND subject = ? AND due = ?", (name, subject, due)
    )
    if not rows:
        plan(name, subject, due)


def unplan(name: str, subject: str) -> None:
    store.execute("DELETE FROM agenda WHERE action = ? AND subject = ?", (name, subject))


def run_due() -> int:
    """Do everything that is due by now, in order of time; how many there were.

    Some at once share a transaction: when months pass, writing each by itself takes longest.
    """
    done = 0
    while store.execute("SELECT 1 FROM agenda WHERE due <= ? LIMIT 1", (exact(),)):
        with store.transaction():
            for _ in range(TOGETHER):
                if not _do_next():
                    break
                done += 1
    return done


def _do_next() -> bool:
    rows = store.execute(
        "DELETE FROM agenda WHERE id = (SELECT id FROM agenda WHERE due <= ?"
        " ORDER BY due, id LIMIT 1) RETURNING *",
        (exact(),),
    )
    for row in rows:
        with at(row["due"]):
            ACTIONS[row["action"]](row["subject"])
    return bool(rows)
