"""Test clocks: made, advanced, deleted."""

from sandbox import test_clocks
from sandbox.api.answers import page, retrieve
from sandbox.api.errors import invalid
from sandbox.api.params import Integer, Text, required
from sandbox.api.routes import LISTING, Call, operation
from sandbox.store import Object

NAME = "test clock"


@operation(
    "POST",
    "/v1/test_helpers/test_clocks",
    {"frozen_time": required(Integer(0)), "name": Text(300)},
)
def create(call: Call) -> Object:
    return test_clocks.create(call.params)


@operation("GET", "/v1/test_helpers/test_clocks/{id}")
def show(call: Call) -> Object:
    return retrieve(test_clocks.KIND, call, NAME)


@operation("GET", "/v1/test_helpers/test_clocks", LISTING)
def list_clocks(call: Call) -> Object:
    return page(call, test_clocks.KIND)


@operation(
    "POST",
    "/v1/test_helpers/test_clocks/{id}/advance",
    {"frozen_time": required(Integer(0))},
)
def advance(call: Call) -> Object:
    test_clock = retrieve(test_clocks.KIND, call, NAME)
    until = call.params["frozen_time"]
    if test_clock["status"] != "ready":
        raise invalid("Test clock advancement is underway.", code="testmode_clock_advancing")
    if until <= test_clock["frozen_time"]:
        raise invalid("Cannot advance a test clock to the past.", param="frozen_time")
    return test_clocks.begin_to_advance(test_clock, until)


@operation("DELETE", "/v1/test_helpers/test_clocks/{id}")
def delete(call: Call) -> Object:
    test_clock = retrieve(test_clocks.KIND, call, NAME)
    test_clocks.delete(test_clock)
    return {"id": test_clock["id"], "object": test_clocks.KIND, "deleted": True}
