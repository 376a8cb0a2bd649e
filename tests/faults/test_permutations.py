"""Any order of Stripe's events, each told once or more, gives the same books.

What donors and banks do is mixed with the deliveries: an event may come any time after its cause,
also while later causes happen. (Delivered only at the end, every order would agree trivially,
since each job fetches the object again.)
"""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from donations import checkout
from donations.models import Donation
from sandbox.control import CARD
from tests.faults.canonical import canonical_books, canonical_hash
from tests.faults.scale import many
from tests.giving import ASKS_THE_BANK, BANK, DECLINED, Giving, wrong_in_the_books

RUNS, PARTS = many(50, 5000), 10
LEAST_EVENTS = 25
open_disputes: dict[int, str] = {}
Step = Callable[[Giving, Donation], Any]


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


STORIES: dict[str, tuple[str, list[Step]]] = {
    "paid, a refund comes back": ("paid", [open_page, with_card(CARD), refund_fails]),
    "declined, paid, refunded in part, disputed, won": (
        "paid",
        [
            *(open_page, with_card(DECLINED), with_card(CARD)),
            *(refunded, disputed, bank_decides("win")),
        ],
    ),
    "asked by the bank, paid": ("paid", [open_page, with_card(ASKS_THE_BANK, authenticate=True)]),
    "debit, paid, taken back": ("paid", [open_page, with_card(BANK), bank_pays, disputed]),
    "debit, bounced": ("failed", [open_page, with_card(BANK), bank_refuses]),
    "debit under way": ("processing", [open_page, with_card(BANK)]),
    "declined, ended": ("abandoned", [open_page, with_card(DECLINED), page_ends]),
    "ended, paid on another page": (
        "paid",
        [open_page, page_ends, comes_back, with_card(DECLINED), with_card(CARD)],
    ),
    "asked by the bank, left": ("needs_action", [open_page, with_card(ASKS_THE_BANK)]),
}


# Each order mixes a few stories: enough for 25 events. Every pair of stories meets in some mix.
AT_ONCE = 5
NAMES = list(STORIES)
MIXES = [(NAMES * 3)[first : first + 2 * AT_ONCE : 2] for first in range(len(NAMES))]


def play(
    giving: Giving, run_jobs: Callable[..., Any], mix: list[str], chance: random.Random | None
) -> str:
    """One run over some stories; without chance in order, each event at once. The books' hash."""
    giving.sandbox.reset()
    giving.sandbox.fees("held")
    giving._last = None
    gifts = {
        name: giving.begin(5000 + number, form_token=name, email=f"donor{number % 3}@example.org")
        for number, name in enumerate(mix)
    }
    left = {name: list(STORIES[name][1]) for name in mix}
    waiting: list[dict[str, Any]] = []
    told: list[dict[str, Any]] = []

    def next_step() -> None:
        name = chance.choice(sorted(left)) if chance else next(iter(left))
        left[name].pop(0)(giving, gifts[name])
        if not left[name]:
            del left[name]

    def tell(event: dict[str, Any]) -> None:
        assert giving.post(event) == 200

    while left or waiting:
        waiting += giving.new_events()
        if chance is None:
            if left:
                next_step()
            if not left:
                giving.sandbox.release_fees()
            waiting += giving.new_events()
            for event in waiting:
                tell(event)
            told, waiting = told + waiting, []
            run_jobs()
            continue
        dice = chance.random()
        if left and (dice < 0.35 or not waiting):
            next_step()
            if chance.random() < 0.1:
                giving.sandbox.release_fees()
            if not left:
                giving.sandbox.release_fees()
                waiting += giving.new_events()
        elif waiting and dice < 0.75:
            told.append(waiting.pop(chance.randrange(len(waiting))))
            tell(told[-1])
        elif told and dice < 0.85:
            tell(chance.choice(told))
        elif dice > 0.92:
            run_jobs()
    run_jobs()
    assert len(told) >= LEAST_EVENTS
    assert not wrong_in_the_books()
    states = dict(Donation.objects.values_list("form_token", "status"))
    assert states == {name: STORIES[name][0] for name in mix}, canonical_books()
    return canonical_hash()


def rolled_back(
    giving: Giving, run_jobs: Callable[..., Any], mix: list[str], chance: random.Random | None
) -> str:
    with transaction.atomic():
        found = play(giving, run_jobs, mix, chance)
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("part", range(PARTS))
def test_every_order_of_events_gives_the_same_books(giving, run_jobs, part):
    mix = MIXES[part % len(MIXES)]
    in_order = rolled_back(giving, run_jobs, mix, None)
    for number in range(part, RUNS, PARTS):
        found = rolled_back(giving, run_jobs, mix, random.Random(number))
        assert found == in_order, f"order {number}"
