"""Small questions about subscriptions in the sandbox, shared by their tests."""

from datetime import UTC, datetime

DAY = 86_400


def kinds(sandbox, since=None):
    found = [event["type"] for event in sandbox.events(since=since)]
    return [kind for kind in found if kind != "charge.updated"]


def last_event(sandbox):
    return sandbox.events()[-1]["id"]


def at(sandbox, text):
    """Set the sandbox's clock to a moment in UTC."""
    sandbox.set_clock(now=datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def turn(subscription):
    return subscription.items.data[0].current_period_end


def renew(sandbox, subscription):
    """Let the period end and its invoice be collected."""
    sandbox.set_clock(now=turn(subscription) + 3601)


def invoices_of(client, subscription):
    return client.v1.invoices.list({"subscription": subscription.id, "limit": 100}).data


def refreshed(client, subscription):
    return client.v1.subscriptions.retrieve(subscription.id)


def new_price(subscription, amount, interval="month"):
    item = subscription.items.data[0]
    price = {
        "currency": "usd",
        "product": item.price.product,
        "recurring": {"interval": interval},
        "unit_amount": amount,
    }
    return {"items": [{"id": item.id, "price_data": price}], "proration_behavior": "none"}
