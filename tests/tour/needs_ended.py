"""A partner closes, a quarter ends and its news is published: for `tests.tour.needs_staff`."""

import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any
from unittest import mock

from django.core.management import call_command
from django.utils import timezone

from gifts.delivery import batches, closing, confirming, patience, releasing
from gifts.ladder import K
from gifts.models import Unit
from gifts.models.releases import ReleaseCell
from gifts.staff import needs as needs_desk
from gifts.staff import units as units_desk
from gifts.trace import calendar
from gifts.vault import consents, emergencies, partners, requests, review, workers
from gifts.vault.models import Need, Parcel, Partner, PartnerUser
from tests.tour.needs_people import HOUSES
from tests.tour.needs_stated import house, who, workers_of


# --- A partner ends -------------------------------------------------------------------------------
def end_partner(key: str) -> dict[str, Any]:
    """Refused while anything is left; its needs end, its things come back, then it is closed."""
    by, partner = who("needs"), house(key)
    try:
        closing.close(partner, by=by)
        raise RuntimeError(f"{key} was closed with needs and things left")
    except partners.HasLeft:
        pass
    told: dict[str, Any] = {
        "withdrawn": closing.wind_up(partner, because="We end our work here.", by=by)
    }
    back = Parcel.objects.filter(partner=partner, state=Parcel.State.RECALLED)
    told["back"] = [
        confirming.take_back(parcel, by=who("gifts"), note="Sent back.").unit_code
        for parcel in back
    ]
    assert not partners.left(partner)
    partner = closing.close(partner, by=by, note="Its house was taken over by another.")
    assert partner.state == Partner.State.CLOSED
    assert not partner.users.filter(ended_at=None)
    states = Need.objects.filter(partner=partner).values_list("state", flat=True)
    told["needs"] = dict(Counter(states))
    assert set(told["needs"]) <= {Need.State.WITHDRAWN, Need.State.CLOSED}
    gone = Unit.objects.filter(code__in=told["back"]).values_list("state", flat=True)
    assert set(gone) <= {Unit.State.RETURNED}
    return told


# --- Lists of what is late ------------------------------------------------------------------------
def overdue(days: int = 0) -> dict[str, int]:
    """What the desks' lists of late things would name so many days from now."""
    moment = datetime.now(UTC) + timedelta(days=days)
    with clock(moment):
        return _late() | {
            "things that stand still": Unit.objects.filter(units_desk.stuck()).count(),
            "needs that stand still": Need.objects.filter(needs_desk.stuck()).count(),
        }


def _late() -> dict[str, int]:
    living = PartnerUser.objects.filter(ended_at=None)
    waits = [one.match for there in batches.waiting().values() for one in there]
    pack = timedelta(days=patience.TO_PACK)
    return {
        "things on their way": Parcel.objects.filter(patience.overdue()).count(),
        "matched and not packed": sum(timezone.now() - row.decided_at >= pack for row in waits),
        "partners to be reviewed": Partner.objects.filter(state="review_due").count(),
        "case workers to be confirmed": sum(map(workers.is_overdue, living)),
        "requests to know": requests.overdue().count(),
        "emergencies to be reviewed": emergencies.overdue().count(),
        "consents to be asked anew": consents.to_ask_again().count(),
        "looks to be reviewed": sum(n for _, n in review.unreviewed(timezone.localdate())),
    }


def verify(command: str) -> str:
    """One of the product's own checks; what it says."""
    said = io.StringIO()
    call_command(command, stdout=said)
    return said.getvalue()


# --- A quarter ends -------------------------------------------------------------------------------
def quarter_ends() -> dict[str, Any]:
    """The day on which its news is published: everything due by then is done, then it is told.

    Returns:
        The cells as they were published, the day that was named before, this one and the next.
    """
    named = calendar.next_news().isoformat()
    quarter = calendar.start_of(calendar.today())
    day = calendar.published_on(quarter)
    early = releasing.publish()
    assert early is None or not early.cells.exists(), "news was published before its day"
    with clock(datetime.combine(day, time(15), UTC)):
        partners.find_reviews_due()
        _confirm_workers()
        _review_looks()
        late = {name: count for name, count in _late().items() if count}
        assert not late, f"late on {day}: {late}"
        release = releasing.publish()
        assert release is not None
        assert release.quarter == quarter
        assert releasing.publish() is None, "the same news was published twice"
        cells = [_cell(cell) for cell in release.cells.order_by("pk")]
        days = {"named": named, "day": day.isoformat(), "next": calendar.next_news().isoformat()}
        return days | {"cells": cells}


def _cell(cell: ReleaseCell) -> dict[str, Any]:
    """Told of eleven different people at least: counted anew, by what the vault knows."""
    codes = list(Unit.objects.filter(released__cell=cell).values_list("code", flat=True))
    rows = Parcel.objects.filter(unit_code__in=codes, state=Parcel.State.CONFIRMED)
    behind = dict(rows.values_list("unit_code", "match__need__recipient"))
    assert len(behind) == len(codes)
    assert len(set(behind.values())) >= K, (
        f"{len(codes)} things, {len(set(behind.values()))} people"
    )
    return {
        "stage": cell.stage,
        "kind": cell.kind.code if cell.kind else "",
        "region": cell.region,
        "things": len(codes),
    }


def _confirm_workers() -> None:
    """Each quarter a partner says who still works there."""
    for one in HOUSES:
        if there := workers_of(one.key):
            keys = [row.pk for row in there]
            workers.confirm(there[0], shown=keys, staying=keys)


def _review_looks() -> None:
    """Another person goes through everybody's looks of the months that are over."""
    first, second = who("privacy"), who("second-privacy")
    for month, _count in review.unreviewed(timezone.localdate()):
        for looks in review.of(month):
            by = second if looks.user_id == first.pk else first
            review.review(month=month, user_id=looks.user_id, by=by, finding="As it should be.")


@contextmanager
def clock(moment: datetime) -> Iterator[None]:
    """Of this process alone; it runs on from there."""
    ahead = moment - datetime.now(UTC)

    def now() -> datetime:
        return datetime.now(UTC) + ahead

    with mock.patch.object(timezone, "now", now):
        yield
