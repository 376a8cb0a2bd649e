"""Made-up gifts for a demonstration: given, paid and receipted through the product itself.

They are paid at the running stand-in for Stripe, whose clock is set back meanwhile, so that the
charges carry past dates and regular gifts are renewed on the way. Receipts are drawn and mails
sent by the jobs, as for any gift.
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Q

from donations import checkout, payments
from donations.models import (
    CheckoutAttempt,
    Designation,
    Donation,
    GivingOptions,
    LegalEntity,
    Plan,
    Receipt,
)
from donations.plans import actions, renewals
from donations.plans.steps import By
from donations.receipts import book

DAY = 86_400
VISA, MASTERCARD, AMEX = "4242424242424242", "5555555555554444", "378282246310005"
DECLINED = "4000000000009995"
BANK = "bank"
# A little later the bank of the one disputes it, and the network of the other reports fraud.
DISPUTED, REPORTED = "4000000000000259", "4000000000005423"
Say = Callable[[str], object]


@dataclass(frozen=True)
class Gift:
    """One gift: how long ago, by whom, how much for what, and how it was paid."""

    days_ago: float
    name: str
    amount_minor: int
    purposes: tuple[str, ...] = ("where-needed-most",)
    cards: tuple[str, ...] = (VISA,)
    covers_fee: bool = False
    interval: str = ""
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return self.typed.get("email") or f"{self.name.split()[0].lower()}@donors.example"


def seed(say: Say, also: Sequence[Gift] = ()) -> None:
    """Make the gifts that are not there yet; nothing where no stand-in for Stripe answers.

    Args:
        also: gifts toward what a floor above made.
    """
    waiting = [(token, gift) for token, gift in _tokens(also) if not _is_there(token)]
    if not waiting:
        return
    try:
        _command("health")
    except (OSError, ValueError):
        say("No made-up gifts: the stand-in for Stripe does not answer.")
        return
    try:
        begun = [(gift, _open(token, gift)) for token, gift in waiting]
        for gift, attempt in begun:
            _pay(gift, attempt)
        _replace_a_receipt()
        _refund_in_part()
        _command("set_clock", now=time.time())
        _follow_plans()
    finally:
        _command("set_clock", now=time.time())


def _tokens(also: Sequence[Gift]) -> list[tuple[str, Gift]]:
    gifts = sorted(GIFTS, key=lambda gift: -gift.days_ago)
    tokens = [(f"demo-plan-{number}", gift) for number, gift in enumerate(PLANS)]
    tokens += [(f"demo-gift-{number}", gift) for number, gift in enumerate(gifts)]
    tokens += [(f"demo-also-{number}", gift) for number, gift in enumerate(also)]
    return sorted(tokens, key=lambda known: -known[1].days_ago)


def _is_there(token: str) -> bool:
    """Begun ones that were cut off are still to be paid."""
    open_ones = Q(status=Donation.Status.PENDING)
    return Donation.objects.filter(form_token=token).exclude(open_ones).exists()


def _open(token: str, gift: Gift) -> CheckoutAttempt:
    frequency = GivingOptions.Frequency.MONTHLY if gift.interval else GivingOptions.Frequency.ONCE
    options = GivingOptions.objects.get(currency="USD", frequency=frequency)
    typed: dict[str, Any] = {"name": gift.name, "email": gift.email, "language": "en"} | gift.typed
    share = gift.amount_minor // len(gift.purposes)
    rest = gift.amount_minor - share * (len(gift.purposes) - 1)
    amounts = [rest] + [share] * (len(gift.purposes) - 1)
    donation = checkout.begin(
        [
            checkout.Part(Designation.objects.get(code=code), amount)
            for code, amount in zip(gift.purposes, amounts, strict=True)
        ],
        form_token=token,
        entity=LegalEntity.objects.get(is_default=True),
        currency="USD",
        fee_cover_minor=options.fee_cover(gift.amount_minor) if gift.covers_fee else 0,
        interval=gift.interval,
        **typed,
    )
    checkout.send_to_stripe(donation)
    return donation.attempts.select_related("donation").latest("pk")


def _pay(gift: Gift, attempt: CheckoutAttempt) -> None:
    """Each card in turn at its time; none at all: the donor never came back."""
    if gift.days_ago:
        _command("set_clock", now=time.time() - gift.days_ago * DAY)
    for card in gift.cards:
        _command("pay", session=attempt.session_id, card=card, name=gift.name)
    if not gift.cards:
        _command("expire", session=attempt.session_id)
    elif gift.days_ago:
        _command("set_clock", advance=5)  # the fee becomes known a moment after the charge
    payments.refresh(attempt)
    if gift.name == SHORT_OF_MONEY:
        plan = Plan.objects.get(donations=attempt.donation_id)
        _command("card_of", subscription=plan.subscription_id, card=DECLINED)


def _follow_plans() -> None:
    """What the months brought; then one donor rests her gift and another one stops his."""
    tokens = [token for token, gift in _tokens(()) if gift.interval]
    for plan in Plan.objects.filter(donations__form_token__in=tokens):
        renewals.catch_up(plan)
        plan.refresh_from_db()
        if plan.name == RESTS and plan.is_live:
            actions.pause(plan, months=2, by=By.link())
        elif plan.name == STOPS:
            actions.cancel(plan, by=By.link(), reason=Plan.Reason.MONEY)


def _replace_a_receipt() -> None:
    """One receipt was in the wrong name; the donor asked for another."""
    donation = Donation.objects.filter(name=MISSPELLED, status=Donation.Status.PAID).first()
    if donation is None or donation.receipts.exists():
        return
    book.issue_receipt(donation.pk)
    book.replace(
        donation.receipts.get(),
        reason=Receipt.VoidReason.NAME,
        note="Asked by mail to correct the name.",
        corrections={"receipt_name": "Katherine Moore"},
    )


def _refund_in_part() -> None:
    """One donor had meant half of it; the rest went back by Stripe's dashboard."""
    attempt = CheckoutAttempt.objects.filter(donation__name=TOO_MUCH, state="complete").first()
    if attempt and not attempt.donation.refunded_minor:
        _command("refund", session=attempt.session_id, amount=2500)


def _command(name: str, /, **given: Any) -> None:
    """Steer the stand-in by its own address; it is another program.

    Raises:
        OSError: it is not there, or refused.
    """
    if not settings.STRIPE_API_BASE:
        raise ConnectionError("Stripe itself takes no such commands")
    request = urllib.request.Request(  # noqa: S310 - the address is the demonstration's own
        f"{settings.STRIPE_API_BASE}/_sandbox/{name}",
        json.dumps(given).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        json.load(answer)


MISSPELLED = "Catherine Moor"
TOO_MUCH = "Alice Turner"
SHORT_OF_MONEY, RESTS, STOPS = "Ben Carter", "Sofia Lindqvist", "Marcus Reed"
DORA = {"email": "donor@northstar.example"}
IN_SPANISH = {"language": "es"}
# The first two renewals of the oldest are what the product looks back for, and no longer. A month
# has 31 days at most: by then the last one's second payment has been tried, at most twice.
PLANS = (
    Gift(66, "Dora Diaz", 2500, covers_fee=True, interval="month", typed=DORA),
    Gift(64, "Elif Kaya", 5000, ("education",), (MASTERCARD,), interval="month"),
    Gift(45, STOPS, 1500, interval="month"),
    Gift(38, RESTS, 3000, ("work",), (AMEX,), interval="month"),
    Gift(31.3, SHORT_OF_MONEY, 2000, interval="month"),
)
GIFTS = (
    Gift(9.8, "Dora Diaz", 5000, typed=DORA),
    Gift(9.4, "Samuel Okoro", 2500, ("education",), covers_fee=True),
    Gift(9.1, "Lena Fischer", 10000, cards=(MASTERCARD,)),
    Gift(8.7, MISSPELLED, 7500, ("work",)),
    Gift(8.2, "Tomás Herrera", 2500, covers_fee=True, typed=IN_SPANISH),
    Gift(
        7.9,
        "Miriam Katz",
        18000,
        ("education",),
        (AMEX,),
        typed={"tribute_kind": "memory", "tribute_name": "Ruth Katz"},
    ),
    Gift(7.3, "Owen Hughes", 5000, cards=(DECLINED, VISA)),
    Gift(7.0, "Priya Nair", 25000, ("where-needed-most", "education"), covers_fee=True),
    Gift(6.6, "Jonas Berg", 4000, ("work",), (MASTERCARD,)),
    Gift(6.1, "Grace Mbeki", 2500),
    Gift(5.8, "Dora Diaz", 2500, ("education",), covers_fee=True, typed=DORA),
    Gift(
        5.4,
        "Hannah Weiss",
        50000,
        ("where-needed-most",),
        typed={
            "receipt_name": "Weiss Family Fund",
            "address_line1": "48 Orchard Lane",
            "city": "Ithaca",
            "region": "NY",
            "postcode": "14850",
            "country": "US",
        },
    ),
    Gift(5.0, "Lucía Vargas", 5000, ("education",), typed=IN_SPANISH),
    Gift(4.5, "Peter Novak", 1500, cards=(REPORTED,)),
    Gift(4.1, "Amal Haddad", 12000, ("work",), covers_fee=True),
    Gift(3.7, "Chloe Martin", 5000, cards=()),
    Gift(3.3, "Ingrid Olsen", 10000, ("education",), (AMEX,)),
    Gift(2.9, "Noah Clark", 2000, covers_fee=True),
    Gift(
        2.4,
        "Dora Diaz",
        10000,
        ("work",),
        covers_fee=True,
        typed={**DORA, "tribute_kind": "honor", "tribute_name": "Elena Diaz"},
    ),
    Gift(1.9, "Yusuf Demir", 3000, ("education",), (DISPUTED,)),
    Gift(1.5, TOO_MUCH, 5000),
    Gift(1.1, "Mateo Ruiz", 4500, ("work",), typed=IN_SPANISH),
    Gift(0.6, "Fatima Noor", 10000, ("where-needed-most", "work"), covers_fee=True),
    Gift(0.2, "George Allen", 2500, ("education",)),
)
