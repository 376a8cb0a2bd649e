"""Structured logs: one JSON object a line, with no personal data.

A request line holds method, path without query, status, milliseconds and query count: no address,
no user agent, no form content. Paths that carry a secret token are cut at the token.
"""

import json
import logging
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

request_log = logging.getLogger("northstar.request")
TOKEN = re.compile(r"/[A-Za-z0-9_:-]{20,}(?=/|$)")
EXTRA = ("method", "path", "status", "ms", "event", "job", "count", "kind", "seconds")


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: getattr(record, key) for key in EXTRA if hasattr(record, key)}
        if record.exc_info and record.exc_info[0]:
            # The kind and place of an error, never its text: messages quote what people typed.
            trace = record.exc_info[2]
            while trace and trace.tb_next:
                trace = trace.tb_next
            line["error"] = record.exc_info[0].__name__
            if trace:
                line["where"] = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        return json.dumps(line, default=str)


class RequestLog:
    """Middleware: one line for each request that reaches Django."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        if not request.path.startswith("/static/"):
            told(request.method or "", request.path, response.status_code, started)
        return response


def told(method: str, path: str, status: int, started: float) -> None:
    """Log one answered request.

    Args:
        started: by `time.perf_counter`.
    """
    request_log.info(
        "request",
        extra={
            "method": method,
            "path": TOKEN.sub("/…", path),
            "status": status,
            "ms": round((time.perf_counter() - started) * 1000, 1),
        },
    )
