"""After a failed renewal: when the next try comes, and what happens after the last.

A fixed schedule of days after the try before, as an account may set it at Stripe instead of Smart
Retries; the switch `dunning` holds it.
"""

from sandbox import clock, standing, switches
from sandbox.store import Object

# Stripe does not try these cards again until there is another one, although it counts on:
# attempt_count grows and next_payment_attempt stays set.
HARD = {"lost_card", "stolen_card", "fraudulent"}
ENDS = ("cancel", "unpaid", "past_due")
DAY = 86_400


def next_try(invoice: Object, subscription: Object) -> int | None:
    """When the invoice is tried again; None after the last try, or where nobody tries."""
    days: list[float] = switches.get("dunning")["days"]
    if subscription["status"] in (*standing.ENDED, "incomplete") or not invoice["auto_advance"]:
        return None
    tries: int = invoice["attempt_count"]
    return int(clock.now() + days[tries - 1] * DAY) if tries <= len(days) else None


def is_over(invoice: Object) -> bool:
    return bool(invoice["attempt_count"] > len(switches.get("dunning")["days"]))


def give_up(subscription: Object) -> None:
    """All tries failed: cancel, leave unpaid, or leave past due, as the switch says."""
    end = switches.get("dunning")["end"]
    if end == "cancel":
        standing.end(subscription, reason="payment_failed")
    elif end == "unpaid":
        standing.change(subscription, status="unpaid")
