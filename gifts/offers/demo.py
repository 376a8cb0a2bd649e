"""Sample offers: one in each state, with what was done about them."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from gifts.models import DeviceCheck, HandoverText, ItemKind, Offer
from gifts.offers import acknowledgments, deciding, intake, values, wiping
from gifts.offers.forms import welcome_kinds

PLACES = {
    "shipping": (
        "Please send it, insured, to: North Star, 100 Harbor Street, Portland, ME 04101.",
        "Envíelo asegurado a: North Star, 100 Harbor Street, Portland, ME 04101.",
    ),
    "drop_off": (
        "Please bring it to 100 Harbor Street, Monday to Friday, 9 to 5. No need to call first.",
        "Tráigalo a 100 Harbor Street, de lunes a viernes, de 9 a 17. No hace falta llamar.",
    ),
}
# What is done with each after it was offered.
OFFERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("offered", {"name": "Walter Kim", "description": "Dell Latitude 7490", "quantity": 1}),
    ("accepted", {"name": "Nora Blake", "description": "HP EliteBook 840 G5", "quantity": 3}),
    ("declined", {"name": "Ian Moss", "description": "Compaq Evo N620", "condition": "faulty"}),
    ("withdrawn", {"name": "Rosa Peña", "description": "ThinkPad X270", "language": "es"}),
    ("received", {"name": "Harbor Bank", "description": "Lenovo ThinkPad T480", "quantity": 2}),
    ("closed", {"name": "Aisha Rahman", "description": "MacBook Air 2020", "quantity": 1}),
)


def seed(*, by: Any) -> None:
    """Make what is not there yet; without a kind of thing to give there is nothing to offer."""
    for way, (text, text_es) in PLACES.items():
        HandoverText.objects.get_or_create(way=way, defaults={"text": text, "text_es": text_es})
    kind = welcome_kinds().filter(is_device=True).order_by("pk").first()
    if kind is None:
        return
    for number, (state, typed) in enumerate(OFFERS):
        token = f"demo-offer-{number}"
        if not Offer.objects.filter(form_token=token).exists():
            with transaction.atomic():
                offer = _begin(kind, token, typed)
                _walk(offer, state, by)
            if state == "closed":
                wiping.make(offer, by=by)
                deciding.close(offer)


def _begin(kind: ItemKind, token: str, typed: dict[str, Any]) -> Offer:
    address = typed["name"].lower().replace(" ", ".").replace("ñ", "n")
    facts: dict[str, Any] = {
        **{"quantity": 1, "age": "middle", "condition": "good", "charger": "yes"},
        **{"way": "shipping", "message": "", "country": "US", "language": "en"},
    }
    facts |= {"email": f"{address}@example.org", **typed}
    return deciding.begin(kind, form_token=token, **facts)


def _walk(offer: Offer, state: str, by: Any) -> None:
    if state == "withdrawn":
        deciding.withdraw(offer)
    elif state == "declined":
        answer = "It is too old for the programs that a course asks for. Thank you all the same."
        deciding.decline(offer, answer=answer, by=by)
    elif state != "offered":
        deciding.accept(offer, answer=PLACES["shipping"][0], by=by)
    if state not in ("received", "closed"):
        return
    things = intake.receive(
        offer,
        [intake.Arrived(offer.description, f"PF-{offer.pk}{n}") for n in range(offer.quantity)],
        received_on=timezone.localdate(),
        things_before=0,
        by=by,
    )
    acknowledgments.issue(offer, by=by)
    checks = DeviceCheck.Check.values if state == "closed" else ["works"]
    for kind in checks:
        told = {"method": "NIST 800-88 purge", "certificate": "C-1042"} if kind == "erased" else {}
        intake.check(things[0], kind, passed=True, by=by, **told)
    values.set_value(
        things[0], amount_minor=21_000, method="comparable", source="Three like offers", by=by
    )
