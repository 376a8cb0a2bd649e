"""Acknowledgments of given things: numbered in a short transaction, drawn and mailed after."""

from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from core.retries import Patient
from core.tokens import sha256
from donations.models import LegalEntity
from gifts.models import Acknowledgment, AcknowledgmentFile, AcknowledgmentSeries, Offer, Unit
from gifts.offers import deciding, paper, wording

State = Acknowledgment.State
# Not kept by us, so not acknowledged.
GONE = (Unit.State.DECLINED, Unit.State.RETURNED)


class NothingKept(Exception):
    """Nothing of the offer arrived, or all of it went back."""


class DamagedPaper(Exception):
    """Stored bytes and fingerprint disagree."""


@transaction.atomic
def issue(offer: Offer, *, by: Any) -> Acknowledgment:
    """Number the acknowledgment of what we keep, with every fact; the live one if there is one.

    Raises:
        NothingKept: there is nothing to acknowledge.
        IncompletePaper: something that must be printed is missing; no number is used up.
    """
    offer = Offer.objects.select_for_update(of=["self"]).get(pk=offer.pk)
    live = offer.acknowledgments.filter(state=State.ISSUED).first()
    if live:
        return live
    things = offer.things.exclude(unit__state__in=GONE).order_by("received_on", "pk")
    counted = Counter((thing.description, thing.received_on) for thing in things)
    if not counted:
        raise NothingKept
    entity = LegalEntity.objects.get(is_default=True)
    today = timezone.now().astimezone(ZoneInfo(entity.time_zone)).date()
    key = {
        "legal_entity": entity,
        "year": max(day for _, day in counted).year,
        "livemode": settings.STRIPE_LIVE,
    }
    AcknowledgmentSeries.objects.bulk_create([AcknowledgmentSeries(**key)], ignore_conflicts=True)
    series = AcknowledgmentSeries.objects.select_for_update(of=["self"]).get(**key)
    series.last_number += 1
    series.save(update_fields=["last_number"])
    label = f"{series}-{series.last_number:06d}"
    facts = paper.Facts(
        kind="acknowledgment",
        version=wording.version_on(today),
        number=label,
        language=offer.language,
        entity=paper.entity_facts(entity),
        donor=offer.name,
        reference=offer.code,
        issued_on=today.isoformat(),
        items=tuple(
            paper.Item(description=text, count=count, on=day.isoformat())
            for (text, day), count in counted.items()
        ),
        live=settings.STRIPE_LIVE,
    )
    if lacking := paper.missing(facts):
        raise paper.IncompletePaper(label, lacking)
    made = Acknowledgment.objects.create(
        series=series,
        number=series.last_number,
        label=label,
        offer=offer,
        snapshot=facts.to_dict(),
        issued_by_id=by.pk,
    )
    draw.defer(acknowledgment_id=made.pk)
    return made


@app.task(queue="public", retry=Patient(OSError, tries=20))
def draw(acknowledgment_id: int) -> None:
    """Job: draw outside any lock, store the bytes once, owe the donor the mail. Safe to repeat."""
    row = Acknowledgment.objects.select_related("offer").get(pk=acknowledgment_id)
    if row.sha256:
        return
    data = paper.render(paper.Facts.from_dict(row.snapshot))
    with transaction.atomic():
        first = Acknowledgment.objects.filter(pk=row.pk, sha256=None).update(sha256=sha256(data))
        if not first:
            return  # another worker drew it meanwhile
        AcknowledgmentFile.objects.create(acknowledgment=row, data=data)
        deciding.tell(row.offer, "acknowledged", row.pk)


@transaction.atomic
def void(acknowledgment: Acknowledgment, *, reason: str, by: Any) -> Acknowledgment:
    """Declare it void; number, facts and bytes stay. Safe to repeat."""
    row = Acknowledgment.objects.select_for_update().get(pk=acknowledgment.pk)
    if row.state == State.VOID:
        return row
    row.state, row.void_reason = State.VOID, reason
    row.voided_at, row.voided_by_id = timezone.now(), by.pk
    row.save(update_fields=["state", "void_reason", "voided_at", "voided_by"])
    return row


def stored_bytes(acknowledgment: Acknowledgment) -> bytes:
    """The file as it was issued.

    Raises:
        DamagedPaper: it is not what its fingerprint says; never handed out.
    """
    data = bytes(acknowledgment.file.data)
    if sha256(data) != acknowledgment.sha256:
        raise DamagedPaper(acknowledgment.label)
    return data
