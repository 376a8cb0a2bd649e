"""The life of a need: it is stated, then moved from state to state, each step on record."""

from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from core.findable import Found, findable
from gifts.vault import parcels
from gifts.vault.models import Need, NeedStep, Partner
from gifts.vault.models.needs import STEPS
from gifts.vault.transactions import vault_atomic

State = Need.State


class CannotMove(Exception):
    """From where the need is, no step leads there."""


def move(need: Need, *, to: str, by: Any | None, note: str = "") -> Need:
    """Take a need to its next state; nothing happens if it is there already.

    One that is withdrawn frees its thing at once, wherever that is.

    Args:
        by: a user; none if a job does it.
        note: why, in words that name nobody: the partner and staff read it.

    Raises:
        CannotMove: no step leads there from where it is.
    """
    with vault_atomic():
        need = Need.objects.select_for_update(of=["self"]).get(pk=need.pk)
        if need.state == to:
            return need
        if (need.state, to) not in STEPS:
            raise CannotMove(f"{need.code} is {need.state} and cannot become {to}")
        NeedStep.objects.create(
            need=need, state=to, user_id=by and by.pk, who=by.email if by else "", note=note
        )
        if to == State.WITHDRAWN:
            parcels.free(need)
        need.refresh_from_db(fields=["state", "moved_at"])
    return need


class HeldBack(Exception):
    """A text that others read without leaving a trace tells who or where somebody is."""

    def __init__(self, found: Found) -> None:
        super().__init__(found.kind)
        self.found = found


def answer(need: Need, *, text: str, expected: date | None = None) -> None:
    """Tell the partner in which month it may come, or why it is not possible.

    Raises:
        HeldBack: the text names somebody or somewhere.
    """
    if found := findable(text):
        raise HeldBack(found)
    month = expected.replace(day=1) if expected else None
    Need.objects.filter(pk=need.pk).update(answer=text, expected_month=month)


def waiting() -> QuerySet[Need]:
    """What is matched, and what a wish may be published for: open, of partners that take part."""
    return Need.objects.filter(
        state=State.OPEN,
        partner__state__in=[Partner.State.ACTIVE, Partner.State.REVIEW_DUE],
    )


def ever() -> QuerySet[Need]:
    """Every need that was verified and not taken back since."""
    return Need.objects.exclude(verified_at=None).exclude(
        state__in=[State.WITHDRAWN, State.EXPIRED]
    )


def people(needs: QuerySet[Need], kind: str, region: str | None, purpose: str | None) -> int:
    """How many different people have one of these in a cell; none counts all."""
    cell = {"kind": kind, "region": region, "purpose": purpose}
    narrowed = needs.filter(**{name: code for name, code in cell.items() if code})
    return narrowed.aggregate(found=Count("recipient", distinct=True))["found"] or 0
