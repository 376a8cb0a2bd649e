"""The receipt book: a number and its facts in one short transaction, the file drawn afterwards.

    issue ─→ (1) number from the locked series + frozen facts   (2) draw, outside any lock
             (3) store the bytes once + owe the mail            void ─→ replaced

Nothing is drawn under a lock: from 16 workers that is 16 times as many receipts a second.
"""

from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override
from procrastinate.contrib.django import app

from core.links import public_url
from core.retries import Patient
from core.tokens import new_code, sha256
from donations import ledger, mails, postal, timeline
from donations.models import Donation, Receipt, ReceiptFile, ReceiptSeries
from donations.receipts import cases, document, links
from donations.receipts.packs import PACKS
from donations.receipts.packs.shape import Document
from donations.receipts.snapshot import Benefit, Entity, Line, Snapshot

State = Receipt.State
VoidReason = Receipt.VoidReason
# Voided for these, a receipt has a successor as soon as something of the gift is ours again.
MONEY = (VoidReason.REFUND, VoidReason.DISPUTE, VoidReason.RETURNED)
# What staff may correct; the rest of a receipt follows from the payment.
CORRECTABLE = (
    *("receipt_name", "address_line1", "address_line2", "city", "region", "postcode", "country"),
)


class NotReceiptable(Exception):
    """No receipt can be issued: the gift is not paid, or nothing of it is left."""


class AlreadyVoid(NotReceiptable):
    """Staff or a refund took the receipt back: a late job must not issue another."""


class NothingLeft(NotReceiptable):
    """The whole gift went back to the donor."""


class NoneDue(NotReceiptable):
    """The rule of its country gives no document for it."""


class GoingBack(NotReceiptable):
    """A part of it is on its way back, as the donor wished: the receipt comes after that."""


class DamagedReceipt(Exception):
    """Stored bytes and fingerprint disagree."""


@app.task(queue="public", retry=Patient(OSError, tries=20))
def issue_receipt(donation_id: int) -> None:
    """Job: number, draw and mail the receipt of a paid donation. Safe to repeat at any point."""
    with suppress(AlreadyVoid, NothingLeft, NoneDue, GoingBack):
        draw(number_receipt(donation_id))


def number_receipt(
    donation_id: int, *, replaces: Receipt | None = None, actor: Any = None
) -> Receipt:
    """Step 1: the next number of the series, with every fact that will be printed.

    Args:
        actor: of the staff, who asked for it; none for the job after a payment.

    Raises:
        NotReceiptable: the donation is not paid.
        NothingLeft: all of it was given back.
        NoneDue: the rule gives none for such a gift.
        AlreadyVoid: its receipt was declared void; only `replace` issues another.
        GoingBack: a part of it is being returned; `follow` issues the receipt for the rest.
        IncompleteReceipt: a required element is missing; no number is used up.
    """
    with transaction.atomic():
        donation = Donation.objects.select_for_update().get(pk=donation_id)
        live = donation.receipts.filter(state=State.ISSUED).first()
        if live:
            return live
        if replaces is None and donation.receipts.exists():
            raise AlreadyVoid(donation.reference)
        if donation.paid_at is None:
            raise NotReceiptable(donation.reference)
        if donation.kept_minor == 0:
            raise NothingLeft(donation.reference)
        if donation.refunds.filter(reason="covered", status="asked").exists():
            raise GoingBack(donation.reference)
        decision = cases.decide(donation)
        if decision.document == Document.NONE:
            raise NoneDue(decision.because)
        entity = donation.legal_entity
        year = donation.paid_at.astimezone(ZoneInfo(entity.time_zone)).year
        key = {
            "legal_entity": entity,
            "country": entity.country,
            "year": year,
            "livemode": donation.livemode,
        }
        ReceiptSeries.objects.bulk_create([ReceiptSeries(**key)], ignore_conflicts=True)
        series = ReceiptSeries.objects.select_for_update().get(**key)
        series.last_number += 1
        series.save(update_fields=["last_number"])
        receipt = Receipt(
            series=series,
            number=series.last_number,
            label=f"{series}-{series.last_number:06d}",
            donation=donation,
            code=new_code(),
            replaces=replaces,
        )
        snapshot = facts(donation, receipt)
        if lacking := document.missing(snapshot):
            raise document.IncompleteReceipt(receipt.label, lacking)
        receipt.snapshot = snapshot.to_dict()
        receipt.snapshot_sha256 = sha256(snapshot.to_json())
        receipt.save(force_insert=True)
        timeline.note(
            donation,
            "receipt_numbered",
            actor_id=actor.pk if actor else None,
            number=receipt.label,
        )
    return receipt


def draw(receipt: Receipt) -> None:
    """Steps 2 and 3: draw outside any lock, store the bytes once, owe the donor the mail."""
    if receipt.sha256:
        return
    data = document.render(Snapshot.from_dict(receipt.snapshot))
    digest = sha256(data)
    with transaction.atomic():
        first = Receipt.objects.filter(pk=receipt.pk, sha256=None).update(sha256=digest)
        if not first:
            return  # another worker drew it meanwhile
        ReceiptFile.objects.create(receipt=receipt, data=data)
        donation = receipt.donation
        mails.queue(
            "receipt_replaced" if receipt.replaces_id else "receipt",
            to=donation.email,
            language=donation.language,
            cause=f"receipt:{receipt.pk}",
            donation=donation,
            receipt=receipt,
        )


def facts(donation: Donation, receipt: Receipt) -> Snapshot:
    """Everything that will be printed, as it is known at this moment."""
    entity = donation.legal_entity
    zone = ZoneInfo(entity.time_zone)
    today = timezone.now().astimezone(zone).date()
    organisation = Entity(
        name=entity.name,
        tax_id=entity.tax_id,
        address=tuple(entity.address.splitlines()),
        website=entity.website,
        email=entity.email,
        phone=entity.phone,
        statement_descriptor=entity.statement_descriptor,
    )
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


def payment_method(donation: Donation) -> str:
    """ "Visa ending in 4242", in the language of the moment."""
    if donation.source != Donation.Source.CARD:
        return str(donation.get_source_display())
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


@transaction.atomic
def void(receipt: Receipt, *, reason: str, note: str = "", actor: Any = None) -> Receipt:
    """Declare a receipt void: number, facts and bytes stay, links close. Safe to repeat."""
    receipt = Receipt.objects.select_for_update().get(pk=receipt.pk)
    if receipt.state != State.ISSUED:
        return receipt
    receipt.state, receipt.void_reason = State.VOID, Receipt.VoidReason(reason)
    receipt.void_note, receipt.voided_at, receipt.voided_by = note, timezone.now(), actor
    receipt.save(update_fields=["state", "void_reason", "void_note", "voided_at", "voided_by"])
    links.revoke(receipt)
    timeline.note(
        receipt.donation,
        "receipt_voided",
        actor_id=actor.pk if actor else None,
        number=receipt.label,
        reason=reason,
    )
    return receipt


def replace(
    receipt: Receipt,
    *,
    reason: str,
    note: str = "",
    actor: Any = None,
    corrections: dict[str, str] | None = None,
) -> Receipt:
    """Void a receipt and issue another that names it, with corrected name or address.

    Raises:
        ValueError: a correction of something that follows from the payment.
    """
    wrong = set(corrections or {}) - set(CORRECTABLE)
    if wrong:
        raise ValueError(f"not for correction: {', '.join(sorted(wrong))}")
    with transaction.atomic():
        donation = Donation.objects.select_for_update().get(pk=receipt.donation_id)
        done = Receipt.objects.filter(replaces=receipt).first()
        if done:
            return done
        receipt = void(receipt, reason=reason, note=note, actor=actor)
        for field, value in (corrections or {}).items():
            setattr(donation, field, value)
        if corrections:
            donation.save(update_fields=list(corrections))
            timeline.note(
                donation,
                "receipt_corrected",
                actor_id=actor.pk if actor else None,
                fields=list(corrections),
            )
        successor = number_receipt(donation.pk, replaces=receipt, actor=actor)
        Receipt.objects.filter(pk=receipt.pk).update(state=State.REPLACED)
        issue_receipt.defer(donation_id=donation.pk)
    return successor


def follow(donation: Donation, *, reason: str) -> None:
    """Bring the receipt of a gift in line with what we have of it. Call under its row lock.

    A receipt for more (or less) becomes void; what is left gets one that names it. What lacks
    something that must be printed waits for staff: a refund is booked all the same.
    """
    receipt = donation.receipts.order_by("-pk").first()
    if receipt is None:
        issue_receipt.defer(donation_id=donation.pk)  # for what is left
        return
    kept = donation.kept_minor
    if receipt.state == State.ISSUED:
        if Snapshot.from_dict(receipt.snapshot).is_for(kept):
            return
        receipt = void(receipt, reason=reason)
    if receipt.void_reason not in MONEY or kept == 0:
        return
    with suppress(document.IncompleteReceipt, NoneDue), transaction.atomic():
        number_receipt(donation.pk, replaces=receipt)
        Receipt.objects.filter(pk=receipt.pk).update(state=State.REPLACED)
        issue_receipt.defer(donation_id=donation.pk)


def stored_bytes(receipt: Receipt) -> bytes:
    """The file as it was issued.

    Raises:
        DamagedReceipt: it is not what its fingerprint says; never handed out.
    """
    data = bytes(receipt.file.data)
    if sha256(data) != receipt.sha256:
        raise DamagedReceipt(receipt.label)
    return data


def resend(receipt: Receipt) -> None:
    """Mail a fresh link to the address of the gift, at most once an hour however often asked.

    Nothing is sent of a void receipt, nor of one not drawn yet, which has a mail of its own coming.
    """
    if receipt.state != State.ISSUED or not receipt.sha256:
        return
    donation = receipt.donation
    mails.queue(
        "receipt_again",
        to=donation.email,
        language=donation.language,
        cause=f"receipt-again:{receipt.pk}:{timezone.now():%Y%m%d%H}",
        donation=donation,
        receipt=receipt,
    )


def find_by_code(code: str) -> Receipt | None:
    """The receipt with this check code, typed in any case, with or without its dashes."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    dashed = "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))
    return Receipt.objects.filter(code=dashed).first()
