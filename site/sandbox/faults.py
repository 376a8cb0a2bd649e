"""Faults on request: what an API call may run into, by header or queued beforehand."""

from typing import Any

from sandbox import switches
from sandbox.store import store

KINDS = {
    "429": "refused with rate_limit, nothing done",
    "lock-timeout": "refused with lock_timeout, nothing done",
    "500-before": "answered with 500, nothing done",
    "500-after": "answered with 500 although the work was done",
    "hang": "the work is done, the answer comes `seconds` later",
    "cut-before": "the connection is cut, nothing done",
    "cut": "the connection is cut after the work was done",
}


def queue(
    kind: str, *, count: int = 1, method: str = "", match: str = "", seconds: float = 5.0
) -> None:
    """The next `count` API calls whose path holds `match` (and whose method fits) meet the fault.

    Raises:
        ValueError: no such kind of fault.
    """
    if kind not in KINDS:
        raise ValueError(f"no such fault: {kind}; there are {', '.join(KINDS)}")
    fault = {"kind": kind, "count": count, "method": method, "match": match, "seconds": seconds}
    with store.transaction():
        switches.put("faults", [*switches.get("faults"), fault])


def for_call(method: str, path: str, header: str | None) -> dict[str, Any] | None:
    """The fault this call meets: the header's ("hang;seconds=2"), else the first that matches."""
    if header:
        kind, _, rest = header.partition(";")
        seconds = rest.partition("seconds=")[2] or "5"
        return {"kind": kind.strip(), "seconds": float(seconds)}
    if not switches.get("faults"):
        return None
    with store.transaction():
        waiting: list[dict[str, Any]] = switches.get("faults")
        for index, fault in enumerate(waiting):
            if fault["match"] in path and fault["method"] in ("", method):
                left = [{**fault, "count": fault["count"] - 1}] if fault["count"] > 1 else []
                switches.put("faults", waiting[:index] + left + waiting[index + 1 :])
                return fault
    return None
