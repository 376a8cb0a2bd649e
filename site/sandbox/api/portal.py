"""The customer portal: its configurations, and links for one customer."""

from sandbox import events, portal
from sandbox.api.answers import equal, page, retrieve
from sandbox.api.checkout import LOCALES, MORE_LOCALES
from sandbox.api.errors import invalid, no_such
from sandbox.api.params import Choice, Flag, Hash, Metadata, Text, Web, required
from sandbox.api.routes import LISTING, Call, operation
from sandbox.store import Object, store

SWITCH = Hash({"enabled": required(Flag())})
AFTER = Hash(
    {
        "type": required(Choice("hosted_confirmation", "portal_homepage", "redirect")),
        "redirect": Hash({"return_url": required(Web())}),
        "hosted_confirmation": Hash({"custom_message": Text(500)}),
    }
)


@operation(
    "POST",
    "/v1/billing_portal/configurations",
    {
        "features": required(Hash({"invoice_history": SWITCH, "payment_method_update": SWITCH})),
        "business_profile": Hash(
            {"headline": Text(60), "privacy_policy_url": Web(), "terms_of_service_url": Web()}
        ),
        "default_return_url": Web(),
        "metadata": Metadata(),
        "name": Text(),
    },
)
def create_configuration(call: Call) -> Object:
    return portal.configuration(call.params)


@operation("GET", "/v1/billing_portal/configurations/{id}")
def show_configuration(call: Call) -> Object:
    return retrieve("billing_portal.configuration", call, "billing_portal configuration")


@operation(
    "GET", "/v1/billing_portal/configurations", {**LISTING, "active": Flag(), "is_default": Flag()}
)
def list_configurations(call: Call) -> Object:
    return page(call, "billing_portal.configuration", equal(call, "active", "is_default"))


@operation(
    "POST",
    "/v1/billing_portal/sessions",
    {
        "customer": required(Text()),
        "configuration": Text(),
        "flow_data": Hash(
            {"type": required(Choice("payment_method_update")), "after_completion": AFTER}
        ),
        "locale": Choice(*LOCALES.split(), *MORE_LOCALES.split()),
        "return_url": Web(),
    },
)
def create_session(call: Call) -> Object:
    given = call.params
    customer = store.get("customer", given["customer"])
    if customer is None or customer.get("_deleted"):
        raise no_such("customer", given["customer"], param="customer", status=400)
    configuration = (
        store.get("billing_portal.configuration", given["configuration"])
        if "configuration" in given
        else portal.default_configuration()
    )
    if configuration is None:
        raise no_such("configuration", given["configuration"], param="configuration", status=400)
    flow = given.get("flow_data")
    feature = flow["type"] if flow else "invoice_history"
    if flow and not configuration["features"][feature]["enabled"]:
        raise invalid(
            f"The flow `{feature}` is disabled in the portal configuration.",
            param="flow_data[type]",
        )
    after = (flow or {}).get("after_completion", {"type": "portal_homepage"})
    if after["type"] == "redirect" and "redirect" not in after:
        raise invalid(
            "Missing required param: flow_data[after_completion][redirect].",
            code="parameter_missing",
            param="flow_data[after_completion][redirect]",
        )
    given.setdefault("return_url", configuration["default_return_url"])
    session = portal.new_session(given, configuration=configuration["id"], origin=call.origin)
    events.emit("billing_portal.session.created", session)
    return session
