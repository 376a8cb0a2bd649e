"""Made-up things given in kind: some in use, some on their way, the rest ready to be matched.

No proposal is left behind: the coordinator makes it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from gifts import demo, units
from gifts.delivery import batches, confirming
from gifts.matching import runs
from gifts.models import DeviceCheck, ItemKind, Offer
from gifts.offers import acknowledgments, deciding, intake
from gifts.vault import stating
from gifts.vault.models import Batch, MatchRun, Partner

TO_BE_PACKED = "tablet"
ANSWER = "Please send it, insured, to: North Star, 100 Harbor Street, Portland, ME 04101."


@dataclass(frozen=True)
class Given:
    """Things alike that somebody gave, with what decides whom they can go to."""

    giver: str
    kind: str
    description: str
    quantity: int
    spec_class: int = 0
    keyboard: str = ""
    voltage: str = ""


# What came a while ago is in use; what came later is on its way, with a partner, or to be packed.
IN_USE = (Given("Quarry Savings Bank", "laptop", "Lenovo ThinkPad L14", 3, 2, "latam", "110"),)
SENT = (
    Given("Ridge Software", "laptop", "HP ProBook 445", 2, 2, "th", "230"),
    Given("Salon Supply Co-op", "tool-kit", "Hairdressing set", 2),
    Given("Hadley School", "tablet", "Galaxy Tab A8", 1),
)
READY = (
    Given("Union Library", "laptop", "Dell Latitude 5420", 2, 2, "latam", "110"),
    Given("Union Library", "laptop", "Dell Latitude 7320", 1, 2, "us"),
    Given("Marlow & Sons", "laptop", "Acer TravelMate P2", 2, 1, "uk", "230"),
    Given("Salon Supply Co-op", "tool-kit", "Sewing set", 4),
    Given("Hadley School", "tablet", "iPad 9", 1),
)


def seed(*, by: Any, second: Any) -> None:
    """Make what is not there yet; what is on its way is sent once."""
    if not MatchRun.objects.exists():
        _bring_into_use(by, second)
        _send(by, second)
    with demo.at(2):
        _take_in(READY, by)


def _bring_into_use(by: Any, second: Any) -> None:
    with demo.at(27):
        _take_in(IN_USE, by)
    with demo.at(25):
        runs.approve(runs.propose(by=by), by=second)
    with demo.at(24):
        sent = [_ship(partner, rows, by) for partner, rows in _travelling()]
    for batch in sent:
        with demo.at(17):
            batches.arrive(batch, by=by)
        with demo.at(15):
            worker = batch.partner.users.filter(ended_at=None).order_by("pk")[0]
            herself = stating.Somebody(worker.user_id, worker.who)
            for parcel in batch.parcels.order_by("pk"):
                confirming.confirm(
                    parcel.unit_code, partner=batch.partner, by=herself, outcome="received"
                )


def _send(by: Any, second: Any) -> None:
    """Devices on their way, other things with their partner, and one still to be packed."""
    with demo.at(10):
        _take_in(SENT, by)
    with demo.at(8):
        runs.approve(runs.propose(by=by), by=second)
    with demo.at(7):
        sent = [(rows, _ship(partner, rows, by)) for partner, rows in _travelling()]
    with demo.at(3):
        for rows, batch in sent:
            if not any(one.unit.kind.is_device for one in rows):
                batches.arrive(batch, by=by)


def _travelling() -> list[tuple[Partner, list[batches.Waiting]]]:
    return [
        (partner, rows)
        for partner, waiting in batches.waiting().items()
        if (rows := [one for one in waiting if one.travels and one.unit.kind.code != TO_BE_PACKED])
    ]


def _ship(partner: Partner, there: list[batches.Waiting], by: Any) -> Batch:
    batch = batches.pack(partner, codes=[one.unit.code for one in there], by=by)
    expected = timezone.localdate() + timedelta(days=14)
    return batches.ship(batch, carrier="Parcel post", expected_on=expected, by=by)


def _take_in(gifts: tuple[Given, ...], by: Any) -> None:
    """Offered, accepted, received, acknowledged, checked and described."""
    for gift in gifts:
        token = f"demo-{slugify(gift.giver)}-{slugify(gift.description)}"
        if not Offer.objects.filter(form_token=token).exists():
            with transaction.atomic():
                _receive(gift, token, by)


def _receive(gift: Given, token: str, by: Any) -> None:
    offer = deciding.begin(
        ItemKind.objects.get(code=gift.kind),
        form_token=token,
        name=gift.giver,
        email=f"{slugify(gift.giver)}@example.org",
        description=gift.description,
        quantity=gift.quantity,
        age="middle",
        condition="good",
        charger="yes",
        way="shipping",
        message="",
        country="US",
        language="en",
    )
    things = intake.receive(
        deciding.accept(offer, answer=ANSWER, by=by),
        [intake.Arrived(gift.description, f"{offer.pk}-{n}") for n in range(gift.quantity)],
        received_on=timezone.localdate(),
        things_before=0,
        by=by,
    )
    acknowledgments.issue(offer, by=by)
    for thing in things:
        if not offer.kind.is_device:
            intake.make_ready(thing, by=by)
            continue
        for check in DeviceCheck.Check.values:
            erased = check == DeviceCheck.Check.ERASED
            told = {"method": "NIST 800-88 purge", "certificate": "C-2201"} if erased else {}
            intake.check(thing, check, passed=True, by=by, **told)
    units.describe(
        [thing.unit for thing in things],
        spec_class=gift.spec_class,
        keyboard=gift.keyboard,
        voltage=gift.voltage,
        region="",
    )
