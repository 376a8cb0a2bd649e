"""The life of a partner, each step on record."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from gifts.vault.models import Need, Parcel, Partner, PartnerStep, PartnerUser
from gifts.vault.models.partners import STEPS
from gifts.vault.parcels import LIVING
from gifts.vault.transactions import vault_atomic

OVER = (Need.State.CLOSED, Need.State.WITHDRAWN, Need.State.EXPIRED)


class CannotMove(Exception):
    """From where the partner is, no step leads there."""


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
