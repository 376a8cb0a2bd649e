"""From a gift's row to the facts that the rule of its country decides by."""

from zoneinfo import ZoneInfo

from donations.gift_aid import declarations
from donations.models import Donation
from donations.receipts.packs import PACKS
from donations.receipts.packs.shape import Case, Decision, Return


def of(donation: Donation, *, credited: str = "") -> Case:
    """The case of a paid gift.

    Args:
        credited: who caused it without giving it, where that is somebody else.
    """
    assert donation.paid_at is not None  # nobody asks about an unpaid one
    entity = donation.legal_entity
    day = donation.paid_at.astimezone(ZoneInfo(entity.time_zone)).date()
    asks = bool(PACKS[entity.receipt_pack].declarations)
    benefit = None
    if donation.benefit or donation.benefit_kind == Donation.Return.INTANGIBLE:
        benefit = Return(donation.benefit_kind, donation.benefit, donation.benefit_minor)
    return Case(
        source=donation.source,
        received_on=day,
        donor=(donation.receipt_name or donation.name).strip(),
        amount_minor=donation.kept_minor,
        currency=donation.currency,
        given=donation.given,
        benefit=benefit,
        credited=credited,
        declared=asks and declarations.is_declared(donation, day),
    )


def decide(donation: Donation, *, credited: str = "") -> Decision:
    """What the rule of its legal entity's country says about it."""
    return PACKS[donation.legal_entity.receipt_pack].decide(of(donation, credited=credited))
