"""What a receipt says of its gift: everything that will be printed, as it is known that day."""

from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext, override

from core.links import public_url
from donations import ledger, postal
from donations.models import Donation, LegalEntity, Receipt
from donations.receipts import cases
from donations.receipts.packs import PACKS
from donations.receipts.snapshot import Benefit, Entity, Line, Snapshot


def of_gift(donation: Donation, receipt: Receipt) -> Snapshot:
    """Everything that will be printed, as it is known at this moment."""
    entity = donation.legal_entity
    zone = ZoneInfo(entity.time_zone)
    today = timezone.now().astimezone(zone).date()
    organisation = printed(entity)
    lines = list(donation.lines.select_related("designation"))
    kept_minor = donation.kept_minor
    kept = ledger.kept_of(lines, kept_minor)
    pack, decision = PACKS[entity.receipt_pack], cases.decide(donation)
    assert donation.paid_at is not None  # number_receipt refuses an unpaid one
    with override(donation.language):
        return Snapshot(
            pack=pack.code,
            pack_version=pack.version_on(today),
            kind=decision.document,
            source=donation.source,
            sentences=decision.sentences,
            given=donation.given,
            number=receipt.label,
            code=receipt.code,
            check_url=public_url("receipt_check", query=f"code={receipt.code}"),
            language=donation.language,
            entity=organisation,
            receipt_name=donation.receipt_name or donation.name,
            # Staff's correction of the name must not stand beside the name it corrects.
            thanks_name="" if receipt.replaces else donation.name,
            donor_address=postal.lines_of(donation),
            donation_reference=donation.reference[:8].upper(),
            received_on=donation.paid_at.astimezone(zone).date(),
            issued_on=today,
            currency=donation.currency,
            amount_minor=0 if donation.given else kept_minor,
            fee_cover_minor=0 if donation.given else min(donation.fee_cover_minor, kept_minor),
            lines=tuple(
                Line(
                    designation=line.designation.public_name,
                    amount_minor=0 if donation.given else amount_minor,
                    restricted=line.designation.restriction == "with_donor_restrictions",
                )
                for line, amount_minor in zip(lines, kept, strict=True)
                if amount_minor
            ),
            benefit=Benefit(donation.benefit, donation.benefit_minor)
            if not {"benefit", "benefit_described"}.isdisjoint(decision.sentences)
            else None,
            payment_method=payment_method(donation),
            tribute=tribute(donation),
            replaces=receipt.replaces.label if receipt.replaces else "",
            disclosures=pack.disclosures(
                donation.region, today, organisation, entity.registration_in(donation.region)
            )
            if donation.country in ("", "US")
            else (),
            live=donation.livemode,
        )


def printed(entity: LegalEntity) -> Entity:
    """An organisation as it is printed today."""
    return Entity(
        name=entity.name,
        tax_id=entity.tax_id,
        address=tuple(entity.address.splitlines()),
        website=entity.website,
        email=entity.email,
        phone=entity.phone,
        statement_descriptor=entity.statement_descriptor,
    )


def payment_method(donation: Donation) -> str:
    """ "Visa ending in 4242" or "Check 1001", in the language of the moment."""
    if donation.source != Donation.Source.CARD:
        row = getattr(donation, "offline", None)
        return f"{donation.get_source_display()} {row.check_number if row else ''}".strip()
    brand = donation.card_brand.replace("_", " ").title()
    if not donation.card_last4:
        return brand
    return gettext("%(brand)s ending in %(last4)s") % {
        "brand": brand,
        "last4": donation.card_last4,
    }


def tribute(donation: Donation) -> str:
    if donation.tribute_kind == Donation.Tribute.HONOR:
        return gettext("in honor of %(name)s") % {"name": donation.tribute_name}
    if donation.tribute_kind == Donation.Tribute.MEMORY:
        return gettext("in memory of %(name)s") % {"name": donation.tribute_name}
    return ""
