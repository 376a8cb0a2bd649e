"""The life of a need: it is stated, then moved from state to state, each step on record."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.findable import Found, findable
from gifts.vault import parcels
from gifts.vault.models import Need, NeedStep, Partner
from gifts.vault.models.needs import SAID, STEPS
from gifts.vault.transactions import vault_atomic

State = Need.State


class CannotMove(Exception):
    """From where the need is, no step leads there."""


class NotReady(Exception):
    """It was not sent yet, or the person's own say is not wholly on record."""


class SamePerson(Exception):
    """Whoever stated or typed a need does not verify it."""


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


def move_each(rows: Collection[Need], *, to: str, by: Any | None, note: str = "") -> None:
    """The same for many at once; none moves if one cannot.

    Raises:
        CannotMove: no step leads there from where one of them is.
    """
    with vault_atomic():
        locked = Need.objects.select_for_update(of=["self"]).order_by("pk")
        found = list(locked.filter(pk__in=[need.pk for need in rows]).exclude(state=to))
        for need in found:
            if (need.state, to) not in STEPS:
                raise CannotMove(f"{need.code} is {need.state} and cannot become {to}")
        NeedStep.objects.bulk_create(
            NeedStep(
                need=need, state=to, user_id=by and by.pk, who=by.email if by else "", note=note
            )
            for need in found
        )
        if to == State.WITHDRAWN:
            for need in found:
                parcels.free(need)


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


def verify(need: Need, *, by: Any) -> Need:
    """A second person checked it; with a partner that takes part it is open at once.

    Raises:
        NotReady: it was not sent, or a tick of the person's say is missing.
        SamePerson: who stated or typed it.
        CannotMove: it is past that step, and not by this.
    """
    with vault_atomic():
        need = Need.objects.select_for_update(of=["self"]).select_related("partner").get(pk=need.pk)
        if need.state in (State.VERIFIED, State.OPEN):
            return need
        if need.state != State.DRAFT:
            raise CannotMove(f"{need.code} is {need.state}")
        if lacking(need):
            raise NotReady
        if by.pk in (need.stated_by, need.typed_by):
            raise SamePerson
        need.verified_by, need.verified_who, need.verified_at = by.pk, by.email, timezone.now()
        need.save(update_fields=["verified_by", "verified_who", "verified_at"])
        need = move(need, to=State.VERIFIED, by=by)
        return move(need, to=State.OPEN, by=by) if need.partner.takes_part else need


def lacking(need: Need) -> list[str]:
    """Names of the columns without which it cannot be verified."""
    wanted = ("sent_at", "recipient_id", "kind", "purpose", "band", *SAID)
    return [name for name in (*wanted, "say_language", "say_whose") if not getattr(need, name)]


def refuse(need: Need, *, text: str, by: Any) -> Need:
    """Staff end a need that cannot be met; the partner reads why.

    Raises:
        HeldBack: the text names somebody or somewhere.
        CannotMove: something is on its way for it already, or it has ended.
    """
    with vault_atomic():
        need = Need.objects.select_for_update(of=["self"]).get(pk=need.pk)
        if need.state not in (State.DRAFT, State.VERIFIED, State.OPEN):
            raise CannotMove(f"{need.code} is {need.state}")
        answer(need, text=text)
        return move(need, to=State.WITHDRAWN, by=by, note=text)


def expire(*, days: int) -> int:
    """Each night: drafts nobody sent, and needs nobody verified, for so many days."""
    late = timezone.now() - timedelta(days=days)
    old = Q(sent_at=None, made_at__lt=late) | Q(sent_at__lt=late)
    rows = list(Need.objects.filter(old, state=State.DRAFT))
    for need in rows:
        move(need, to=State.EXPIRED, by=None, note="waited too long")
    return len(rows)


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


def people(needs: QuerySet[Need]) -> Counter[frozenset[tuple[str, str, str]]]:
    """How many different people have these needs, by all their cells of kind, region, purpose."""
    cells: defaultdict[Any, set[tuple[str, str, str]]] = defaultdict(set)
    for person, kind, region, purpose in needs.values_list(
        "recipient", "kind", "region", "purpose"
    ):
        cells[person].add((kind, region, purpose))
    return Counter(map(frozenset, cells.values()))
