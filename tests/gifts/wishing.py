"""Wishes in tests: written, passed by a second person and published."""

import pytest

from gifts import wishes
from gifts.models import ItemCost, ItemKind
from tests.people import person

UNIT = 45_000


def published(name="Laptop", cost=UNIT, **said):
    """A published wish for fifteen of something of general stock."""
    kind = ItemKind.objects.create(
        code=name.lower(), name=name, name_es=name, plural=f"{name}s", plural_es=f"{name}s",
        general_stock=True,
    )  # fmt: skip
    ItemCost.objects.create(kind=kind, region="latin_america", cost_minor=cost)
    wish = wishes.write(
        by=person(), kind=kind, purpose="university", region="latin_america",
        wanted=15, text="For students.", text_es="Para estudiantes.", **said,
    )  # fmt: skip
    wishes.review(wish, by=person())
    return wishes.publish(wish)


@pytest.fixture
def make_wish(giving):
    return published


@pytest.fixture
def wish(make_wish):
    return make_wish()
