"""Things as staff would have set them up, written straight into their tables."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from donations import demo
from donations.models import Designation
from gifts.models import ItemCost, ItemKind, Wish
from tests.people import person

_numbers = iter(range(1, 1_000_000))


def make_kind(*, cost_minor: int = 45000, region: str = "latin_america", **facts: Any) -> ItemKind:
    """A kind of general stock with its cost in one region: $450, and $30 of handling."""
    number = next(_numbers)
    kind = ItemKind.objects.create(
        **{
            **{"code": f"laptop-{number}", "name": "Laptop", "name_es": "Computadora portátil"},
            **{"plural": "Laptops", "plural_es": "Computadoras portátiles"},
            **{"general_stock": True, "is_device": True, "handling_minor": 3000},
            **facts,
        }
    )
    ItemCost.objects.create(kind=kind, region=region, cost_minor=cost_minor)
    return kind


def make_wish(*, state: str = "draft", by: User | None = None, **facts: Any) -> Wish:
    """A wish for 15 laptops, walked to this state through its steps."""
    kind = facts.pop("kind", None) or make_kind()
    wish = Wish.objects.create(
        **{
            **{"slug": f"laptops-{next(_numbers)}", "kind": kind, "purpose": "university"},
            **{"region": "latin_america", "wanted": 15, "written_by": by or person()},
            **{"text": "A laptop opens the door to a first term.", "text_es": "Una computadora."},
            **facts,
        }
    )
    for step in WALK[: WALK.index(state) + 1]:
        _take(wish, step)
    return wish


WALK = ["draft", "reviewed", "published", "funded", "closed"]


def purse(wish: Wish, unit_minor: int = 48000) -> Designation:
    """A designation with the wish's goal; the education fund is behind it."""
    demo.seed()
    return Designation.objects.create(
        code=f"wish-{wish.pk}",
        name=wish.public_name,
        restriction=Designation.Restriction.WITH,
        target_minor=wish.wanted * unit_minor,
        fallback=Designation.objects.get(code="education"),
    )


def _take(wish: Wish, step: str) -> None:
    wish.state = step
    if step == "reviewed":
        wish.reviewed_by, wish.reviewed_at = person(), timezone.now()
    elif step == "published":
        wish.unit_minor, wish.opens_at = 48000, timezone.now()
        wish.designation = purse(wish)
    elif step == "closed":
        wish.closed_at, wish.close_reason = timezone.now(), "All bought."
    wish.save()
