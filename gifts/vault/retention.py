"""Nothing confidential is kept for longer than it serves: run each night."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gifts.vault import sealing
from gifts.vault.models import Access, Consent, Need, Partner, Recipient
from gifts.vault.models.access import YEARS_KEPT
from gifts.vault.partners import OVER


def run(*, days: int) -> int:
    """Erase what ended more than so many days ago, and drop the log's oldest rows. Safe to repeat.

    Returns:
        How many records were erased.
    """
    found = 0
    # People last: they stay while a need or a consent of theirs does.
    for rows in (needs_due(days), consents_due(days), partners_due(days), people_due(days)):
        for row in rows.iterator():
            sealing.erase(row, why="kept long enough")
            found += 1
    # A day more than six years ever have, as the database holds it too.
    oldest = timezone.now() - timedelta(days=366 * YEARS_KEPT)
    Access.objects.filter(at__lt=oldest).delete()
    return found


def needs_due(days: int) -> QuerySet[Need]:
    return Need.objects.filter(erased_at=None, state__in=OVER, moved_at__lt=_before(days))


def consents_due(days: int) -> QuerySet[Consent]:
    """Withdrawn, or past their last day, for so long."""
    before = _before(days)
    over = Q(withdrawn_at__lt=before) | Q(expires_on__lt=timezone.localdate(before))
    return Consent.objects.filter(over, erased_at=None)


def partners_due(days: int) -> QuerySet[Partner]:
    """Office, contact and telephone of partners we work with no more."""
    return Partner.objects.filter(
        erased_at=None, state=Partner.State.CLOSED, moved_at__lt=_before(days)
    )


def people_due(days: int) -> QuerySet[Recipient]:
    """People without a need or consent that is still kept."""
    hers = {"recipient": OuterRef("pk"), "erased_at": None}
    return Recipient.objects.filter(
        ~Exists(Need.objects.filter(**hers)),
        ~Exists(Consent.objects.filter(**hers)),
        erased_at=None,
        since__lt=_before(days),
    )


def _before(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)
