"""The sandbox's time, which tests may set, and the agenda of what is to happen at a time.

A test clock (sandbox.test_clocks) is a time of its own, with its own entries in the agenda: what
is done `on` it happens at its frozen time, and what it plans waits until it is advanced.
"""

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
# The id of a test clock, or nothing for the sandbox's own time.
_test_clock: ContextVar[str] = ContextVar("test_clock", default="")


def exact() -> float:
    moment = _moment.get()
    return time.time() + float(switches.get("clock_offset")) if moment is None else moment


@contextmanager
def on(test_clock: str | None) -> Iterator[None]:
    """For what happens inside, it is the time of this test clock; without one, nothing changes."""
    frozen = store.get("test_helpers.test_clock", test_clock or "")
    if frozen is None or _test_clock.get():
        yield
        return
    token = _test_clock.set(frozen["id"])
    try:
        with at(frozen["frozen_time"]):
            yield
    finally:
        _test_clock.reset(token)


@contextmanager
def off_test_clock() -> Iterator[None]:
    """Money moves in the sandbox's own time, whatever clock its payer is on."""
    if not _test_clock.get():
        yield
        return
    tokens = _test_clock.set(""), _moment.set(None)
    try:
        yield
    finally:
        _test_clock.reset(tokens[0])
        _moment.reset(tokens[1])


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
        "INSERT INTO agenda (due, action, subject, test_clock) VALUES (?, ?, ?, ?)",
        (due, name, subject, _test_clock.get()),
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
    due = "SELECT 1 FROM agenda WHERE test_clock = '' AND due <= ? LIMIT 1"
    while store.execute(due, (exact(),)):
        with store.transaction():
            for _ in range(TOGETHER):
                if not _do_next("", exact()):
                    break
                done += 1
    return done


def advance(test_clock: str, until: int) -> None:
    """Do what a test clock's entries plan until then, each at its time."""
    token = _test_clock.set(test_clock)
    try:
        while _do_next(test_clock, until):
            pass
    finally:
        _test_clock.reset(token)


def _do_next(test_clock: str, until: float) -> bool:
    rows = store.execute(
        "DELETE FROM agenda WHERE id = (SELECT id FROM agenda WHERE test_clock = ? AND due <= ?"
        " ORDER BY due, id LIMIT 1) RETURNING *",
        (test_clock, until),
    )
    for row in rows:
        with at(row["due"]):
            ACTIONS[row["action"]](row["subject"])
    return bool(rows)
