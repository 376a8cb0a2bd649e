"""What becomes of a gift or a plan, step by step: the stories that the orders of events mix.

A story is a list of days, each a list of steps; the clock moves from one of `DAYS` to the next.
Stories of a single payment page have one day.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from donations import checkout, gateway
from donations.models import Channel, Designation, Donation, Plan
from donations.plans import actions
from donations.plans.steps import By
from sandbox.control import CARD
from tests.giving import ASKS_THE_BANK, BANK, DECLINED, Giving

Step = Callable[[Giving, Donation], Any]
Days = list[list[Step]]
NO_MONEY = "4000000000009995"
ASKS_EACH_TIME = "4000002760003184"
LINK, DESK = By.link(), By(Channel.STAFF)

# A monthly gift begins; its second payment; Stripe's next try; after the last try; the third one.
START = datetime(2027, 1, 15, 12, tzinfo=UTC)
SECOND, THIRD = datetime(2027, 2, 15, 14, tzinfo=UTC), datetime(2027, 3, 15, 14, tzinfo=UTC)
DAYS = [START, SECOND, SECOND + timedelta(days=4), SECOND + timedelta(days=17), THIRD]
open_disputes: dict[int, str] = {}


def open_page(giving: Giving, gift: Donation) -> None:
    giving.open(gift)


def with_card(card: str, **how: Any) -> Step:
    return lambda giving, gift: giving.sandbox.pay(giving.session_of(gift), card, **how)


def bank_pays(giving: Giving, gift: Donation) -> None:
    giving.sandbox.settle(giving.session_of(gift))


def bank_refuses(giving: Giving, gift: Donation) -> None:
    giving.sandbox.fail(giving.session_of(gift))


def page_ends(giving: Giving, gift: Donation) -> None:
    giving.sandbox.expire(giving.session_of(gift))


def refunded(giving: Giving, gift: Donation) -> None:
    giving.sandbox.refund(giving.session_of(gift), 2000)


def refund_fails(giving: Giving, gift: Donation) -> None:
    made = giving.sandbox.refund(giving.session_of(gift), 1000)
    giving.sandbox.command("fail_refund", refund=made["id"])


def disputed(giving: Giving, gift: Donation) -> None:
    open_disputes[gift.pk] = giving.sandbox.dispute(giving.session_of(gift), amount=1500)["id"]


def bank_decides(word: str) -> Step:
    return lambda giving, gift: giving.sandbox.command(
        f"{word}_dispute", dispute=open_disputes[gift.pk]
    )


def comes_back(giving: Giving, gift: Donation) -> None:
    """The donor finds the page closed, goes back and opens another."""
    assert giving.client.get(f"/give/back/{gift.reference}/").status_code == 200
    checkout.send_to_stripe(gift)


def warned_and_reviewed(giving: Giving, gift: Donation) -> None:
    session = giving.session_of(gift)
    giving.sandbox.command("warn", session=session)
    review = giving.sandbox.command("open_review", session=session)["review"]["id"]
    giving.sandbox.command("close_review", session=session, review=review)


# --- a plan: what Stripe holds is asked of Stripe, since nothing may have been told yet ----------


def subscription_of(giving: Giving, gift: Donation) -> gateway.Subscription:
    page = gateway.fetch_checkout(giving.session_of(gift))
    return gateway.fetch_subscription(page.subscription_id)


def answers_as(card: str) -> Step:
    """The card on file is another from now on, looking as before."""
    return lambda giving, gift: giving.sandbox.card_of(
        subscription=subscription_of(giving, gift).id, card=card
    )


def new_card(giving: Giving, gift: Donation) -> None:
    """Given at Stripe's own page."""
    customer = gateway.fetch_checkout(giving.session_of(gift)).customer_id
    giving.sandbox.give_card(customer, "5555555555554444")


def bank_sends_card(giving: Giving, gift: Donation) -> None:
    subscription = subscription_of(giving, gift).id
    giving.sandbox.command("update_card", subscription=subscription, expires="11/2031")


def confirms(giving: Giving, gift: Donation) -> None:
    """The donor does at Stripe's page what the bank asks for."""
    invoice = subscription_of(giving, gift).invoice
    assert invoice is not None
    giving.sandbox.pay_invoice(invoice.id, authenticate=True)


def newest_charge(giving: Giving, gift: Donation) -> str:
    newest = subscription_of(giving, gift).invoice
    assert newest is not None
    intent = gateway.fetch_invoice(newest.id).intent
    assert intent
    assert intent.charge
    return intent.charge.id


def renewal_refunded(giving: Giving, gift: Donation) -> None:
    giving.sandbox.command("refund", charge=newest_charge(giving, gift), amount=1000)


def renewal_disputed(giving: Giving, gift: Donation) -> None:
    made = giving.sandbox.command("dispute", charge=newest_charge(giving, gift))
    open_disputes[gift.pk] = made["dispute"]["id"]


def stopped_in_the_dashboard(giving: Giving, gift: Donation) -> None:
    gateway.cancel_subscription(subscription_of(giving, gift).id, key=f"dashboard {gift.pk}")


def act(action: Callable[..., Plan], **how: Any) -> Step:
    return lambda _giving, gift: action(Plan.objects.get(donations=gift), **how)


def purpose_changed(_giving: Giving, gift: Donation) -> None:
    plan, work = Plan.objects.get(donations=gift), Designation.objects.get(code="work")
    actions.change_designation(plan, designation=work, by=DESK)


STORIES: dict[str, tuple[str, Days]] = {
    "paid, a refund comes back": ("paid", [[open_page, with_card(CARD), refund_fails]]),
    "declined, paid, refunded in part, disputed, won": (
        "paid",
        [
            [
                *(open_page, with_card(DECLINED), with_card(CARD)),
                *(refunded, disputed, bank_decides("win")),
            ]
        ],
    ),
    "asked by the bank, paid": ("paid", [[open_page, with_card(ASKS_THE_BANK, authenticate=True)]]),
    "debit, paid, taken back": ("paid", [[open_page, with_card(BANK), bank_pays, disputed]]),
    "debit, bounced": ("failed", [[open_page, with_card(BANK), bank_refuses]]),
    "debit under way": ("processing", [[open_page, with_card(BANK)]]),
    "declined, ended": ("abandoned", [[open_page, with_card(DECLINED), page_ends]]),
    "ended, paid on another page": (
        "paid",
        [[open_page, page_ends, comes_back, with_card(DECLINED), with_card(CARD)]],
    ),
    "asked by the bank, left": ("needs_action", [[open_page, with_card(ASKS_THE_BANK)]]),
}

BEGUN = [open_page, with_card(CARD)]
# The status that comes of it is the plan's; gifts given once say so in their name.
LONG_STORIES: dict[str, tuple[str, Days]] = {
    "renewed, then raised for another purpose": (
        "active",
        [BEGUN, [act(actions.change_amount, gift_minor=4000, by=DESK), purpose_changed]],
    ),
    "failed, then recovered": ("active", [[*BEGUN, answers_as(NO_MONEY)], [answers_as(CARD)]]),
    "failed to the last": ("lapsed", [[*BEGUN, answers_as(NO_MONEY)]]),
    "paused, then resumed": (
        "active",
        [
            *(BEGUN, [], [act(actions.pause, months=2, by=LINK)]),
            *([act(actions.resume, by=LINK)], []),
        ],
    ),
    "stopped, its last gift refunded": (
        "canceled",
        [BEGUN, [act(actions.cancel, by=LINK), renewal_refunded]],
    ),
    "renewal disputed and won": (
        "active",
        [BEGUN, [renewal_disputed], [bank_decides("win")]],
    ),
    "renewal disputed and lost": (
        "canceled",
        [BEGUN, [renewal_disputed], [], [bank_decides("lose")]],
    ),
    # The third payment asks again, and nobody has answered yet.
    "the bank asks each time": (
        "past_due",
        [[open_page, with_card(ASKS_EACH_TIME, authenticate=True)], [], [confirms]],
    ),
    "begun by debit, two other cards": (
        "active",
        [[open_page, with_card(BANK), bank_pays], [new_card], [bank_sends_card]],
    ),
    "once: declined, left open": ("abandoned", [[open_page, with_card(DECLINED)]]),
    "once: warned, refunded, disputed later": (
        "paid",
        [[*BEGUN, warned_and_reviewed, refunded], [disputed], [], [bank_decides("win")]],
    ),
    "once: debit, bounced": ("failed", [[open_page, with_card(BANK), bank_refuses]]),
    "once: debit, settled": ("paid", [[open_page, with_card(BANK)], [bank_pays]]),
}


def payouts_of(giving: Giving, day: int, made: list[str]) -> None:
    """All that is there goes to the bank; one payout comes back, one by hand is called back."""
    giving.sandbox.release_fees()
    if day in (0, 1):
        made.append(giving.sandbox.pay_out()["id"])
    if day == 2:
        giving.sandbox.command("fail_payout", payout=made[-1])
    if day == 4:
        by_hand = giving.sandbox.pay_out(700)["id"]
        giving.sandbox.command("cancel_payout", payout=by_hand)
