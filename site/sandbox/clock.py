"""The sandbox's time, which tests may set, and the agenda of what is to happen at a time."""

import time
from collections.abc import Callable
from typing import TypeVar

from sandbox import switches
from sandbox.store import store

Action = Callable[[str], object]
ACTIONS: dict[str, Action] = {}
AnyAction = TypeVar("AnyAction", bound=Callable[..., object])


def exact() -> float:
    return time.time() + float(switches.get("clock_offset"))


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
                ACTIONS[rows[0]["action"]](rows[0]["subject"])
                done += 1
    return done
