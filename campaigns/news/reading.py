"""Who reads the news: asking, confirming, leaving. Each step is on record."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.models import Campaign, Reader
from campaigns.news import consent
from donations import mails
from donations.models import Mail

TEMPLATE = "news"
# So long a question waits for its answer; then it is erased.
CONFIRM_TIME = timedelta(days=7)
# Proof of a consent is kept so long after it ended.
KEEP = timedelta(days=366)
Why = Reader.Why


@transaction.atomic
def ask(email: str, *, campaign: Campaign | None, language: str) -> None:
    """Somebody typed this address. Its mailbox is asked, at most once an hour.

    Whoever reads already is told so there: the caller's answer must be the same for any address.
    """
    now = timezone.now()
    asked = Reader(
        email=email,
        campaign=campaign,
        language=language,
        consent=consent.text(campaign),
        consent_version=consent.VERSION,
        asked_at=now,
    )
    Reader.objects.bulk_create([asked], ignore_conflicts=True)
    reader = Reader.objects.select_for_update().get(
        email__iexact=email, campaign=campaign, left_at=None
    )
    if reader.confirmed_at is None:
        # What she reads now is what she agrees to.
        reader.language, reader.asked_at = language, now
        reader.consent, reader.consent_version = asked.consent, asked.consent_version
        reader.save(update_fields=["language", "asked_at", "consent", "consent_version"])
    tell(reader, "confirm" if reader.confirmed_at is None else "known", f"{now:%Y%m%d%H}")


@transaction.atomic
def confirm(reader: Reader) -> None:
    """The button behind the mailed link was pressed: from now on she reads. Safe to repeat."""
    reader = Reader.objects.select_for_update(of=["self"]).get(pk=reader.pk)
    if reader.confirmed_at:
        return
    reader.confirmed_at = timezone.now()
    reader.save(update_fields=["confirmed_at"])
    tell(reader, "welcome")


def leave(reader: Reader, *, why: Reader.Why = Why.LEFT, everything: bool = False) -> None:
    """No more of this news, or of any, to her address. Effective at once; safe to repeat."""
    which = Q(email__iexact=reader.email) if everything else Q(pk=reader.pk)
    reading(which).update(left_at=timezone.now(), left_why=why)


def stop(email: str, *, why: Reader.Why) -> None:
    """Mails to this address came back, or are not wanted: nothing more goes there."""
    rows = Reader.objects.filter(email__iexact=email, left_at=None)
    rows.filter(confirmed_at=None).delete()
    rows.update(left_at=timezone.now(), left_why=why)


def came_back(mail: Mail) -> None:
    """A mail of ours about the news bounced: no staff need to look after it."""
    complained = mail.status == Mail.Status.COMPLAINED
    stop(mail.to, why=Why.COMPLAINED if complained else Why.BOUNCED)
    mails.leave_it(mail)


def reading(own: Q) -> QuerySet[Reader]:
    """What these addresses get now."""
    return Reader.objects.filter(own, confirmed_at__isnull=False, left_at=None)


def forget() -> int:
    """Erase questions that nobody answered, what ended long ago, and the mails about both."""
    now = timezone.now()
    Mail.objects.filter(template=TEMPLATE, created_at__lt=now - CONFIRM_TIME).delete()
    unanswered = Q(confirmed_at=None, asked_at__lt=now - CONFIRM_TIME)
    count, _each = Reader.objects.filter(unanswered | Q(left_at__lt=now - KEEP)).delete()
    return count


def tell(reader: Reader, step: str, detail: str = "") -> None:
    mails.queue(
        TEMPLATE,
        to=reader.email,
        language=reader.language,
        cause=f"news:{step}:{reader.pk}:{detail}",
        about=f"{step}:{reader.pk}",
    )
