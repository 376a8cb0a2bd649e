"""The connection to Stripe and what can go wrong with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import stripe
from django.conf import settings

API_VERSION = "2026-08-26.dahlia"


class GatewayError(Exception):
    """Stripe did not do what we asked. The text holds Stripe's codes, never a person's data."""


class Unreachable(GatewayError):
    """No answer, or a passing fault: whether it was done is unknown; repeat with the same key."""


class UsedUp(GatewayError):
    """Stripe repeats a failure it has saved under this key: only another key can get further."""


class Refused(GatewayError):
    """A definite no: nothing was done, and repeating the same request will not change it."""

    def __init__(self, code: str, param: str) -> None:
        super().__init__(f"{code or 'refused'} {param}".strip())
        self.code = code


class NotFound(Refused):
    """Stripe knows no such object."""


@cache
def client() -> stripe.StripeClient:
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        stripe_version=API_VERSION,
        base_addresses={"api": settings.STRIPE_API_BASE},
        http_client=stripe.RequestsClient(timeout=settings.STRIPE_TIMEOUT_SECONDS),
        max_network_retries=2,
    )


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn Stripe's errors into the four answers a caller can act on."""
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise Unreachable(type(error).__name__) from None
    except stripe.StripeError as error:
        status = error.http_status or 500
        code, param = error.code or type(error).__name__, str(getattr(error, "param", "") or "")
        headers: Any = error.headers or {}
        if status >= 500 and headers.get("Idempotent-Replayed") == "true":
            raise UsedUp(f"{status} {code}") from None
        if status >= 500 or status == 409:
            raise Unreachable(f"{status} {code}") from None
        raise (NotFound if status == 404 else Refused)(code, param) from None
