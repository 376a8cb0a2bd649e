"""What staff do in the tour with things: one process, told by lines on its standard input.

`python -m tests.tour.things_staff` runs with the environment of the public role. Each line is a
JSON object whose "do" names an act below; the answer is one line, too. Each act takes the steps
that the desks take, as the people of the demonstration and with their separate duties. The
process does the jobs of the queue as well, in the place of the stage's worker.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
from django.apps import apps

if not apps.ready:  # in a test that only loads it, they are
    django.setup()

from django.utils import timezone

from donations import tracing
from donations.models import CheckoutAttempt, Donation, PaymentFailure, Plan
from donations.plans import actions
from donations.plans.steps import By
from gifts import wishes
from gifts.buying import labels
from gifts.models import DeviceCheck, GivenThing, ItemKind, Offer, Purpose, Unit, Wish
from gifts.offers import acknowledgments, deciding, intake, links, values, wiping
from gifts.trace import telling
from staff import demo
from tests.tour import working
from tests.tour.things_bought import buy

ERASED = {"method": "NIST 800-88 purge", "certificate": "C-2077"}
ANSWER = "Please send it, insured, to 100 Harbor Street, Portland, ME 04101."


# --- Wishes -------------------------------------------------------------------------------------
def publish(count: int) -> list[str]:
    """Until there are so many: one writes, a second passes, and they stand on the list."""
    author, reviewer = demo.coordinators()
    for kind in ItemKind.objects.filter(general_stock=True):
        for cost in kind.costs.order_by("pk"):
            for purpose in Purpose.values:
                cell = {"kind": kind, "purpose": purpose, "region": cost.region}
                if Wish.objects.count() >= count or Wish.objects.filter(**cell).exists():
                    continue
                wish = wishes.write(
                    by=author,
                    **cell,
                    wanted=50,  # of what is cheap each donor takes two
                    text="One more of what a first term asks for.",
                    text_es="Una más de las cosas que pide un primer curso.",
                    position=900,
                )
                wishes.publish(wishes.review(wish, by=reviewer))
    there = Wish.objects.filter(state="published").order_by("position", "pk")
    assert there.count() == count, f"{there.count()} wishes are published"
    assert all(row.written_by_id and row.reviewed_by_id != row.written_by_id for row in there)
    return [row.slug for row in there]


# --- Time ---------------------------------------------------------------------------------------
def an_hour_passes() -> int:
    """The card tester is forgotten, as heat is after an hour."""
    return PaymentFailure.objects.update(failed_at=timezone.now() - timedelta(hours=2))


def eleven_days_pass(gifts: list[str]) -> int:
    """For bank debits that are under way."""
    attempts = CheckoutAttempt.objects.filter(donation__reference__in=gifts)
    return attempts.update(created_at=timezone.now() - timedelta(days=11))


# --- Offers in kind -----------------------------------------------------------------------------
def decide(offers: dict[str, str]) -> dict[str, str]:
    """Accept or decline; links for those who think better of it."""
    coordinator, _ = demo.coordinators()
    withdrawn = {}
    for offer in Offer.objects.filter(reference__in=offers).order_by("pk"):
        if offers[offer.reference] == "declined":
            deciding.decline(offer, answer="Too old for what courses ask.", by=coordinator)
            continue
        accepted = deciding.accept(offer, answer=ANSWER, by=coordinator)
        if offers[offer.reference] == "withdrawn":
            withdrawn[offer.reference] = links.new_link(accepted)
    return withdrawn


def take_in(offers: dict[str, str]) -> dict[str, int]:
    """What arrived: each device checked by two people, valued, and acknowledged; then closed."""
    for offer in Offer.objects.filter(reference__in=offers, state="accepted").order_by("pk"):
        fate = offers[offer.reference]
        if fate != "never came":
            _arrive(offer, fate)
        deciding.close(offer)
    states = Unit.objects.filter(given__offer__reference__in=offers)
    return dict(Counter(states.values_list("state", flat=True)))


def _arrive(offer: Offer, fate: str) -> None:
    first, second = demo.coordinators()
    arrived = [
        intake.Arrived(offer.description, f"SN{offer.pk}-{n}") for n in range(offer.quantity)
    ]
    today = timezone.localdate()
    things = intake.receive(offer, arrived, received_on=today, things_before=0, by=first)
    for thing in things:
        if not thing.unit.kind.is_device:
            intake.make_ready(thing, by=second)
        else:
            _check(thing, (first, second), locked=fate == "locked")
    if fate == "locked":
        return
    acknowledgments.issue(offer, by=first)
    if things[0].unit.kind.is_device:
        wiping.make(offer, by=second)
    finance = demo.buyers()["finance"]
    for thing in things:
        source = "Three like offers"
        values.set_value(thing, amount_minor=18_000, method="comparable", source=source, by=finance)
    if fate == "recycled":
        how = {"how": "recycled", "to_whom": "Harbor Recycling", "why": "Its battery swells."}
        intake.dispose(things[0], disposed_on=today, by=first, **how)


def _check(thing: GivenThing, people: tuple[Any, Any], *, locked: bool) -> None:
    """Six checks, one by one; without all of them nothing makes it ready."""
    unit = Unit.objects.get(pk=thing.pk)
    for number, kind in enumerate(DeviceCheck.Check.values):
        unit.refresh_from_db()
        assert unit.state != Unit.State.READY, f"ready before the check “{kind}”"
        passed = not (locked and kind == DeviceCheck.Check.UNLOCKED)
        facts = ERASED if kind == DeviceCheck.Check.ERASED else {}
        facts = facts if passed else {"note": "It asks for the account of its first owner."}
        intake.check(thing, kind, passed=passed, by=people[number % 2], **facts)
    if locked:
        intake.refuse(thing, reason="It is still locked to an account.", by=people[1])
    unit.refresh_from_db()
    assert unit.state == (Unit.State.DECLINED if locked else Unit.State.READY)


def paper(state: str = "issued") -> dict[str, str]:
    """The page from which one donor of things may download her acknowledgment, and its number."""
    row = acknowledgments.Acknowledgment.objects.filter(state=state, sha256__isnull=False)
    found = row.select_related("offer").order_by("-pk")[0]
    return {"link": links.new_link(found.offer), "label": found.label, "sha256": str(found.sha256)}


# --- What donors hear ---------------------------------------------------------------------------
def tell() -> None:
    """The daily job; twice, for it tells each thing once."""
    for _ in range(2):
        telling.tell_of_things(0)


def traces(gifts: list[str]) -> dict[str, str]:
    rows = Donation.objects.filter(reference__in=gifts)
    return {row.reference: tracing.new_link(row) for row in rows}


def label_sheet(file: str) -> int:
    ready = list(Unit.objects.filter(state="ready").select_related("kind").order_by("pk")[:45])
    Path(file).write_bytes(labels.sheet(ready))
    return len(ready)


def stop_plans(gifts: list[str]) -> int:
    """Whoever gave monthly beside a basket stops, so that the months after count theirs alone."""
    plans = Plan.objects.filter(donations__reference__in=gifts, status="active")
    return len([actions.cancel(plan, by=By("staff"), reason="other") for plan in plans])


ACTS: dict[str, Callable[..., Any]] = {
    act.__name__: act
    for act in (
        *(publish, an_hour_passes, eleven_days_pass, decide, take_in, paper),
        *(buy, tell, traces, label_sheet, stop_plans),
    )
}


def main() -> None:
    with working.worker():
        for line in sys.stdin:
            told = json.loads(line)
            print(json.dumps(ACTS[told.pop("do")](**told)), flush=True)


if __name__ == "__main__":
    main()
