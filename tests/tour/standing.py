"""Who gives each month in the tour, and what happens to each: a story is a list of deeds.

A deed is done at a stop of the clock: so many months after the beginning, at one of the moments of
a month that matter. `HOURS` are those moments, counted from the charge.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from donations import checkout, gateway, mails
from donations.models import Designation, LegalEntity, Plan
from donations.plans import actions
from donations.plans.steps import By
from sandbox.control import CARD, Sandbox

# Bills are charged an hour after they are drawn; failed ones are tried 3, 5 and 7 days later. Each
# try has a moment of its own, also of whoever began anew two hours into a month.
HOURS = {"charged": 2, "next day": 36, "try 2": 80, "try 3": 200, "try 4": 370, "calm": 480}
NO_MONEY, DECLINED, LOST = "4000000000009995", "4000000000000002", "4000000000009987"
STOLEN, BROKEN = "4000000000009979", "4000000000000119"
ASKS_EACH_TIME, MASTERCARD, AMEX = "4000002760003184", "5555555555554444", "378282246310005"
LINK, SINCE = By.link(), "12/2034"
PURPOSES = ("where-needed-most", "education", "work")


@dataclass
class Giver:
    """One donor with a standing gift, and what she did herself, by her own count."""

    number: int
    story: str
    plans: list[Plan] = field(default_factory=list)
    # (subscription, kind) of what Stripe's events do not tell: skips, purposes, new beginnings.
    diary: list[tuple[str, str]] = field(default_factory=list)
    # Amounts that staff sent back, and the disputes of her bank.
    refunded: list[int] = field(default_factory=list)
    disputes: dict[str, str] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return f"monthly{self.number}@example.org"

    @property
    def plan(self) -> Plan:
        """As it stands now."""
        return Plan.objects.get(pk=self.plans[-1].pk)

    @property
    def subscription(self) -> str:
        return str(self.plan.subscription_id)

    @property
    def last_charge(self) -> str:
        paid = self.plan.donations.filter(status="paid").order_by("pk").last()
        assert paid is not None
        return str(paid.charge_id)

    def note(self, kind: str) -> None:
        self.diary.append((self.subscription, kind))


Deed = Callable[[Giver, Sandbox], object]


# --- Deeds --------------------------------------------------------------------------------------
def begin(giver: Giver, sandbox: Sandbox) -> None:
    """Form, payment page, card."""
    amount = 500 + 350 * (giver.number % 20)
    donation = checkout.begin(
        [checkout.Part(Designation.objects.get(code=PURPOSES[giver.number % 3]), amount)],
        form_token=f"monthly-{giver.number}",
        entity=LegalEntity.objects.get(is_default=True),
        currency="USD",
        fee_cover_minor=70 if giver.number % 4 == 1 else 0,
        interval="month",
        name=f"Monthly Giver {giver.number}",
        email=giver.email,
        language="es" if giver.number % 7 == 3 else "en",
    )
    assert donation.plan is not None
    giver.plans.append(donation.plan)
    _pay_first(giver, donation, sandbox)


def begin_again(giver: Giver, sandbox: Sandbox) -> None:
    if giver.plan.is_live:
        return
    donation = actions.restart(giver.plan)
    assert donation.plan is not None
    giver.plans.append(donation.plan)
    _pay_first(giver, donation, sandbox)


def _pay_first(giver: Giver, donation: Any, sandbox: Sandbox) -> None:
    mails.confirm(donation)  # asked of everybody for an hour after the card tester
    donation.refresh_from_db(fields=["confirmed_at"])
    checkout.send_to_stripe(donation)
    session = donation.attempts.latest("pk").session_id
    first = len(giver.plans) == 1
    card = ASKS_EACH_TIME if first and giver.story == "asked each time" else CARD
    paid = sandbox.pay(session, card, authenticate=True, name=donation.name)
    assert paid["error"] is None, paid


def card_answers(card: str) -> Deed:
    """The bank has changed its mind about the same card."""
    return lambda giver, sandbox: sandbox.card_of(subscription=giver.subscription, card=card)


def gives_card(card: str) -> Deed:
    return lambda giver, sandbox: sandbox.give_card(str(giver.plan.customer_id), card)


def card_is_renewed(expires: str) -> Deed:
    """The bank tells Stripe of another date; one that is past makes the next charge fail."""
    return lambda giver, sandbox: sandbox.command(
        "update_card", subscription=giver.subscription, expires=expires
    )


def confirms(giver: Giver, sandbox: Sandbox) -> None:
    sandbox.pay_invoice(giver.plan.open_invoice_id, authenticate=True)


def raises_(giver: Giver, sandbox: Sandbox) -> None:
    """At the staff's desk, on the telephone."""
    plan = giver.plan
    actions.change_amount(plan, gift_minor=plan.gift_minor + 500, by=By("staff"))


def lowers(giver: Giver, sandbox: Sandbox) -> None:
    plan = giver.plan
    actions.change_amount(plan, gift_minor=plan.gift_minor - 100, by=LINK)


def pauses(months: int) -> Deed:
    return lambda giver, sandbox: actions.pause(giver.plan, months=months, by=LINK)


def resumes(giver: Giver, sandbox: Sandbox) -> None:
    actions.resume(giver.plan, by=LINK)


def skips(giver: Giver, sandbox: Sandbox) -> None:
    plan = giver.plan
    giver.note("skipped")
    actions.skip(plan, charge_at=actions.preview_skip(plan).left_out[0], by=LINK)


def cancels(giver: Giver, sandbox: Sandbox) -> None:
    actions.cancel(giver.plan, by=LINK, reason="money")


def is_ended_at_stripe(giver: Giver, sandbox: Sandbox) -> None:
    gateway.cancel_subscription(giver.subscription, key=f"dashboard-{giver.number}")


def changes_purpose(giver: Giver, sandbox: Sandbox) -> None:
    plan = giver.plan
    code = PURPOSES[(PURPOSES.index(plan.designation.code) + 1) % 3]
    giver.note("designation")
    to = Designation.objects.get(code=code)
    actions.change_designation(plan, designation=to, by=By("staff"))


def is_refunded(minor: int | None = None) -> Deed:
    def refund(giver: Giver, sandbox: Sandbox) -> None:
        given = {} if minor is None else {"amount": minor}
        made = sandbox.command("refund", charge=giver.last_charge, **given)["refund"]
        giver.refunded.append(made["amount"])

    return refund


def disputes(giver: Giver, sandbox: Sandbox) -> None:
    made = sandbox.command("dispute", charge=giver.last_charge)["dispute"]
    giver.disputes[made["id"]] = "open"


def bank_decides(for_us: bool) -> Deed:
    def decide(giver: Giver, sandbox: Sandbox) -> None:
        for dispute in [key for key, how in giver.disputes.items() if how == "open"]:
            sandbox.command("win_dispute" if for_us else "lose_dispute", dispute=dispute)
            giver.disputes[dispute] = "won" if for_us else "lost"

    return decide


# --- Stories ------------------------------------------------------------------------------------
# (month, moment) and what happens then. In a longer tour each year repeats them.
STORIES: dict[str, list[tuple[int, str, Deed]]] = {
    "faithful": [],
    "short of money once": [
        (2, "calm", card_answers(NO_MONEY)),
        (3, "next day", card_answers(CARD)),
    ],
    "short until the last try": [
        (4, "calm", card_answers(DECLINED)),
        (5, "try 3", card_answers(CARD)),
    ],
    "never pays again": [(3, "calm", card_answers(NO_MONEY))],
    "comes back after the end": [
        (2, "calm", card_answers(BROKEN)),
        (5, "charged", begin_again),
    ],
    "lost card": [(5, "calm", card_answers(LOST)), (6, "try 2", gives_card(MASTERCARD))],
    "stolen card": [(6, "calm", card_answers(STOLEN))],
    "card runs out": [
        (1, "calm", card_is_renewed("01/2026")),
        (2, "next day", card_is_renewed(SINCE)),
    ],
    "asked each time": [
        (1, "next day", confirms),
        (2, "next day", confirms),
        (3, "next day", gives_card(CARD)),
        (12, "calm", card_answers(ASKS_EACH_TIME)),
    ],
    "another card that fails": [
        (7, "calm", card_answers(NO_MONEY)),
        (8, "next day", gives_card("4000000000000341")),
        (8, "try 2", gives_card(AMEX)),
    ],
    "raises and lowers": [(2, "calm", raises_), (5, "calm", lowers), (8, "calm", changes_purpose)],
    "pauses": [(3, "calm", pauses(2)), (8, "calm", pauses(3)), (9, "calm", resumes)],
    "skips": [(2, "calm", skips), (6, "calm", skips)],
    "skips what failed": [
        (3, "calm", card_answers(NO_MONEY)),
        (4, "next day", skips),
        (4, "calm", card_answers(CARD)),
    ],
    "stops": [(5, "calm", cancels)],
    "stops while it fails": [(6, "calm", card_answers(NO_MONEY)), (7, "next day", cancels)],
    "ended at Stripe": [(9, "calm", is_ended_at_stripe)],
    "refunded": [(2, "next day", is_refunded()), (6, "next day", is_refunded(200))],
    "dispute won": [(2, "next day", disputes), (3, "calm", bank_decides(True))],
    "dispute lost": [(4, "next day", disputes), (4, "calm", bank_decides(False))],
}


def givers(count: int) -> list[Giver]:
    """So many people; each story comes round again and again."""
    names = list(STORIES)
    return [Giver(number, names[number % len(names)]) for number in range(count)]


def deeds_of(giver: Giver, month: int, moment: str) -> list[Deed]:
    of_the_year = (month - 1) % 12 + 1
    return [deed for when, at, deed in STORIES[giver.story] if (when, at) == (of_the_year, moment)]
