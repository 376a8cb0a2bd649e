"""Events, to be read back: all of them, by type or time."""

from sandbox.api.answers import page, retrieve
from sandbox.api.errors import invalid
from sandbox.api.params import Flag, Items, Text
from sandbox.api.routes import DATED, Call, operation
from sandbox.store import Condition, Object


@operation("GET", "/v1/events/{id}")
def show(call: Call) -> Object:
    return retrieve("event", call)


@operation(
    "GET",
    "/v1/events",
    {**DATED, "type": Text(), "types": Items(Text(), 20), "delivery_success": Flag()},
)
def list_events(call: Call) -> Object:
    given = call.params
    if "type" in given and "types" in given:
        raise invalid("You may only specify one of these parameters: type, types.", param="types")
    where: list[Condition] = []
    if "type" in given:
        # "charge.*" stands for all kinds of that family.
        where.append(("type", "LIKE", given["type"].replace("*", "%")))
    if "types" in given:
        where.append(("type", "IN", given["types"]))
    if "delivery_success" in given:
        where.append(("pending_webhooks", "=" if given["delivery_success"] else ">", 0))
    return page(call, "event", where)
