"""One receipt for several gifts of a year, and what becomes of it when one of them goes back.

Such receipts are issued by a run (runs.py). A refund makes one void at once; its successor, for
what is left, takes the locks of all its gifts in order and is made by a job.
"""

from collections.abc import Sequence
from dataclasses import replace as changed
from typing import Any

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from core.links import public_url
from core.retries import Patient
from core.tokens import new_code, sha256
from donations import postal, timeline
from donations.models import Donation, LegalEntity, Receipt, ReceiptItem
from donations.receipts import book, document, gathering, yearly
from donations.receipts.gathering import Paper, Year
from donations.receipts.yearly import Yearly

State = Receipt.State


def number(papers: Sequence[Paper], year: Year) -> list[Receipt]:
    """A number and a row for each paper, in one go. Its gifts must be locked.

    Raises:
        IncompleteReceipt: a required fact is missing; no number is used up.
    """
    series, first = book.draw_numbers(
        year.entity, year=year.year, livemode=year.livemode, count=len(papers)
    )
    receipts = [
        _receipt(paper.facts, year.entity, series=series, number=first + place)
        for place, paper in enumerate(papers)
    ]
    Receipt.objects.bulk_create(receipts, batch_size=500)
    _write_items(zip(receipts, papers, strict=True))
    return receipts


def _receipt(facts: Yearly, entity: LegalEntity, **given: Any) -> Receipt:
    label = book.label_of(given["series"], given["number"])
    code = new_code()
    known = facts.issued(
        timezone.now().astimezone(Year(entity, facts.live, facts.year).zone).date(),
        number=label,
        code=code,
        check_url=public_url("receipt_check", query=f"code={code}"),
    )
    if lacking := yearly.missing(known):
        raise document.IncompleteReceipt(label, lacking)
    return Receipt(
        label=label,
        code=code,
        snapshot=known.to_dict(),
        snapshot_sha256=sha256(known.to_json()),
        **given,
    )


def _write_items(pairs: Any) -> None:
    ReceiptItem.objects.bulk_create(
        [
            ReceiptItem(receipt=receipt, donation_id=pk, amount_minor=minor)
            for receipt, paper in pairs
            for pk, minor in paper.items
        ],
        batch_size=2_000,
    )


@app.task(queue="public", name=book.FOLLOW_YEAR, retry=Patient(OSError, tries=20))
def follow_year(receipt_id: int) -> None:
    """Job: after a refund, the receipt for what is left of a year. Safe to repeat."""
    receipt = Receipt.objects.get(pk=receipt_id)
    if receipt.state == State.VOID and receipt.void_reason in book.MONEY:
        _succeed(receipt)
    draw_of_year.defer(receipt_id=receipt_id)


@app.task(queue="public", retry=Patient(OSError, tries=20))
def draw_of_year(receipt_id: int) -> None:
    """Job: draw and mail the receipt that stands in place of this one. Safe to repeat."""
    successor = Receipt.objects.filter(replaces=receipt_id, state=State.ISSUED).first()
    if successor:
        book.draw(successor)


def replace(
    receipt: Receipt,
    *,
    reason: str,
    note: str = "",
    actor: Any = None,
    corrections: dict[str, str] | None = None,
) -> Receipt:
    """Void the receipt of a year and issue another that names it, in a corrected name or address.

    Raises:
        NothingLeft: all of its gifts went back meanwhile.
    """
    with transaction.atomic():
        receipt = book.locked(receipt)
        done = Receipt.objects.filter(replaces=receipt).first()
        if done:
            return done
        receipt = book.void(receipt, reason=reason, note=note, actor=actor)
        successor = _succeed(receipt, actor=actor, corrections=corrections)
        if successor is None:
            raise book.NothingLeft(receipt.label)
        draw_of_year.defer(receipt_id=receipt.pk)
    return successor


@transaction.atomic
def _succeed(
    receipt: Receipt, *, actor: Any = None, corrections: dict[str, str] | None = None
) -> Receipt | None:
    """Number what is left of a void receipt's gifts; name and address stay, or are corrected."""
    receipt = book.locked(receipt)
    done = Receipt.objects.filter(replaces=receipt).first()
    if done or receipt.state != State.VOID:
        return done
    before = Yearly.from_dict(receipt.snapshot)
    series = receipt.series
    year = Year(series.legal_entity, series.livemode, series.year)
    gifts = Donation.objects.filter(receipt_items__receipt=receipt).order_by("paid_at", "pk")
    paper = gathering.receipt_for(year, list(gifts.prefetch_related("lines__designation")))
    if paper is None:
        return None
    facts = changed(
        paper.facts,
        language=before.language,
        replaces=receipt.label,
        **{"receipt_name": before.receipt_name, "donor_address": before.donor_address}
        | _corrected(corrections or {}, before.language),
    )
    series, first = book.draw_numbers(year.entity, year=year.year, livemode=year.livemode)
    successor = _receipt(facts, year.entity, series=series, number=first, replaces=receipt)
    successor.save(force_insert=True)
    _write_items([(successor, paper)])
    Receipt.objects.filter(pk=receipt.pk).update(state=State.REPLACED)
    for gift in gifts:
        timeline.note(
            gift, "receipt_numbered", actor_id=actor.pk if actor else None, number=successor.label
        )
    return successor


def _corrected(typed: dict[str, str], language: str) -> dict[str, Any]:
    """Name and address as they were typed, the address as it is printed."""
    found: dict[str, Any] = {}
    if "receipt_name" in typed:
        found["receipt_name"] = typed["receipt_name"]
    address = {name: text for name, text in typed.items() if name != "receipt_name"}
    if address:
        found["donor_address"] = postal.lines_of(Donation(**address, language=language))
    return found
