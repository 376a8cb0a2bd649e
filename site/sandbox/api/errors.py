"""Stripe's error envelope."""

from typing import Any


class ApiError(Exception):
    """An answer other than 200.

    `saved` says whether an idempotency key keeps it: Stripe keeps what an endpoint answered once it
    began to work, and forgets refusals that came before (bad parameters, rate limits, conflicts).
    """

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        decline_code: str | None = None,
        saved: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message
        self.code = code
        self.param = param
        self.decline_code = decline_code
        self.saved = saved

    def envelope(self, request_id: str) -> dict[str, Any]:
        error: dict[str, Any] = {}
        if self.code:
            slug = self.code.replace("_", "-")
            error |= {"code": self.code, "doc_url": f"https://stripe.com/docs/error-codes/{slug}"}
        if self.decline_code:
            error["decline_code"] = self.decline_code
        error["message"] = self.message
        if self.param:
            error["param"] = self.param
        error["request_log_url"] = f"https://dashboard.stripe.com/test/logs/{request_id}"
        error["type"] = self.kind
        return {"error": error}


def invalid(message: str, *, code: str | None = None, param: str | None = None) -> ApiError:
    return ApiError(400, "invalid_request_error", message, code=code, param=param)


def no_such(what: str, object_id: str, *, param: str = "id", status: int = 404) -> ApiError:
    return ApiError(
        status,
        "invalid_request_error",
        f"No such {what}: '{object_id}'",
        code="resource_missing",
        param=param,
    )
