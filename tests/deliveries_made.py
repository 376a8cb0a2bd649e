"""Matched things and their way, as the matching and staff would have made them."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from gifts import units
from gifts.delivery import outbox as delivery
from gifts.matching import runs
from gifts.matching.problem import Problem
from gifts.matching.reasons import Reasons
from gifts.matching.solving import solve
from gifts.models import ItemKind, Unit, Wish
from gifts.vault import needs, outbox
from gifts.vault.models import Match, MatchRun, Need, Partner
from gifts.vault.transactions import vault_atomic
from tests.people import person
from tests.things_made import make_kind
from tests.vault_made import make_need


def make_unit(
    kind: ItemKind | None = None, *, wish: Wish | None = None, cost_minor: int | None = None
) -> Unit:
    """A bought thing that is ready, paid for by nobody unless it has a cost."""
    (unit,) = units.make(
        kind or make_kind(), origin=Unit.Origin.BOUGHT, wish=wish, cost_minor=cost_minor
    )
    for state in ("received", "ready"):
        unit = units.move(unit, to=Unit.State(state), by=None)
    return unit


def make_match(
    *,
    partner: Partner | None = None,
    need: Need | None = None,
    unit: Unit | None = None,
    by: User | None = None,
    apply: bool = True,
) -> Match:
    """An approved match of a ready thing and an open need."""
    by, unit = by or person(factor=False), unit or make_unit()
    need = need or make_need(partner=partner)
    with vault_atomic():
        run = MatchRun.objects.create(
            user_id=by.pk, who=by.email, state="decided", needs_read=1, things_read=1,
            figures=_figures(),
        )  # fmt: skip
        match = Match.objects.create(
            run=run, need=need, unit_code=unit.code, state="approved", cost=0
        )
        needs.move(need, to="matched", by=by)
        outbox.tell(unit.code, to="matched")
    if apply:
        delivery.apply()
    return match


def _figures() -> dict[str, Any]:
    """Those of a run that read nothing."""
    plan = solve(Problem([], [], {}, timezone.localdate()))
    return runs._figures(plan, Reasons(plan), None, {})


def states_of(match: Match) -> tuple[str, str, str]:
    """Of its thing, its need, and itself, after every message was carried over."""
    delivery.apply()
    match.refresh_from_db()
    need: Any = Need.objects.get(pk=match.need_id)
    return Unit.objects.get(code=match.unit_code).state, need.state, match.state
