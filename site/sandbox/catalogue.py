"""Products and prices: what is sold and for how much, also as named inline in other calls."""

import re
from typing import Any

from sandbox import clock, events, ids, money
from sandbox.api.errors import invalid
from sandbox.store import Object, store


def product(given: dict[str, Any], *, inline: bool = False) -> Object:
    """Keep a product; one named inline in another call is made without an event, as by Stripe."""
    made = store.save(
        {
            "id": given.get("id") or ids.new_id("prod_", 14),
            "object": "product",
            "active": given.get("active", True),
            "created": clock.now(),
            "default_price": None,
            "description": given.get("description"),
            "images": given.get("images", []),
            "livemode": False,
            "marketing_features": [],
            "metadata": given.get("metadata") or {},
            "name": given["name"],
            "package_dimensions": None,
            "shippable": None,
            "statement_descriptor": None,
            "tax_code": None,
            "unit_label": None,
            "updated": clock.now(),
            "url": None,
        }
    )
    if not inline:
        events.emit("product.created", made)
    return made


def price(given: dict[str, Any], *, where: str, inline: bool = False) -> Object:
    """Keep a price of the product that `given` names or describes.

    Args:
        where: the parameter it came in, for complaints: "line_items[0][price_data]".

    Raises:
        ApiError: a currency or an amount that Stripe would not take.
    """
    currency = given["currency"].lower()
    if not re.fullmatch("[a-z]{3}", currency):
        raise invalid(f"Invalid currency: {currency}.", param=_within(where, "currency"))
    if money.DIGITS.get(currency) == 3 and given["unit_amount"] % 10:
        raise invalid(
            f"Amounts in {currency} must end in 0: Stripe takes them in steps of ten.",
            param=_within(where, "unit_amount"),
        )
    product_id = _product_of(given, where)
    recurring = given.get("recurring")
    made = store.save(
        {
            "id": ids.new_id("price_1"),
            "object": "price",
            # A price made inline serves that call alone.
            "active": not inline,
            "billing_scheme": "per_unit",
            "created": clock.now(),
            "currency": currency,
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": given.get("lookup_key"),
            "metadata": given.get("metadata") or {},
            "nickname": given.get("nickname"),
            "product": product_id,
            "recurring": recurring
            and {
                "interval": recurring["interval"],
                "interval_count": recurring.get("interval_count", 1),
                "meter": None,
                "usage_type": "licensed",
            },
            "tax_behavior": given.get("tax_behavior", "unspecified"),
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "recurring" if recurring else "one_time",
            "unit_amount": given["unit_amount"],
            "unit_amount_decimal": str(given["unit_amount"]),
        }
    )
    if not inline:
        events.emit("price.created", made)
    return made


def _product_of(given: dict[str, Any], where: str) -> str:
    if ("product" in given) == ("product_data" in given):
        raise invalid(
            "You must specify either `product` or `product_data`.", param=_within(where, "product")
        )
    if "product" not in given:
        return str(product(given["product_data"], inline=True)["id"])
    if store.get("product", given["product"]) is None:
        raise invalid(
            f"No such product: '{given['product']}'",
            code="resource_missing",
            param=_within(where, "product"),
        )
    return str(given["product"])


def _within(where: str, name: str) -> str:
    return f"{where}[{name}]" if where else name


def name_of(price: Object) -> str:
    return str(store.need("product", price["product"])["name"])
