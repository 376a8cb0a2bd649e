"""Products and prices, and prices named inline in other calls."""

from typing import Any

from sandbox import catalogue
from sandbox.api.answers import equal, page, retrieve
from sandbox.api.errors import invalid, no_such
from sandbox.api.params import Choice, Flag, Hash, Integer, Items, Metadata, Text, Web, required
from sandbox.api.routes import DATED, Call, operation
from sandbox.store import Object, store

RECURRING = Hash(
    {
        "interval": required(Choice("day", "week", "month", "year")),
        "interval_count": Integer(1, 1095),
        "usage_type": Choice("licensed"),
    }
)
INLINE_PRICE = {
    "currency": required(Text(3)),
    "product": Text(),
    "recurring": RECURRING,
    "unit_amount": required(Integer(0)),
    "tax_behavior": Choice("exclusive", "inclusive", "unspecified"),
}
PRODUCT_DATA = Hash(
    {
        "name": required(Text(250)),
        "description": Text(500),
        "images": Items(Web(2048), 8),
        "metadata": Metadata(),
    }
)


def price_of(line: dict[str, Any], where: str) -> Object:
    """The price that a line names by id or describes inline.

    Raises:
        ApiError: it does neither, or both, or there is no such price.
    """
    if ("price" in line) == ("price_data" in line):
        raise invalid(f"You must specify either `price` or `price_data` in `{where}`.", param=where)
    if "price_data" in line:
        return catalogue.price(line["price_data"], where=f"{where}[price_data]", inline=True)
    found = store.get("price", line["price"])
    if found is None:
        raise no_such("price", line["price"], param=f"{where}[price]", status=400)
    return found


@operation(
    "POST",
    "/v1/products",
    {
        "id": Text(),
        "name": required(Text(250)),
        "description": Text(500),
        "active": Flag(),
        "images": Items(Web(2048), 8),
        "metadata": Metadata(),
    },
)
def create_product(call: Call) -> Object:
    return catalogue.product(call.params)


@operation("GET", "/v1/products/{id}")
def show_product(call: Call) -> Object:
    return retrieve("product", call)


@operation("GET", "/v1/products", {**DATED, "active": Flag()})
def list_products(call: Call) -> Object:
    return page(call, "product", equal(call, "active"))


@operation(
    "POST",
    "/v1/prices",
    {
        **INLINE_PRICE,
        "product_data": Hash({"name": required(Text(250)), "metadata": Metadata()}),
        "lookup_key": Text(200),
        "nickname": Text(),
        "metadata": Metadata(),
    },
)
def create_price(call: Call) -> Object:
    return catalogue.price(call.params, where="")


@operation("GET", "/v1/prices/{id}")
def show_price(call: Call) -> Object:
    return retrieve("price", call)


@operation("GET", "/v1/prices", {**DATED, "active": Flag(), "currency": Text(3), "product": Text()})
def list_prices(call: Call) -> Object:
    return page(call, "price", equal(call, "active", "currency", "product"))
