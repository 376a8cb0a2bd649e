"""The table of operations: each family of objects registers its own."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.api.errors import ApiError
from sandbox.api.params import Created, Hash, Integer, Items, Param, Text
from sandbox.store import Object


@dataclass
class Call:
    """One API call, its parameters read and checked."""

    method: str
    path: str
    params: dict[str, Any]
    request_id: str
    idempotency_key: str | None
    # As the caller reached the sandbox, such as http://127.0.0.1:8002: its pages live there too.
    origin: str
    # What stands for {id} in the operation's path.
    subject: str = ""
    expand: list[str] = field(default_factory=list)


Handler = Callable[[Call], Object]


@dataclass(frozen=True)
class Operation:
    method: str
    pattern: re.Pattern[str]
    params: Hash
    handler: Handler


OPERATIONS: list[Operation] = []
EXPAND = Items(Text())
# Every list takes these.
LISTING: Mapping[str, Param] = {
    "limit": Integer(1, 100),
    "starting_after": Text(),
    "ending_before": Text(),
}
DATED: Mapping[str, Param] = {**LISTING, "created": Created()}


def operation(
    method: str, path: str, params: Mapping[str, Param] | None = None
) -> Callable[[Handler], Handler]:
    """Register the handler of `POST /v1/things/{id}`; `expand` is taken by all."""

    def register(handler: Handler) -> Handler:
        pattern = re.compile(re.escape(path).replace(r"\{id\}", "(?P<id>[^/]+)") + "$")
        fields = Hash({**(params or {}), "expand": EXPAND})
        OPERATIONS.append(Operation(method, pattern, fields, handler))
        return handler

    return register


def resolve(method: str, path: str) -> tuple[Operation, str]:
    for candidate in OPERATIONS:
        match = candidate.pattern.match(path)
        if match and candidate.method == method:
            return candidate, match.groupdict().get("id") or ""
    raise ApiError(
        404,
        "invalid_request_error",
        f"Unrecognized request URL ({method}: {path}). The sandbox covers what docs/sandbox.md"
        " names; please see https://stripe.com/docs for the rest of the API.",
    )
