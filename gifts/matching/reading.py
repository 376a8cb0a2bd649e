"""What goes into a matching run: plain columns of open needs, and the things that are ready."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone

from gifts.matching.problem import Ask, Partner, Problem, Thing
from gifts.models import Purpose, Region, Unit
from gifts.vault import access, needs
from gifts.vault.access import Reader
from gifts.vault.models import Match, Need
from gifts.vault.models import Partner as PartnerRow
from gifts.vault.transactions import vault_atomic

# What a partner got within so many days counts toward its share.
LATELY = timedelta(days=365)
# All that a run may know of a need, in the order of an Ask's fields.
COLUMNS = (
    *("code", "kind", "partner__code", "region", "sent_at", "purpose", "spec_class", "keyboard"),
    *("voltage", "priority", "needed_by"),
)


def read(reader: Reader, *, today: date | None = None) -> Problem:
    """Everything open and everything ready, the look at the needs on record as one row."""
    with vault_atomic():
        rows: list[Any] = list(needs.waiting().order_by().values_list(*COLUMNS))
        access.note(reader, "Need", COLUMNS, records=len(rows))
        partners = _partners({row[2] for row in rows})
        taken = set(
            Match.objects.filter(state=Match.State.APPROVED).values_list("unit_code", flat=True)
        )
    here = timezone.get_current_timezone()
    asks = [
        Ask(code, kind, partner, region, sent_at.astimezone(here).date(), *others)
        for code, kind, partner, region, sent_at, *others in rows
    ]
    return Problem(_things(taken), asks, partners, today or timezone.localdate())


def _partners(codes: Collection[str]) -> dict[str, Partner]:
    got = dict(
        Match.objects.filter(
            state__in=[Match.State.APPROVED, Match.State.ENDED],
            decided_at__gte=timezone.now() - LATELY,
            need__partner__code__in=codes,
            # What was freed again did not arrive.
            need__state__in=[Need.State.MATCHED, Need.State.DELIVERED, Need.State.CLOSED],
        )
        .values_list("need__partner__code")
        .annotate(Count("need", distinct=True))
    )
    rows = PartnerRow.objects.filter(code__in=codes).values_list("code", "region")
    return {code: Partner(code, region, received=got.get(code, 0)) for code, region in rows}


def _things(taken: Collection[str]) -> list[Thing]:
    """Things that are ready and that the confidential part has given to nobody."""
    rows = (
        Unit.objects.filter(state=Unit.State.READY)
        .order_by()
        .values_list(
            *("code", "kind__code", "spec_class", "keyboard", "voltage", "region"),
            *("wish__purpose", "wish__region"),
        )
    )
    return [
        Thing(
            *(code, kind, spec_class or 0, keyboard, voltage, region),
            for_purpose="" if purpose in (None, Purpose.ANY) else purpose,
            for_region="" if wished in (None, Region.WORLD) else wished,
        )
        for code, kind, spec_class, keyboard, voltage, region, purpose, wished in rows
        if code not in taken
    ]
