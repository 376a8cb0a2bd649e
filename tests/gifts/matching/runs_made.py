"""Things that are ready, for needs that tests/vault_made.py states."""

from gifts import units
from gifts.models import ItemKind, Unit
from tests.things_made import make_kind


def laptop():
    return ItemKind.objects.filter(code="laptop").first() or make_kind(code="laptop")


def ready(count=1, *, kind=None, wish=None, **description):
    """So many bought laptops, checked and described."""
    made = units.make(
        kind or laptop(), origin=Unit.Origin.BOUGHT, count=count, wish=wish, cost_minor=48000
    )
    for state in ("received", "ready"):
        made = [units.move(unit, to=Unit.State(state), by=None) for unit in made]
    facts = {"spec_class": 1, "keyboard": "", "voltage": "", "region": ""}
    units.describe(made, **facts | description)
    return made
