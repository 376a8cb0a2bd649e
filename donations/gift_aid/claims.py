"""Claims: looked over as a dry run, made exactly so or not at all, then sent.

looking.look → make (lines, in one transaction) → job: schedule written once → send → received.pay
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app

from core.tokens import sha256
from donations.gift_aid import schedule
from donations.gift_aid.looking import line_of, look, year_of
from donations.gift_aid.schedule import Line
from donations.models import Claim, ClaimFile, ClaimLine, LegalEntity

State, Kind = Claim.State, ClaimLine.Kind


class Changed(Exception):
    """What was looked over is no longer what would be claimed; nothing was done."""


class NotPossible(Exception):
    """The claim is not in the state for this."""


def make(
    entity: LegalEntity,
    *,
    first_day: date,
    last_day: date,
    together: bool,
    fingerprint: str,
    actor: Any,
) -> Claim:
    """Claim exactly what was looked over, and queue its schedule.

    Raises:
        Changed: it is another set of gifts now, or somebody claimed them at the same time.
        NotPossible: there is nothing to claim.
    """
    try:
        with transaction.atomic():
            LegalEntity.objects.select_for_update().get(pk=entity.pk)
            found = look(entity, first_day=first_day, last_day=last_day)
            if found.fingerprint != fingerprint:
                raise Changed
            if not found.gifts:
                raise NotPossible
            claim = Claim.objects.create(
                legal_entity=entity,
                livemode=settings.STRIPE_LIVE,
                first_day=first_day,
                last_day=last_day,
                together=together,
                fingerprint=fingerprint,
                gifts=len(found.gifts),
                gifts_minor=found.gifts_minor,
                adjustment_minor=found.adjustment_minor,
                made_by=actor,
            )
            ClaimLine.objects.bulk_create(
                [
                    *(
                        ClaimLine(
                            claim=claim,
                            kind=Kind.GIFT,
                            donation=one.donation,
                            declaration=one.declaration,
                            received_on=one.day,
                            amount_minor=one.amount_minor,
                        )
                        for one in found.gifts
                    ),
                    *(
                        ClaimLine(
                            claim=claim,
                            kind=Kind.ADJUSTMENT,
                            donation=line.donation,
                            declaration=line.declaration,
                            received_on=line.received_on,
                            amount_minor=amount,
                        )
                        for line, amount in found.adjustments
                    ),
                ],
                batch_size=1_000,
            )
            write_schedule.defer(claim_id=claim.pk)
    except IntegrityError as clash:
        raise Changed from clash
    return claim


def lines(claim: Claim) -> list[Line]:
    """What stands in the schedule: a line for each gift, or small ones together."""
    rows = claim.lines.filter(kind=Kind.GIFT).select_related("declaration").order_by("pk")
    small: list[ClaimLine] = []
    single: list[ClaimLine] = []
    for row in rows:
        together = claim.together and row.amount_minor <= schedule.TOGETHER_MINOR
        (small if together else single).append(row)
    written = [line_of(row.declaration, row.received_on, row.amount_minor) for row in single]
    return written + list(_together(small, claim.legal_entity))


def _together(rows: Sequence[ClaimLine], entity: LegalEntity) -> Iterator[Line]:
    """Lines of at most £1,000, of gifts of one year of the charity; the last day stands on each."""
    group: list[ClaimLine] = []
    year, total, number = 0, 0, 0
    for row in [*rows, None]:
        of = year_of(entity, row.received_on) if row else 0
        full = row and total + row.amount_minor > schedule.TOGETHER_LINE_MINOR
        if group and (row is None or of != year or full):
            number += 1
            yield Line(
                together=f"{len(group)} small gifts, part {number}",
                day=max(one.received_on for one in group),
                amount_minor=total,
            )
            group, total = [], 0
        if row:
            group.append(row)
            year, total = of, total + row.amount_minor


@app.task(queue="public")
def write_schedule(claim_id: int) -> None:
    """Job: write the schedules of a claim, once. Safe to repeat at any point."""
    claim = Claim.objects.select_related("legal_entity").get(pk=claim_id)
    if ClaimFile.objects.filter(claim=claim).exists():
        return
    data, count = schedule.archive(lines(claim), name=name_of(claim))
    row = ClaimFile(claim=claim, data=data, sha256=sha256(data), schedules=count)
    ClaimFile.objects.bulk_create([row], ignore_conflicts=True)


def name_of(claim: Claim) -> str:
    """Of the files: whose, which days; test money says so."""
    test = "" if claim.livemode else "-test"
    return f"{claim.legal_entity.code}-{claim.first_day:%Y%m%d}-{claim.last_day:%Y%m%d}{test}"


@transaction.atomic
def send(claim: Claim, *, on: date, reference: str) -> Claim:
    """It was sent to HM Revenue and Customs on this day. Safe to repeat.

    Raises:
        NotPossible: it was discarded, or its schedule is not written yet.
        Changed: something of its gifts went back since it was made; discard it, make another.
    """
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    if claim.state in (State.SENT, State.PAID):
        return claim
    if claim.state != State.MADE or not ClaimFile.objects.filter(claim=claim).exists():
        raise NotPossible
    gifts = claim.lines.filter(kind=Kind.GIFT).select_related("donation")
    if any(row.donation.kept_minor < row.amount_minor for row in gifts):
        raise Changed
    claim.state, claim.sent_on, claim.reference = State.SENT, on, reference
    claim.save(update_fields=["state", "sent_on", "reference"])
    return claim


@transaction.atomic
def discard(claim: Claim) -> Claim:
    """It was not sent and will not be; its gifts may be claimed again. Safe to repeat.

    Raises:
        NotPossible: it was sent.
    """
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    if claim.state == State.DISCARDED:
        return claim
    if claim.state != State.MADE:
        raise NotPossible
    claim.state = State.DISCARDED
    claim.save(update_fields=["state"])
    claim.lines.update(counts=False)
    return claim
