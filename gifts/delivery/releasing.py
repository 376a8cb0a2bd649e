"""Publishes the news of an ended quarter from the person's side. Staff side alone.

States and days come from the everyday database. The vault is asked one thing, for the moment: which
of the things are for the same person. A thing that nobody there knows of is never told of.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Min, Q

from gifts.models import Region, Unit
from gifts.models.releases import Release, ReleaseCell, ReleasedUnit, Stage
from gifts.trace import calendar, releases, telling
from gifts.trace.releases import Group, Thing, Told
from gifts.vault.models import Parcel

CAME = (Stage.HANDED_OVER, Stage.CONFIRMED)


def publish(day: date | None = None) -> Release | None:
    """Publish the news of the quarter that ended last, once its day has come. Safe to repeat."""
    day = day or calendar.today()
    quarter = calendar.before(calendar.start_of(day))
    if day < calendar.published_on(quarter) or Release.objects.filter(quarter=quarter).exists():
        return None
    until = calendar.end_of(quarter)
    found = releases.groups(_things(until), _told(until))
    with transaction.atomic():
        release, made = Release.objects.get_or_create(quarter=quarter)
        if not made:
            return None
        for group in found:
            _write(release, group)
        telling.tell_of_release.defer(release_id=release.pk)
    return release


def whose(codes: Iterable[str]) -> dict[str, UUID | None]:
    """The person each thing is for, by its code; to tell persons apart and nothing else."""
    rows = Parcel.objects.filter(
        unit_code__in=list(codes), state__in=[Parcel.State.ARRIVED, Parcel.State.CONFIRMED]
    )
    return dict(rows.values_list("unit_code", "match__need__recipient"))


def _things(until: datetime) -> list[Thing]:
    """What came to the person's side in time and was never told of, the first ones first."""
    rows = list(
        Unit.objects.filter(state__in=CAME)
        .exclude(released__isnull=False)
        .annotate(
            came=Min("steps__at", filter=Q(steps__state=Stage.HANDED_OVER)),
            used=Min("steps__at", filter=Q(steps__state=Stage.CONFIRMED)),
        )
        .filter(came__lt=until)
        .select_related("wish")
        .order_by("came", "pk")
    )
    people = whose(row.code for row in rows)
    return [
        Thing(
            unit=row.pk,
            kind=row.kind_id,
            region=row.wish.region if row.wish else Region.WORLD,
            person=person,
            stage=Stage.CONFIRMED if row.used and row.used < until else Stage.HANDED_OVER,
        )
        for row in rows
        if (person := people.get(row.code))
    ]


def _told(until: datetime) -> list[Told]:
    cells = ReleaseCell.objects.filter(stage=Stage.HANDED_OVER)
    found = []
    for cell in cells:
        behind = Unit.objects.filter(released__cell=cell).exclude(released__stage=Stage.CONFIRMED)
        used = behind.filter(state=Stage.CONFIRMED, moved_at__lt=until).order_by("moved_at", "pk")
        if count := behind.count():
            in_use = tuple(used.values_list("pk", flat=True))
            found.append(Told(cell.pk, cell.kind_id, cell.region, count, in_use))
    return found


def _write(release: Release, group: Group) -> None:
    cell = ReleaseCell.objects.create(
        release=release,
        stage=group.stage,
        kind_id=group.kind,
        region=group.region,
        earlier_id=group.earlier,
    )
    ReleasedUnit.objects.bulk_create(
        ReleasedUnit(cell=cell, unit_id=unit, stage=group.stage) for unit in group.units
    )
