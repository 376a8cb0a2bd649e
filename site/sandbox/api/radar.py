"""What Radar tells: early fraud warnings, and payments that a person should look at."""

from sandbox import disputing
from sandbox.api.answers import equal, page, retrieve
from sandbox.api.errors import ApiError
from sandbox.api.params import Text
from sandbox.api.routes import DATED, Call, operation
from sandbox.store import Object


@operation("GET", "/v1/radar/early_fraud_warnings/{id}")
def show_warning(call: Call) -> Object:
    return retrieve("radar.early_fraud_warning", call)


@operation(
    "GET",
    "/v1/radar/early_fraud_warnings",
    {**DATED, "charge": Text(), "payment_intent": Text()},
)
def list_warnings(call: Call) -> Object:
    return page(call, "radar.early_fraud_warning", equal(call, "charge", "payment_intent"))


@operation("GET", "/v1/reviews/{id}")
def show_review(call: Call) -> Object:
    return retrieve("review", call)


@operation("GET", "/v1/reviews", DATED)
def list_reviews(call: Call) -> Object:
    return page(call, "review", [("open", "=", 1)])


@operation("POST", "/v1/reviews/{id}/approve")
def approve(call: Call) -> Object:
    review = retrieve("review", call)
    try:
        return disputing.close_review(review)
    except disputing.NotPossible as error:
        raise ApiError(400, "invalid_request_error", str(error), saved=True) from None
