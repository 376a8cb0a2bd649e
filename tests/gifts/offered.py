"""Offers for tests, as somebody would have sent them by the form."""

from typing import Any

from django.utils import timezone

from donations import demo
from gifts.models import DeviceCheck, GivenThing, ItemKind, Offer
from gifts.offers import deciding, intake
from tests.people import person
from tests.things_made import make_kind

_numbers = iter(range(1, 1_000_000))
ERASED = {"method": "NIST 800-88 purge", "certificate": "C-1042"}


def make_offer(*, kind: ItemKind | None = None, state: str = "offered", **typed: Any) -> Offer:
    """Two laptops of José's, walked to this state."""
    demo.seed()
    offer = deciding.begin(
        kind or make_kind(),
        form_token=f"token-{next(_numbers)}",
        **{
            **{"description": "Lenovo ThinkPad T480", "quantity": 2, "age": "middle"},
            **{"condition": "good", "charger": "yes", "way": "shipping", "message": ""},
            **{"name": "José Núñez", "email": "jose@example.org", "country": "US"},
            **{"language": "en", **typed},
        },
    )
    if state != "offered":
        offer = deciding.accept(offer, answer="To 100 Harbor Street.", by=person(factor=False))
    return offer


def arrived(offer: Offer, *serials: str, by: Any = None) -> list[GivenThing]:
    """Things of this offer, taken in on the day it was made."""
    return intake.receive(
        offer,
        [intake.Arrived(offer.description, serial) for serial in serials or ("PF-1",)],
        received_on=timezone.localdate(),
        things_before=offer.things.count(),
        by=by or person(factor=False),
    )


def check_all(thing: GivenThing, *, but: tuple[str, ...] = (), by: Any = None) -> None:
    by = by or person(factor=False)
    for kind in DeviceCheck.Check:
        if kind not in but:
            intake.check(thing, kind, passed=True, by=by, **(ERASED if kind == "erased" else {}))
