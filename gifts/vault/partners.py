"""The life of a partner, each step on record."""

from typing import Any

from gifts.vault.models import Partner, PartnerStep
from gifts.vault.models.partners import STEPS
from gifts.vault.transactions import vault_atomic


class CannotMove(Exception):
    """From where the partner is, no step leads there."""


def move(partner: Partner, *, to: str, by: Any | None, note: str = "") -> Partner:
    """Take a partner to its next state; nothing happens if it is there already.

    Args:
        by: a user; none if a job does it.

    Raises:
        CannotMove: no step leads there from where it is.
        django.db.InternalError: no assessment signed by two stands behind it.
    """
    with vault_atomic():
        partner = Partner.objects.select_for_update(of=["self"]).get(pk=partner.pk)
        if partner.state == to:
            return partner
        if (partner.state, to) not in STEPS:
            raise CannotMove(f"{partner.code} is {partner.state} and cannot become {to}")
        PartnerStep.objects.create(
            partner=partner, state=to, user_id=by and by.pk, who=by.email if by else "", note=note
        )
        partner.refresh_from_db(fields=["state", "moved_at"])
    return partner
