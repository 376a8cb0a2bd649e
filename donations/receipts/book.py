"""The receipt book: a number and its facts in one short transaction, the file drawn afterwards.

    issue ─→ (1) number from the locked series + frozen facts   (2) draw, outside any lock
             (3) store the bytes once + owe the mail            void ─→ replaced

Nothing is drawn under a lock: from 16 workers that is 16 times as many receipts a second.
"""

from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from core.retries import Patient
from core.tokens import new_code, sha256
from donations import mails, timeline
from donations.models import Donation, LegalEntity, Receipt, ReceiptFile, ReceiptSeries
from donations.receipts import cases, document, facts, links, yearly
from donations.receipts.packs.shape import Document
from donations.receipts.snapshot import Snapshot
from donations.receipts.yearly import Yearly

State = Receipt.State
VoidReason = Receipt.VoidReason
# Voided for these, a receipt has a successor as soon as something of the gift is ours again.
MONEY = (VoidReason.REFUND, VoidReason.DISPUTE, VoidReason.RETURNED)
# What staff may correct; the rest of a receipt follows from the payment.
CORRECTABLE = (
    *("receipt_name", "address_line1", "address_line2", "city", "region", "postcode", "country"),
)


FOLLOW_YEAR = "donations.receipts.annual.follow_year"


class NotReceiptable(Exception):
    """No receipt can be issued: the gift is not paid, or nothing of it is left."""


class AlreadyVoid(NotReceiptable):
    """Staff or a refund took the receipt back: a late job must not issue another."""


class OnYearly(NotReceiptable):
    """Its receipt is one for the whole year, as the donor wished, or it is on such a one."""


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
    """Job: number, draw and mail the receipt of a paid donation. Safe to repeat at any point.

    Who wishes one receipt a year gets a short confirmation in its place.
    """
    if confirm_without(donation_id):
        return
    with suppress(AlreadyVoid, NothingLeft, NoneDue, GoingBack, OnYearly):
        draw(number_receipt(donation_id))


@transaction.atomic
def confirm_without(donation_id: int) -> bool:
    """Whether this gift waits for the receipt of its year; the donor is told that it arrived.

    The wish of the moment when it is paid counts: a later one is for later gifts.
    """
    donation = Donation.objects.select_for_update().get(pk=donation_id)
    if donation.yearly_receipt:
        return True
    wished = donation.plan is not None and donation.plan.yearly_receipt
    if donation.paid_at is None or donation.receipts.exists() or not wished:
        return False
    donation.yearly_receipt = True
    donation.save(update_fields=["yearly_receipt"])
    if donation.email:
        mails.queue(
            "gift_arrived",
            to=donation.email,
            language=donation.language,
            cause=f"arrived:{donation.pk}",
            donation=donation,
        )
    return True


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
        OnYearly: it is, or was, on a receipt for its year.
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
        if donation.receipt_items.exists():
            raise OnYearly(donation.reference)
        if donation.kept_minor == 0:
            raise NothingLeft(donation.reference)
        if donation.refunds.filter(reason="covered", status="asked").exists():
            raise GoingBack(donation.reference)
        decision = cases.decide(donation)
        if decision.document == Document.NONE:
            raise NoneDue(decision.because)
        entity = donation.legal_entity
        year = donation.paid_at.astimezone(ZoneInfo(entity.time_zone)).year
        series, number = draw_numbers(entity, year=year, livemode=donation.livemode)
        receipt = Receipt(
            series=series,
            number=number,
            label=label_of(series, number),
            donation=donation,
            code=new_code(),
            replaces=replaces,
        )
        snapshot = facts.of_gift(donation, receipt)
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


def draw_numbers(
    entity: LegalEntity, *, year: int, livemode: bool, count: int = 1
) -> tuple[ReceiptSeries, int]:
    """The next numbers of a series, the first of them. Whoever draws them writes their receipts.

    A commit with a number that is on no receipt is refused by the database.
    """
    key = {
        "legal_entity": entity,
        "country": entity.country,
        "year": year,
        "livemode": livemode,
    }
    ReceiptSeries.objects.bulk_create([ReceiptSeries(**key)], ignore_conflicts=True)
    series = ReceiptSeries.objects.select_for_update().get(**key)
    first = series.last_number + 1
    series.last_number += count
    series.save(update_fields=["last_number"])
    return series, first


def label_of(series: ReceiptSeries, number: int) -> str:
    """As it is printed: "US-2026-000318"."""
    return f"{series}-{number:06d}"


def draw(receipt: Receipt) -> None:
    """Steps 2 and 3: draw outside any lock, store the bytes once, owe the donor the mail."""
    if not receipt.sha256:
        store(receipt, rendered(receipt.snapshot))


def rendered(
    known: dict[str, Any], *, mark: document.Mark = document.Mark.NONE, replaced_by: str = ""
) -> bytes:
    """A receipt as a PDF from its stored facts, whether it is for one gift or for a year."""
    if known["kind"] == yearly.KIND:
        return yearly.render(Yearly.from_dict(known), mark=mark, replaced_by=replaced_by)
    return document.render(Snapshot.from_dict(known), mark=mark, replaced_by=replaced_by)


def contact(receipt: Receipt) -> Donation:
    """The gift whose address a receipt goes to: of a year's, the last one."""
    if receipt.donation:
        return receipt.donation
    items = receipt.items.select_related("donation__legal_entity")
    return items.order_by("donation__paid_at", "pk").last().donation  # type: ignore[union-attr]


def store(receipt: Receipt, data: bytes) -> None:
    """Step 3 alone. Another worker may have been faster: then nothing happens."""
    with transaction.atomic():
        if locked(receipt).sha256:
            return
        Receipt.objects.filter(pk=receipt.pk).update(sha256=sha256(data))
        ReceiptFile.objects.create(receipt=receipt, data=data)
        donation = contact(receipt)
        if not donation.email:
            return  # printed and posted
        template = "receipt_replaced" if receipt.replaces_id else "receipt"
        mails.queue(
            template if receipt.donation_id else "receipt_of_year",
            to=donation.email,
            language=donation.language,
            cause=f"receipt:{receipt.pk}",
            donation=donation,
            receipt=receipt,
        )


@transaction.atomic
def void(
    receipt: Receipt,
    *,
    reason: str,
    note: str = "",
    actor: Any = None,
    of: Donation | None = None,
) -> Receipt:
    """Declare a receipt void: number, facts and bytes stay, links close. Safe to repeat.

    Args:
        of: the one gift that is locked and told of it, where it is one of several.
    """
    # Whoever holds one gift of several takes no other: two of them would wait for each other.
    rows = Receipt.objects.select_for_update()
    receipt = rows.get(pk=receipt.pk) if of else locked(receipt)
    if receipt.state != State.ISSUED:
        return receipt
    receipt.state, receipt.void_reason = State.VOID, Receipt.VoidReason(reason)
    receipt.void_note, receipt.voided_at, receipt.voided_by = note, timezone.now(), actor
    receipt.save(update_fields=["state", "void_reason", "void_note", "voided_at", "voided_by"])
    links.revoke(receipt)
    for donation in [of] if of else gifts_of(receipt):
        timeline.note(
            donation,
            "receipt_voided",
            actor_id=actor.pk if actor else None,
            number=receipt.label,
            reason=reason,
        )
    return receipt


def locked(receipt: Receipt) -> Receipt:
    """The receipt's row, locked after those of its gifts: everybody locks in this order."""
    own = Q(pk=receipt.donation_id) | Q(receipt_items__receipt=receipt)
    list(Donation.objects.filter(own).order_by("pk").select_for_update(of=("self",)))
    return Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)


def gifts_of(receipt: Receipt) -> list[Donation]:
    """What a receipt is for: one gift, or those of a year."""
    if receipt.donation:
        return [receipt.donation]
    return [item.donation for item in receipt.items.select_related("donation").order_by("pk")]


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
    assert receipt.donation_id  # one for a year: `annual.replace`
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
    item = donation.receipt_items.order_by("-pk").select_related("receipt").first()
    if item:
        if item.receipt.state == State.ISSUED and item.amount_minor != donation.kept_minor:
            void(item.receipt, reason=reason, of=donation)
            # Its successor needs the locks of all its gifts, in order: a job of its own.
            app.configure_task(FOLLOW_YEAR).defer(receipt_id=item.receipt_id)
        return
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
    donation = contact(receipt)
    if not donation.email:
        return
    mails.queue(
        "receipt_again" if receipt.donation_id else "receipt_of_year",
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
