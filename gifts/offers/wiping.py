"""Statements of erasure: drawn with serial numbers, which we then know no more."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.tokens import sha256
from donations.models import LegalEntity
from gifts.models import DeviceCheck, GivenThing, Offer, StatementFile, Unit, WipeStatement
from gifts.offers import deciding, intake, paper, wording

# Every check has passed: the statement says so of each.
AFTER = (
    *(Unit.State.READY, Unit.State.MATCHED, Unit.State.SHIPPED),
    *(Unit.State.HANDED_OVER, Unit.State.CONFIRMED),
)


class NothingErased(Exception):
    """No device of the offer waits for a statement."""


class Changed(Exception):
    """Somebody made the statement, or changed a check, at the same moment."""


def waiting(offer: Offer) -> QuerySet[GivenThing]:
    """Erased devices that no statement names yet."""
    return offer.things.filter(
        unit__kind__is_device=True, unit__state__in=AFTER, statement=None
    ).order_by("pk")


def make(offer: Offer, *, by: Any) -> WipeStatement:
    """State how each erased device was erased, mail the donor a link, and forget serial numbers.

    Drawn before the transaction: only the paper ever holds what is forgotten in it.

    Raises:
        NothingErased: there is nothing to state.
        Changed: pressed twice, or by two people; nothing is lost.
        IncompletePaper: no number is used up.
    """
    things = list(waiting(offer))
    if not things:
        raise NothingErased
    entity = LegalEntity.objects.get(is_default=True)
    today = timezone.now().astimezone(ZoneInfo(entity.time_zone)).date()
    label = f"{offer.code}-{offer.statements.count() + 1}"
    facts = paper.Facts(
        kind="statement",
        version=wording.version_on(today),
        number=label,
        language=offer.language,
        entity=paper.entity_facts(entity),
        donor=offer.name,
        reference=offer.code,
        issued_on=today.isoformat(),
        items=tuple(_item(thing, ZoneInfo(entity.time_zone)) for thing in things),
        live=settings.STRIPE_LIVE,
    )
    data = paper.render(facts)
    with transaction.atomic():
        Offer.objects.select_for_update(of=["self"]).get(pk=offer.pk)
        same = {(row.pk, row.serial) for row in waiting(offer).select_for_update(of=["self"])}
        if same != {(thing.pk, thing.serial) for thing in things}:
            raise Changed
        made = WipeStatement.objects.create(
            label=label, offer=offer, made_by_id=by.pk, sha256=sha256(data)
        )
        StatementFile.objects.create(statement=made, data=data)
        for thing in things:
            intake.forget_serial(thing)
            thing.statement = made
            thing.save(update_fields=["statement"])
        deciding.tell(offer, "erased", made.pk)
    return made


def forget_old_files() -> int:
    """Files of statements whose time is over; the row stays, with the fingerprint of its file."""
    over = timezone.now() - timedelta(days=paper.STATEMENT_DAYS)
    return StatementFile.objects.filter(made_at__lt=over).delete()[0]


def _item(thing: GivenThing, zone: ZoneInfo) -> paper.Item:
    erased = (
        thing.checks.filter(check_kind=DeviceCheck.Check.ERASED, passed=True)
        .order_by("-pk")
        .first()
    )
    assert erased is not None  # a unit becomes wiped by this check alone
    return paper.Item(
        description=thing.description,
        serial=thing.serial,
        on=erased.at.astimezone(zone).date().isoformat(),
        method=erased.method,
        certificate=erased.certificate,
    )
