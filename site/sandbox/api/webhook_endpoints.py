"""Webhook endpoints: where events are delivered, and which."""

from sandbox import clock, events, ids
from sandbox.api.answers import page, retrieve
from sandbox.api.params import Choice, Flag, Items, Metadata, Text, Web, merged_metadata, required
from sandbox.api.routes import LISTING, Call, operation
from sandbox.store import Object, store

SHARED = {"description": Text(5000, empty=True), "metadata": Metadata()}


def register(
    url: str,
    enabled_events: list[str],
    *,
    secret: str | None = None,
    description: str | None = None,
) -> Object:
    return store.save(
        {
            "id": ids.new_id("we_1"),
            "object": "webhook_endpoint",
            "api_version": events.API_VERSION,
            "application": None,
            "created": clock.now(),
            "description": description,
            "enabled_events": enabled_events,
            "livemode": False,
            "metadata": {},
            "status": "enabled",
            "url": url,
            "_secret": secret or ids.new_id("whsec_", 32),
        }
    )


@operation(
    "POST",
    "/v1/webhook_endpoints",
    {
        **SHARED,
        "url": required(Web()),
        "enabled_events": required(Items(Text(), 300)),
        "api_version": Choice(events.API_VERSION),
    },
)
def create(call: Call) -> Object:
    given = call.params
    endpoint = register(
        given["url"], given["enabled_events"], description=given.get("description") or None
    )
    store.save(endpoint | {"metadata": given.get("metadata") or {}})
    # Shown at creation only.
    return endpoint | {"metadata": given.get("metadata") or {}, "secret": endpoint["_secret"]}


@operation("GET", "/v1/webhook_endpoints/{id}")
def show(call: Call) -> Object:
    return retrieve("webhook_endpoint", call, "webhook endpoint")


@operation("GET", "/v1/webhook_endpoints", LISTING)
def list_endpoints(call: Call) -> Object:
    return page(call, "webhook_endpoint")


@operation(
    "POST",
    "/v1/webhook_endpoints/{id}",
    {**SHARED, "url": Web(), "enabled_events": Items(Text(), 300), "disabled": Flag()},
)
def update(call: Call) -> Object:
    endpoint = retrieve("webhook_endpoint", call, "webhook endpoint")
    given = dict(call.params)
    if "metadata" in given:
        given["metadata"] = merged_metadata(endpoint["metadata"], given["metadata"])
    if "disabled" in given:
        endpoint["status"] = "disabled" if given.pop("disabled") else "enabled"
    if "description" in given:
        given["description"] = given["description"] or None
    return store.save(endpoint | given)


@operation("DELETE", "/v1/webhook_endpoints/{id}")
def delete(call: Call) -> Object:
    endpoint = retrieve("webhook_endpoint", call, "webhook endpoint")
    store.delete(endpoint["id"])
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}
