"""Keeping stolen cards from being tried here, without hindering those who give.

What counts is cards that failed, not gifts: a hundred people may give from one address. Heat is
read from the failures of the last hour, so it cools by itself:

    calm     to the payment page at once
    hot      first a proof of work by the browser, or a link by mail (donations/proof.py)
    closed   no new payment from there for some minutes; pages that stand open are closed

No answer says which of the counts acted. docs/defence.md has the limits and what they yield.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from core.tokens import keyed_hash
from donations.models import CheckoutAttempt, Donation, EventWindow, PaymentFailure

State = CheckoutAttempt.State
HOUR = timedelta(hours=1)
# One further failure is allowed for so many paid gifts of the same network, up to twice the limit.
GIFTS_PER_FAILURE = 5
# Failures and open pages of a network together may exceed its failures by so many times the limit:
# an open page is a card that may be tried before we hear of it.
PAGES = 2
# A page that stood open for so long gives its place to the next donor; a shorter one keeps it.
IDLE = timedelta(minutes=5)
EMAIL_HOT, EMAIL_CLOSED = 3, 6
# One card that fails for so many addresses or from so many networks is being passed around.
CARD_SPREAD = 3
# A wave over the whole site: so many failures in ten minutes, and so large a part of all payments.
WAVE, WAVE_TIME, WAVE_PERCENT = 20, timedelta(minutes=10), 30
EVENT_WIDTH = 10
LONGEST_WINDOW = timedelta(hours=24)
TALLY_TIME = timedelta(minutes=10)


class Resting(Exception):
    """No new payment for now; `minutes` says when to come back."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"{minutes} minutes")
        self.minutes = minutes


class Unproved(Exception):
    """It is hot: first a proof of work, or a confirmation by mail."""


@dataclass(frozen=True)
class Heat:
    hot: bool
    # Until a new payment may be tried; 0 unless it is closed.
    minutes: int = 0

    @property
    def closed(self) -> bool:
        return self.minutes > 0


def assess(network: str, email: str = "") -> Heat:
    """How careful to be with a payment from this network (a keyed hash) for this address."""
    now = timezone.now()
    failures = PaymentFailure.objects.filter(failed_at__gt=now - HOUR)
    if not failures.exists():  # almost always, so it costs one query
        return Heat(hot=False)
    hot, minutes = False, 0
    if network:
        allowed = _allowed(network, now)
        times = _newest(failures.filter(network=network), allowed)
        hot, minutes = 2 * len(times) >= allowed, _minutes(times, allowed, now)
    if email:
        times = _newest(failures.filter(donation__email__iexact=email), EMAIL_CLOSED)
        hot |= len(times) >= EMAIL_HOT
        minutes = max(minutes, _minutes(times, EMAIL_CLOSED, now))
    return Heat(hot or minutes > 0 or _everywhere(failures, now), minutes)


def take_place(network: str) -> None:
    """Room for one more page of this network, or Resting. Holds the network until the commit."""
    if not network:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [network])
    if _places_left(network) < 1:
        raise Resting(1)


def idle_pages(network: str) -> Sequence[CheckoutAttempt]:
    """Where every place of a network is taken: pages that stood open long enough to give way."""
    missing = 1 - _places_left(network) if network else 0
    if missing < 1:
        return []
    idle = open_pages(Q(network=network, created_at__lt=timezone.now() - IDLE))
    return list(idle.filter(state=State.OPEN).order_by("created_at")[:missing])


def open_pages(where: Q) -> QuerySet[CheckoutAttempt]:
    """Those payment pages that could still be paid, also ones whose opening we wait for."""
    now = timezone.now()
    return CheckoutAttempt.objects.filter(
        where,
        # None lives longer, and the index ends the search here.
        created_at__gt=now - HOUR,
        state__in=[State.ASKED, State.OPEN],
        expires_at__gt=now,
    )


def is_allowed(act: str, who: str, limit: int) -> bool:
    """Count an act (a form sent, a code checked); false above the limit of ten minutes.

    Right with any number of processes: the count is one statement in the database.
    """
    stretch = TALLY_TIME.total_seconds()
    begins_at = datetime.fromtimestamp(timezone.now().timestamp() // stretch * stretch, UTC)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [keyed_hash(f"{act}:{who}", purpose="tally"), begins_at])
        count: int = cursor.fetchone()[0]
    return count <= limit


COUNT = """
    INSERT INTO donations_tally (key, begins_at, count) VALUES (%s, %s, 1)
    ON CONFLICT (key, begins_at) DO UPDATE SET count = donations_tally.count + 1
    RETURNING count
"""


def open_window(
    starts_at: datetime, ends_at: datetime, *, note: str, opened_by: AbstractBaseUser
) -> EventWindow:
    """Staff expect many gifts from one address: widen the limits of each network for that time.

    What the whole site, one card or one e-mail address shows still counts as always.

    Raises:
        ValueError: it ends before it starts, is over, or lasts longer than a day.
    """
    if not timedelta() < ends_at - starts_at <= LONGEST_WINDOW or ends_at <= timezone.now():
        raise ValueError("a window lasts up to a day and is not over yet")
    return EventWindow.objects.create(
        starts_at=starts_at, ends_at=ends_at, note=note, opened_by_id=opened_by.pk
    )


def _width(now: datetime) -> int:
    during = EventWindow.objects.filter(starts_at__lte=now, ends_at__gt=now)
    return EVENT_WIDTH if during.exists() else 1


def _allowed(network: str, now: datetime) -> int:
    """Failures an hour from one network; gifts that arrived from there earn a few more."""
    base: int = settings.CARD_FAILURES_PER_HOUR * _width(now)
    paid = CheckoutAttempt.objects.filter(
        network=network, created_at__gt=now - HOUR, outcome=Donation.Status.PAID
    ).count()
    return min(base + paid // GIFTS_PER_FAILURE, 2 * base)


def _places_left(network: str) -> int:
    now = timezone.now()
    places = _allowed(network, now) + PAGES * settings.CARD_FAILURES_PER_HOUR * _width(now)
    failed = PaymentFailure.objects.filter(network=network, failed_at__gt=now - HOUR).count()
    return int(places) - failed - open_pages(Q(network=network)).count()


def _newest(failures: QuerySet[PaymentFailure], count: int) -> list[datetime]:
    return list(failures.order_by("-failed_at").values_list("failed_at", flat=True)[:count])


def _minutes(times: Sequence[datetime], allowed: int, now: datetime) -> int:
    """Until there are fewer than allowed: when the oldest of those that fill it is an hour ago."""
    if len(times) < allowed:
        return 0
    return max(1, -int((now - times[allowed - 1] - HOUR).total_seconds() // 60))


def _everywhere(failures: QuerySet[PaymentFailure], now: datetime) -> bool:
    """A reason to be careful with everybody."""
    since = now - WAVE_TIME
    wave = failures.filter(failed_at__gt=since).count()
    if wave >= WAVE:
        paid = Donation.objects.filter(
            status=Donation.Status.PAID, created_at__gt=now - HOUR, paid_at__gt=since
        ).count()
        if wave * 100 >= WAVE_PERCENT * (wave + paid):
            return True
    spread = failures.exclude(card="").order_by().values("card")
    spread = spread.annotate(
        addresses=Count("donation__email", distinct=True), networks=Count("network", distinct=True)
    )
    return spread.filter(Q(addresses__gte=CARD_SPREAD) | Q(networks__gte=CARD_SPREAD)).exists()
