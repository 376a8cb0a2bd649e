"""The life of a partner, each step on record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from core import tokens
from gifts.vault import sealing
from gifts.vault.models import (
    Assessment,
    Need,
    Parcel,
    Partner,
    PartnerChange,
    PartnerStep,
    PartnerUser,
)
from gifts.vault.models.partners import STEPS
from gifts.vault.parcels import LIVING
from gifts.vault.transactions import vault_atomic

State, What = Partner.State, PartnerChange.What
OVER = (Need.State.CLOSED, Need.State.WITHDRAWN, Need.State.EXPIRED)


class CannotMove(Exception):
    """From where the partner is, no step leads there."""


class SamePerson(Exception):
    """It takes a second person to sign."""


class NotAssessed(Exception):
    """Since it was suspended nobody assessed the partner anew, or what was signed has run out."""


class HasLeft(CannotMove):
    """A partner is closed once it has no need under way and nothing of ours any more."""


@dataclass(frozen=True)
class Left:
    """What stands between a partner and its end; the users are ended by it."""

    needs: QuerySet[Need]
    parcels: QuerySet[Parcel]
    users: QuerySet[PartnerUser]

    def __bool__(self) -> bool:
        return self.needs.exists() or self.parcels.exists()


def left(partner: Partner) -> Left:
    return Left(
        partner.needs.exclude(state__in=OVER),
        partner.parcels.filter(state__in=LIVING),
        partner.users.filter(ended_at=None),
    )


def move(partner: Partner, *, to: str, by: Any | None, note: str = "") -> Partner:
    """Take a partner to its next state; nothing happens if it is there already.

    Args:
        by: a user; none if a job does it.

    Raises:
        CannotMove: no step leads there from where it is.
        HasLeft: it cannot be closed yet.
        django.db.InternalError: no assessment signed by two stands behind it.
    """
    with vault_atomic():
        partner = Partner.objects.select_for_update(of=["self"]).get(pk=partner.pk)
        if partner.state == to:
            return partner
        if (partner.state, to) not in STEPS:
            raise CannotMove(f"{partner.code} is {partner.state} and cannot become {to}")
        if to == Partner.State.CLOSED and left(partner):
            raise HasLeft(f"{partner.code} has needs or things left")
        PartnerStep.objects.create(
            partner=partner, state=to, user_id=by and by.pk, who=by.email if by else "", note=note
        )
        partner.refresh_from_db(fields=["state", "moved_at"])
    return partner


def apply(*, by: Any, sealed: Mapping[str, str], **facts: str) -> Partner:
    """Enter an organisation that would take part.

    Args:
        sealed: office, contact and phone.
        facts: name, region, country, language, voltage.
    """
    with vault_atomic():
        partner = Partner(code=tokens.new_code(groups=2), **facts)
        sealing.seal(partner, **sealed)
        _note(partner, What.APPLIED, by=by)
    return partner


def amend(partner: Partner, *, by: Any, sealed: Mapping[str, str], **facts: str) -> Partner:
    """Change what is named, and nothing else."""
    with vault_atomic():
        partner = Partner.objects.select_for_update(of=["self"]).get(pk=partner.pk)
        changed = [name for name, value in facts.items() if getattr(partner, name) != value]
        for name in changed:
            setattr(partner, name, facts[name])
        if not changed and not sealed:
            return partner
        sealing.seal(partner, **sealed)
        _note(partner, What.DETAILS, by=by, about=", ".join([*changed, *sealed]))
    return partner


def assess(
    partner: Partner,
    *,
    by: Any,
    made_on: date,
    checklist: Mapping[str, bool],
    agreement_on: date,
    review_on: date,
) -> Assessment:
    """Sign first what was found at a partner. Somebody else signs second."""
    with vault_atomic():
        partner = Partner.objects.select_for_update(of=["self"]).get(pk=partner.pk)
        if partner.state == State.CLOSED:
            raise CannotMove(f"{partner.code} is closed")
        _note(partner, What.ASSESSED, by=by)
        return Assessment.objects.create(
            partner=partner,
            made_on=made_on,
            checklist=dict(checklist),
            agreement_on=agreement_on,
            review_on=review_on,
            first_by=by.pk,
            first_who=by.email,
        )


def sign(partner: Partner, *, by: Any) -> Partner:
    """Sign second the newest assessment: the partner is assessed, or its review is done.

    Raises:
        SamePerson: who signed first.
        NotAssessed: nothing waits for a signature.
    """
    with vault_atomic():
        partner = Partner.objects.select_for_update(of=["self"]).get(pk=partner.pk)
        waiting = unsigned(partner)
        if waiting is None:
            raise NotAssessed
        if waiting.first_by == by.pk:
            raise SamePerson
        waiting.second_by, waiting.second_who, waiting.second_at = by.pk, by.email, timezone.now()
        waiting.save(update_fields=["second_by", "second_who", "second_at"])
        _note(partner, What.SIGNED, by=by)
        after = {State.APPLIED: State.ASSESSED, State.REVIEW_DUE: State.ACTIVE}
        if partner.state in after and in_force(partner):
            partner = move(partner, to=after[State(partner.state)], by=by)
    return partner


def activate(partner: Partner, *, by: Any) -> Partner:
    """Let it take part: the first time, or again after it was suspended and assessed anew.

    Raises:
        NotAssessed: nothing in force is signed by two, or nothing since it was suspended.
    """
    with vault_atomic():
        partner = Partner.objects.select_for_update(of=["self"]).get(pk=partner.pk)
        standing = in_force(partner)
        if standing is None:
            raise NotAssessed
        if partner.state == State.SUSPENDED and standing.first_at < partner.moved_at:
            raise NotAssessed
        return move(partner, to=State.ACTIVE, by=by)


def find_reviews_due() -> int:
    """Each night: active partners whose assessment has run out. Returns how many."""
    found = 0
    for partner in Partner.objects.filter(state=State.ACTIVE):
        if in_force(partner) is None:
            move(partner, to=State.REVIEW_DUE, by=None)
            found += 1
    return found


def unsigned(partner: Partner) -> Assessment | None:
    """The newest assessment, if it waits for its second signature."""
    newest = partner.assessments.order_by("-pk").first()
    return newest if newest and newest.second_at is None else None


def in_force(partner: Partner) -> Assessment | None:
    """The newest assessment signed by two whose review is still to come."""
    signed = partner.assessments.filter(second_at__isnull=False)
    return signed.filter(review_on__gt=timezone.now().date()).order_by("-pk").first()


def note_worker(partner: Partner, *, email: str, added: bool, by: Any) -> None:
    """A case worker's sign-in was made or ended."""
    _note(partner, What.WORKER_ADDED if added else What.WORKER_ENDED, by=by, about=email)


def _note(partner: Partner, what: str, *, by: Any, about: str = "") -> None:
    PartnerChange.objects.create(
        partner=partner, what=what, about=about, user_id=by.pk, who=by.email
    )
