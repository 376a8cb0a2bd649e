"""Do both databases say the same of each thing? `manage.py verify_wall` asks it."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gifts.models import Unit
from gifts.vault import parcels
from gifts.vault.models import Match, Need, Outbox, Parcel

State = Unit.State
ON_THE_WAY = (State.SHIPPED, State.HANDED_OVER)
# Where the thing of a parcel is, as the everyday database should know it.
EXPECTED: dict[str, tuple[str, ...]] = {
    Parcel.State.PACKED: (State.MATCHED,),
    Parcel.State.SHIPPED: (State.SHIPPED,),
    Parcel.State.ARRIVED: (State.HANDED_OVER,),
    Parcel.State.NOT_RECEIVED: ON_THE_WAY,
    Parcel.State.RECALLED: ON_THE_WAY,
    Parcel.State.CONFIRMED: (State.CONFIRMED,),
}
# Nothing is in one of these but by a word of the vault's.
ITS_OWN = (State.MATCHED, *ON_THE_WAY, State.CONFIRMED)
# The clock carries messages over each minute.
PATIENCE = timedelta(minutes=5)


def disagreements() -> list[str]:
    """What does not fit, in words; nothing is changed. What is just being said is left out."""
    started = timezone.now()
    expected = _expected()
    states = dict(
        Unit.objects.filter(Q(code__in=expected) | Q(state__in=ITS_OWN)).values_list(
            "code", "state"
        )
    )
    fresh = Q(applied_at=None) | Q(at__gte=started) | Q(applied_at__gte=started)
    under_way = set(Outbox.objects.filter(fresh).values_list("unit_code", flat=True))
    return [
        *_late(),
        *_refused(),
        *(
            _told(code, expected.get(code), states.get(code))
            for code in sorted({*expected, *states} - under_way)
            if states.get(code) not in expected.get(code, ())
        ),
        *_alone(),
    ]


def _expected() -> dict[str, tuple[str, ...]]:
    """By code, where the vault believes a thing to be; the newest word counts."""
    found: dict[str, tuple[str, ...]] = {}
    known = Parcel.objects.filter(state__in=EXPECTED).order_by("pk")
    for code, state in known.values_list("unit_code", "state"):
        found[code] = EXPECTED[state]
    untouched = Match.objects.filter(state=Match.State.APPROVED).exclude(
        parcels__state__in=parcels.LIVING
    )
    for code in untouched.values_list("unit_code", flat=True):
        found[code] = (State.MATCHED,)
    return found


def _told(code: str, expected: tuple[str, ...] | None, state: str | None) -> str:
    told = {"code": code, "state": State(state).label if state else ""}
    if expected is None:
        return _("%(code)s: “%(state)s”, and the vault knows nothing of it") % told
    told["expected"] = " / ".join(str(State(one).label) for one in expected)
    if state is None:
        return _("%(code)s: should be “%(expected)s”, and there is no such thing") % told
    return _("%(code)s: should be “%(expected)s” and is “%(state)s”") % told


def _late() -> Iterator[str]:
    for row in Outbox.objects.filter(applied_at=None, at__lt=timezone.now() - PATIENCE):
        told = {"code": row.unit_code, "state": row.to_state, "since": f"{row.at:%Y-%m-%d %H:%M}"}
        yield _("%(code)s: “%(state)s” waits to be carried over since %(since)s UTC") % told


def _refused() -> Iterator[str]:
    """Messages that could not be taken, while nobody has moved the thing since."""
    rows = Outbox.objects.exclude(refused="").order_by("pk")
    moved = dict(
        Unit.objects.filter(code__in=[row.unit_code for row in rows]).values_list(
            "code", "moved_at"
        )
    )
    for row in rows:
        at = moved.get(row.unit_code)
        if at is None or row.applied_at is None or at < row.applied_at:
            yield f"{row.unit_code}: {row.refused}"


def _alone() -> Iterator[str]:
    """Needs and matches that disagree within the vault."""
    holding = (Need.State.MATCHED, Need.State.DELIVERED)
    living = Match.objects.filter(state=Match.State.APPROVED)
    for code in living.exclude(need__state__in=holding).values_list("need__code", flat=True):
        yield _("need %(code)s has a thing and is not matched") % {"code": code}
    held = living.values("need")
    for code in (
        Need.objects.filter(state__in=holding).exclude(pk__in=held).values_list("code", flat=True)
    ):
        yield _("need %(code)s is matched and has no thing") % {"code": code}
    over = Parcel.objects.filter(match__state=Match.State.APPROVED).exclude(
        state__in=[*parcels.LIVING, Parcel.State.CANCELED]
    )
    for code in over.values_list("unit_code", flat=True):
        yield _("%(code)s came to its end, and its match lives on") % {"code": code}
