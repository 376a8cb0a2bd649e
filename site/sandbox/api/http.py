"""The HTTP side of the API: who calls, idempotency, faults, errors; then the operation itself."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest, HttpResponse

from sandbox import clock, events, faults, ids, recorder, test_clocks
from sandbox.api import families  # noqa: F401 - each family registers its operations
from sandbox.api.answers import shown
from sandbox.api.errors import ApiError
from sandbox.api.params import decode
from sandbox.api.routes import Call, Operation, resolve
from sandbox.store import store

_keys_at_work: set[str] = set()
_keys_lock = threading.Lock()
SERVER_ERROR = ApiError(
    500,
    "api_error",
    "An error occurred internally with the sandbox, on request.",
    saved=True,
)


def forget_keys_at_work() -> None:
    """A reset ends what hangs, as far as idempotency keys are concerned."""
    with _keys_lock:
        _keys_at_work.clear()


class ConnectionCut(Exception):
    """The caller shall see the connection end without an answer."""


def api(request: HttpRequest) -> HttpResponse:
    request_id = ids.new_id("req_", 14)
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    body = request.body.decode()
    replayed = False
    try:
        _authenticate(request)
        fault = faults.for_call(
            request.method or "", request.path, request.headers.get("X-Sandbox-Fault")
        )
        with _sole_use(key):
            status, text, replayed = _answer(request, body, request_id, key, fault)
            _afterwards(fault)
    except ApiError as error:
        status, text = error.status, json.dumps(error.envelope(request_id))
    except ConnectionCut:
        connection = request.META["sandbox.connection"]
        connection.close_now()
        return HttpResponse(status=500)
    recorder.record_exchange(
        request.method or "", request.get_full_path(), body, status, json.loads(text)
    )
    response = HttpResponse(text, status=status, content_type="application/json")
    response["Request-Id"] = request_id
    response["Stripe-Version"] = events.API_VERSION
    if key:
        response["Idempotency-Key"] = key
        if replayed:
            response["Idempotent-Replayed"] = "true"
    if status >= 500:
        response["Stripe-Should-Retry"] = "false" if replayed else "true"
    return response


def _authenticate(request: HttpRequest) -> None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    unauthorized = "invalid_request_error"
    if scheme != "Bearer" or not key:
        raise ApiError(
            401,
            unauthorized,
            "You did not provide an API key. You need to provide your API key in the Authorization"
            " header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        )
    if "_live_" in key:
        raise ApiError(
            401,
            unauthorized,
            "A live mode key was sent to the sandbox. It moves no money; revoke the key if it was"
            " written down anywhere.",
        )
    if key.startswith("pk_test_"):
        raise ApiError(
            403,
            unauthorized,
            "This API call cannot be made with a publishable API key. Please use a secret API key.",
            code="secret_key_required",
        )
    if not key.startswith(("sk_test_", "rk_test_")):
        raise ApiError(401, unauthorized, f"Invalid API Key provided: {key[:4]}****")
    version = request.headers.get("Stripe-Version", events.API_VERSION)
    if version != events.API_VERSION:
        raise ApiError(
            400,
            unauthorized,
            f"Invalid Stripe API version: {version}. The sandbox speaks {events.API_VERSION} only.",
        )


@contextmanager
def _sole_use(key: str | None) -> Iterator[None]:
    if key is None:
        yield
        return
    with _keys_lock:
        if key in _keys_at_work:
            raise ApiError(
                409,
                "idempotency_error",
                "There is currently another in-progress request using this Idempotent Key (that"
                f" probably means you submitted twice, and the other request is still going"
                f" through): {key}. Please try again later.",
                code="idempotency_key_in_use",
            )
        _keys_at_work.add(key)
    try:
        yield
    finally:
        with _keys_lock:
            _keys_at_work.discard(key)


def _answer(
    request: HttpRequest,
    body: str,
    request_id: str,
    key: str | None,
    fault: dict[str, Any] | None,
) -> tuple[int, str, bool]:
    """Status, text and whether it was replayed. One transaction holds work and saved answer."""
    _beforehand(fault)
    method = request.method or ""
    fingerprint = hashlib.sha256(f"{method} {request.path} {body}".encode()).hexdigest()
    with store.transaction():
        saved = store.execute("SELECT * FROM answers WHERE key = ?", (key,)) if key else []
        if saved:
            if saved[0]["fingerprint"] != fingerprint:
                raise ApiError(
                    400,
                    "idempotency_error",
                    "Keys for idempotent requests can only be used with the same parameters they"
                    f" were first used with. Try using a key other than '{key}' if you meant to"
                    " execute a different request.",
                )
            return saved[0]["status"], saved[0]["body"], True
        operation, subject = resolve(method, request.path)
        text = body if method == "POST" else request.META.get("QUERY_STRING", "")
        origin = f"{request.scheme}://{request.get_host()}"
        call = Call(method, request.path, {}, request_id, key, origin, subject)
        try:
            if fault and fault["kind"] == "500-before":
                raise SERVER_ERROR
            status, answer = 200, _work(operation, call, text)
            if fault and fault["kind"] == "500-after":
                status, answer = 500, SERVER_ERROR.envelope(request_id)
        except ApiError as error:
            if not error.saved:
                raise
            status, answer = error.status, error.envelope(request_id)
        written = json.dumps(answer)
        if key:
            store.execute(
                "INSERT INTO answers VALUES (?, ?, ?, ?, ?)",
                (key, fingerprint, status, written, clock.now()),
            )
    return status, written, False


def _work(operation: Operation, call: Call, text: str) -> dict[str, Any]:
    params = operation.params.read(decode(text), "")
    call.expand = params.pop("expand", [])
    call.params = params
    token = events.cause.set((call.request_id, call.idempotency_key))
    try:
        with clock.on(_test_clock(call)):
            answer = operation.handler(call)
        return shown(answer, call.expand)
    finally:
        events.cause.reset(token)


def _test_clock(call: Call) -> str | None:
    """The test clock on which the call's customer is."""
    if call.method == "GET" or call.path.startswith("/v1/test_helpers/"):
        return None
    given = call.params.get("test_clock")
    named = [call.params.get(name) for name in ("customer", "subscription")]
    return given or test_clocks.of(call.subject, *named)


def _beforehand(fault: dict[str, Any] | None) -> None:
    kind = fault["kind"] if fault else ""
    if kind == "429":
        raise ApiError(
            429, "invalid_request_error", "Request rate limit exceeded.", code="rate_limit"
        )
    if kind == "lock-timeout":
        raise ApiError(
            429,
            "invalid_request_error",
            "This object cannot be accessed right now because another API request or Stripe process"
            " is currently accessing it.",
            code="lock_timeout",
        )
    if kind == "cut-before":
        raise ConnectionCut


def _afterwards(fault: dict[str, Any] | None) -> None:
    kind = fault["kind"] if fault else ""
    if fault and kind == "hang":
        time.sleep(fault["seconds"])
    if kind == "cut":
        raise ConnectionCut
