"""The endpoint at Stripe that calls us, kept equal to the table of kinds we handle."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from donations.gateway.client import API_VERSION, client, translated_errors


@dataclass(frozen=True)
class Endpoint:
    id: str
    created: bool
    # Told once, when made; put it into STRIPE_WEBHOOK_SECRETS.
    secret: str


def set_up_endpoint(url: str, kinds: Sequence[str]) -> Endpoint:
    """Make the endpoint, or bring the one with this address up to date.

    An endpoint's API version cannot be changed: one of another version is left for Stripe's page.
    """
    wanted: Any = list(kinds)
    with translated_errors():
        service = client().v1.webhook_endpoints
        for endpoint in service.list({"limit": 100}).auto_paging_iter():
            if endpoint.url == url and endpoint.api_version == API_VERSION:
                service.update(endpoint.id, {"enabled_events": wanted, "disabled": False})
                return Endpoint(endpoint.id, created=False, secret="")
        made = service.create(
            {"url": url, "enabled_events": wanted, "api_version": cast(Any, API_VERSION)}
        )
    return Endpoint(made.id, created=True, secret=made.secret or "")
